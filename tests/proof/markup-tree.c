/*
 * markup-tree.c: how elements stand within each other, whatever is read, and
 * what is written of them.
 */
#include "proof.h"

#include "core/markup.h"

/* Shorter addresses. */
#undef MARKUP_URL_MAX
#define MARKUP_URL_MAX	12

#include "base/utf8.c"
#include "core/markup.c"

const char *const	markup_elements[ELEMENT_COUNT] = {
	"p", "br", "ul", "ol", "li", "a", "b", "i", "strong", "em"
};

/* Where all is written, and of the harness, where its text ends. */
static struct buf	out = BUF_INIT(SIZE_MAX);
static const char	*end_of_text;

/* A buffer that grows, until it is broken. */
void
buf_append(struct buf *buf, const void *bytes, size_t len)
{
	size_t	before = buf->len;

	__CPROVER_assert(__CPROVER_r_ok(bytes, len), "what is appended");
	buf->len = nondet_size();
	__CPROVER_assume(buf->len >= before);
	if (nondet_bool())
		buf->st = ST_BAD;
}

void
buf_puts(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	buf_puts(buf, format);
}

enum status
buf_status(const struct buf *buf)
{
	return buf->st;
}

const char *
buf_text(const struct buf *buf)
{
	return buf->len == 0 ? "" : buf->data;
}

void
buf_free(struct buf *buf)
{
	buf->len = 0;
}

bool
markup_is_space(uint32_t c)
{
	(void)c;
	return nondet_bool();
}

bool
markup_is_tag(const char *text)
{
	__CPROVER_assert(__CPROVER_r_ok(text, 1), "the text is there");
	return nondet_bool();
}

const char *
unicode_invisible(uint32_t c)
{
	(void)c;
	return nondet_bool() ? "invisible" : NULL;
}

size_t
character_space(const char *text)
{
	__CPROVER_assert(__CPROVER_r_ok(text, 1), "the text is there");
	return nondet_size();
}

bool
character_misleads(uint32_t c)
{
	(void)c;
	return nondet_bool();
}

/* What is read is within the text, and at its end there is nothing to read. */
static void
go_on(struct markup_reader *reader)
{
	size_t	len = nondet_size();

	assert(reader->reason == NULL && *reader->at != '\0');
	__CPROVER_assume(len > 0 &&
	    len <= (size_t)(end_of_text - reader->at));
	reader->at += len;
	if (nondet_bool())
		reader->reason = "a reason";
	reader->is_placed = nondet_bool();
}

void
markup_read_tag(struct markup_reader *reader, struct markup_tag *tag)
{
	int	element = nondet_int();

	go_on(reader);
	__CPROVER_assume(reader->reason != NULL ||
	    (element >= 0 && element < ELEMENT_COUNT));
	tag->element = (enum markup_element)element;
	tag->is_end = nondet_bool();
	tag->has_slash = nondet_bool();
}

uint32_t
markup_read_character(struct markup_reader *reader)
{
	uint32_t	c = (uint32_t)nondet_int();

	go_on(reader);
	__CPROVER_assume(c <= 0x10ffff);
	return c;
}

/* A character that begins within the text ends there. */
size_t
model_utf8_decode(const char *text, uint32_t *c)
{
	size_t	len = nondet_size();

	assert(text < end_of_text);
	__CPROVER_assume(len > 0 && len <= UTF8_MAX &&
	    len <= (size_t)(end_of_text - text));
	*c = nondet_bool() ? UTF8_NONE : (uint32_t)nondet_int() % 0x110000;
	return len;
}

void
model_put_character(struct buf *buf, uint32_t c, bool is_html)
{
	assert(c <= 0x10ffff);
	(void)is_html;
	buf_puts(buf, "");
}

/* What holds between two tokens. */
static bool
is_sound(const struct markup *m)
{
	size_t	i;

	if (m->depth > DEPTH_MAX || m->reader.at > end_of_text)
		return false;
	for (i = 0; i < DEPTH_MAX; i++) {
		if (i < m->depth && (m->open[i].element < 0 ||
		    m->open[i].element >= ELEMENT_COUNT ||
		    (m->open[i].element == ELEMENT_A &&
		    m->label > m->out->len)))
			return false;
	}
	return true;
}

/* A text on its way, of which something is left. */
static void
any_markup(struct markup *m, char *bytes, size_t len)
{
	end_of_text = bytes + len;
	m->reader.at = any_text_in(bytes, len);
	m->reader.reason = NULL;
	m->reader.url[MARKUP_URL_MAX] = '\0';
	m->out = &out;
	out.len = nondet_size();
	__CPROVER_assume(is_sound(m));
}

/* The label has to have begun in what is written so far. */
void
model_put_address(struct markup *m)
{
	assert(m->out->st == ST_OK && m->label <= m->out->len);
	buf_puts(m->out, "");
}

void
tag(void)
{
	char		bytes[BOUND + 1];
	struct markup	m;

	any_markup(&m, bytes, BOUND);
	__CPROVER_assume(*m.reader.at != '\0');
	parse_tag(&m);
	assert(is_sound(&m));
}

void
text(void)
{
	char		bytes[BOUND + 1];
	struct markup	m;

	any_markup(&m, bytes, BOUND);
	__CPROVER_assume(*m.reader.at != '\0');
	parse_text(&m);
	assert(is_sound(&m));
}

/* What a link's label is compared with: an address has a scheme. */
void
address(void)
{
	char		bytes[BOUND + 1], written[BOUND + 1];
	struct markup	m;

	any_markup(&m, bytes, BOUND);
	__CPROVER_assume(strchr(m.reader.url, ':') != NULL);
	written[BOUND] = '\0';
	out.data = written;
	out.len = strlen(written);
	__CPROVER_assume(m.label <= out.len);
	put_address(&m);
}

/* What tag() and text() prove of those that this stands for. */
void
model_parse_tag(struct markup *m)
{
	struct markup_tag	tag;

	markup_read_tag(&m->reader, &tag);
	m->depth = nondet_size();
	__CPROVER_assume(m->depth <= DEPTH_MAX);
}

void
model_parse_text(struct markup *m)
{
	go_on(&m->reader);
}

void
whole(void)
{
	char		bytes[BOUND + 1];
	struct markup	m;

	any_markup(&m, bytes, BOUND);
	parse(&m);
	assert(m.depth <= DEPTH_MAX);
}

void
model_parse(struct markup *m)
{
	if (nondet_bool() || *m->reader.at == '\0')
		return;
	go_on(&m->reader);
}

/* Whatever the place of a fault, that is told. */
void
looked(void)
{
	char			bytes[BOUND + 1];
	char			*text = any_text(bytes);
	struct markup_fault	fault;

	end_of_text = text + strlen(text);
	if (markup_check(text, &fault) == ST_BAD)
		assert(fault.reason != NULL && fault.position > 0 &&
		    fault.at + fault.len <= end_of_text);
}

void
plain(void)
{
	char	bytes[BOUND + 1];
	char	*text = any_text(bytes);

	end_of_text = text + strlen(text);
	put_plain(&out, text, nondet_bool());
}
