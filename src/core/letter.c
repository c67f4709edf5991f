/*
 * letter.c - write the mail's subject and its text, as plain text and as HTML,
 * by the table of kinds.
 *
 * The sentences themselves are in letters/, a file per language.
 */
#include "config.h"

#include "core/letter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "core/character.h"
#include "core/letter-date.h"
#include "core/letter-fill.h"
#include "core/letter-language.h"
#include "core/markup.h"
#include "core/unicode.h"

#define TEXT_COLUMNS	72	/* where a paragraph is wrapped */
#define DATE_MAX	256	/* bytes of a date in words */
#define REFERENCE_LETTERS 6	/* four bits of the row's id each */
#define FALLBACK	"en"	/* the language of who has no other */
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/*
 * A further kind of mail is one row, with sentences of its own in each
 * language; whatever has none here is worded like the first.
 */
static const struct kind {
	const char		*name;		/* of the queued row */
	enum letter_sentence	 subject;
	bool			 has_pin;	/* else what is sealed in its
						 * place means nothing */
	enum letter_sentence	 opening;	/* right before the PIN */
	enum letter_sentence	 privacy;
	enum letter_sentence	 privacy_first;	/* no PIN before this one */
	enum letter_sentence	 warning;	/* if it was somebody else */
} kinds[] = {
	{ "reset", SENTENCE_SUBJECT, true, SENTENCE_REQUESTED,
	    SENTENCE_PRIVATE, SENTENCE_PRIVATE_FIRST, SENTENCE_NOT_YOU },
	{ "auto", SENTENCE_SUBJECT, true, SENTENCE_AUTOMATIC,
	    SENTENCE_PRIVATE, SENTENCE_PRIVATE_FIRST,
	    SENTENCE_NOT_YOU_AUTOMATIC },
	{ "admin", SENTENCE_SUBJECT, true, SENTENCE_ADMIN,
	    SENTENCE_PRIVATE, SENTENCE_PRIVATE_FIRST,
	    SENTENCE_NOT_YOU_ADMIN },
	{ "elsewhere", SENTENCE_SUBJECT_CHANGED, false, SENTENCE_ELSEWHERE,
	    SENTENCE_PRIVATE, SENTENCE_PRIVATE_FIRST,
	    SENTENCE_NOT_YOU_ELSEWHERE },
	{ "set", SENTENCE_SUBJECT_CHANGED, false, SENTENCE_SET,
	    SENTENCE_PRIVATE, SENTENCE_PRIVATE_FIRST,
	    SENTENCE_NOT_YOU_SET },
	{ "changed", SENTENCE_SUBJECT_CHANGED, false, SENTENCE_CHANGED,
	    SENTENCE_PRIVATE, SENTENCE_PRIVATE_FIRST,
	    SENTENCE_NOT_YOU_CHANGED },
};

/* One part in the making. */
struct part {
	const struct letter_language	*language;
	const struct letter_region	*region;	/* or NULL */
	const struct letter		*letter;
	struct buf			*out;
	bool				 is_html;
};

static const struct kind *
kind_of(const struct letter *letter)
{
	size_t	i;

	for (i = 1; i < COUNT(kinds); i++)
		if (strcmp(letter->kind, kinds[i].name) == 0)
			return &kinds[i];
	return &kinds[0];
}

bool
letter_speaks(const char *locale)
{
	return letter_language_of(locale) != NULL;
}

const char *
letter_tags(char tags[LETTER_TAGS_SIZE])
{
	size_t	i, len = 0;

	for (i = 0; letter_languages[i] != NULL; i++) {
		len += (size_t)snprintf(tags + len, LETTER_TAGS_SIZE - len,
		    "%s%s", i == 0 ? "" : ", ", letter_languages[i]->tag);
		assert(len < LETTER_TAGS_SIZE);
	}
	return tags;
}

/* The first of the letter's locales that has a language, and its region. */
static struct part
part_of(const struct letter *letter, struct buf *out, bool is_html)
{
	const char	*const locales[] = { letter->locale,
			    letter->default_locale, FALLBACK };
	struct part	 part = { .letter = letter, .out = out,
			    .is_html = is_html };
	size_t		 i;

	for (i = 0; part.language == NULL; i++) {
		assert(i < COUNT(locales));
		if (locales[i] == NULL)
			continue;
		part.language = letter_language_of(locales[i]);
		if (part.language != NULL)
			part.region = letter_region_of(part.language,
			    locales[i]);
	}
	return part;
}

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
put_line(struct part *part, const char *line, size_t len)
{
	if (!part->is_html && is_like_pin(line, len))
		buf_puts(part->out, "- ");
	buf_append(part->out, line, len);
	buf_puts(part->out, "\n");
}

/*
 * The next word: its bytes and its columns; 0 at the end of the text. Scripts
 * without blanks between words have words of one character, in text. (In HTML
 * the end of a line would be shown as a blank.)
 */
static size_t
word_length(const struct part *part, const char *text, size_t *columns)
{
	uint32_t	before = ' ', c;
	size_t		len = 0, next;

	*columns = 0;
	while (text[len] != '\0' && character_space(text + len) == 0) {
		next = utf8_decode(text + len, &c);
		if (len > 0 && !part->is_html && unicode_breaks(before, c))
			break;
		*columns += unicode_columns(c);
		len += next;
		before = c;
	}
	return len;
}

/* Append text as lines of words; white space is where lines may end. */
static void
put_wrapped(struct part *part, const char *text)
{
	struct buf	line = BUF_INIT(LETTER_MAX);
	size_t		blanks, columns = 0, len, space, width;

	for (;; text += len) {
		for (blanks = 0; (space = character_space(text)) > 0;
		    blanks = 1)
			text += space;
		len = word_length(part, text, &width);
		if (line.len > 0 &&
		    (len == 0 || columns + blanks + width > TEXT_COLUMNS)) {
			put_line(part, buf_text(&line), line.len);
			buf_fail(part->out, buf_status(&line));
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
	buf_fail(part->out, buf_status(&line));
	buf_free(&line);
}

static void
put_date(const struct part *part, struct buf *buf, int64_t when,
    const struct letter_clock *clock)
{
	letter_date(buf, part->language, part->region, when, clock);
}

/* Append a sentence, filled in, as lines of the part. */
static void
put_sentence(struct part *part, enum letter_sentence sentence)
{
	const struct letter	*letter = part->letter;
	struct buf		 dates[3] = { BUF_INIT(DATE_MAX),
		BUF_INIT(DATE_MAX), BUF_INIT(DATE_MAX) };
	struct buf		 plain = BUF_INIT(LETTER_MAX);
	struct buf		 escaped = BUF_INIT(LETTER_MAX);
	size_t			 i;

	put_date(part, &dates[0], letter->created_at, &letter->created_clock);
	put_date(part, &dates[1], letter->pin_expires_at,
	    &letter->pin_expires_clock);
	put_date(part, &dates[2], letter->temporary_until,
	    &letter->temporary_clock);
	const struct letter_value values[] = {
		{ "name", letter->display_name },
		{ "extension", letter->extension },
		{ "access", letter->access_numbers },
		{ "requested", buf_text(&dates[0]) },
		{ "expires", buf_text(&dates[1]) },
		{ "until", buf_text(&dates[2]) },
	};
	letter_fill(&plain, part->language->sentences[sentence], values,
	    COUNT(values), part->language->is_right_to_left);
	markup_escape(&escaped, buf_text(&plain), plain.len);
	put_wrapped(part, buf_text(part->is_html ? &escaped : &plain));
	buf_fail(part->out, buf_status(&plain));
	buf_fail(part->out, buf_status(&escaped));
	buf_free(&escaped);
	buf_free(&plain);
	for (i = 0; i < COUNT(dates); i++) {
		buf_fail(part->out, buf_status(&dates[i]));
		buf_free(&dates[i]);
	}
}

static void
put_paragraph(struct part *part, enum letter_sentence sentence)
{
	if (part->is_html)
		buf_puts(part->out, "<p>\n");
	put_sentence(part, sentence);
	buf_puts(part->out, part->is_html ? "</p>\n" : "\n");
}

static void
put_pin(struct part *part, const struct secret *pin)
{
	bool	is_isolated = part->language->is_right_to_left;

	if (part->is_html) {
		buf_puts(part->out, "<p>");
		buf_puts(part->out, is_isolated ? "<span dir=ltr>" : "");
		buf_puts(part->out, "<strong id=pin>");
	}
	buf_append(part->out, pin->digits, pin->len);
	if (part->is_html) {
		buf_puts(part->out, "</strong>");
		buf_puts(part->out, is_isolated ? "</span>" : "");
		buf_puts(part->out, "</p>");
	}
	buf_puts(part->out, part->is_html ? "\n" : "\n\n");
}

/* Where and how to use the PIN: a list in HTML, lines in text. */
static void
put_facts(struct part *part)
{
	const struct {
		enum letter_sentence	 sentence;
		bool			 is_known;
	} facts[] = {
		{ SENTENCE_EXTENSION, part->letter->extension[0] != '\0' },
		{ SENTENCE_ACCESS, part->letter->access_numbers[0] != '\0' },
	};
	size_t	i;

	if (!facts[0].is_known && !facts[1].is_known)
		return;
	buf_puts(part->out, part->is_html ? "<ul>\n" : "");
	for (i = 0; i < COUNT(facts); i++) {
		if (!facts[i].is_known)
			continue;
		buf_puts(part->out, part->is_html ? "<li>\n" : "");
		put_sentence(part, facts[i].sentence);
		buf_puts(part->out, part->is_html ? "</li>\n" : "");
	}
	buf_puts(part->out, part->is_html ? "</ul>\n" : "\n");
}

/* Append extra_text with its simple markup kept, or taken out. */
static void
put_extra(struct part *part)
{
	const char	*text = part->letter->extra_text;
	struct buf	 plain = BUF_INIT(LETTER_MAX);
	char		*line, *rest;

	if (*text == '\0')
		return;
	if (part->is_html) {
		/* It may be in another language than the mail. */
		buf_puts(part->out, part->language->is_right_to_left ?
		    "<div dir=auto>" : "<div>");
		markup_put(part->out, text, true);
		buf_puts(part->out, "</div>\n");
		return;
	}
	markup_put(&plain, text, false);
	/* Lines yet to be wrapped. */
	for (rest = plain.data; rest != NULL && plain.len > 0;) {
		line = strsep(&rest, "\n");
		put_wrapped(part, line);
	}
	buf_fail(part->out, buf_status(&plain));
	buf_free(&plain);
}

/* How long the PIN holds: of two ends only the first means anything. */
static enum letter_sentence
holding(const struct letter *letter)
{
	if (letter->temporary_until != 0 && (letter->pin_expires_at == 0 ||
	    letter->temporary_until <= letter->pin_expires_at))
		return SENTENCE_TEMPORARY;
	return letter->pin_expires_at != 0 ? SENTENCE_EXPIRES :
	    SENTENCE_LASTING;
}

/* Write the whole letter in the part's form. */
static void
put_letter(struct part *part, const struct secret *pin)
{
	const struct letter	*letter = part->letter;
	const struct kind	*kind = kind_of(letter);

	if (part->is_html)
		buf_printf(part->out, "<!DOCTYPE html>\n<html lang=\"%s\"%s>\n"
		    "<body>\n", part->language->tag,
		    part->language->is_right_to_left ? " dir=\"rtl\"" : "");
	if (letter->is_locked_out)
		put_paragraph(part, SENTENCE_LOCKED);
	if (letter->is_locked_out && kind->has_pin)
		put_paragraph(part, SENTENCE_LOCKED_PIN);
	put_paragraph(part, letter->display_name[0] == '\0' ? SENTENCE_HELLO :
	    SENTENCE_HELLO_NAME);
	put_paragraph(part, kind->opening);
	if (kind->has_pin)
		put_pin(part, pin);
	put_facts(part);
	if (letter->must_change)
		put_paragraph(part, SENTENCE_MUST_CHANGE);
	put_paragraph(part, holding(letter));
	put_paragraph(part, letter->is_first ? kind->privacy_first :
	    kind->privacy);
	put_paragraph(part, kind->warning);
	put_extra(part);
	if (part->is_html)
		buf_puts(part->out, "</body>\n</html>\n");
}

/* A few letters of the row's own: digits could be taken for a PIN. */
static void
reference_of(const char *id, char reference[REFERENCE_LETTERS + 1])
{
	static const char	digits[] = "0123456789abcdef";
	static const char	letters[] = "bcdfghjkmnpqrtvx";
	const char		*digit;
	size_t			 i, len = strlen(id);

	for (i = 0; i < REFERENCE_LETTERS && i < len; i++) {
		digit = strchr(digits, id[len - 1 - i]);
		reference[i] = letters[digit == NULL ? 0 : digit - digits];
	}
	reference[i] = '\0';
}

bool
letter_has_pin(const struct letter *letter)
{
	return kind_of(letter)->has_pin;
}

enum status
letter_subject(const struct letter *letter, struct buf *buf)
{
	struct part	part = part_of(letter, buf, false);
	struct buf	date = BUF_INIT(DATE_MAX);
	char		reference[REFERENCE_LETTERS + 1];

	put_date(&part, &date, letter->created_at, &letter->created_clock);
	reference_of(letter->id, reference);
	const struct letter_value	values[] = {
		{ "requested", buf_text(&date) },
		{ "reference", reference },
	};
	letter_fill(buf, part.language->sentences[kind_of(letter)->subject],
	    values, COUNT(values), false);
	buf_fail(buf, buf_status(&date));
	buf_free(&date);
	return buf_status(buf);
}

enum status
letter_text(const struct letter *letter, const struct secret *pin,
    struct buf *buf)
{
	struct part	part = part_of(letter, buf, false);

	put_letter(&part, pin);
	return buf_status(buf);
}

enum status
letter_html(const struct letter *letter, const struct secret *pin,
    struct buf *buf)
{
	struct part	part = part_of(letter, buf, true);

	put_letter(&part, pin);
	return buf_status(buf);
}
