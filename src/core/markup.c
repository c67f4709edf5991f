/*
 * markup.c - a text is read twice: once to see whether it can be kept and
 * whether it has blocks, and once to write it.
 *
 * The grammar is a strict part of HTML's: where a browser would repair
 * something, the text is refused.
 */
#include "config.h"

#include "core/markup.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "core/character.h"
#include "core/unicode.h"

#define DEPTH_MAX	16	/* elements within each other */
#define SCRATCH_MAX	65536	/* bytes of a form that is only looked at */
#define QUOTE_CHARS	24	/* of a text, to show a place */
#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS		"0123456789"
#define SPACE		" \t\r\n"
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

enum element {
	ELEMENT_P,
	ELEMENT_BR,
	ELEMENT_UL,
	ELEMENT_LI,
	ELEMENT_A,	/* the last that is more than a look */
	ELEMENT_B,
	ELEMENT_I,
	ELEMENT_STRONG,
	ELEMENT_EM,
	ELEMENT_COUNT
};

static const char *const elements[] = {
	[ELEMENT_P] = "p", [ELEMENT_BR] = "br", [ELEMENT_UL] = "ul",
	[ELEMENT_LI] = "li", [ELEMENT_A] = "a", [ELEMENT_B] = "b",
	[ELEMENT_I] = "i", [ELEMENT_STRONG] = "strong", [ELEMENT_EM] = "em",
};

/* An element whose end has not come. */
struct open {
	enum element	 element;
	const char	*at;
};

/* A tag as it is written. */
struct tag {
	enum element	 element;
	bool		 is_end;
	bool		 has_slash;	/* at its end: <br/> */
};

/* A text on its way into one form. */
struct markup {
	const char	*at;
	struct buf	*out;
	bool		 is_html;
	bool		 has_blocks;	/* else line ends count */
	bool		 is_block_seen;
	struct open	 open[DEPTH_MAX];
	size_t		 depth;
	char		 url[MARKUP_URL_MAX + 1];	/* of the open link */
	size_t		 label;		/* of out: where the link's begins */
	bool		 has_label;
	const char	*reason;
};

void
markup_escape(struct buf *buf, const char *text, size_t len)
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

/* Append one character, which is not white space where lines may end. */
static void
put_character(struct buf *out, uint32_t c, bool is_html)
{
	char	bytes[UTF8_MAX];
	size_t	len = utf8_encode(c, bytes);

	if (is_html && c == 0xa0)
		buf_puts(out, "&nbsp;");
	else if (is_html)
		markup_escape(out, bytes, len);
	else
		buf_append(out, bytes, len);
}

static void
put_line_end(struct buf *out, bool is_html)
{
	buf_puts(out, is_html ? "<br>\n" : "\n");
}

/* White space of HTML, of which any amount is one space. */
static bool
is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The character at an ampersand, and behind what stands for it. */
static uint32_t
read_reference(struct markup *m)
{
	const char	*name = m->at + 1, *end;
	size_t		 len = strspn(name, LETTERS DIGITS);
	uint32_t	 c;

	if (*name == '#') {
		c = character_numbered(name + 1, &end);
		if (c == 0)
			m->reason = "this number is no character to show";
	} else {
		c = character_named(name, len);
		end = name + len;
		if (len == 0 || (c == 0 && *end != ';')) {
			m->at++;
			return '&';
		}
		if (c == 0)
			m->reason = "a name that is not known; write the "
			    "character itself, or &amp; for &";
	}
	if (m->reason == NULL && *end != ';')
		m->reason = "its semicolon is missing; for & itself write "
		    "&amp;";
	if (m->reason == NULL)
		m->at = end + 1;
	return c;
}

/* The next character, taken as it stands or as a reference. */
static uint32_t
read_character(struct markup *m)
{
	uint32_t	c;
	size_t		len;

	if (*m->at == '&')
		return read_reference(m);
	len = utf8_decode(m->at, &c);
	if (c == UTF8_NONE)
		m->reason = "not UTF-8";
	else if (character_is_control(c) && !is_space(c))
		m->reason = "a control character";
	else if (character_misleads(c))
		m->reason = "no character to show";
	else
		m->at += len;
	return c;
}

/* An address that everybody can follow, RFC 3986. */
static bool
is_url(const char *url)
{
	static const char *const	schemes[] = { "http://", "https://",
	    "mailto:", "tel:" };
	const char			*rest;
	size_t				 i;

	for (i = 0; i < COUNT(schemes); i++) {
		rest = url + strlen(schemes[i]);
		if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
			return *rest != '\0' && strchr("/?#", *rest) == NULL &&
			    strpbrk(rest, SPACE "<>\"") == NULL;
	}
	return false;
}

/* The value of href, quoted or not, into m->url. */
static void
read_url(struct markup *m)
{
	size_t		len = 0;
	char		quote = *m->at;
	uint32_t	c;

	if (quote == '"' || quote == '\'')
		m->at++;
	else
		quote = '\0';
	while (m->reason == NULL && *m->at != '\0' && (quote != '\0' ?
	    *m->at != quote : strchr(SPACE ">", *m->at) == NULL)) {
		c = read_character(m);
		if (m->reason != NULL)
			return;
		if (len + UTF8_MAX > MARKUP_URL_MAX) {
			m->reason = "an address that is too long";
			return;
		}
		len += utf8_encode(c, m->url + len);
	}
	m->url[len] = '\0';
	if (quote != '\0' && *m->at != '\0')
		m->at++;
	if (m->reason == NULL && !is_url(m->url))
		m->reason = "a link to something else than an http, https, "
		    "mailto or tel address";
}

/* What stands behind a tag's name: at most an address, and ">". */
static void
read_attributes(struct markup *m, struct tag *tag)
{
	bool		 may_link = tag->element == ELEMENT_A && !tag->is_end;
	const char	*begin;

	if (may_link)
		m->url[0] = '\0';
	for (;;) {
		begin = m->at;
		m->at += strspn(m->at, SPACE);
		if (*m->at == '>' || strncmp(m->at, "/>", 2) == 0)
			break;
		if (!may_link || m->url[0] != '\0' || m->at == begin ||
		    strncasecmp(m->at, "href", 4) != 0) {
			m->reason = strchr(m->at, '>') == NULL ?
			    "a tag without its >" : "no attribute is kept but "
			    "one href of a";
			return;
		}
		m->at += strlen("href");
		m->at += strspn(m->at, SPACE);
		if (*m->at != '=') {
			m->reason = "href has no address";
			return;
		}
		m->at++;
		m->at += strspn(m->at, SPACE);
		read_url(m);
		if (m->reason != NULL)
			return;
	}
	tag->has_slash = *m->at == '/';
	m->at += tag->has_slash ? 2 : 1;
}

/* Does markup begin here? As in HTML, "<" before anything else is text. */
static bool
is_tag(const char *text)
{
	return text[0] == '<' && text[1] != '\0' &&
	    strchr(LETTERS "/!?", text[1]) != NULL;
}

static void
read_tag(struct markup *m, struct tag *tag)
{
	size_t	len, i;

	m->at++;
	tag->is_end = *m->at == '/';
	m->at += tag->is_end;
	len = strspn(m->at, LETTERS DIGITS);
	for (i = 0; i < ELEMENT_COUNT; i++)
		if (strlen(elements[i]) == len &&
		    strncasecmp(elements[i], m->at, len) == 0)
			break;
	m->at += len;
	tag->element = (enum element)i;
	tag->has_slash = false;
	if (i < ELEMENT_COUNT)
		read_attributes(m, tag);
	else
		m->reason = "not kept; p, br, ul, li, b, i, strong, em and a "
		    "are, and for < itself write &lt;";
}

static bool
is_block(enum element element)
{
	return element < ELEMENT_A;
}

static bool
is_top(const struct markup *m, enum element element)
{
	return m->depth > 0 && m->open[m->depth - 1].element == element;
}

/* Append the address behind its label, unless the label says it. */
static void
put_address(struct markup *m)
{
	const char	*label = buf_text(m->out) + m->label;
	size_t		 scheme = strcspn(m->url, ":") + 1;

	if (strcmp(label, m->url) != 0 &&
	    (strncmp(m->url + scheme, "//", 2) == 0 ||
	    strcmp(label, m->url + scheme) != 0))
		buf_printf(m->out, " <%s>", m->url);
}

/* The end of the element that was opened last. */
static void
close_top(struct markup *m)
{
	enum element	element = m->open[--m->depth].element;

	if (element == ELEMENT_A && !m->has_label)
		m->reason = "a link without a text to show";
	else if (m->is_html)
		buf_printf(m->out, "</%s>", elements[element]);
	else if (is_block(element))
		buf_puts(m->out, "\n");
	else if (element == ELEMENT_A && buf_status(m->out) == ST_OK)
		put_address(m);
}

static void
put_begin(struct markup *m, enum element element)
{
	if (m->is_html && element == ELEMENT_A) {
		buf_puts(m->out, "<a href=\"");
		markup_escape(m->out, m->url, strlen(m->url));
		buf_puts(m->out, "\">");
	} else if (m->is_html) {
		buf_printf(m->out, "<%s>", elements[element]);
	} else if (is_block(element)) {
		buf_puts(m->out, element == ELEMENT_LI ? "\n- " : "\n");
	}
}

static bool
is_open(const struct markup *m, enum element element)
{
	size_t	i;

	for (i = 0; i < m->depth; i++)
		if (m->open[i].element == element)
			return true;
	return false;
}

/* The begin of an element; it may be the end of others. */
static void
open_element(struct markup *m, const struct tag *tag, const char *at)
{
	enum element	element = tag->element;

	if (is_block(element) && element != ELEMENT_BR &&
	    is_top(m, ELEMENT_P))
		close_top(m);
	if (element == ELEMENT_LI && is_top(m, ELEMENT_LI))
		close_top(m);
	if (element == ELEMENT_LI && !is_top(m, ELEMENT_UL))
		m->reason = "li outside of ul";
	else if (element == ELEMENT_A && m->url[0] == '\0')
		m->reason = "a link without an address";
	else if (is_open(m, ELEMENT_A) && element <= ELEMENT_A)
		m->reason = "a link or a block within a link";
	else if (tag->has_slash && element != ELEMENT_BR)
		m->reason = "only br may end in />";
	else if (m->depth == DEPTH_MAX)
		m->reason = "too many elements within each other";
	if (m->reason != NULL)
		return;
	put_begin(m, element);
	if (element == ELEMENT_BR)
		return;
	m->open[m->depth].element = element;
	m->open[m->depth++].at = at;
	if (element == ELEMENT_A) {
		m->label = m->out->len;
		m->has_label = false;
	}
}

static void
close_element(struct markup *m, enum element element)
{
	if (element != ELEMENT_P && is_block(element) && is_top(m, ELEMENT_P))
		close_top(m);
	if (element == ELEMENT_UL && is_top(m, ELEMENT_LI))
		close_top(m);
	if (is_top(m, element))
		close_top(m);
	else
		m->reason = "an end without its begin, or not in order";
}

static void
parse_tag(struct markup *m)
{
	const char	*begin = m->at;
	struct tag	 tag = { 0 };

	read_tag(m, &tag);
	if (m->reason == NULL && is_block(tag.element))
		m->is_block_seen = true;
	if (m->reason == NULL && tag.is_end)
		close_element(m, tag.element);
	else if (m->reason == NULL)
		open_element(m, &tag, begin);
	if (m->reason != NULL)
		m->at = begin;
}

static void
parse_text(struct markup *m)
{
	const char	*begin = m->at;
	uint32_t	 c;

	if (*begin == '\n' && !m->has_blocks && !is_open(m, ELEMENT_A)) {
		put_line_end(m->out, m->is_html);
		m->at++;
		return;
	}
	c = read_character(m);
	if (m->reason != NULL) {
		m->at = begin;
		return;
	}
	if (is_space(c)) {
		buf_puts(m->out, " ");
		return;
	}
	if (unicode_invisible(c) == NULL)
		m->has_label = true;
	put_character(m->out, c, m->is_html);
}

/* The whole text; m->reason and m->at say what was wrong, and where. */
static void
parse(struct markup *m)
{
	while (m->reason == NULL && *m->at != '\0') {
		if (is_tag(m->at))
			parse_tag(m);
		else
			parse_text(m);
	}
	if (m->reason == NULL && is_top(m, ELEMENT_P))
		close_top(m);
	if (m->reason == NULL && m->depth > 0) {
		m->at = m->open[m->depth - 1].at;
		m->reason = "an element without its end";
	}
}

/* Look at the text without writing it; *has_blocks as the form needs it. */
static enum status
look(const char *text, struct markup_fault *fault, bool *has_blocks)
{
	struct buf	scratch = BUF_INIT(SCRATCH_MAX);
	struct markup	m = { .at = text, .out = &scratch };
	const char	*at;
	uint32_t	c;
	size_t		i;
	enum status	st;

	memset(fault, 0, sizeof(*fault));
	parse(&m);
	st = buf_status(&scratch);
	buf_free(&scratch);
	*has_blocks = m.is_block_seen;
	fault->at = m.at;
	fault->reason = m.reason;
	fault->position = 1;
	for (at = text; at < m.at; fault->position++)
		at += utf8_decode(at, &c);
	for (i = 0; i < QUOTE_CHARS && m.at[fault->len] != '\0'; i++)
		fault->len += utf8_decode(m.at + fault->len, &c);
	if (m.reason == NULL && st == ST_BAD)
		fault->reason = "more text than a mail holds";
	return fault->reason != NULL ? ST_BAD : st;
}

enum status
markup_check(const char *text, struct markup_fault *fault)
{
	bool	has_blocks;

	return look(text, fault, &has_blocks);
}

/* A text that is no markup of ours: nothing of it is left out. */
static void
put_plain(struct buf *buf, const char *text, bool is_html)
{
	uint32_t	c;
	size_t		len;

	for (; *text != '\0'; text += len) {
		len = utf8_decode(text, &c);
		if (*text == '\n')
			put_line_end(buf, is_html);
		else if (character_space(text) > 0)
			buf_puts(buf, " ");
		else
			put_character(buf, c == UTF8_NONE ||
			    character_misleads(c) ? 0xfffd : c, is_html);
	}
}

void
markup_put(struct buf *buf, const char *text, bool is_html)
{
	struct markup_fault	fault;
	struct markup		m = { .at = text, .out = buf,
	    .is_html = is_html };
	enum status		st;

	st = look(text, &fault, &m.has_blocks);
	if (st == ST_OK)
		parse(&m);
	else if (st == ST_BAD)
		put_plain(buf, text, is_html);
	else
		buf_fail(buf, st);
}
