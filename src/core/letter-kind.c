/*
 * letter-kind.c - the table of kinds of mails.
 */
#include "config.h"

#include "core/letter-kind.h"

#include <string.h>

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* A further kind is one row, with sentences of its own in each language. */
static const struct letter_kind kinds[] = {
	{ "reset", SENTENCE_SUBJECT, true, true, false, SENTENCE_REQUESTED,
	    SENTENCE_NOT_YOU, SENTENCE_TELL, SENTENCE_RENEW },
	{ "auto", SENTENCE_SUBJECT, true, true, false, SENTENCE_AUTOMATIC,
	    SENTENCE_NOT_YOU_AUTOMATIC, SENTENCE_TELL, LETTER_NONE },
	{ "admin", SENTENCE_SUBJECT, true, true, false, SENTENCE_ADMIN,
	    SENTENCE_NOT_YOU_ADMIN, SENTENCE_TELL, SENTENCE_RENEW },
	{ "welcome", SENTENCE_SUBJECT_WELCOME, true, true, false,
	    SENTENCE_WELCOME, LETTER_NONE, SENTENCE_QUESTIONS, LETTER_NONE },
	{ "elsewhere", SENTENCE_SUBJECT_CHANGED, false, true, false,
	    SENTENCE_ELSEWHERE, SENTENCE_NOT_YOU_ELSEWHERE,
	    SENTENCE_TELL_RENEW, SENTENCE_RENEW },
	{ "set", SENTENCE_SUBJECT_CHANGED, false, true, false, SENTENCE_SET,
	    SENTENCE_NOT_YOU_SET, SENTENCE_TELL_RENEW, SENTENCE_RENEW },
	{ "changed", SENTENCE_SUBJECT_CHANGED, false, true, false,
	    SENTENCE_CHANGED, SENTENCE_NOT_YOU_CHANGED, SENTENCE_TELL_RENEW,
	    SENTENCE_RENEW },
	{ "expiring", SENTENCE_SUBJECT_EXPIRING, false, false, false,
	    SENTENCE_EXPIRING, LETTER_NONE, SENTENCE_QUESTIONS, LETTER_NONE },
	{ "locked", SENTENCE_SUBJECT_LOCKED, false, false, true,
	    SENTENCE_LOCKED_OUT, SENTENCE_NOT_YOU_AUTOMATIC, SENTENCE_TELL,
	    LETTER_NONE },
};

const struct letter_kind *
letter_kind_of(const char *name)
{
	size_t	i;

	for (i = 1; i < KINDS; i++)
		if (strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return &kinds[0];
}

const struct letter_kind *
letter_kind_at(unsigned int i)
{
	return i < KINDS ? &kinds[i] : NULL;
}
