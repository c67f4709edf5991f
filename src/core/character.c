/*
 * character.c - classify one character (control, misleading, space), and read
 * HTML's references to one (&auml; &#228;). Knows no text and no tags.
 */
#include "config.h"

#include "core/character.h"

#include <string.h>

#include "base/utf8.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/* U+00A0 to U+00FF, HTML 4.01, section 24.2. */
static const char *const latin1[] = {
	"nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect",
	"uml", "copy", "ordf", "laquo", "not", "shy", "reg", "macr",
	"deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
	"cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34",
	"iquest",
	"Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
	"Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute",
	"Icirc", "Iuml",
	"ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml",
	"times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute",
	"THORN", "szlig",
	"agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig",
	"ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute",
	"icirc", "iuml",
	"eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
	"divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute",
	"thorn", "yuml"
};
_Static_assert(COUNT(latin1) == 0x100 - 0xa0, "a name for each");

static const struct {
	const char	*name;
	uint32_t	 character;
} others[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' },
	{ "apos", '\'' }, { "OElig", 0x152 }, { "oelig", 0x153 },
	{ "Scaron", 0x160 }, { "scaron", 0x161 }, { "ndash", 0x2013 },
	{ "mdash", 0x2014 }, { "lsquo", 0x2018 }, { "rsquo", 0x2019 },
	{ "sbquo", 0x201a }, { "ldquo", 0x201c }, { "rdquo", 0x201d },
	{ "bdquo", 0x201e }, { "bull", 0x2022 }, { "hellip", 0x2026 },
	{ "lsaquo", 0x2039 }, { "rsaquo", 0x203a }, { "euro", 0x20ac },
	{ "trade", 0x2122 }, { "larr", 0x2190 }, { "uarr", 0x2191 },
	{ "rarr", 0x2192 }, { "darr", 0x2193 },
};

bool
character_is_control(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x2028 ||
	    c == 0x2029;
}

bool
character_misleads(uint32_t c)
{
	return (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef) ||
	    (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t
character_space(const char *text)
{
	uint32_t	c;
	size_t		len = utf8_decode(text, &c);

	return c != 0 && (c == ' ' || character_is_control(c)) ? len : 0;
}

static bool
is_same(const char *name, size_t len, const char *word)
{
	return strlen(word) == len && strncmp(name, word, len) == 0;
}

uint32_t
character_named(const char *name, size_t len)
{
	uint32_t	i;

	for (i = 0; i < COUNT(latin1); i++)
		if (is_same(name, len, latin1[i]))
			return 0xa0 + i;
	for (i = 0; i < COUNT(others); i++)
		if (is_same(name, len, others[i].name))
			return others[i].character;
	return 0;
}

uint32_t
character_numbered(const char *text, const char **end)
{
	static const char	digits[] = "0123456789abcdef";
	const char		*digit;
	uint32_t		 c = 0, base = 10;

	if (*text == 'x' || *text == 'X') {
		base = 16;
		text++;
	}
	for (;; text++) {
		digit = *text == '\0' ? NULL : strchr(digits,
		    *text >= 'A' && *text <= 'F' ? *text | 0x20 : *text);
		if (digit == NULL || (uint32_t)(digit - digits) >= base)
			break;
		if (c <= 0x10ffff)
			c = c * base + (uint32_t)(digit - digits);
	}
	*end = text;
	if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return character_is_control(c) || character_misleads(c) ? 0 : c;
}
