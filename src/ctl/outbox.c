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

	return list_all(command, &mails, columns);
}

/* clang-format off */
static const char	list_help[] =
"  --json  one array with the rows of the view umws.v_outbox\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ "list", "[--json]", "list the PIN mails and their states",
	    list_help, { "--json" }, "", 0, 0, verb_list },
	{ .name = NULL }
};

const struct verb_group	verbs_outbox = { "outbox", verbs };
