/*
 * encoding.c - tell the encoding of a document by its first two bytes, and
 * check that surrogates in UTF-16 come in pairs.
 */
#include "config.h"

#include "soap/encoding.h"

/*
 * Do the first two bytes fit the charset that the media type gave? expat
 * follows a byte-order mark, or the NULs of UTF-16, against the encoding it
 * was told; but the media type wins.
 */
static bool
is_charset_kept(const struct encoding *e)
{
	unsigned char	a = e->first[0], b = e->first[1];

	switch (e->charset) {
	case HTTP_CHARSET_NONE:
		return true;
	case HTTP_CHARSET_UTF8:
		return a != 0 && b != 0 && a < 0xfe && b < 0xfe;
	case HTTP_CHARSET_ASCII:
		/* The mark of UTF-8 included: expat would go over to that. */
		return a != 0 && b != 0 && a < 0x80 && b < 0x80;
	case HTTP_CHARSET_UTF16:
		return (a == 0) != (b == 0) || (a == 0xfe && b == 0xff) ||
		    (a == 0xff && b == 0xfe);
	}
	return false;
}

/* Is the byte at this place the higher one of a unit of UTF-16? */
static bool
is_high_byte(const struct encoding *e, size_t at)
{
	unsigned char	a = e->first[0], b = e->first[1];

	if (at < 2)
		return false;	/* the mark, or a character of ASCII */
	if ((a == 0xfe && b == 0xff) || (a == 0 && b != 0))
		return at % 2 == 0;
	if ((a == 0xff && b == 0xfe) || (a != 0 && b == 0))
		return at % 2 == 1;
	return false;
}

const char *
encoding_check(struct encoding *encoding, const char *bytes, size_t len,
    size_t *good)
{
	struct encoding	*e = encoding;
	unsigned char	 byte;
	bool		 is_low;

	for (size_t i = 0; i < len; i++, e->len++) {
		byte = (unsigned char)bytes[i];
		*good = i;
		if (e->len < 2)
			e->first[e->len] = byte;
		if (e->len == 1 && !is_charset_kept(e)) {
			*good = 0;
			return "not in the charset that was given";
		}
		if (!is_high_byte(e, e->len))
			continue;
		/*
		 * Half a pair is no character (XML 1.0, 2.2), but to expat it
		 * is one together with whatever unit comes next.
		 */
		is_low = (byte & 0xfc) == 0xdc;
		if (is_low != e->wants_low)
			return "not well-formed (invalid token)";
		e->wants_low = (byte & 0xfc) == 0xd8;
	}
	*good = len;
	return NULL;
}
