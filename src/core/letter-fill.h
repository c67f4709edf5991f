/*
 * letter-fill.h - fill in the placeholders of a sentence. Private to
 * core/letter.
 */
#ifndef UMWS_LETTER_FILL_H
#define UMWS_LETTER_FILL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* A placeholder and what stands for it. */
struct letter_value {
	const char	*name;
	const char	*text;
};

/*
 * Append a template, each {name} replaced by its value; every name must be
 * among the values. Isolated (UAX #9), a value is written in its own
 * direction, and nothing around it in another.
 */
void	letter_fill(struct buf *buf, const char *template,
	    const struct letter_value *values, size_t count, bool is_isolated);

#endif
