/*
 * terminal.c - make text safe to print on a terminal, by a table of the
 * characters that are not printed as they are.
 */
#include "config.h"

#include "base/terminal.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "base/utf8.h"

/* Ranges, in order: what is not shown, or changes how the rest is. */
static const struct {
	uint32_t	first;
	uint32_t	last;
} unsafe[] = {
	{ 0x0000, 0x001f },	/* C0 */
	{ 0x007f, 0x009f },	/* DEL, C1 */
	{ 0x00ad, 0x00ad },	/* soft hyphen */
	{ 0x034f, 0x034f },	/* grapheme joiner */
	{ 0x061c, 0x061c },	/* Arabic letter mark */
	{ 0x115f, 0x1160 },	/* Hangul fillers */
	{ 0x17b4, 0x17b5 },	/* Khmer inherent vowels */
	{ 0x180b, 0x180f },	/* Mongolian separators */
	{ 0x200b, 0x200f },	/* zero width, marks of direction */
	{ 0x2028, 0x202e },	/* separators, embeddings, overrides */
	{ 0x2060, 0x206f },	/* invisible operators, isolates */
	{ 0x3164, 0x3164 },	/* Hangul filler */
	{ 0xfe00, 0xfe0f },	/* variation selectors */
	{ 0xfeff, 0xfeff },	/* byte-order mark */
	{ 0xffa0, 0xffa0 },	/* Hangul filler */
	{ 0xfff0, 0xfffb },	/* interlinear annotation */
	{ 0x1bca0, 0x1bca3 },	/* shorthand format controls */
	{ 0x1d173, 0x1d17a },	/* musical format controls */
	{ 0xe0000, 0xe0fff },	/* tags, further selectors */
};

static bool
is_safe(uint32_t character)
{
	size_t	i;

	for (i = 0; i < sizeof(unsafe) / sizeof(unsafe[0]); i++) {
		if (character <= unsafe[i].last)
			return character < unsafe[i].first;
	}
	return character != UTF8_NONE;
}

/*
 * Print what is safe up to the first character that is not, which is the
 * result; *text is moved behind it. 0 at the end of the text.
 */
static uint32_t
print_safe(FILE *stream, const char **text)
{
	const char	*from = *text, *at = *text;
	uint32_t	 character = 0;

	while (*at != '\0') {
		*text = at;
		at += utf8_decode(at, &character);
		if (!is_safe(character))
			break;
		character = 0;
		*text = at;
	}
	(void)fwrite(from, 1, (size_t)(*text - from), stream);
	*text = at;
	return character;
}

void
terminal_print(FILE *stream, const char *text)
{
	while (print_safe(stream, &text) != 0)
		(void)putc('?', stream);
}

void
terminal_print_json(FILE *stream, const char *json)
{
	char		escape[TEXT_ESCAPE_SIZE];
	uint32_t	character;

	while ((character = print_safe(stream, &json)) != 0) {
		if (character != UTF8_NONE)
			text_json_escape(character, escape);
		(void)fputs(character == UTF8_NONE ? "?" : escape, stream);
	}
}
