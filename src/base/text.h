/*
 * text.h - numbers and durations as people write them, and what JSON wants
 * escaped.
 *
 * Nothing here depends on the locale.
 */
#ifndef UMWS_TEXT_H
#define UMWS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define TEXT_NUMBER_DIGITS	9	/* that always fit into 32 bits */
#define TEXT_SIZE_DIGITS	18	/* that always fit into 63 bits */
#define TEXT_DURATION_SIZE	32	/* bytes of a duration, with the NUL */
#define TEXT_ESCAPE_SIZE	13	/* bytes of two \uXXXX and a NUL */

/*
 * Read 1 to TEXT_NUMBER_DIGITS decimal digits; *end is what follows. False
 * for none or more; *number and *end are of no use then.
 */
bool	text_number(const char *text, uint64_t *number, const char **end);

/*
 * Read a whole text of 1 to TEXT_SIZE_DIGITS decimal digits, leading zeros
 * among them. False for anything else, and *number is 0.
 */
bool	text_size(const char *text, uint64_t *number);

/* What a duration is counted in: "ms", "s", "m", "h", "d" (24 hours). */
enum text_unit {
	TEXT_MILLISECONDS,
	TEXT_SECONDS,
	TEXT_MINUTES,
	TEXT_HOURS,
	TEXT_DAYS
};

/*
 * Read a whole number with one of these units, like "30s"; nothing may
 * follow. False for anything else, and *ms is 0.
 */
bool	text_duration(const char *text, enum text_unit smallest,
	    enum text_unit largest, uint64_t *ms);

/* Write a duration in the largest of these units that divides it, else in
 * the smallest; returns text. */
const char	*text_duration_print(uint64_t ms, enum text_unit smallest,
		    enum text_unit largest, char text[TEXT_DURATION_SIZE]);

/* Write a character as \uXXXX, twice beyond U+FFFF (RFC 8259, section 7). */
void	text_json_escape(uint32_t c, char escape[TEXT_ESCAPE_SIZE]);

/* Append UTF-8 as a JSON string, quotes included. */
void	text_json_string(struct buf *json, const char *text);

#define TEXT_DISTANCE_MAX	32	/* bytes of a word that is compared */

/*
 * How many letters to change, add or drop, to make the one of the other
 * (Levenshtein's distance); b has at most TEXT_DISTANCE_MAX bytes.
 */
size_t	text_distance(const char *a, const char *b);

/* Append a member of the object that json ends in, a comma before all but the
 * first one: "name":"text", or null for "" and for NULL. */
void	text_json_member(struct buf *json, const char *name, const char *text);

#endif
