/*
 * call.c - ask, hear the service's word, and say it to caller and dial plan.
 *
 * A caller may hang up at any moment. Every step returns ST_DENIED then, and
 * the rest of the call is left out.
 */
#include "config.h"

#include "app/call.h"

#include <assert.h>
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
	char				 rule[PHONE_RULE_SIZE];	/* of word */
};

static const struct {
	const char	*name;
	const char	*file;
} sounds[] = {
	[CALL_MAILBOX] = { "mailbox", "vm-login" },
	[CALL_PIN] = { "pin", "vm-password" },
	[CALL_WRONG] = { "wrong", "vm-incorrect" },
	[CALL_CHANGE] = { "change", "vm-newuser" },
	[CALL_EXPIRED] = { "expired", "your&vm-password&is&vm-Old" },
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

void
call_defaults(struct call_options *options)
{
	unsigned int	i;

	*options = (struct call_options){ .tries = 3, .mailbox = "" };
	for (i = 0; i < CALL_SOUNDS; i++)
		options->sounds[i] = sounds[i].file;
	for (i = 0; i < POLICY_RULES; i++)
		options->rules[i] = "";
}

static bool
is_name(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && memcmp(name, text, len) == 0;
}

/* Which rule this is; POLICY_NONE: none that a policy has. */
static enum policy_rule
find_rule(const char *text, size_t len)
{
	unsigned int	i;

	for (i = POLICY_NONE + 1; i < POLICY_RULES; i++)
		if (is_name(policy_rule_name((enum policy_rule)i), text, len))
			return (enum policy_rule)i;
	return POLICY_NONE;
}

bool
call_set_sound(struct call_options *options, const char *name, size_t len,
    const char *file)
{
	static const char	refused[] = "refused-";
	const size_t		skip = sizeof(refused) - 1;
	enum policy_rule	rule = POLICY_NONE;
	unsigned int		i;

	for (i = 0; i < CALL_SOUNDS; i++) {
		if (is_name(sounds[i].name, name, len)) {
			options->sounds[i] = file;
			return true;
		}
	}
	if (len > skip && memcmp(name, refused, skip) == 0)
		rule = find_rule(name + skip, len - skip);
	if (rule == POLICY_NONE)
		return false;
	options->rules[rule] = file;
	return true;
}

/* The next of files parted by '&', which *files steps over. */
static void
next_file(const char **files, char file[CALL_SOUND_SIZE])
{
	size_t	len = strcspn(*files, "&");

	assert(len < CALL_SOUND_SIZE);
	memcpy(file, *files, len);
	file[len] = '\0';
	*files += len + ((*files)[len] == '&');
}

/* One after the other. ST_BAD: one of them is missing. */
static enum status
play_files(struct call *call, const char *files)
{
	char		file[CALL_SOUND_SIZE];
	enum status	st = ST_OK;

	while (st == ST_OK && *files != '\0') {
		next_file(&files, file);
		st = channel_play(call->channel, file);
	}
	return st;
}

/* Without a prompt the call goes on: that it is missing stands in the log. */
static enum status
play(struct call *call, enum call_sound sound)
{
	enum status	st = play_files(call, call->options->sounds[sound]);

	return st == ST_BAD ? ST_OK : st;
}

/* Why the new PIN is refused: a sound for this rule, if there is one. */
static enum status
play_refusal(struct call *call)
{
	enum policy_rule	 rule = find_rule(call->rule,
				    strlen(call->rule));
	const char		*own = call->options->rules[rule];
	enum status		 st = ST_BAD;

	if (own[0] != '\0')
		st = play_files(call, own);
	return st == ST_BAD ? play(call, CALL_WEAK) : st;
}

/* Keys are taken from the last of the sound's files on. */
static enum status
ask(struct call *call, enum call_sound sound, unsigned int max,
    struct digits *digits)
{
	const char	*files = call->options->sounds[sound];
	char		 file[CALL_SOUND_SIZE];
	enum status	 st = ST_OK;

	next_file(&files, file);
	while (*files != '\0' && (st == ST_OK || st == ST_BAD)) {
		st = channel_play(call->channel, file);
		next_file(&files, file);
	}
	return st == ST_OK || st == ST_BAD ?
	    channel_ask(call->channel, file, max, digits->text) : st;
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
	enum logon_word			 word;

	word = phone_ask(call->phone, &request, call->rule);
	if (word == LOGON_REFUSED)
		log_info("new-pin-refused", "rule", call->rule, NULL);
	return word;
}

/*
 * The mailbox that the dial plan has given must be one that it can have back
 * as it was: less of its name might be another's.
 */
static bool
is_given_plain(const struct call_options *options)
{
	if (channel_is_plain(options->mailbox))
		return true;
	log_err("mailbox-refused", "reason", "the mailbox on the command line "
	    "has other characters than letters, digits and ._-", "todo",
	    "give its extension, or none: then the caller is asked", NULL);
	return false;
}

/*
 * Mailbox and PIN, once. What is no PIN, or no mailbox, counts as a try, but
 * asks nobody.
 */
static enum status
log_on(struct call *call, unsigned int try)
{
	enum status	st = ST_OK;

	call->word = LOGON_DENIED;
	if (try == 0 && !is_given_plain(call->options)) {
		call->word = LOGON_UNAVAILABLE;
		return ST_OK;
	}
	if (try == 0 && call->options->mailbox[0] != '\0')
		(void)strncat(call->mailbox.text, call->options->mailbox,
		    sizeof(call->mailbox.text) - 1);
	else
		st = ask(call, CALL_MAILBOX, MAILBOX_MAX, &call->mailbox);
	if (st == ST_OK)
		st = ask(call, CALL_PIN, SECRET_MAX, &call->pin);
	if (st != ST_OK)
		return st;
	if (call->mailbox.text[0] != '\0' && is_pin(&call->pin) &&
	    channel_is_plain(call->mailbox.text))
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
		call->rule[0] = '\0';
		call->word = is_pin(&new) ? consult(call, new.text) :
		    LOGON_REFUSED;
		if (call->word == LOGON_REFUSED) {
			call->word = LOGON_CHANGE;
			st = play_refusal(call);
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
	bool		is_expired = strcmp(call->rule, "expired") == 0;
	enum status	st = play(call, is_expired ? CALL_EXPIRED :
			    CALL_CHANGE);
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
		LOGON_DENIED, "" };
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
