/*
 * letter-sample.h - a letter to look at, of a user who is not there.
 */
#ifndef UMWS_LETTER_SAMPLE_H
#define UMWS_LETTER_SAMPLE_H

#include "base/secret.h"
#include "core/letter.h"

/*
 * Fill in a row as a queue might hold it, always the same, and a PIN for it
 * that looks like one that was drawn and never was.
 *
 * kind, locale  borrowed, as in struct letter; the other strings are constants
 */
void	letter_sample(const char *kind, const char *locale,
	    struct letter *letter, struct secret *pin);

#endif
