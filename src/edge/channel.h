/*
 * channel.h - the caller on the telephone, at the other end of Asterisk's
 * gateway interface: play a prompt, ask for digits, tell the dial plan.
 *
 * Asterisk is at stdin and stdout. Digits are wiped behind the reader. Once
 * the caller has hung up, all calls return ST_DENIED.
 */
#ifndef UMWS_CHANNEL_H
#define UMWS_CHANNEL_H

#include <stdbool.h>

#include "base/status.h"
#include "core/agi.h"

#define CHANNEL_DIGITS_SIZE	65	/* bytes, with the NUL */

struct channel;

/*
 * Read the environment. ST_OK; ST_BAD when it is none (logged; nobody
 * speaks AGI to us); ST_FAIL without memory. Freed by channel_close().
 */
enum status	channel_open(struct channel **channel) MUSTCHECK;
void		channel_close(struct channel **channel);

/* What Asterisk said of the call; borrowed. */
const struct agi_channel	*channel_about(const struct channel *channel);

/*
 * Play a prompt to its end. ST_OK; ST_BAD: Asterisk does not have it (logged);
 * ST_DENIED: the caller is gone; ST_FAIL: Asterisk speaks no AGI any more
 * (logged).
 */
enum status	channel_play(struct channel *channel, const char *sound)
		    MUSTCHECK;

/*
 * Play a prompt and take digits until '#' or a silence of some seconds. As
 * channel_play(), but ST_OK without a prompt as well; with ST_OK digits holds
 * what was typed, "" for nothing: '0' to '9' and '*', and is "" otherwise. The
 * caller wipes it.
 *
 * max  digits, after which Asterisk waits no longer; < CHANNEL_DIGITS_SIZE
 */
enum status	channel_ask(struct channel *channel, const char *sound,
		    unsigned int max, char digits[CHANNEL_DIGITS_SIZE])
		    MUSTCHECK;

/*
 * May this be the value of a variable? A dial plan takes it apart again, so it
 * is made of letters, digits and "._-" only, and begins with none of "._-".
 */
bool		channel_is_plain(const char *value);

/*
 * Set a variable of the channel for the dial plan. As channel_play(); ST_FAIL
 * also for a value that is not plain (logged), and nothing is set.
 */
enum status	channel_set(struct channel *channel, const char *name,
		    const char *value) MUSTCHECK;

#endif
