/*
 * letter-wrap.c - a letter's text as lines.
 */
#include "config.h"

#include "core/letter-wrap.h"

#include "base/utf8.h"
#include "core/character.h"
#include "core/letter.h"
#include "core/unicode.h"

#define TEXT_COLUMNS	72	/* where a paragraph is wrapped */
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/*
 * Could a reader, or a program, take this line for the PIN? It could if
 * there is nothing to see but digits (full-width and Arabic ones too).
 */
static bool
is_like_pin(const char *line, size_t len)
{
	static const struct {
		uint32_t	first, last;
		bool		is_digit;
	} ranges[] = {
		{ '0', '9', true },		{ 0x660, 0x669, true },
		{ 0x6f0, 0x6f9, true },		{ 0xff10, 0xff19, true },
		{ ' ', ' ', false },		{ 0xa0, 0xa0, false },
		{ 0xad, 0xad, false },		{ 0x2000, 0x200f, false },
		{ 0x202a, 0x202f, false },	{ 0x205f, 0x206f, false },
		{ 0x3000, 0x3000, false },	{ 0xfeff, 0xfeff, false },
	};
	uint32_t	c;
	size_t		at, i;
	bool		has_digit = false;

	for (at = 0; at < len;) {
		at += utf8_decode(line + at, &c);
		for (i = 0; i < COUNT(ranges); i++)
			if (c >= ranges[i].first && c <= ranges[i].last)
				break;
		if (i == COUNT(ranges))
			return false;
		has_digit |= ranges[i].is_digit;
	}
	return has_digit;
}

static void
put_line(struct buf *out, bool is_html, const struct buf *line)
{
	if (!is_html && is_like_pin(line->data, line->len))
		buf_puts(out, "- ");
	buf_append(out, line->data, line->len);
	buf_puts(out, "\n");
}

/*
 * The next word: its bytes and its columns; 0 at the end of the text. Scripts
 * without blanks between words have words of one character, in text. (In HTML
 * the end of a line would be shown as a blank.)
 */
static size_t
word_length(const char *text, bool is_html, size_t *columns)
{
	uint32_t	before = ' ', c;
	size_t		len = 0, next;

	*columns = 0;
	while (text[len] != '\0' && character_space(text + len) == 0) {
		next = utf8_decode(text + len, &c);
		if (len > 0 && !is_html && unicode_breaks(before, c))
			break;
		*columns += unicode_columns(c);
		len += next;
		before = c;
	}
	return len;
}

void
letter_wrap(struct buf *out, const char *text, bool is_html)
{
	struct buf	line = BUF_INIT(LETTER_MAX);
	size_t		blanks, columns = 0, len, space, width;

	for (;; text += len) {
		for (blanks = 0; (space = character_space(text)) > 0;
		    blanks = 1)
			text += space;
		len = word_length(text, is_html, &width);
		if (line.len > 0 &&
		    (len == 0 || columns + blanks + width > TEXT_COLUMNS)) {
			put_line(out, is_html, &line);
			buf_fail(out, buf_status(&line));
			buf_reset(&line);
			columns = 0;
		}
		if (len == 0)
			break;
		if (line.len > 0 && blanks > 0) {
			buf_puts(&line, " ");
			columns++;
		}
		columns += width;
		buf_append(&line, text, len);
	}
	buf_fail(out, buf_status(&line));
	buf_free(&line);
}
