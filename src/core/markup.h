/*
 * markup.h - the simple HTML of an administrator's text (ResetPINText,
 * UMEnabledText), as HTML and as plain text.
 *
 * One parser for both, and for the question whether a text may be stored:
 * what markup_check() takes is in both forms with every character and every
 * address. Knows nothing of letters, policies and lines of 72 columns.
 *
 *   <p> <br> <ul> <ol> <li> <b> <i> <strong> <em>   without attributes
 *   <a href="URL">label</a>    http, https, mailto, tel; plain: label <URL>
 *   &name; &#8211; &#x20ac;    the names that HTML 4 has
 *
 * The ends of p and li may be left out, as in HTML. "&" and "<" that begin
 * neither a reference nor a tag stand for themselves; so does "&name=", as in
 * an address. Without a block (p, br, ul, ol, li) the text's own line ends
 * count.
 */
#ifndef UMWS_MARKUP_H
#define UMWS_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/status.h"

#define MARKUP_URL_MAX	2048	/* bytes of a link's address */

/* Why a text cannot be kept, and where. */
struct markup_fault {
	size_t		 position;	/* in characters, from 1 */
	const char	*at;		/* points into the text */
	size_t		 len;		/* bytes there that show the place */
	const char	*reason;	/* static words, or NULL: no fault */
};

/*
 * Could every character of text be shown? ST_OK; ST_BAD with *fault;
 * ST_RETRY without memory.
 */
enum status	markup_check(const char *text, struct markup_fault *fault)
		    MUSTCHECK;

/*
 * Append text to buf, as HTML or as lines of plain text. What
 * markup_check() refuses is shown as it stands, character by character, but
 * for U+FFFD where one misleads or is none.
 */
void	markup_put(struct buf *buf, const char *text, bool is_html);

/* Append len bytes of text with HTML's special characters escaped. */
void	markup_escape(struct buf *buf, const char *text, size_t len);

#endif
