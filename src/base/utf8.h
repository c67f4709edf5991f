/*
 * utf8.h - decode, encode and check UTF-8 (RFC 3629). No other module does.
 *
 * No overlong form, no surrogate and nothing above U+10FFFF is UTF-8. Knows
 * no property of a character: core/unicode asks Unicode's tables.
 */
#ifndef UMWS_UTF8_H
#define UMWS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_MAX	4		/* bytes of one character */
#define UTF8_NONE	UINT32_MAX	/* a byte that is no UTF-8 */

/*
 * The character that text begins with, U+0000 at its end; returns its length
 * in bytes, at least 1. One byte and UTF8_NONE where it is no UTF-8.
 */
size_t	utf8_decode(const char *text, uint32_t *c);

/* Write a character (not UTF8_NONE); returns its length. No NUL follows. */
size_t	utf8_encode(uint32_t c, char bytes[UTF8_MAX]);

/* How many characters; a byte that is no UTF-8 counts as one. */
size_t	utf8_count(const char *text);

/* Is all of it UTF-8? Is all of it ASCII? */
bool	utf8_is_valid(const char *text);
bool	utf8_is_ascii(const char *text);

/* A text that comes byte by byte; zero at its start. */
struct utf8_reader {
	uint32_t	c;		/* the character, when left is 0 */
	unsigned int	left;		/* bytes that are still to come */
	unsigned char	min;		/* range of the next one */
	unsigned char	max;
};

/* Take one byte, which may be a NUL; false where it cannot stand here. */
bool	utf8_take(struct utf8_reader *reader, unsigned char byte);

#endif
