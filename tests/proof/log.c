/* log.c: a value of any text, in a line of any length that has been written. */
#define PROOF_OF_LOG
#include "proof.h"

#include "base/log.c"

/* The escape of a byte. */
int
snprintf(char *text, size_t size, const char *format, ...)
{
	(void)format;
	__CPROVER_assert(size >= 5 && __CPROVER_w_ok(text, size), "room");
	text[4] = '\0';
	return 4;
}

/* Only where it reads and writes is looked at. */
void *
memcpy(void *to, const void *from, size_t len)
{
	__CPROVER_assert(__CPROVER_r_ok(from, len), "the text is there");
	__CPROVER_assert(__CPROVER_w_ok(to, len), "room for the text");
	return to;
}

void
quoted(void)
{
	char		bytes[BOUND + 1];
	struct line	line;

	__CPROVER_assume(line.len <= LINE_MAX_BYTES);
	line_add_quoted(&line, any_text(bytes));
	assert(line.len < sizeof(line.text));
}

void
plain(void)
{
	char	bytes[BOUND + 1];

	(void)is_plain(any_text(bytes));
}
