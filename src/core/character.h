/*
 * character.h - kinds of characters, and HTML's references to one.
 *
 * Pure. Source: HTML 4.01, section 24.
 */
#ifndef UMWS_CHARACTER_H
#define UMWS_CHARACTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
