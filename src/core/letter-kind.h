/*
 * letter-kind.h - the kinds of mails: what is told, and by which sentences.
 * Private to core/letter.
 */
#ifndef UMWS_LETTER_KIND_H
#define UMWS_LETTER_KIND_H

#include <stdbool.h>

#include "core/letter-language.h"

#define LETTER_NONE	SENTENCE_COUNT	/* no sentence */

struct letter_kind {
	const char		*name;		/* of the queued row */
	enum letter_sentence	 subject;
	bool			 has_pin;	/* else it only tells of one */
	bool			 is_of_pin;	/* a PIN that was set: what
						 * holds for it is told */
	bool			 is_of_lock;	/* what holds for that */
	enum letter_sentence	 opening;	/* right before the PIN */
	enum letter_sentence	 warning;	/* if it was somebody else */
	enum letter_sentence	 tell;		/* what to do, with a contact */
	enum letter_sentence	 alone;		/* the same without one */
};

/* The kind of this name; one that is not known is worded like the first. */
const struct letter_kind	*letter_kind_of(const char *name);

/* The kinds in turn, i from 0; NULL behind the last. */
const struct letter_kind	*letter_kind_at(unsigned int i);

#endif
