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

/* Does it stand in one of the ranges, which are ended by { 0, 0 }? */
static bool
is_within(const uint32_t (*range)[2], uint32_t c)
{
	for (; (*range)[1] != 0; range++)
		if (c >= (*range)[0] && c <= (*range)[1])
			return true;
	return false;
}

unsigned int
character_columns(uint32_t c)
{
	static const uint32_t	wide[][2] = {
		{ 0x1100, 0x115f },	{ 0x2e80, 0x303e },
		{ 0x3041, 0xa4cf },	{ 0xac00, 0xd7a3 },
		{ 0xf900, 0xfaff },	{ 0xfe30, 0xfe6f },
		{ 0xff01, 0xff60 },	{ 0xffe0, 0xffe6 },
		{ 0x20000, 0x3fffd },	{ 0, 0 },
	};
	static const uint32_t	none[][2] = {
		{ 0x300, 0x36f },	{ 0x610, 0x61a },
		{ 0x64b, 0x65f },	{ 0x200b, 0x200f },
		{ 0x3099, 0x309a },	{ 0xfe00, 0xfe0f },
		{ 0, 0 },
	};

	return is_within(none, c) ? 0 : is_within(wide, c) ? 2 : 1;
}

bool
character_begins_line(uint32_t c)
{
	/* Stops, closing brackets, small kana and the long vowel. */
	static const uint32_t	never[] = {
		0x3001, 0x3002, 0x3005, 0x3009, 0x300b, 0x300d, 0x300f,
		0x3011, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063,
		0x3083, 0x3085, 0x3087, 0x308e, 0x30a1, 0x30a3, 0x30a5,
		0x30a7, 0x30a9, 0x30c3, 0x30e3, 0x30e5, 0x30e7, 0x30ee,
		0x30fb, 0x30fc, 0xff01, 0xff09, 0xff0c, 0xff0e, 0xff1a,
		0xff1b, 0xff1f,
	};
	size_t	i;

	for (i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (never[i] == c)
			return false;
	return true;
}
