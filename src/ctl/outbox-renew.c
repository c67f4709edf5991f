/*
 * outbox-renew.c - another PIN for each mailbox whose mail was lost.
 *
 * A mail that is dead or expired keeps no PIN, so what helps is a reset, as
 * "pin reset" does it: one transaction for each mailbox, in which the database
 * looks once more whether the lost PIN is still the one that holds. So whatever
 * ends this, and however often it is run, or twice at a time, nobody gets two.
 */
#include "config.h"

#include "ctl/outbox-renew.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/terminal.h"
#include "base/text.h"
#include "core/crypto.h"
#include "ctl/list.h"
#include "ctl/pin-bench.h"

#define JSON_MAX	(64 * 1024)	/* bytes of one object */
#define ID_LEN		(CRYPTO_UUID_SIZE - 1)

static const struct admin_view	lost = {
	.name = "v_outbox_lost",
	.key = "login",
	.is_folded = true,
	.order = { "lost_at", "id" },
	.columns = { "id", "login", "recipient", "kind", "state", "attempts",
	    "created_at", "lost_at", "last_error", "against" }
};

static const struct list_filter	filters[] = {
	{ "--state", "state", ADMIN_EQUAL },
	{ "--since", "lost_at", ADMIN_SINCE },
	{ NULL, NULL, ADMIN_EQUAL }
};

/* Under way: what has become of the mailboxes so far. */
struct renewal {
	struct command		*command;
	struct pin_bench	*bench;
	FILE			*spool;		/* objects; NULL: words */
	unsigned long		 renewed;
	unsigned long		 left;
};

static int
show(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "LOST", "lost_at", LIST_TIME },
		{ "LOGIN", "login", LIST_TEXT },
		{ "STATE", "state", LIST_TEXT },
		{ "AGAINST", "against", LIST_TEXT },
		{ "RECIPIENT", "recipient", LIST_TEXT },
		{ "ID", "id", LIST_TEXT },
		{ "LAST ERROR", "last_error", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	int	code;

	code = list_all(command, &lost, columns, filters);
	if (code == EX_OK && !command_has(command, "--json"))
		command_say(command, "nothing was changed: --dry-run\n");
	return code;
}

/* One line for each mailbox: the mail's id and the login. */
static enum status
print_row(FILE *spool, const char *const *values)
{
	(void)fprintf(spool, "%s %s\n", list_value(&lost, values, "id"),
	    list_value(&lost, values, "login"));
	return ST_OK;
}

/* against: the word for why it was left alone, or NULL. */
static void
tell_json(FILE *spool, const struct store_order *order,
    const struct reset_report *report, const char *against)
{
	const bool	is_done = against == NULL;
	struct buf	json = BUF_INIT(JSON_MAX);

	buf_puts(&json, "{");
	text_json_member(&json, "id", order->lost);
	text_json_member(&json, "login", order->login);
	text_json_member(&json, "against", against);
	text_json_member(&json, "recipient", is_done ? report->recipient :
	    NULL);
	text_json_member(&json, "mail", is_done ? report->id : NULL);
	buf_puts(&json, "}");
	terminal_print_json(spool, buf_text(&json));
	(void)putc('\n', spool);
	buf_free(&json);
}

/* Why one mailbox is left alone, which is no reason to leave the others. */
static const char *
why_left(const char *word)
{
	static const struct {
		const char	*word;
		const char	*why;
	} whys[] = {
		{ "disabled", "the mailbox is disabled" },
		{ "unknown", "the mailbox is gone" },
		{ "pin_locked", "its PIN is locked against change" },
		{ "not_lost", "it has another PIN meanwhile, or uses the one "
		    "whose mail was lost" }
	};
	size_t	i;

	for (i = 0; i < sizeof(whys) / sizeof(whys[0]); i++) {
		if (word != NULL && strcmp(word, whys[i].word) == 0)
			return whys[i].why;
	}
	return NULL;
}

/* One mailbox: EX_OK, or the exit code that ends it all. */
static int
renew_one(struct renewal *renewal, const struct store_order *order)
{
	struct command		*command = renewal->command;
	struct reset_report	 report;
	const char		*word, *why;

	command->is_changing = true;
	reset_by_order(renewal->bench->reset, order, NULL, &report);
	word = report.denial.refusal == REFUSAL_NONE ? NULL :
	    report.denial.word;
	why = why_left(word);
	if (report.denial.refusal != REFUSAL_NONE && why == NULL)
		return pin_bench_denial(command, order->login, &report);
	if (why == NULL)
		renewal->renewed++;
	else
		renewal->left++;
	if (renewal->spool != NULL)
		tell_json(renewal->spool, order, &report, word);
	else if (why != NULL)
		command_say(command, "%s is left alone: %s\n", order->login,
		    why);
	else
		command_say(command, "the PIN of %s was reset; the mail with "
		    "the new one is queued for %s\n", order->login,
		    report.recipient);
	return EX_OK;
}

/* All lines of a spool that print_row() has written. */
static int
renew_all(struct renewal *renewal, FILE *rows)
{
	struct command		*command = renewal->command;
	struct store_order	 order = {
	    .actor = admin_actor(command->admin),
	    .reason = command_option(command, "--reason") };
	char			*line = NULL;
	size_t			 size = 0;
	ssize_t			 len;
	int			 code = EX_OK;

	while (code == EX_OK && (len = getline(&line, &size, rows)) > 0) {
		line[len - 1] = line[ID_LEN] = '\0';
		order.lost = line;
		order.login = line + ID_LEN + 1;
		code = renew_one(renewal, &order);
	}
	free(line);
	return code;
}

/* What was done is told whatever has ended it. */
static void
tell_end(const struct renewal *renewal)
{
	struct command	*command = renewal->command;

	if (renewal->spool == NULL)
		command_say(command, "%lu new PINs were queued, %lu mailboxes "
		    "left alone\n", renewal->renewed, renewal->left);
	else if (list_spool_rewind(command, renewal->spool) == EX_OK)
		list_print_json(command, renewal->spool);
}

static int
renew(struct command *command, struct pin_bench *bench, FILE *rows)
{
	struct renewal	renewal = { .command = command, .bench = bench };
	int		code = EX_OK;

	if (command_has(command, "--json"))
		code = list_spool_open(command, &renewal.spool);
	if (code != EX_OK)
		return code;
	code = renew_all(&renewal, rows);
	tell_end(&renewal);
	if (renewal.spool != NULL)
		(void)fclose(renewal.spool);
	return code;
}

static int
carry_out(struct command *command)
{
	struct pin_bench	 bench = { 0 };
	FILE			*rows = NULL;
	int			 code;

	code = pin_bench_read_keys(command, &bench);
	if (code == EX_OK)
		code = list_spool(command, &lost, filters, print_row, &rows);
	if (code == EX_OK)
		code = pin_bench_build(command, &bench);
	if (code == EX_OK)
		code = renew(command, &bench, rows);
	if (rows != NULL)
		(void)fclose(rows);
	pin_bench_free(&bench);
	return code;
}

int
outbox_renew(struct command *command)
{
	const char	*state = command_option(command, "--state");
	const char	*reason = command_option(command, "--reason");

	if (command_option(command, "--since") == NULL)
		return command_fail(command, EX_USAGE, "--state %s draws new "
		    "PINs: say by --since since when their mails were lost",
		    state);
	if (command_has(command, "--dry-run"))
		return show(command);
	if (reason == NULL || *reason == '\0')
		return command_fail(command, EX_USAGE, "--state %s draws new "
		    "PINs: it needs --reason TEXT, which stands in the audit, "
		    "or --dry-run", state);
	return carry_out(command);
}
