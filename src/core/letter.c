/*
 * letter.c - one list of sentences, written twice: as text and as HTML.
 */
#include "config.h"

#include "core/letter.h"

#include <assert.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/log.h"

#define TEXT_COLUMNS	72	/* where a paragraph is wrapped */
#define DATE_MAX	256	/* bytes of a date in words */
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

enum sentence {
	SENTENCE_SUBJECT,
	SENTENCE_LOCKED,	/* names the help desk; at most 72 columns */
	SENTENCE_LOCKED_PIN,
	SENTENCE_HELLO_NAME,
	SENTENCE_HELLO,
	SENTENCE_REQUESTED,	/* the one right before the PIN */
	SENTENCE_AUTOMATIC,	/* the same, after too many failures */
	SENTENCE_EXTENSION,
	SENTENCE_ACCESS,
	SENTENCE_MUST_CHANGE,
	SENTENCE_TEMPORARY,
	SENTENCE_EXPIRES,
	SENTENCE_LASTING,
	SENTENCE_PRIVATE,
	SENTENCE_NOT_YOU,
	SENTENCE_NOT_YOU_AUTOMATIC,
	SENTENCE_DATE,
	SENTENCE_COUNT
};

/*
 * A further language is one row. Placeholders: {name}, {extension},
 * {access}, {requested}, {expires}, {until}; in SENTENCE_DATE {day},
 * {month}, {year}, {time}. No sentence may be only a placeholder.
 */
struct language {
	const char	*tag;
	const char	*sentences[SENTENCE_COUNT];
	const char	*months[12];
};

/* The first row is the one that everybody gets who has no other. */
static const struct language languages[] = {
	{ "en", {
		[SENTENCE_SUBJECT] = "Your new voice mail PIN",
		[SENTENCE_LOCKED] = "Your voice mailbox is locked: please "
		    "ask your help desk to unlock it.",
		[SENTENCE_LOCKED_PIN] = "The new PIN below works as soon as "
		    "that is done, and not before.",
		[SENTENCE_HELLO_NAME] = "Hello {name},",
		[SENTENCE_HELLO] = "Hello,",
		[SENTENCE_REQUESTED] = "A new PIN for your voice mailbox was "
		    "requested on {requested}. This is your new PIN:",
		[SENTENCE_AUTOMATIC] = "On {requested} your voice mail PIN "
		    "was reset automatically, because somebody had entered a "
		    "wrong PIN too many times. This is your new PIN:",
		[SENTENCE_EXTENSION] = "Extension: {extension}",
		[SENTENCE_ACCESS] = "To listen to your messages, call: "
		    "{access}",
		[SENTENCE_MUST_CHANGE] = "This PIN is for your first logon "
		    "only. You will then be asked to choose one of your own.",
		[SENTENCE_TEMPORARY] = "Please log on by {until}. After that "
		    "this PIN is refused, and you will have to request "
		    "another one.",
		[SENTENCE_EXPIRES] = "The PIN expires on {expires}.",
		[SENTENCE_LASTING] = "The PIN does not expire.",
		[SENTENCE_PRIVATE] = "Your previous PIN no longer works. "
		    "Please keep the new one to yourself: nobody at the help "
		    "desk needs it or will ask you for it.",
		[SENTENCE_NOT_YOU] = "If you did not request a new PIN, "
		    "somebody else may be using your account. Please tell "
		    "your help desk at once.",
		[SENTENCE_NOT_YOU_AUTOMATIC] = "If it was not you who "
		    "entered the wrong PINs, somebody may be trying to get "
		    "into your mailbox. Please tell your help desk at once.",
		[SENTENCE_DATE] = "{day} {month} {year}, {time} UTC",
	}, {
		"January", "February", "March", "April", "May", "June",
		"July", "August", "September", "October", "November",
		"December",
	} },
};

/* Tags that extra_text may use. A block ends the line in text/plain. */
static const struct tag {
	const char	*name;
	bool		 is_block;
} tags[] = {
	{ "p", true },	    { "br", true },	{ "ul", true },
	{ "li", true },	    { "b", false },	{ "i", false },
	{ "strong", false }, { "em", false },
};

static const struct reference {
	const char	*name;
	const char	*text;
} references[] = {
	{ "&amp;", "&" },   { "&lt;", "<" },   { "&gt;", ">" },
	{ "&quot;", "\"" }, { "&apos;", "'" }, { "&nbsp;", "\xc2\xa0" },
};

/* One part in the making. */
struct part {
	const struct language	*language;
	const struct letter *letter;
	struct buf		*out;
	bool			 is_html;
};

/* A placeholder and what stands for it. */
struct value {
	const char	*name;
	const char	*text;
};

/* The language of a locale, or NULL. */
static const struct language *
language_of(const char *locale)
{
	size_t	i, len = strcspn(locale, "-_");

	for (i = 0; i < COUNT(languages); i++)
		if (strcasecmp(languages[i].tag, locale) == 0)
			return &languages[i];
	for (i = 0; i < COUNT(languages); i++)
		if (strlen(languages[i].tag) == len &&
		    strncasecmp(languages[i].tag, locale, len) == 0)
			return &languages[i];
	return NULL;
}

static const struct language *
language_find(const char *locale)
{
	const struct language	*language = language_of(locale);

	return language == NULL ? &languages[0] : language;
}

bool
letter_speaks(const char *locale)
{
	return language_of(locale) != NULL;
}

/* Append a template, each {name} replaced by its value. */
static void
expand(struct buf *buf, const char *template, const struct value *values,
    size_t count)
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
		buf_puts(buf, values[i].text);
		template = brace + len + 2;
	}
	buf_puts(buf, template);
}

/* Append a moment as the language writes it, in UTC. */
static void
expand_date(struct buf *buf, const struct language *language, int64_t when)
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
		{ "day", day },
		{ "month", language->months[tm.tm_mon] },
		{ "year", year },
		{ "time", minute },
	};
	expand(buf, language->sentences[SENTENCE_DATE], values, COUNT(values));
}

/* Append text with HTML's special characters escaped. */
static void
put_escaped(struct buf *buf, const char *text, size_t len)
{
	for (; len > 0; text++, len--) {
		switch (*text) {
		case '&':
			buf_puts(buf, "&amp;");
			break;
		case '<':
			buf_puts(buf, "&lt;");
			break;
		case '>':
			buf_puts(buf, "&gt;");
			break;
		case '"':
			buf_puts(buf, "&quot;");
			break;
		default:
			buf_append(buf, text, 1);
			break;
		}
	}
}

/* Decode the UTF-8 character at text, which is valid; returns its length. */
static size_t
decode(const char *text, uint32_t *character)
{
	unsigned int	 first = (unsigned char)*text;
	size_t		 i, len;

	len = first < 0xc0 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	*character = len == 1 ? first : first & (0x7fU >> len);
	for (i = 1; i < len && text[i] != '\0'; i++)
		*character = *character << 6 | ((unsigned char)text[i] & 0x3fU);
	return i;
}

/*
 * How many bytes of white space or control character begin here, 0 for
 * none. Besides ASCII's these are C1 and the line and paragraph separators,
 * all of which some mail program takes for the end of a line.
 */
static size_t
space_length(const char *text)
{
	uint32_t	c;
	size_t		len = decode(text, &c);

	if (c != 0 && (c <= ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x2028 ||
	    c == 0x2029))
		return len;
	return 0;
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
		at += decode(line + at, &c);
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

/* The next word: its bytes and its columns; 0 at the end of the text. */
static size_t
word_length(const char *text, size_t *columns)
{
	uint32_t	c;
	size_t		len = 0;

	*columns = 0;
	while (text[len] != '\0' && space_length(text + len) == 0) {
		len += decode(text + len, &c);
		(*columns)++;
	}
	return len;
}

/* Append text as lines of words; white space is where lines may end. */
static void
put_wrapped(struct part *part, const char *text)
{
	struct buf	line = BUF_INIT(LETTER_MAX);
	size_t		columns = 0, len, space, width;

	for (;; text += len) {
		while ((space = space_length(text)) > 0)
			text += space;
		len = word_length(text, &width);
		if (line.len > 0 &&
		    (len == 0 || columns + 1 + width > TEXT_COLUMNS)) {
			put_line(part, buf_text(&line), line.len);
			buf_fail(part->out, buf_status(&line));
			buf_reset(&line);
			columns = 0;
		}
		if (len == 0)
			break;
		if (columns > 0)
			buf_puts(&line, " ");
		columns += width + (columns > 0);
		buf_append(&line, text, len);
	}
	buf_fail(part->out, buf_status(&line));
	buf_free(&line);
}

/* Append a sentence, filled in, as lines of the part. */
static void
put_sentence(struct part *part, enum sentence sentence)
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
	    COUNT(values));
	put_escaped(&escaped, buf_text(&plain), plain.len);
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
put_paragraph(struct part *part, enum sentence sentence)
{
	if (part->is_html)
		buf_puts(part->out, "<p>\n");
	put_sentence(part, sentence);
	buf_puts(part->out, part->is_html ? "</p>\n" : "\n");
}

static void
put_pin(struct part *part, const struct secret *pin)
{
	if (part->is_html)
		buf_puts(part->out, "<p><strong id=pin>");
	buf_append(part->out, pin->digits, pin->len);
	buf_puts(part->out, part->is_html ? "</strong></p>\n" : "\n\n");
}

/* Where and how to use the PIN: a list in HTML, lines in text. */
static void
put_facts(struct part *part)
{
	const struct {
		enum sentence	 sentence;
		bool		 is_known;
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

/*
 * The length of the tag that begins here, 0 for none. *tag is its row, or
 * NULL for one that is not on the list or has attributes.
 */
static size_t
tag_length(const char *text, const struct tag **tag)
{
	const char	*name = text + 1, *end;
	size_t		 i, len;

	*tag = NULL;
	if (*text != '<')
		return 0;
	if (*name == '/')
		name++;
	len = strspn(name, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
	end = strchr(name, '>');
	if (len == 0 || end == NULL)
		return 0;
	if (strspn(name + len, " /") == (size_t)(end - name) - len)
		for (i = 0; i < COUNT(tags); i++)
			if (strlen(tags[i].name) == len &&
			    strncasecmp(tags[i].name, name, len) == 0)
				*tag = &tags[i];
	return (size_t)(end - text) + 1;
}

/* Text of an administrator that has no block markup is plain text. */
static bool
is_plain_text(const char *text)
{
	const struct tag	*tag;

	for (; *text != '\0'; text++)
		if (tag_length(text, &tag) > 0 && tag != NULL && tag->is_block)
			return false;
	return true;
}

/* Append a tag of extra_text: itself in HTML, at most a line end in text. */
static void
put_tag(struct buf *buf, const struct tag *tag, const char *text, size_t len,
    bool is_html)
{
	bool	is_end = text[1] == '/';

	if (is_html && tag != NULL) {
		buf_puts(buf, is_end ? "</" : "<");
		buf_puts(buf, tag->name);
		buf_puts(buf, ">");
	} else if (is_html) {
		put_escaped(buf, text, len);
	} else if (tag != NULL && tag->is_block) {
		buf_puts(buf, "\n");
		if (!is_end && strcmp(tag->name, "li") == 0)
			buf_puts(buf, "- ");
	}
}

/* Append one character of extra_text, or reference to one; its length. */
static size_t
put_character(struct buf *buf, const char *text, bool is_html, bool is_plain)
{
	uint32_t	character;
	size_t		i, len, space = space_length(text);

	if (*text == '\n' && is_plain) {
		buf_puts(buf, is_html ? "<br>\n" : "\n");
		return 1;
	}
	if (space > 0) {
		buf_puts(buf, " ");
		return space;
	}
	for (i = 0; i < COUNT(references); i++) {
		len = strlen(references[i].name);
		if (strncmp(text, references[i].name, len) != 0)
			continue;
		buf_puts(buf, is_html ? references[i].name :
		    references[i].text);
		return len;
	}
	len = decode(text, &character);
	if (is_html)
		put_escaped(buf, text, len);
	else
		buf_append(buf, text, len);
	return len;
}

/* Append extra_text with its simple markup kept, or taken out. */
static void
put_extra(struct part *part)
{
	const char		*text = part->letter->extra_text;
	const struct tag	*tag;
	struct buf		 plain = BUF_INIT(LETTER_MAX);
	struct buf		*buf = part->is_html ? part->out : &plain;
	bool			 is_plain = is_plain_text(text);
	char			*line, *rest;
	size_t			 len;

	if (*text == '\0')
		return;
	buf_puts(buf, part->is_html ? "<div>" : "");
	while (*text != '\0') {
		len = tag_length(text, &tag);
		if (len > 0)
			put_tag(buf, tag, text, len, part->is_html);
		else
			len = put_character(buf, text, part->is_html,
			    is_plain);
		text += len;
	}
	buf_puts(buf, part->is_html ? "</div>\n" : "");
	/* Text comes as lines yet to be wrapped; HTML is in place. */
	for (rest = plain.data; rest != NULL && plain.len > 0;) {
		line = strsep(&rest, "\n");
		put_wrapped(part, line);
	}
	buf_fail(part->out, buf_status(&plain));
	buf_free(&plain);
}

/* How long the PIN holds: of two ends only the first means anything. */
static enum sentence
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
	bool			 is_auto = strcmp(letter->kind, "auto") == 0;

	if (part->is_html)
		buf_printf(part->out, "<!DOCTYPE html>\n<html lang=\"%s\">\n"
		    "<body>\n", part->language->tag);
	if (letter->is_locked_out) {
		put_paragraph(part, SENTENCE_LOCKED);
		put_paragraph(part, SENTENCE_LOCKED_PIN);
	}
	put_paragraph(part, letter->display_name[0] == '\0' ? SENTENCE_HELLO :
	    SENTENCE_HELLO_NAME);
	put_paragraph(part, is_auto ? SENTENCE_AUTOMATIC : SENTENCE_REQUESTED);
	put_pin(part, pin);
	put_facts(part);
	if (letter->must_change)
		put_paragraph(part, SENTENCE_MUST_CHANGE);
	put_paragraph(part, holding(letter));
	put_paragraph(part, SENTENCE_PRIVATE);
	put_paragraph(part, is_auto ? SENTENCE_NOT_YOU_AUTOMATIC :
	    SENTENCE_NOT_YOU);
	put_extra(part);
	if (part->is_html)
		buf_puts(part->out, "</body>\n</html>\n");
}

const char *
letter_subject(const struct letter *letter)
{
	return language_find(letter->locale)->sentences[SENTENCE_SUBJECT];
}

enum status
letter_text(const struct letter *letter, const struct secret *pin,
    struct buf *buf)
{
	struct part	part = { language_find(letter->locale), letter, buf,
		false };

	put_letter(&part, pin);
	return buf_status(buf);
}

enum status
letter_html(const struct letter *letter, const struct secret *pin,
    struct buf *buf)
{
	struct part	part = { language_find(letter->locale), letter, buf,
		true };

	put_letter(&part, pin);
	return buf_status(buf);
}
