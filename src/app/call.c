/*
 * call.c - ask, hear the service's word, and say it to caller and dial plan.
 *
 * A caller may hang up at any moment. Every step returns ST_DENIED then, and
 * the rest of the call is left out.
 */
#include "config.h"

#include "app/call.h"

#include <string.h>

#include "base/log.h"
#include "base/secret.h"

#define MAILBOX_MAX	32	/* keys of a mailbox */

struct digits {
	char	text[CHANNEL_DIGITS_SIZE];
};

/* A call at work. */
struct call {
	const struct call_options	*options;
	struct channel			*channel;
	struct phone			*phone;
	struct digits			 mailbox;
	struct digits			 pin;
	enum logon_word			 word;
};

static const struct {
	const char	*name;
	const char	*file;
} sounds[] = {
	[CALL_MAILBOX] = { "mailbox", "vm-login" },
	[CALL_PIN] = { "pin", "vm-password" },
	[CALL_WRONG] = { "wrong", "vm-incorrect" },
	[CALL_CHANGE] = { "change", "vm-newuser" },
	[CALL_NEW] = { "new", "vm-newpassword" },
	[CALL_AGAIN] = { "again", "vm-reenterpassword" },
	[CALL_MISMATCH] = { "mismatch", "vm-mismatch" },
	[CALL_WEAK] = { "weak", "vm-invalid-password" },
	[CALL_CHANGED] = { "changed", "vm-passchanged" },
	[CALL_LOCKED] = { "locked", "sorry-youre-having-problems" },
	[CALL_RESET] = { "reset", "sorry-youre-having-problems" },
	[CALL_AWAY] = { "away", "please-try-call-later" },
	[CALL_GOODBYE] = { "goodbye", "vm-goodbye" },
};

const char *
call_sound_name(enum call_sound sound)
{
	return sounds[sound].name;
}

void
call_defaults(struct call_options *options)
{
	unsigned int	i;

	*options = (struct call_options){ .tries = 3, .mailbox = "" };
	for (i = 0; i < CALL_SOUNDS; i++)
		options->sounds[i] = sounds[i].file;
}

static enum status
play(struct call *call, enum call_sound sound)
{
	const char	*file = call->options->sounds[sound];

	return file[0] == '\0' ? ST_OK : channel_play(call->channel, file);
}

static enum status
ask(struct call *call, enum call_sound sound, unsigned int max,
    struct digits *digits)
{
	return channel_ask(call->channel, call->options->sounds[sound], max,
	    digits->text);
}

/* Is this what a PIN can be? All else is asked for again, at no cost. */
static bool
is_pin(const struct digits *digits)
{
	size_t	len = strlen(digits->text);

	return len > 0 && len <= SECRET_MAX &&
	    strspn(digits->text, "0123456789") == len;
}

/* The service's word on the PIN, or on changing it to new_pin. */
static enum logon_word
consult(struct call *call, const char *new_pin)
{
	const struct agi_channel	*about =
					    channel_about(call->channel);
	const struct phone_request	 request = { call->mailbox.text,
		call->pin.text, new_pin, about->caller_id, about->unique_id };
	char				 rule[PHONE_RULE_SIZE];
	enum logon_word			 word;

	word = phone_ask(call->phone, &request, rule);
	if (word == LOGON_REFUSED)
		log_info("new-pin-refused", "rule", rule, NULL);
	return word;
}

/* Mailbox and PIN, once. What is no PIN counts as a try, but asks nobody. */
static enum status
log_on(struct call *call, unsigned int try)
{
	enum status	st = ST_OK;

	call->word = LOGON_DENIED;
	if (try == 0 && call->options->mailbox[0] != '\0')
		(void)strncat(call->mailbox.text, call->options->mailbox,
		    sizeof(call->mailbox.text) - 1);
	else
		st = ask(call, CALL_MAILBOX, MAILBOX_MAX, &call->mailbox);
	if (st == ST_OK)
		st = ask(call, CALL_PIN, SECRET_MAX, &call->pin);
	if (st != ST_OK)
		return st;
	if (call->mailbox.text[0] != '\0' && is_pin(&call->pin))
		call->word = consult(call, NULL);
	return call->word == LOGON_DENIED ? play(call, CALL_WRONG) : ST_OK;
}

/* Ask for a new PIN twice. Equal ones go to the service. */
static enum status
change_once(struct call *call)
{
	struct digits	new = { "" }, again = { "" };
	enum status	st;

	st = ask(call, CALL_NEW, SECRET_MAX, &new);
	if (st == ST_OK)
		st = ask(call, CALL_AGAIN, SECRET_MAX, &again);
	if (st == ST_OK && strcmp(new.text, again.text) != 0) {
		st = play(call, CALL_MISMATCH);
	} else if (st == ST_OK) {
		call->word = is_pin(&new) ? consult(call, new.text) :
		    LOGON_REFUSED;
		if (call->word == LOGON_REFUSED) {
			call->word = LOGON_CHANGE;
			st = play(call, CALL_WEAK);
		} else if (call->word == LOGON_OK) {
			st = play(call, CALL_CHANGED);
		}
	}
	WIPE(&new);
	WIPE(&again);
	return st;
}

static enum status
change(struct call *call)
{
	enum status	st = play(call, CALL_CHANGE);
	unsigned int	i;

	for (i = 0; st == ST_OK && call->word == LOGON_CHANGE &&
	    i < call->options->tries; i++)
		st = change_once(call);
	return st;
}

/* The last words to a caller who is not let in. */
static enum status
part(struct call *call)
{
	enum status	st = ST_OK;

	if (call->word == LOGON_LOCKED)
		st = play(call, CALL_LOCKED);
	else if (call->word == LOGON_RESET)
		st = play(call, CALL_RESET);
	else if (call->word == LOGON_UNAVAILABLE)
		st = play(call, CALL_AWAY);
	return st == ST_OK ? play(call, CALL_GOODBYE) : st;
}

/* Tell the dial plan; it runs on when the caller has hung up as well. */
static enum status
tell(struct call *call, const char *result)
{
	bool		is_in = call->word == LOGON_OK;
	enum status	st;

	st = channel_set(call->channel, "UMWS_MAILBOX", is_in ?
	    call->mailbox.text : "");
	if (st == ST_OK)
		st = channel_set(call->channel, "UMWS_RESULT", result);
	return st;
}

enum status
call_run(const struct call_options *options, struct channel *channel,
    struct phone *phone)
{
	struct call	call = { options, channel, phone, { "" }, { "" },
		LOGON_DENIED };
	enum status	st;
	unsigned int	i;

	st = tell(&call, "HANGUP");
	for (i = 0; st == ST_OK && call.word == LOGON_DENIED &&
	    i < options->tries; i++)
		st = log_on(&call, i);
	if (st == ST_OK && call.word == LOGON_CHANGE)
		st = change(&call);
	if (st == ST_OK)
		st = tell(&call, logon_word_text(call.word));
	if (st == ST_OK && call.word != LOGON_OK)
		st = part(&call);
	WIPE(&call.pin);
	WIPE(&call.mailbox);
	/* Gone is an end like any other. */
	return st == ST_DENIED ? ST_OK : st;
}
