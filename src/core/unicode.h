/*
 * unicode.h - what is asked of Unicode's tables. The only user of
 * libunistring; says nothing of what a login or an address is.
 *
 * Text is UTF-8. Which characters are assigned is what the library knows:
 * what one version assigns no later one takes back.
 */
#ifndef UMWS_UNICODE_H
#define UMWS_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define UNICODE_LETTERS_SIZE	8	/* bytes of unicode_letters() */
#define UNICODE_TEXT_MAX	1024	/* bytes or characters of a text */

/* How many columns of a terminal a text takes: East Asian wide characters and
 * emoji two each, marks that combine none. No control characters in it. */
size_t		 unicode_width(const char *utf8);
size_t		 unicode_columns(uint32_t c);

/*
 * May a line end between two characters without a blank between them? Between
 * East Asian wide ones, where UAX #14 allows it: not before a full stop.
 */
bool		 unicode_breaks(uint32_t before, uint32_t after);

/*
 * What keeps a character from being seen, or from having a meaning: "a
 * control character", "unassigned", ...; NULL for one that can be read.
 * Blanks of every kind are kept, too. Static.
 */
const char	*unicode_invisible(uint32_t c);

/*
 * Why a character is not of PRECIS' IdentifierClass (RFC 8264, section 8);
 * NULL when it is. Static. Of the characters that depend on what stands
 * beside them (CONTEXTJ and CONTEXTO) the Arabic digits are allowed here
 * and all others are not.
 */
const char	*unicode_no_identifier(uint32_t c);

bool		 unicode_is_mark(uint32_t c);	/* combining: M* */

/*
 * Does the text keep the Bidi Rule (RFC 5893, section 2)? A text without
 * any character that is written from right to left does.
 */
bool		 unicode_keeps_bidi_rule(const uint32_t *text, size_t count);

/*
 * One form of a text, for comparing: fullwidth and halfwidth characters
 * become what they decompose to; then full case folding after NFD; then
 * NFC. The form of a form is the form itself.
 *
 * Returns ST_OK; ST_BAD when the text is no UTF-8 or too long, before or
 * after, for UNICODE_TEXT_MAX or for size bytes with the NUL; ST_RETRY
 * without memory. *folded is "" then.
 */
enum status	 unicode_fold(const char *utf8, char *folded, size_t size)
		    MUSTCHECK;

/*
 * The letters a to z that a character is when it is folded and its marks are
 * taken off: "a" for an A with a ring, "ss" for a sharp s; "" for what is no
 * such letter.
 */
void		 unicode_letters(uint32_t c,
		    char letters[UNICODE_LETTERS_SIZE]);

#endif
