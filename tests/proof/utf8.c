/* utf8.c: any text is decoded, counted and checked, any character encoded. */
#include "proof.h"

#include "base/utf8.c"

void
decoded(void)
{
	char		bytes[BOUND + 1], written[UTF8_MAX];
	uint32_t	c;
	size_t		len = utf8_decode(any_text(bytes), &c);

	assert(len >= 1);
	if (c != UTF8_NONE)
		assert(utf8_encode(c, written) == len);
}

void
counted(void)
{
	char	bytes[BOUND + 1];

	(void)utf8_count(any_text(bytes));
}

void
checked(void)
{
	char		 bytes[BOUND + 1];
	const char	*text = any_text(bytes);

	(void)utf8_is_ascii(text);
	(void)utf8_is_valid(text);
}
