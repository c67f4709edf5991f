/*
 * outbox.c - the verbs of the queue of mails.
 *
 * A mail that is settled has no sealed PIN any more, so it cannot be sent
 * again: what helps is a PIN that is drawn anew (outbox-renew).
 */
#include "config.h"

#include <ctype.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/outbox-renew.h"
#include "ctl/user.h"
#include "ctl/verbs.h"
#include "core/crypto.h"
#include "core/username.h"

#define COLUMNS	"id", "login", "generation", "kind", "recipient",	\
		"locale", "key_id", "has_sealed", "state", "attempts",	\
		"next_attempt_at", "is_leased", "created_at",		\
		"expires_at", "sent_at", "last_error"

static const struct admin_view	mails = {
	.name = "v_outbox",
	.key = "login",
	.is_folded = true,
	.order = { "created_at", "id" },
	.columns = { COLUMNS }
};

/* The same, asked for by its id. */
static const struct admin_view	one_mail = {
	.name = "v_outbox",
	.key = "id",
	.order = { "id" },
	.columns = { COLUMNS }
};

static const struct admin_view	stats = {
	.name = "v_outbox_stats",
	.key = "state",
	.order = { "state", "kind" },
	.columns = { "state", "kind", "mails", "oldest_at", "newest_at",
	    "next_attempt_at" }
};

static int
verb_list(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "CREATED", "created_at", LIST_TIME },
		{ "LOGIN", "login", LIST_TEXT },
		{ "KIND", "kind", LIST_TEXT },
		{ "STATE", "state", LIST_TEXT },
		{ "TRIES", "attempts", LIST_TEXT },
		{ "NEXT TRY", "next_attempt_at", LIST_TIME },
		{ "LEASED", "is_leased", LIST_YES_NO },
		{ "SENT", "sent_at", LIST_TIME },
		{ "RECIPIENT", "recipient", LIST_TEXT },
		{ "ID", "id", LIST_TEXT },
		{ "LAST ERROR", "last_error", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	static const struct list_filter	filters[] = {
		{ "--login", "login", ADMIN_LIKE },
		{ "--state", "state", ADMIN_EQUAL },
		{ "--since", "created_at", ADMIN_SINCE },
		{ NULL, NULL, ADMIN_EQUAL }
	};

	return list_all(command, &mails, columns, filters);
}

/* The first word, if there is one, must be the id of a mail. */
static int
check_id(const struct command *command)
{
	const char	*id;
	size_t		 i;

	if (command->count == 0)
		return EX_OK;
	id = command->words[0];
	for (i = 0; i < CRYPTO_UUID_SIZE - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23 ? id[i] != '-' :
		    !isxdigit((unsigned char)id[i]))
			break;
	}
	if (i == CRYPTO_UUID_SIZE - 1 && id[i] == '\0')
		return EX_OK;
	return command_fail(command, EX_USAGE, "\"%.60s\" is no id of a mail: "
	    "umwsctl outbox list has them", id);
}

static int
verb_show(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "Id", "id", LIST_TEXT },
		{ "Login", "login", LIST_TEXT },
		{ "Recipient", "recipient", LIST_TEXT },
		{ "Kind", "kind", LIST_TEXT },
		{ "State", "state", LIST_TEXT },
		{ "PIN's number", "generation", LIST_TEXT },
		{ "Locale", "locale", LIST_TEXT },
		{ "Mail key", "key_id", LIST_TEXT },
		{ "Sealed PIN", "has_sealed", LIST_YES_NO },
		{ "Created", "created_at", LIST_TIME },
		{ "Expires", "expires_at", LIST_TIME },
		{ "Tries", "attempts", LIST_TEXT },
		{ "Next try", "next_attempt_at", LIST_TIME },
		{ "Leased", "is_leased", LIST_YES_NO },
		{ "Sent", "sent_at", LIST_TIME },
		{ "Last error", "last_error", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	struct admin_filter	filter = { .name = command->words[0] };
	size_t			count;
	int			code;

	code = check_id(command);
	if (code == EX_OK)
		code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_has(command, "--json"))
		code = list_json(command, &one_mail, &filter, &count);
	else
		code = list_card(command, &one_mail, &filter, columns, &count);
	if (code == EX_OK && count == 0)
		return command_fail(command, EX_NOUSER, "there is no mail %s: "
		    "umwsctl outbox list shows them all", filter.name);
	return code;
}

static int
verb_stats(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "STATE", "state", LIST_TEXT },
		{ "KIND", "kind", LIST_TEXT },
		{ "MAILS", "mails", LIST_TEXT },
		{ "OLDEST", "oldest_at", LIST_TIME },
		{ "NEWEST", "newest_at", LIST_TIME },
		{ "NEXT TRY", "next_attempt_at", LIST_TIME },
		{ NULL, NULL, LIST_TEXT }
	};

	return list_all(command, &stats, columns, NULL);
}

/* One call of a function that acts on mails. */
static int
act(struct command *command, const char *function, const char *const *params)
{
	struct db_result	*result = NULL;
	int			 code;

	code = command_open(command);
	if (code == EX_OK)
		code = command_call(command, function, params, 3, &result);
	if (code == EX_OK)
		code = command_answer(command, result);
	db_result_free(&result);
	return code;
}

static int
verb_retry(struct command *command)
{
	const char	*state = command_option(command, "--state");
	const char	*since = command_option(command, "--since");
	char		 time[LIST_TIME_SIZE];
	const char	*params[] = { NULL, state, NULL };
	int		 code;

	code = check_id(command);
	if (code != EX_OK)
		return code;
	if (command->count > 0 && (state != NULL || since != NULL))
		return command_fail(command, EX_USAGE, "give the id of one "
		    "mail, or --state and --since for several");
	if (state != NULL && (strcmp(state, "dead") == 0 ||
	    strcmp(state, "expired") == 0))
		return outbox_renew(command);
	if (command_option(command, "--reason") != NULL ||
	    command_option(command, "--limit") != NULL)
		return command_fail(command, EX_USAGE, "--reason and --limit "
		    "go with --state dead or --state expired");
	if (command->count > 0)
		params[0] = command->words[0];
	if (since != NULL) {
		code = list_time(command, "--since", since, time);
		params[2] = time;
	}
	return code != EX_OK ? code : act(command, "outbox_retry", params);
}

static int
verb_cancel(struct command *command)
{
	const char	*login = command_option(command, "--login");
	char		 resolved[USERNAME_SIZE];
	const char	*params[] = { NULL, NULL,
			    command_option(command, "--reason") };
	int		 code;

	if ((command->count > 0) == (login != NULL))
		return command_fail(command, EX_USAGE, "give the id of a mail, "
		    "or --login for the one of a mailbox with a PIN");
	code = check_id(command);
	if (code == EX_OK && login != NULL) {
		code = command_whom(command, login, resolved);
		params[1] = resolved;
	} else {
		params[0] = command->words[0];
	}
	if (code == EX_OK)
		code = command_confirm(command, "the mail is withdrawn, and "
		    "the PIN in it reaches nobody, nor does what it tells");
	return code != EX_OK ? code : act(command, "outbox_cancel", params);
}

/* clang-format off */
static const char	list_help[] =
"  --login PATTERN  of mailboxes whose login is like it; * is any text\n"
"  --state STATE    queued, sending, sent, superseded, expired or dead\n"
"  --since TIME     queued since then: 2026-11-26, 2026-11-26T10:00 (UTC), or\n"
"                   so long ago: 90m, 12h, 7d\n"
"  --limit N        no more than N, the oldest first\n"
"  --json, --jsonl  the rows of the view umws.v_outbox, as one array or as\n"
"                   one object a line\n";

static const char	show_help[] =
"  --json  the row of the view umws.v_outbox, as one array\n";

static const char	stats_help[] =
"  --json, --jsonl  the rows of the view umws.v_outbox_stats, as one array or\n"
"                   as one object a line\n";

static const char	retry_help[] =
"Lets a queued mail, or all of them, be due now: the next mailer tries it.\n"
"Where a mailer is at one it is left alone.\n\n"
"Of a mail that is dead or expired the PIN is not kept. --state dead, or\n"
"expired, with --since, resets the PIN of each mailbox whose PIN still is the\n"
"one in such a mail, which was never sent, as pin reset does: a new one goes\n"
"there by mail, and nobody else sees it. A mailbox that has had another PIN\n"
"meanwhile, or a logon with this one, is not among them, nor is it the second\n"
"time. What ends it in the middle leaves each mailbox as it was or done. It\n"
"reads pepper_key and mail_pub of umws.conf. --dry-run first lists them.\n\n"
"  --state STATE  queued (without the option), dead or expired\n"
"  --since TIME   queued since then, dead or expired since then: 2026-11-26,\n"
"                 2026-11-26T10:00 (UTC), or so long ago: 90m, 12h, 7d\n"
"  --reason TEXT  for the audit; needed where PINs are reset\n"
"  --limit N      reset no more than N, those first that were lost first\n"
"  --dry-run      change nothing, and say what would be\n"
"  --json         an array with what was done\n";

static const char	cancel_help[] =
"The PIN in it still holds and then reaches nobody: pin reset draws another.\n"
"One that a mailer is at may be sent all the same, and that is said. A mail\n"
"without a PIN, which tells its user that the PIN was set, changed or sent to\n"
"another address, that it expires or that the mailbox is locked, is withdrawn\n"
"by its id and with --reason alone.\n\n"
"  --login LOGIN  the mail of this mailbox with a PIN, instead of an id\n"
"  --reason TEXT  for the audit\n"
"  --yes          do not ask\n"
"  --json         an array with what was done\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "list", .usage = "[OPTION...]",
	  .summary = "list the mails and their states",
	  .help = list_help, .options = { "--login=", "--state=", "--since=",
	  "--limit=", "--json", "--jsonl" }, .run = verb_list },
	{ .name = "show", .usage = "ID [--json]",
	  .summary = "show one mail", .help = show_help,
	  .options = { "--json" }, .word_names = "ID", .words_min = 1,
	  .words_max = 1, .run = verb_show },
	{ .name = "stats", .usage = "[--json | --jsonl]",
	  .summary = "count the mails by state and kind",
	  .help = stats_help, .options = { "--json", "--jsonl" },
	  .run = verb_stats },
	{ .name = "retry", .usage = "[ID | OPTION...]",
	  .summary = "let mails be tried now, or replace PINs that were lost",
	  .help = retry_help,
	  .options = { "--state=", "--since=", "--reason=", "--limit=",
	  "--dry-run", "--json" },
	  .word_names = "ID", .words_max = 1, .run = verb_retry },
	{ .name = "cancel", .usage = "ID | --login LOGIN [OPTION...]",
	  .summary = "withdraw a mail that is not sent yet",
	  .help = cancel_help,
	  .options = { "--login=", "--reason=", "--yes", "--json" },
	  .word_names = "ID", .words_max = 1, .run = verb_cancel },
	{ .name = NULL }
};

const struct verb_group	verbs_outbox = { "outbox", verbs };
