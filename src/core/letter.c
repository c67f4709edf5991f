/*
 * letter.c - write the mail's subject and its text, as plain text and as HTML,
 * by the table of kinds.
 *
 * The sentences themselves are in letters/, a file per language.
 */
#include "config.h"

#include "core/letter.h"

#include <assert.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "core/brand.h"
#include "core/letter-language.h"
#include "core/letter-page.h"
#include "core/letter-wrap.h"
#include "core/markup.h"

#define DATE_MAX	256	/* bytes of a date in words */
#define REFERENCE_LETTERS 6	/* four bits of the row's id each */
#define FALLBACK	"en"	/* the language of who has no other */
#define FIRST_STRONG_ISOLATE	"\xe2\x81\xa8"
#define POP_ISOLATE		"\xe2\x81\xa9"
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
	const struct letter		*letter;
	struct buf			*out;
	bool				 is_html;
	struct brand			 brand;
};

/* A placeholder and what stands for it. */
struct value {
	const char	*name;
	const char	*text;
};

static const struct letter_language *
language_find(const char *locale)
{
	const struct letter_language	*language = letter_language_of(locale);

	if (language == NULL)
		language = letter_language_of(FALLBACK);
	assert(language != NULL);
	return language;
}

static const struct kind *
kind_of(const struct letter *letter)
{
	size_t	i;

	for (i = 1; i < COUNT(kinds); i++)
		if (strcmp(letter->kind, kinds[i].name) == 0)
			return &kinds[i];
	return &kinds[0];
}

const char *
letter_kind_name(size_t i)
{
	return i < COUNT(kinds) ? kinds[i].name : NULL;
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

/*
 * Append a template, each {name} replaced by its value. Isolated (UAX #9), the
 * value is written in its own direction, and nothing around it in another.
 */
static void
expand(struct buf *buf, const char *template, const struct value *values,
    size_t count, bool is_isolated)
{
	const char	*brace;
	size_t		 i, len;

	while ((brace = strchr(template, '{')) != NULL) {
		buf_append(buf, template, (size_t)(brace - template));
		len = strcspn(brace + 1, "}");
		for (i = 0; i < count; i++)
			if (strlen(values[i].name) == len &&
			    strncmp(values[i].name, brace + 1, len) == 0)
				break;
		assert(i < count);
		buf_puts(buf, is_isolated ? FIRST_STRONG_ISOLATE : "");
		buf_puts(buf, values[i].text);
		buf_puts(buf, is_isolated ? POP_ISOLATE : "");
		template = brace + len + 2;
	}
	buf_puts(buf, template);
}

/* Append a moment as the language writes it, in UTC. */
static void
expand_date(struct buf *buf, const struct letter_language *language,
    int64_t when)
{
	time_t		seconds = (time_t)when;
	struct tm	tm = { 0 };
	char		day[LOG_NUMBER_SIZE], year[LOG_NUMBER_SIZE];
	char		minute[sizeof("hh:mm")];

	/* A moment that no calendar has stays the epoch: a visible fault. */
	(void)gmtime_r(&seconds, &tm);
	(void)log_number(day, tm.tm_mday);
	(void)log_number(year, tm.tm_year + (int64_t)1900);
	(void)strftime(minute, sizeof(minute), "%H:%M", &tm);
	const struct value values[] = {
		{ "day", tm.tm_mday == 1 && language->first_day != NULL ?
		    language->first_day : day },
		{ "month", language->months[tm.tm_mon] },
		{ "year", year },
		{ "time", minute },
	};
	expand(buf, language->sentences[SENTENCE_DATE], values, COUNT(values),
	    false);
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

	expand_date(&dates[0], part->language, letter->created_at);
	expand_date(&dates[1], part->language, letter->pin_expires_at);
	expand_date(&dates[2], part->language, letter->temporary_until);
	const struct value values[] = {
		{ "name", letter->display_name },
		{ "extension", letter->extension },
		{ "access", letter->access_numbers },
		{ "requested", buf_text(&dates[0]) },
		{ "expires", buf_text(&dates[1]) },
		{ "until", buf_text(&dates[2]) },
	};
	expand(&plain, part->language->sentences[sentence], values,
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

/* The mailbox is locked: what that means is said before all else. */
static void
put_locked(struct part *part, bool has_pin)
{
	open_block(part, PAGE_NOTE);
	put_sentence(part, SENTENCE_LOCKED);
	if (has_pin) {
		buf_puts(part->out, part->is_html ? "<br>\n" : "\n");
		put_sentence(part, SENTENCE_LOCKED_PIN);
	}
	close_block(part, PAGE_NOTE);
}

/* Where and how to use the PIN: each a line. */
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
	const struct kind	*kind = kind_of(letter);

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
	put_facts(part);
	if (letter->must_change)
		put_paragraph(part, SENTENCE_MUST_CHANGE);
	put_paragraph(part, holding(letter));
	put_paragraph(part, letter->is_first ? kind->privacy_first :
	    kind->privacy);
	put_block(part, PAGE_ADVICE, kind->warning);
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
	return kind_of(letter)->has_pin;
}

enum status
letter_subject(const struct letter *letter, struct buf *buf)
{
	const struct letter_language *language = language_find(letter->locale);
	struct buf		 date = BUF_INIT(DATE_MAX);
	char			 reference[REFERENCE_LETTERS + 1];

	expand_date(&date, language, letter->created_at);
	reference_of(letter->id, reference);
	const struct value	values[] = {
		{ "requested", buf_text(&date) },
		{ "reference", reference },
	};
	buf_puts(buf, letter->is_test ? "TEST: " : "");
	expand(buf, language->sentences[kind_of(letter)->subject], values,
	    COUNT(values), false);
	buf_fail(buf, buf_status(&date));
	buf_free(&date);
	return buf_status(buf);
}

enum status
letter_text(const struct letter *letter, const struct secret *pin,
    struct buf *buf)
{
	struct part	part = { language_find(letter->locale), letter, buf,
		false, { .has_color = false } };

	put_letter(&part, pin);
	return buf_status(buf);
}

enum status
letter_html(const struct letter *letter, const struct secret *pin,
    struct buf *buf)
{
	struct part	part = { language_find(letter->locale), letter, buf,
		true, { .has_color = false } };

	put_letter(&part, pin);
	return buf_status(buf);
}
