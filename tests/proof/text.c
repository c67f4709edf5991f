/* text.c: any text is escaped for JSON; any text is read as a number. */
#define PROOF_WITHOUT_BUF
#include "proof.h"

#include "base/text.c"

/* \uXXXX, once or twice. */
int
snprintf(char *text, size_t size, const char *format, ...)
{
	size_t	len = nondet_bool() ? 6 : 12;

	(void)format;
	__CPROVER_assert(len < size && __CPROVER_w_ok(text, size),
	    "room for the escape");
	text[len] = '\0';
	return (int)len;
}

void
json(void)
{
	char		bytes[BOUND + 1];

	text_json_string(CLOSED_BUF, any_text(bytes));
}

void
numbers(void)
{
	char		 bytes[BOUND + 1];
	char		*text = any_text(bytes);
	const char	*end;
	uint64_t	 number;

	if (text_number(text, &number, &end))
		assert(end > text && end <= bytes + BOUND);
	(void)text_size(text, &number);
	(void)text_duration(text, TEXT_MILLISECONDS, TEXT_DAYS, &number);
}
