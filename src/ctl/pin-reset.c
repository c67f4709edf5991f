/*
 * pin-reset.c - "pin reset": a new PIN by mail, which the operator does not
 * see.
 *
 * The reset is that of app/reset; here are the keys that it needs, and what
 * it says to people.
 */
#include "config.h"

#include "ctl/pin-reset.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "app/reset.h"
#include "base/buf.h"
#include "base/terminal.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/character.h"
#include "core/crypto.h"
#include "core/derive.h"
#include "ctl/user.h"
#include "edge/keyfile.h"

#define REASON_MAX	500		/* characters */
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

/* A reason that the audit can show, and that looks like what it is. */
static int
check_reason(const struct command *command, const char *reason)
{
	const char	*text;
	uint32_t	 c;

	if (reason == NULL)
		return EX_OK;
	for (text = reason; *text != '\0';) {
		text += utf8_decode(text, &c);
		if (c == UTF8_NONE)
			return command_fail(command, EX_DATAERR, "--reason is "
			    "not UTF-8");
		if (character_is_control(c) || character_misleads(c))
			return command_fail(command, EX_DATAERR, "--reason "
			    "has U+%04X, which cannot stand in a text",
			    (unsigned int)c);
	}
	if (utf8_count(reason) > REASON_MAX)
		return command_fail(command, EX_DATAERR, "--reason has %zu "
		    "characters, %d at most", utf8_count(reason), REASON_MAX);
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

static int
answer(const struct command *command, const char *login,
    const struct reset_report *report)
{
	struct buf	json = BUF_INIT(JSON_MAX);

	if (!command_has(command, "--json")) {
		command_say(command, "the PIN of %s was reset; the mail with "
		    "the new one is queued for %s\n", login,
		    report->recipient);
		return EX_OK;
	}
	buf_puts(&json, "[{\"login\":");
	text_json_string(&json, login);
	buf_puts(&json, ",\"recipient\":");
	text_json_string(&json, report->recipient);
	buf_puts(&json, ",\"mail\":");
	text_json_string(&json, report->id);
	buf_puts(&json, "}]");
	terminal_print_json(command->io->out, buf_text(&json));
	(void)putc('\n', command->io->out);
	buf_free(&json);
	return EX_OK;
}

static int
give_pin(struct command *command, struct bench *bench,
    struct store_order *order)
{
	struct reset_report	report;
	int			code;

	code = bench_read_keys(command, bench);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = bench_build(command, bench);
	if (code != EX_OK)
		return code;
	order->actor = admin_actor(command->admin);
	command->is_changing = true;
	reset_by_order(bench->reset, order, &report);
	return report.denial.refusal == REFUSAL_NONE ?
	    answer(command, order->login, &report) :
	    say_denial(command, order->login, &report);
}

int
pin_reset_verb(struct command *command)
{
	struct bench		bench = { 0 };
	char			login[USERNAME_SIZE];
	struct store_order	order = { .login = login,
	    .reason = command_option(command, "--reason") };
	int			code;

	if (order.reason == NULL || *order.reason == '\0')
		return command_fail(command, EX_USAGE, "pin reset: it needs "
		    "--reason TEXT, which stands in the audit");
	code = check_reason(command, order.reason);
	if (code == EX_OK)
		code = command_whom(command, command->words[0], login);
	if (code == EX_OK)
		code = give_pin(command, &bench, &order);
	bench_free(&bench);
	return code;
}
