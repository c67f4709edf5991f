/*
 * proof.h - what the harnesses for CBMC share: inputs that may be anything,
 * and functions of libc and of foreign libraries that CBMC does not know.
 *
 * A harness includes the .c of its module, so that static functions can be
 * called. What it leaves undefined may be anything: an object without a value,
 * the result of nondet_...().
 */
#ifndef UMWS_PROOF_H
#define UMWS_PROOF_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t		nondet_size(void);
int		nondet_int(void);
bool		nondet_bool(void);
unsigned char	nondet_byte(void);

/*
 * Any string that fits the array. Whatever its length, it may begin where the
 * array does, or end where the array does: neither a read before its start
 * nor one past its end goes unseen.
 */
#define any_text(array)	any_text_in(array, sizeof(array) - 1)

static inline char *
any_text_in(char *bytes, size_t len)
{
	size_t	start = nondet_size();

	__CPROVER_assume(start <= len);
	bytes[len] = '\0';
	return bytes + start;
}

#ifndef PROOF_OF_LOG
#include "base/log.h"

void
log_event(enum log_level level, const char *event, ...)
{
	(void)level;
	__CPROVER_assert(event != NULL, "an event has a name");
}
#endif

#ifdef PROOF_WITHOUT_BUF
#include "base/buf.h"

/*
 * The buffer of those that append to one. There is nothing in it to be read or
 * written: they have to leave it to buf.c, whose own proof is that a buffer
 * stays sound whatever is appended, as long as that is there.
 */
static char	closed_buf;

#define CLOSED_BUF	((struct buf *)&closed_buf)

void
buf_append(struct buf *buf, const void *bytes, size_t len)
{
	__CPROVER_assert(buf == CLOSED_BUF, "the buffer that was given");
	__CPROVER_assert(__CPROVER_r_ok(bytes, len), "what is appended");
}

void
buf_puts(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text) + 1);
}

/* No input is among the values, but for numbers and single bytes. */
void
buf_printf(struct buf *buf, const char *format, ...)
{
	buf_puts(buf, format);
}
#endif

/* It may only be called for memory that may be written. */
void
secret_wipe(void *p, size_t size)
{
	__CPROVER_assert(__CPROVER_w_ok(p, size), "what is wiped is there");
}

size_t
strspn(const char *text, const char *set)
{
	size_t	n = 0, i;

	for (; text[n] != '\0'; n++) {
		for (i = 0; set[i] != '\0' && set[i] != text[n]; i++)
			;
		if (set[i] == '\0')
			break;
	}
	return n;
}

size_t
strcspn(const char *text, const char *set)
{
	size_t	n = 0, i;

	for (; text[n] != '\0'; n++) {
		for (i = 0; set[i] != '\0' && set[i] != text[n]; i++)
			;
		if (set[i] != '\0')
			break;
	}
	return n;
}

char *
strpbrk(const char *text, const char *set)
{
	size_t	n = strcspn(text, set);

	return text[n] == '\0' ? NULL : (char *)text + n;
}

void *
memmem(const void *in, size_t in_len, const void *of, size_t len)
{
	const char	*at = in;
	size_t		 i, n;

	for (i = 0; i + len <= in_len; i++) {
		for (n = 0; n < len && at[i + n] == ((const char *)of)[n]; n++)
			;
		if (n == len)
			return (char *)at + i;
	}
	return NULL;
}

void *
memchr(const void *in, int c, size_t len)
{
	const unsigned char	*at = in;
	size_t			 i;

	for (i = 0; i < len; i++)
		if (at[i] == (unsigned char)c)
			return (unsigned char *)at + i;
	return NULL;
}

#endif
