/*
 * pin-reset.c - "pin reset": a new PIN by mail, which the operator does not
 * see; "pin set": one that the operator types.
 *
 * Both are the reset of app/reset, on a pin-bench; here is what is said to
 * people. A PIN that was typed lives in pin_set_verb().
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
#include "ctl/pin-bench.h"
#include "ctl/pin-read.h"
#include "ctl/user.h"

#define JSON_MAX	(64 * 1024)	/* bytes */

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

/* The same as an object. */
static void
tell_json(const struct command *command, const struct store_order *order,
    const struct reset_report *report)
{
	struct buf	json = BUF_INIT(JSON_MAX);

	buf_puts(&json, "[{");
	text_json_member(&json, "login", order->login);
	text_json_member(&json, "recipient", report->recipient);
	text_json_member(&json, "mail", report->recipient[0] == '\0' ? "" :
	    report->id);
	text_json_member(&json, "told", report->told);
	buf_puts(&json, "}]");
	terminal_print_json(command->io->out, buf_text(&json));
	(void)putc('\n', command->io->out);
	buf_free(&json);
}

/* Draw a PIN, or set the one that somebody has typed into *pin. */
static int
give_pin(struct command *command, struct pin_bench *bench,
    struct store_order *order, struct secret *pin)
{
	struct reset_report	report;
	int			code;

	code = pin_bench_read_keys(command, bench);
	if (code == EX_OK && command->admin == NULL)
		code = command_open(command);
	if (code == EX_OK)
		code = pin_bench_build(command, bench);
	if (code == EX_OK && pin != NULL)
		code = command_read_new_pin(command, pin);
	if (code != EX_OK)
		return code;
	order->actor = admin_actor(command->admin);
	command->is_changing = true;
	reset_by_order(bench->reset, order, pin, &report);
	if (report.denial.refusal != REFUSAL_NONE)
		return pin_bench_denial(command, order->login, &report);
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
	struct pin_bench	bench = { 0 };
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
	pin_bench_free(&bench);
	return code;
}

int
pin_check_keys(const struct command *command)
{
	struct pin_bench	bench = { 0 };
	int		code;

	code = pin_bench_read_keys(command, &bench);
	pin_bench_free(&bench);
	return code;
}

int
pin_give(struct command *command, const char *login, const char *reason)
{
	struct pin_bench	bench = { 0 };
	struct store_order	order = { .login = login, .reason = reason };
	int			code;

	code = give_pin(command, &bench, &order, NULL);
	pin_bench_free(&bench);
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
