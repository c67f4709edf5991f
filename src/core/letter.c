/*
 * letter.c - write the mail's subject and its text, as plain text and as HTML.
 *
 * Which sentences a kind of mail has is in letter-kind.c, the sentences
 * themselves are in letters/, a file per language.
 */
#include "config.h"

#include "core/letter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/brand.h"
#include "core/letter-date.h"
#include "core/letter-fill.h"
#include "core/letter-kind.h"
#include "core/letter-language.h"
#include "core/letter-page.h"
#include "core/letter-wrap.h"
#include "core/markup.h"

#define DATE_MAX	256	/* bytes of a date in words */
#define REFERENCE_LETTERS 6	/* four bits of the row's id each */
#define FALLBACK	"en"	/* the language of who has no other */
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/* One part in the making. */
struct part {
	const struct letter_language	*language;
	const struct letter_region	*region;	/* or NULL */
	const struct letter		*letter;
	struct buf			*out;
	bool				 is_html;
	struct brand			 brand;
};

const char *
letter_kind_name(size_t i)
{
	const struct letter_kind	*kind = letter_kind_at((unsigned int)i);

	return kind == NULL ? NULL : kind->name;
}

const char *
letter_language_tag(size_t i)
{
	size_t	count = 0;

	while (count < i && letter_languages[count] != NULL)
		count++;
	return letter_languages[count] == NULL ? NULL :
	    letter_languages[count]->tag;
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
		{ "contact", letter->contact },
		{ "requested", buf_text(&dates[0]) },
		{ "expires", buf_text(&dates[1]) },
		{ "until", buf_text(&dates[2]) },
	};
	letter_fill(&plain, part->language->sentences[sentence], values,
	    COUNT(values), part->language->is_right_to_left);
	markup_escape(&escaped, buf_text(&plain), plain.len);
	letter_wrap(part->out, buf_text(part->is_html ? &escaped : &plain),
	    part->is_html);
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
open_block(struct part *part, enum page_block block)
{
	if (part->is_html)
		page_open(part->out, block);
}

/* In text an empty line ends a block. */
static void
close_block(struct part *part, enum page_block block)
{
	if (part->is_html)
		page_close(part->out, block);
	else
		buf_puts(part->out, "\n");
}

static void
put_block(struct part *part, enum page_block block,
    enum letter_sentence sentence)
{
	if (sentence == LETTER_NONE)
		return;
	open_block(part, block);
	put_sentence(part, sentence);
	close_block(part, block);
}

static void
put_paragraph(struct part *part, enum letter_sentence sentence)
{
	put_block(part, PAGE_PARAGRAPH, sentence);
}

static void
put_pin(struct part *part, const struct secret *pin)
{
	if (part->is_html) {
		page_pin(part->out, pin, part->language->is_right_to_left);
		return;
	}
	buf_append(part->out, pin->digits, pin->len);
	buf_puts(part->out, "\n\n");
}

/* For the administrator who asked for it, in the language of our commands. */
static void
put_test(struct part *part)
{
	static const char	sentence[] = "This is a test of umws-mailer. "
	    "It is about no mailbox, and no PIN in it is valid.";

	open_block(part, PAGE_NOTE);
	buf_puts(part->out, part->is_html ? "<div lang=en dir=ltr>\n" : "");
	letter_wrap(part->out, sentence, part->is_html);
	buf_puts(part->out, part->is_html ? "</div>\n" : "");
	close_block(part, PAGE_NOTE);
}

/* Sentences of one block, each on a line of its own. */
static void
put_sentences(struct part *part, enum page_block block,
    const enum letter_sentence *sentences, size_t count)
{
	size_t	i, written = 0;

	for (i = 0; i < count; i++) {
		if (sentences[i] == LETTER_NONE)
			continue;
		if (written++ == 0)
			open_block(part, block);
		else
			buf_puts(part->out, part->is_html ? "<br>\n" : "\n");
		put_sentence(part, sentences[i]);
	}
	if (written > 0)
		close_block(part, block);
}

/* The mailbox is locked: what that means, and whom to ask, before all else. */
static void
put_locked(struct part *part, bool has_pin)
{
	const enum letter_sentence	sentences[] = { SENTENCE_LOCKED,
		part->letter->contact[0] != '\0' ? SENTENCE_LOCKED_CONTACT :
		LETTER_NONE, has_pin ? SENTENCE_LOCKED_PIN : LETTER_NONE };

	put_sentences(part, PAGE_NOTE, sentences, COUNT(sentences));
}

/* What to do if it was somebody else, or about questions. */
static void
put_advice(struct part *part, const struct letter_kind *kind)
{
	const enum letter_sentence	sentences[] = { kind->warning,
		part->letter->contact[0] != '\0' ? kind->tell : kind->alone };

	put_sentences(part, PAGE_ADVICE, sentences, COUNT(sentences));
}

/* Where and how to use the PIN: each a line. */
static void
put_facts(struct part *part, const struct letter_kind *kind)
{
	const struct {
		enum letter_sentence	 sentence;
		bool			 is_known;
	} facts[] = {
		{ SENTENCE_EXTENSION, part->letter->extension[0] != '\0' },
		{ SENTENCE_ACCESS, !kind->is_of_lock &&
		    part->letter->access_numbers[0] != '\0' },
	};
	size_t	i;

	if (!facts[0].is_known && !facts[1].is_known)
		return;
	open_block(part, PAGE_FACTS);
	for (i = 0; i < COUNT(facts); i++) {
		if (!facts[i].is_known)
			continue;
		open_block(part, PAGE_FACT);
		put_sentence(part, facts[i].sentence);
		if (part->is_html)
			page_close(part->out, PAGE_FACT);
	}
	close_block(part, PAGE_FACTS);
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
		page_open(part->out, PAGE_HOUSE);
		buf_puts(part->out, part->language->is_right_to_left ?
		    "<div dir=auto>" : "<div>");
		markup_put(part->out, text, true);
		buf_puts(part->out, "</div>\n");
		page_close(part->out, PAGE_HOUSE);
		return;
	}
	markup_put(&plain, text, false);
	/* Lines yet to be wrapped. */
	for (rest = plain.data; rest != NULL && plain.len > 0;) {
		line = strsep(&rest, "\n");
		letter_wrap(part->out, line, false);
	}
	buf_fail(part->out, buf_status(&plain));
	buf_free(&plain);
}

/* The signature of the text, which nothing follows. */
static void
put_signature(struct part *part)
{
	if (part->is_html || *part->brand.name == '\0')
		return;
	buf_puts(part->out, *part->letter->extra_text == '\0' ? "" : "\n");
	buf_puts(part->out, "-- \n");
	letter_wrap(part->out, part->brand.name, false);
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

/* What holds for the PIN, or for the lock, that the letter is about. */
static void
put_terms(struct part *part, const struct letter_kind *kind)
{
	const struct letter	*letter = part->letter;

	if (kind->is_of_lock)
		put_paragraph(part, letter->temporary_until != 0 ?
		    SENTENCE_LOCKED_UNTIL : SENTENCE_LOCKED_LASTING);
	if (!kind->is_of_pin)
		return;
	if (letter->must_change)
		put_paragraph(part, SENTENCE_MUST_CHANGE);
	put_paragraph(part, holding(letter));
	put_paragraph(part, letter->is_first ? SENTENCE_PRIVATE_FIRST :
	    SENTENCE_PRIVATE);
}

/* Begin the HTML, titled like the mail. */
static void
put_page(struct part *part)
{
	struct buf	subject = BUF_INIT(LETTER_MAX);
	enum status	st = letter_subject(part->letter, &subject);

	const struct page page = {
		.tag = part->language->tag,
		.fonts = part->language->fonts,
		.title = buf_text(&subject),
		.brand = &part->brand,
		.is_right_to_left = part->language->is_right_to_left,
	};
	page_begin(part->out, &page);
	buf_fail(part->out, st);
	buf_free(&subject);
}

/* Write the whole letter in the part's form. */
static void
put_letter(struct part *part, const struct secret *pin)
{
	const struct letter	*letter = part->letter;
	const struct letter_kind *kind = letter_kind_of(letter->kind);

	brand_init(&part->brand, letter->brand_color, letter->brand_name);
	if (part->is_html)
		put_page(part);
	if (letter->is_test)
		put_test(part);
	if (letter->is_locked_out)
		put_locked(part, kind->has_pin);
	put_paragraph(part, letter->display_name[0] == '\0' ? SENTENCE_HELLO :
	    SENTENCE_HELLO_NAME);
	put_paragraph(part, kind->opening);
	if (kind->has_pin)
		put_pin(part, pin);
	put_facts(part, kind);
	put_terms(part, kind);
	put_advice(part, kind);
	put_extra(part);
	put_signature(part);
	if (part->is_html)
		page_end(part->out);
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
	return letter_kind_of(letter->kind)->has_pin;
}

bool
letter_is_open(const struct letter *letter)
{
	return !letter_kind_of(letter->kind)->is_of_pin;
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
	buf_puts(buf, letter->is_test ? "TEST: " : "");
	letter_fill(buf,
	    part.language->sentences[letter_kind_of(letter->kind)->subject],
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
