/*
 * pin-bench.c - the keys that a reset by an operator needs, the reset itself,
 * and what its denials mean to people.
 */
#include "config.h"

#include "ctl/pin-bench.h"

#include <string.h>
#include <sysexits.h>

#include "core/crypto.h"
#include "core/derive.h"
#include "ctl/user.h"
#include "edge/keyfile.h"

void
pin_bench_free(struct pin_bench *bench)
{
	reset_free(&bench->reset);
	store_free(&bench->store);
	scoreboard_free(&bench->board);
	gate_free(&bench->gate);
	keyring_free(&bench->mail_keys);
	keyring_free(&bench->peppers);
}

int
pin_bench_read_keys(const struct command *command, struct pin_bench *bench)
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

int
pin_bench_build(const struct command *command, struct pin_bench *bench)
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
	if (strcmp(word, "not_lost") == 0)
		return command_fail(command, EX_DATAERR, "%s has another PIN "
		    "meanwhile, or uses the one whose mail was lost", login);
	if (strcmp(word, "key_unknown") == 0)
		return command_fail(command, EX_CONFIG, "the database does "
		    "not take PINs sealed to the key in mail_pub: umwsctl key "
		    "create mail registers it");
	return command_fail(command, EX_TEMPFAIL, "the mailbox of %s was "
	    "changed by somebody else meanwhile, and nothing was changed: "
	    "try again", login);
}

int
pin_bench_denial(const struct command *command, const char *login,
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
