/*
 * logon-word.h - the words of the phone route: what a phone system is told, on
 * both ends of the wire (doc/phone.md).
 */
#ifndef UMWS_LOGON_WORD_H
#define UMWS_LOGON_WORD_H

#include <stddef.h>

enum logon_word {
	LOGON_OK = 0,
	LOGON_CHANGE,		/* right, and to be changed now */
	LOGON_DENIED,
	LOGON_LOCKED,		/* out: no PIN is compared */
	LOGON_RESET,		/* failures: a new PIN is on its way by mail */
	LOGON_REFUSED,		/* right, and not changed: a rule says why */
	LOGON_UNAVAILABLE,	/* nobody knows; again later */
	LOGON_COUNT
};

/* The word in capitals. Static. */
const char	*logon_word_text(enum logon_word word);

/* Which word these len bytes are; LOGON_COUNT if none. */
enum logon_word	 logon_word_find(const char *text, size_t len);

#endif
