/*
 * markup.c - check an administrator's HTML, and write it as HTML and as plain
 * text. It is read twice: first to see whether it is allowed and has blocks.
 *
 * core/markup-read has the grammar; here is how elements stand within each
 * other, and what is written of them.
 */
#include "config.h"

#include "core/markup.h"

#include <string.h>

#include "base/utf8.h"
#include "core/character.h"
#include "core/markup-read.h"
#include "core/unicode.h"

#define DEPTH_MAX	16	/* elements within each other */
#define SCRATCH_MAX	65536	/* bytes of a form that is only looked at */
#define QUOTE_CHARS	24	/* of a text, to show a place */

/* An element whose end has not come. */
struct open {
	enum markup_element	 element;
	unsigned int		 items;	/* of a list, so far */
	const char		*at;
};

/* A text on its way into one form. */
struct markup {
	struct markup_reader	 reader;
	struct buf		*out;
	bool			 is_html;
	bool			 has_blocks;	/* else line ends count */
	bool			 is_block_seen;
	struct open		 open[DEPTH_MAX];
	size_t			 depth;
	size_t			 label;	/* of out: where the link's begins */
	bool			 has_label;
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

static bool
is_block(enum markup_element element)
{
	return element < ELEMENT_A;
}

static bool
is_list(enum markup_element element)
{
	return element == ELEMENT_UL || element == ELEMENT_OL;
}

static bool
is_top(const struct markup *m, enum markup_element element)
{
	return m->depth > 0 && m->open[m->depth - 1].element == element;
}

/* Append the address behind its label, unless the label says it. */
static void
put_address(struct markup *m)
{
	const char	*label = buf_text(m->out) + m->label;
	size_t		 scheme = strcspn(m->reader.url, ":") + 1;

	if (strcmp(label, m->reader.url) != 0 &&
	    (strncmp(m->reader.url + scheme, "//", 2) == 0 ||
	    strcmp(label, m->reader.url + scheme) != 0))
		buf_printf(m->out, " <%s>", m->reader.url);
}

/* The end of the element that was opened last. */
static void
close_top(struct markup *m)
{
	enum markup_element	element = m->open[--m->depth].element;

	if (element == ELEMENT_A && !m->has_label)
		m->reader.reason = "a link without a text to show";
	else if (m->is_html)
		buf_printf(m->out, "</%s>", markup_elements[element]);
	else if (is_block(element))
		buf_puts(m->out, "\n");
	else if (element == ELEMENT_A && buf_status(m->out) == ST_OK)
		put_address(m);
}

/* Begin the next item of the list that was opened last, as plain text. */
static void
put_item(struct markup *m)
{
	struct open	*list = &m->open[m->depth - 1];

	if (list->element == ELEMENT_OL)
		buf_printf(m->out, "\n%u. ", ++list->items);
	else
		buf_puts(m->out, "\n- ");
}

static void
put_begin(struct markup *m, enum markup_element element)
{
	if (m->is_html && element == ELEMENT_A) {
		buf_puts(m->out, "<a href=\"");
		markup_escape(m->out, m->reader.url, strlen(m->reader.url));
		buf_puts(m->out, "\">");
	} else if (m->is_html) {
		buf_printf(m->out, "<%s>", markup_elements[element]);
	} else if (element == ELEMENT_LI) {
		put_item(m);
	} else if (is_block(element)) {
		buf_puts(m->out, "\n");
	}
}

static bool
is_open(const struct markup *m, enum markup_element element)
{
	size_t	i;

	for (i = 0; i < m->depth; i++)
		if (m->open[i].element == element)
			return true;
	return false;
}

/* The begin of an element; it may be the end of others. */
static void
open_element(struct markup *m, const struct markup_tag *tag, const char *at)
{
	enum markup_element	element = tag->element;

	if (is_block(element) && element != ELEMENT_BR &&
	    is_top(m, ELEMENT_P))
		close_top(m);
	if (element == ELEMENT_LI && is_top(m, ELEMENT_LI))
		close_top(m);
	if (element == ELEMENT_LI && !is_top(m, ELEMENT_UL) &&
	    !is_top(m, ELEMENT_OL))
		m->reader.reason = "li outside of ul and ol";
	else if (element == ELEMENT_A && m->reader.url[0] == '\0')
		m->reader.reason = "a link without an address";
	else if (is_open(m, ELEMENT_A) && element <= ELEMENT_A)
		m->reader.reason = "a link or a block within a link";
	else if (tag->has_slash && element != ELEMENT_BR)
		m->reader.reason = "only br may end in />";
	else if (m->depth == DEPTH_MAX)
		m->reader.reason = "too many elements within each other";
	if (m->reader.reason != NULL)
		return;
	put_begin(m, element);
	if (element == ELEMENT_BR)
		return;
	m->open[m->depth++] = (struct open){ .element = element, .at = at };
	if (element == ELEMENT_A) {
		m->label = m->out->len;
		m->has_label = false;
	}
}

static void
close_element(struct markup *m, enum markup_element element)
{
	if (element != ELEMENT_P && is_block(element) && is_top(m, ELEMENT_P))
		close_top(m);
	if (is_list(element) && is_top(m, ELEMENT_LI))
		close_top(m);
	if (is_top(m, element))
		close_top(m);
	else
		m->reader.reason = "an end without its begin, or not in order";
}

static void
parse_tag(struct markup *m)
{
	const char	*begin = m->reader.at;
	struct markup_tag	 tag = { 0 };

	markup_read_tag(&m->reader, &tag);
	if (m->reader.reason == NULL && is_block(tag.element))
		m->is_block_seen = true;
	if (m->reader.reason == NULL && tag.is_end)
		close_element(m, tag.element);
	else if (m->reader.reason == NULL)
		open_element(m, &tag, begin);
	if (m->reader.reason != NULL && !m->reader.is_placed)
		m->reader.at = begin;
}

static void
parse_text(struct markup *m)
{
	const char	*begin = m->reader.at;
	uint32_t	 c;

	if (*begin == '\n' && !m->has_blocks && !is_open(m, ELEMENT_A)) {
		put_line_end(m->out, m->is_html);
		m->reader.at++;
		return;
	}
	c = markup_read_character(&m->reader);
	if (m->reader.reason != NULL) {
		m->reader.at = begin;
		return;
	}
	if (markup_is_space(c)) {
		buf_puts(m->out, " ");
		return;
	}
	if (unicode_invisible(c) == NULL)
		m->has_label = true;
	put_character(m->out, c, m->is_html);
}

/* The whole text; m->reader says what was wrong, and where. */
static void
parse(struct markup *m)
{
	while (m->reader.reason == NULL && *m->reader.at != '\0') {
		if (markup_is_tag(m->reader.at))
			parse_tag(m);
		else
			parse_text(m);
	}
	if (m->reader.reason == NULL && is_top(m, ELEMENT_P))
		close_top(m);
	if (m->reader.reason == NULL && m->depth > 0) {
		m->reader.at = m->open[m->depth - 1].at;
		m->reader.reason = "an element without its end";
	}
}

/* Look at the text without writing it; *has_blocks as the form needs it. */
static enum status
look(const char *text, struct markup_fault *fault, bool *has_blocks)
{
	struct buf	scratch = BUF_INIT(SCRATCH_MAX);
	struct markup	m = { .reader.at = text, .out = &scratch };
	const char	*at;
	uint32_t	c;
	size_t		i;
	enum status	st;

	memset(fault, 0, sizeof(*fault));
	parse(&m);
	st = buf_status(&scratch);
	buf_free(&scratch);
	*has_blocks = m.is_block_seen;
	fault->at = m.reader.at;
	fault->reason = m.reader.reason;
	fault->position = 1;
	for (at = text; at < m.reader.at; fault->position++)
		at += utf8_decode(at, &c);
	for (i = 0; i < QUOTE_CHARS && m.reader.at[fault->len] != '\0'; i++)
		fault->len += utf8_decode(m.reader.at + fault->len, &c);
	if (m.reader.reason == NULL && st == ST_BAD)
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
	struct markup		m = { .reader.at = text, .out = buf,
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
