/*
 * buf.c: any sound buffer, with bytes of any number up to BOUND, is sound
 * behind each function, whatever is appended.
 */
#include "proof.h"

#include "base/buf.c"

/* What holds of a buffer before each call, and after it. */
static bool
is_sound(const struct buf *buf)
{
	if (buf->data == NULL)
		return buf->len == 0 && buf->size == 0;
	return buf->len <= buf->max && buf->len < buf->size &&
	    __CPROVER_w_ok(buf->data, buf->size) &&
	    (buf->len == 0 || buf->data[buf->len] == '\0');
}

/* How long a formatted text is: the same when it is asked for as later. */
static int	formatted;

int
vsnprintf(char *text, size_t size, const char *format, va_list ap)
{
	(void)ap;
	__CPROVER_assert(__CPROVER_r_ok(format, 1), "the format is there");
	if (size == 0)
		return formatted;
	__CPROVER_assert(formatted >= 0 && size > (size_t)formatted,
	    "all of it fits");
	__CPROVER_assert(__CPROVER_w_ok(text, size), "room");
	text[formatted] = '\0';
	return formatted;
}

static void
any_buf(struct buf *buf)
{
	*buf = (struct buf)BUF_INIT(nondet_size());
	__CPROVER_assume(buf->max <= BOUND);
	if (nondet_bool())
		buf->st = ST_BAD;
	if (nondet_bool())
		return;
	buf->size = nondet_bool() ? BUF_FIRST : 2 * BUF_FIRST;
	buf->data = malloc(buf->size);
	__CPROVER_assume(buf->data != NULL);
	buf->len = nondet_size();
	__CPROVER_assume(is_sound(buf));
}

int
main(void)
{
	char		 bytes[BOUND + 1];
	struct buf	 buf;
	size_t		 len = nondet_size();

	__CPROVER_assume(len <= BOUND);
	formatted = nondet_int();
	__CPROVER_assume(formatted <= BOUND);
	any_buf(&buf);
	switch (nondet_int()) {
	case 0:
		buf_append(&buf, bytes + BOUND - len, len);
		break;
	case 1:
		bytes[len] = '\0';
		buf_puts(&buf, bytes);
		break;
	case 2:
		buf_printf(&buf, "format");
		break;
	case 3:
		buf_fail(&buf, ST_RETRY);
		break;
	case 4:
		buf_reset(&buf);
		break;
	default:
		assert(buf_text(&buf) != NULL);
		break;
	}
	assert(is_sound(&buf));
	buf_free(&buf);
	return buf.data != NULL || buf.len != 0 || buf.size != 0;
}
