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
 * A mailbox whose name is no plain value of a variable lets nobody in either:
 * umws is not asked for it.
 */
#ifndef UMWS_CALL_H
#define UMWS_CALL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/policy.h"
#include "edge/channel.h"
#include "edge/phone.h"

/* What is played when, in their order in a call; names as Asterisk has. */
enum call_sound {
	CALL_MAILBOX,		/* asks for the mailbox */
	CALL_PIN,		/* asks for the PIN */
	CALL_WRONG,		/* and the caller may try again */
	CALL_CHANGE,		/* why a new PIN is asked for: the first one */
	CALL_EXPIRED,		/* or an expired one must go */
	CALL_NEW,		/* asks for it */
	CALL_AGAIN,		/* and once more */
	CALL_MISMATCH,		/* the two differ */
	CALL_WEAK,		/* a rule refuses it that has no sound */
	CALL_CHANGED,
	CALL_LOCKED,
	CALL_RESET,		/* wrong too often: a new one is mailed */
	CALL_AWAY,		/* the service is not available */
	CALL_GOODBYE,
	CALL_SOUNDS
};

#define CALL_SOUND_SIZE	201	/* bytes of a sound's files, with the NUL */

/* Sounds are Asterisk's files, several parted by '&'; "": none is played. */
struct call_options {
	unsigned int	 tries;		/* 1..9, of each of both questions */
	const char	*mailbox;	/* of the first try, or "": ask */
	const char	*sounds[CALL_SOUNDS];
	const char	*rules[POLICY_RULES];	/* why this one refuses a new
						 * PIN; "": CALL_WEAK */
};

void	call_defaults(struct call_options *options);

/*
 * Set the sound of this name, len bytes: that of a prompt (call.c), or
 * refused-RULE. False: there is none. file is borrowed, and shorter than
 * CALL_SOUND_SIZE.
 */
bool	call_set_sound(struct call_options *options, const char *name,
	    size_t len, const char *file);

/*
 * The whole call. ST_OK, whatever its result; ST_FAIL when Asterisk speaks
 * no AGI any more (logged).
 */
enum status	call_run(const struct call_options *options,
		    struct channel *channel, struct phone *phone) MUSTCHECK;

#endif
