/*
 * utf8.c - decode, encode, count and check UTF-8, byte by byte.
 */
#include "config.h"

#include "base/utf8.h"

bool
utf8_take(struct utf8_reader *reader, unsigned char byte)
{
	if (reader->left > 0) {
		if (byte < reader->min || byte > reader->max)
			return false;
		reader->c = reader->c << 6 | (byte & 0x3fu);
		reader->left--;
		reader->min = 0x80;
		reader->max = 0xbf;
		return true;
	}
	reader->c = byte;
	if (byte < 0x80)
		return true;
	if (byte < 0xc2 || byte > 0xf4)
		return false;
	reader->left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
	reader->c &= 0x3fu >> reader->left;
	/* RFC 3629, section 4: the second byte tells what is overlong, a
	 * surrogate, or too large. */
	reader->min = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
	reader->max = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
	return true;
}

size_t
utf8_decode(const char *text, uint32_t *c)
{
	struct utf8_reader	reader = { 0 };
	size_t			len = 0;

	*c = UTF8_NONE;
	do {
		if (!utf8_take(&reader, (unsigned char)text[len++]))
			return 1;
	} while (reader.left > 0);
	*c = reader.c;
	return len;
}

size_t
utf8_encode(uint32_t c, char bytes[UTF8_MAX])
{
	size_t	len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;

	for (i = len - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	bytes[0] = (char)(len == 1 ? c : (0xf00U >> len & 0xff) | c);
	return len;
}

size_t
utf8_count(const char *text)
{
	size_t		count = 0;
	uint32_t	c;

	for (; *text != '\0'; count++)
		text += utf8_decode(text, &c);
	return count;
}

bool
utf8_is_valid(const char *text)
{
	uint32_t	c = 0;

	while (*text != '\0' && c != UTF8_NONE)
		text += utf8_decode(text, &c);
	return c != UTF8_NONE;
}

bool
utf8_is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}
