/*
 * outbox.c - "outbox list": print the queue of PIN mails.
 */
#include "config.h"

#include "ctl/list.h"
#include "ctl/verbs.h"

static const struct admin_view	mails = {
	.name = "v_outbox",
	.key = "login",
	.is_folded = true,
	.order = { "created_at", "id" },
	.columns = { "id", "login", "generation", "kind", "recipient",
	    "locale", "key_id", "has_sealed", "state", "attempts",
	    "next_attempt_at", "is_leased", "created_at", "expires_at",
	    "sent_at", "last_error" }
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

/* clang-format off */
static const char	list_help[] =
"  --login PATTERN  of mailboxes whose login is like it; * is any text\n"
"  --state STATE    queued, sending, sent, superseded, expired or dead\n"
"  --since TIME     queued since then: 2026-11-26, 2026-11-26T10:00 (UTC), or\n"
"                   so long ago: 90m, 12h, 7d\n"
"  --limit N        no more than N, the oldest first\n"
"  --json, --jsonl  the rows of the view umws.v_outbox, as one array or as\n"
"                   one object a line\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "list", .usage = "[OPTION...]",
	  .summary = "list the PIN mails and their states",
	  .help = list_help, .options = { "--login=", "--state=", "--since=",
	  "--limit=", "--json", "--jsonl" }, .run = verb_list },
	{ .name = NULL }
};

const struct verb_group	verbs_outbox = { "outbox", verbs };
