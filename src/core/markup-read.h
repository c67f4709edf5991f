/*
 * markup-read.h - the tokens of the simple HTML: characters and tags.
 *
 * The grammar is a strict part of HTML's: where a browser would repair
 * something, the text is refused. Knows nothing of how tags nest and of what
 * becomes of them. Private to core/markup.
 */
#ifndef UMWS_MARKUP_READ_H
#define UMWS_MARKUP_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "core/markup.h"

enum markup_element {
	ELEMENT_P,
	ELEMENT_BR,
	ELEMENT_UL,
	ELEMENT_OL,
	ELEMENT_LI,
	ELEMENT_A,	/* the last that is more than a look */
	ELEMENT_B,
	ELEMENT_I,
	ELEMENT_STRONG,
	ELEMENT_EM,
	ELEMENT_COUNT
};

/* Their names, in lower case. */
extern const char *const	markup_elements[ELEMENT_COUNT];

/* A tag as it is written. */
struct markup_tag {
	enum markup_element	 element;
	bool			 is_end;
	bool			 has_slash;	/* at its end: <br/> */
};

/* Where a text is read. */
struct markup_reader {
	const char	*at;
	const char	*reason;	/* why it goes no further, or NULL */
	bool		 is_placed;	/* at the fault, else behind it */
	char		 url[MARKUP_URL_MAX + 1];	/* of the last a */
};

/* White space of HTML, of which any amount is one space. */
bool	markup_is_space(uint32_t c);

/* Does markup begin here? As in HTML, "<" before anything else is text. */
bool	markup_is_tag(const char *text);

/* The next character, taken as it stands or as a reference. */
uint32_t	markup_read_character(struct markup_reader *r);

/*
 * The tag at r->at, with the address of an a in r->url, "" for
 * none. Without a reason *tag is one of the elements.
 */
void	markup_read_tag(struct markup_reader *r, struct markup_tag *tag);

#endif
