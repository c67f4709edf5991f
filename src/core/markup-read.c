/*
 * markup-read.c - read the characters and tags of an administrator's HTML.
 * The first that is not allowed stops the reader, with a reason.
 */
#include "config.h"

#include "core/markup-read.h"

#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "core/character.h"

#define LETTERS		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS		"0123456789"
#define SPACE		" \t\r\n"
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

const char *const	markup_elements[ELEMENT_COUNT] = {
	[ELEMENT_P] = "p", [ELEMENT_BR] = "br", [ELEMENT_UL] = "ul",
	[ELEMENT_OL] = "ol", [ELEMENT_LI] = "li", [ELEMENT_A] = "a",
	[ELEMENT_B] = "b", [ELEMENT_I] = "i", [ELEMENT_STRONG] = "strong",
	[ELEMENT_EM] = "em",
};

bool
markup_is_space(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/*
 * The character at an ampersand, and behind what stands for it. As in HTML's
 * attributes, a name before "=" is the next part of an address.
 */
static uint32_t
read_reference(struct markup_reader *r)
{
	const char	*name = r->at + 1, *end;
	size_t		 len = strspn(name, LETTERS DIGITS);
	uint32_t	 c;

	if (*name == '#') {
		c = character_numbered(name + 1, &end);
		if (c == 0)
			r->reason = "this number is no character to show";
	} else {
		c = character_named(name, len);
		end = name + len;
		if (len == 0 || *end == '=' || (c == 0 && *end != ';')) {
			r->at++;
			return '&';
		}
		if (c == 0)
			r->reason = "a name that is not known; write the "
			    "character itself, or &amp; for &";
	}
	if (r->reason == NULL && *end != ';')
		r->reason = "its semicolon is missing; for & itself write "
		    "&amp;";
	if (r->reason == NULL)
		r->at = end + 1;
	return c;
}

uint32_t
markup_read_character(struct markup_reader *r)
{
	uint32_t	c;
	size_t		len;

	if (*r->at == '&')
		return read_reference(r);
	len = utf8_decode(r->at, &c);
	if (c == UTF8_NONE)
		r->reason = "not UTF-8";
	else if (character_is_control(c) && !markup_is_space(c))
		r->reason = "a control character";
	else if (character_misleads(c))
		r->reason = "no character to show";
	else
		r->at += len;
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

/* The value of href, quoted or not, into r->url. */
static void
read_url(struct markup_reader *r)
{
	size_t		len = 0;
	char		quote = *r->at;
	uint32_t	c;

	if (quote == '"' || quote == '\'')
		r->at++;
	else
		quote = '\0';
	while (r->reason == NULL && *r->at != '\0' && (quote != '\0' ?
	    *r->at != quote : strchr(SPACE ">", *r->at) == NULL)) {
		c = markup_read_character(r);
		if (r->reason != NULL)
			return;
		if (len + UTF8_MAX > MARKUP_URL_MAX) {
			r->reason = "an address that is too long";
			return;
		}
		len += utf8_encode(c, r->url + len);
	}
	r->url[len] = '\0';
	if (quote != '\0' && *r->at != '\0')
		r->at++;
	if (r->reason == NULL && !is_url(r->url))
		r->reason = "a link to something else than an http, https, "
		    "mailto or tel address";
}

/* What stands behind a tag's name: at most an address, and ">". */
static void
read_attributes(struct markup_reader *r, struct markup_tag *tag)
{
	bool		 may_link = tag->element == ELEMENT_A && !tag->is_end;
	const char	*begin;

	if (may_link)
		r->url[0] = '\0';
	for (;;) {
		begin = r->at;
		r->at += strspn(r->at, SPACE);
		if (*r->at == '>' || strncmp(r->at, "/>", 2) == 0)
			break;
		if (!may_link || r->url[0] != '\0' || r->at == begin ||
		    strncasecmp(r->at, "href", 4) != 0) {
			r->is_placed = strchr(r->at, '>') != NULL;
			r->reason = r->is_placed ? "no attribute is kept but "
			    "one href of a" : "a tag without its >";
			return;
		}
		r->at += strlen("href");
		r->at += strspn(r->at, SPACE);
		if (*r->at != '=') {
			r->reason = "href has no address";
			return;
		}
		r->at++;
		r->at += strspn(r->at, SPACE);
		read_url(r);
		if (r->reason != NULL)
			return;
	}
	tag->has_slash = *r->at == '/';
	r->at += tag->has_slash ? 2 : 1;
}

bool
markup_is_tag(const char *text)
{
	return text[0] == '<' && text[1] != '\0' &&
	    strchr(LETTERS "/!?", text[1]) != NULL;
}

void
markup_read_tag(struct markup_reader *r, struct markup_tag *tag)
{
	size_t	len, i;

	r->at++;
	tag->is_end = *r->at == '/';
	r->at += tag->is_end;
	len = strspn(r->at, LETTERS DIGITS);
	for (i = 0; i < ELEMENT_COUNT; i++)
		if (strlen(markup_elements[i]) == len &&
		    strncasecmp(markup_elements[i], r->at, len) == 0)
			break;
	r->at += len;
	tag->element = (enum markup_element)i;
	tag->has_slash = false;
	if (i < ELEMENT_COUNT)
		read_attributes(r, tag);
	else
		r->reason = "not kept; p, br, ul, ol, li, b, i, strong, em "
		    "and a are, and for < itself write &lt;";
}
