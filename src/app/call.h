/*
 * call.h - one call of a voice mailbox's owner: mailbox and PIN by keys, a
 * new PIN where the service wants one, and the word that the dial plan goes
 * by.
 *
 * Knows neither AGI nor HTTP. The channel's variables when it is over:
 *
 *   UMWS_RESULT   OK; CHANGE (right, but no new PIN was set), DENIED, LOCKED,
 *                 RESET, UNAVAILABLE as the service says; HANGUP
 *   UMWS_MAILBOX  the mailbox's extension, with OK only, else empty
 *
 * Both are emptied first, so that nothing of an earlier call lets anybody in.
 */
#ifndef UMWS_CALL_H
#define UMWS_CALL_H

#include "edge/channel.h"
#include "edge/phone.h"

/* What is played when, in their order in a call; names as Asterisk has. */
enum call_sound {
	CALL_MAILBOX,		/* asks for the mailbox */
	CALL_PIN,		/* asks for the PIN */
	CALL_WRONG,		/* and the caller may try again */
	CALL_CHANGE,		/* why a new PIN is asked for */
	CALL_NEW,		/* asks for it */
	CALL_AGAIN,		/* and once more */
	CALL_MISMATCH,		/* the two differ */
	CALL_WEAK,		/* a rule refuses it */
	CALL_CHANGED,
	CALL_LOCKED,
	CALL_RESET,		/* wrong too often: a new one is mailed */
	CALL_AWAY,		/* the service is not available */
	CALL_GOODBYE,
	CALL_SOUNDS
};

struct call_options {
	unsigned int	 tries;		/* 1..9, of each of both questions */
	const char	*mailbox;	/* of the first try, or "": ask */
	const char	*sounds[CALL_SOUNDS];	/* "": nothing is played */
};

/* A sound's name on the command line, and the default. */
const char	*call_sound_name(enum call_sound sound);
void		 call_defaults(struct call_options *options);

/*
 * The whole call. ST_OK, whatever its result; ST_FAIL when Asterisk speaks
 * no AGI any more (logged).
 */
enum status	call_run(const struct call_options *options,
		    struct channel *channel, struct phone *phone) MUSTCHECK;

#endif
