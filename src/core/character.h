/*
 * character.h - one character: in UTF-8, and by HTML's references.
 *
 * Pure. Sources: RFC 3629; HTML 4.01, section 24.
 */
#ifndef UMWS_CHARACTER_H
#define UMWS_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHARACTER_MAX	4	/* bytes in UTF-8 */
#define CHARACTER_NONE	UINT32_MAX

/*
 * The character that text begins with; returns its length in bytes, at
 * least 1. One byte and CHARACTER_NONE where it is no UTF-8.
 */
size_t	character_decode(const char *text, uint32_t *c);

/* Write a character (not CHARACTER_NONE); returns its length. */
size_t	character_encode(uint32_t c, char bytes[CHARACTER_MAX]);

/*
 * Is it not shown, or the end of a line for some mail program? ASCII's and
 * C1's controls, and the separators of lines and paragraphs.
 */
bool	character_is_control(uint32_t c);

/*
 * Does it make a text look like another one, or is it none to exchange? The
 * embeddings, overrides and isolates of the Bidi Algorithm (UAX #9), which
 * reach beyond what they stand in, and Unicode's noncharacters. The marks
 * U+200E, U+200F and U+061C do not.
 */
bool	character_misleads(uint32_t c);

/* Bytes of the space or control character that text begins with, or 0. */
size_t	character_space(const char *text);

/* The character of a reference by name ("euro"), 0 for none. */
uint32_t	character_named(const char *name, size_t len);

/*
 * The character of a number behind "&#" ("8211", "x20ac"); *end is what
 * follows. 0 when it is none, or none that may stand in a text.
 */
uint32_t	character_numbered(const char *text, const char **end);

#endif
