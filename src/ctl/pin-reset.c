/*
 * pin-reset.c - "pin reset": a new PIN by mail, which the operator does not
 * see; "pin set": one that the operator types.
 *
 * Both are the reset of app/reset; here are the keys that it needs, and what
 * it says to people. A PIN that was typed lives in pin_set_verb().
 */
#include "config.h"

#include "ctl/pin-reset.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "app/reset.h"
#include "base/buf.h"
#include "base/terminal.h"
#include "base/text.h"
#include "core/address.h"
#include "core/crypto.h"
#include "core/derive.h"
#include "ctl/pin-read.h"
#include "ctl/user.h"
#include "edge/keyfile.h"

#define JSON_MAX	(64 * 1024)	/* bytes */

/* All that a reset works with; this process is alone at its gate. */
struct bench {
	struct keyring		*peppers;
	struct keyring		*mail_keys;
	struct gate		*gate;
	struct scoreboard	*board;
	struct store		*store;
	struct reset		*reset;
};

static void
bench_free(struct bench *bench)
{
	reset_free(&bench->reset);
	store_free(&bench->store);
	scoreboard_free(&bench->board);
	gate_free(&bench->gate);
	keyring_free(&bench->mail_keys);
	keyring_free(&bench->peppers);
}

/* The keys; whatever is wrong with their files has been said. */
static int
bench_read_keys(const struct command *command, struct bench *bench)
{
	const struct conf	*conf = command->conf;

	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return command_fail(command, EX_SOFTWARE, "nothing was "
		    "changed: the library is not usable");
	if (keyfile_read(conf->pepper_key, KEYFILE_SECRET, &bench->peppers) !=
	    ST_OK ||
	    keyfile_read(conf->mail_pub, KEYFILE_PUBLIC, &bench->mail_keys) !=
	    ST_OK)
		return EX_CONFIG;
	return EX_OK;
}

/* The rest, when there is a connection. */
static int
bench_build(const struct command *command, struct bench *bench)
{
	struct reset_parts	parts;

	if (gate_new(1, 1, &bench->gate) != ST_OK ||
	    scoreboard_new(1, &bench->board) != ST_OK ||
	    store_new(admin_db(command->admin), &bench->store) != ST_OK)
		return command_fail(command, EX_OSERR, "no memory");
	parts = (struct reset_parts){ bench->store, bench->gate, 0,
	    bench->board, bench->peppers, bench->mail_keys };
	if (reset_new(&command->conf->reset, &parts, &bench->reset) != ST_OK)
		return command_fail(command, EX_OSERR, "no memory");
	return EX_OK;
}

/* What the database has said against it, by its word. */
static int
say_word(const struct command *command, const char *login, const char *word)
{
	if (strcmp(word, "unknown") == 0)
		return command_no_user(command, login);
	if (strcmp(word, "disabled") == 0)
		return command_fail(command, EX_DATAERR, "%s is disabled: a "
		    "PIN would open nothing", login);
	if (strcmp(word, "pin_locked") == 0)
		return command_fail(command, EX_DATAERR, "the PIN of %s is "
		    "locked against change: umwsctl pin unlock %s --change "
		    "ends that", login, login);
	if (strcmp(word, "notify_refused") == 0)
		return command_fail(command, EX_NOPERM, "the policy of %s "
		    "does not let its PIN go to another address: "
		    "AllowNotifyAddress=yes does", login);
	if (strcmp(word, "key_unknown") == 0)
		return command_fail(command, EX_CONFIG, "the database does "
		    "not take PINs sealed to the key in mail_pub: umwsctl key "
		    "create mail registers it");
	return command_fail(command, EX_TEMPFAIL, "the mailbox of %s was "
	    "changed by somebody else meanwhile, and nothing was changed: "
	    "try again", login);
}

/* Why nothing, or who knows what, was changed. */
static int
say_denial(const struct command *command, const char *login,
    const struct reset_report *report)
{
	const struct denial	*denial = &report->denial;
	enum policy_rule	 broken = report->broken;

	if (denial->word != NULL && strcmp(denial->word, "refused") == 0)
		return command_fail(command, EX_DATAERR, "the PIN of %s is "
		    "what it was: %s", login, policy_rule_sentence(
		    broken == POLICY_NONE ? POLICY_HISTORY : broken));
	if (denial->word != NULL && strcmp(denial->word, "abandoned") != 0)
		return say_word(command, login, denial->word);
	if (denial->refusal == REFUSAL_TRANSIENT)
		return command_fail(command, EX_TEMPFAIL, "the database was "
		    "lost on the way: if umwsctl outbox list has the mail %s, "
		    "the PIN was changed", report->id);
	if (denial->refusal == REFUSAL_STORE_UNAVAILABLE ||
	    denial->refusal == REFUSAL_BUSY)
		return command_db_fail(command,
		    denial->refusal == REFUSAL_BUSY ? ST_BUSY : ST_RETRY,
		    NULL);
	if (*admin_sqlstate(command->admin) != '\0')
		return command_db_fail(command, ST_BAD, NULL);
	return command_fail(command, EX_SOFTWARE, "nothing was changed: the "
	    "line before says why");
}

/* In words. */
static void
tell(const struct command *command, const struct store_order *order,
    const struct reset_report *report)
{
	bool	is_told = report->told[0] != '\0';

	if (!order->is_set && report->is_first && !is_told)
		command_say(command, "the first PIN of %s was drawn; the "
		    "mail with it is queued for %s\n", order->login,
		    report->recipient);
	else if (!order->is_set)
		command_say(command, "the PIN of %s was reset; the mail with "
		    "the new one is queued for %s%s%s\n", order->login,
		    report->recipient, is_told ? ", and one that tells of it "
		    "for " : "", report->told);
	else if (report->recipient[0] == '\0')
		command_say(command, "the PIN of %s was set, and has to be "
		    "changed at the first logon\n", order->login);
	else
		command_say(command, "the PIN of %s was set, and has to be "
		    "changed at the first logon; a mail that tells of it is "
		    "queued for %s\n", order->login, report->recipient);
}

/* A text as JSON; "" is null. */
static void
put_json(struct buf *json, const char *name, const char *text)
{
	buf_printf(json, ",\"%s\":", name);
	if (*text == '\0')
		buf_puts(json, "null");
	else
		text_json_string(json, text);
}

/* The same as an object. */
static void
tell_json(const struct command *command, const struct store_order *order,
    const struct reset_report *report)
{
	struct buf	json = BUF_INIT(JSON_MAX);

	buf_puts(&json, "[{\"login\":");
	text_json_string(&json, order->login);
	put_json(&json, "recipient", report->recipient);
	put_json(&json, "mail", report->recipient[0] == '\0' ? "" :
	    report->id);
	put_json(&json, "told", report->told);
	buf_puts(&json, "}]");
	terminal_print_json(command->io->out, buf_text(&json));
	(void)putc('\n', command->io->out);
	buf_free(&json);
}

/* Draw a PIN, or set the one that somebody has typed into *pin. */
static int
give_pin(struct command *command, struct bench *bench,
    struct store_order *order, struct secret *pin)
{
	struct reset_report	report;
	int			code;

	code = bench_read_keys(command, bench);
	if (code == EX_OK && command->admin == NULL)
		code = command_open(command);
	if (code == EX_OK)
		code = bench_build(command, bench);
	if (code == EX_OK && pin != NULL)
		code = command_read_new_pin(command, pin);
	if (code != EX_OK)
		return code;
	order->actor = admin_actor(command->admin);
	command->is_changing = true;
	reset_by_order(bench->reset, order, pin, &report);
	if (report.denial.refusal != REFUSAL_NONE)
		return say_denial(command, order->login, &report);
	if (command_has(command, "--json"))
		tell_json(command, order, &report);
	else
		tell(command, order, &report);
	return EX_OK;
}

/* Another address than the user's, if one was given. */
static int
check_notify(const struct command *command, const char *notify)
{
	char		reason[ADDRESS_REASON_SIZE];
	enum status	st;

	if (notify == NULL)
		return EX_OK;
	st = address_check(notify, reason);
	if (st == ST_RETRY)
		return command_fail(command, EX_OSERR, "no memory");
	if (st != ST_OK)
		return command_fail(command, EX_DATAERR, "--notify \"%.300s\" "
		    "is no mail address: it %s", notify, reason);
	return EX_OK;
}

static int
carry_out(struct command *command, bool is_set, struct secret *pin)
{
	struct bench		bench = { 0 };
	char			login[USERNAME_SIZE];
	struct store_order	order = { .login = login, .is_set = is_set,
	    .reason = command_option(command, "--reason") };
	int			code;

	if (!is_set)
		order.notify = command_option(command, "--notify");
	code = check_notify(command, order.notify);
	if (code == EX_OK)
		code = command_whom(command, command->words[0], login);
	if (code == EX_OK)
		code = give_pin(command, &bench, &order, pin);
	bench_free(&bench);
	return code;
}

int
pin_check_keys(const struct command *command)
{
	struct bench	bench = { 0 };
	int		code;

	code = bench_read_keys(command, &bench);
	bench_free(&bench);
	return code;
}

int
pin_give(struct command *command, const char *login, const char *reason)
{
	struct bench		bench = { 0 };
	struct store_order	order = { .login = login, .reason = reason };
	int			code;

	code = give_pin(command, &bench, &order, NULL);
	bench_free(&bench);
	return code;
}

int
pin_reset_verb(struct command *command)
{
	const char	*reason = command_option(command, "--reason");

	if (reason == NULL || *reason == '\0')
		return command_fail(command, EX_USAGE, "pin reset: it needs "
		    "--reason TEXT, which stands in the audit");
	return carry_out(command, false, NULL);
}

int
pin_set_verb(struct command *command)
{
	struct secret	pin = { 0 };
	int		code;

	code = carry_out(command, true, &pin);
	WIPE(&pin);
	return code;
}
