/*
 * role.c - "role grant", "role revoke" and "role list": who may act for
 * others by the web service.
 */
#include "config.h"

#include "ctl/list.h"
#include "ctl/verbs.h"

static const struct verb_call	grant = {
	.function = "role_grant",
	.params = { "WORD", "LOGIN", "--policy" }
};
static const struct verb_call	revocation = {
	.function = "role_revoke",
	.params = { "WORD", "LOGIN", "--policy" }
};

static int
verb_list(struct command *command)
{
	static const struct admin_view	view = {
		.name = "v_role_grant",
		.key = "login",
		.is_folded = true,
		.order = { "login", "policy" },
		.columns = { "role", "login", "policy", "granted_at" }
	};
	static const struct list_column	columns[] = {
		{ "ROLE", "role", LIST_TEXT },
		{ "LOGIN", "login", LIST_TEXT },
		{ "POLICY", "policy", LIST_TEXT },
		{ "GRANTED", "granted_at", LIST_TIME },
		{ NULL, NULL, LIST_TEXT }
	};
	static const struct list_filter	filters[] = {
		{ "--login", "login", ADMIN_LIKE },
		{ "--policy", "policy", ADMIN_EQUAL },
		{ NULL, NULL, ADMIN_EQUAL }
	};

	return list_all(command, &view, columns, filters);
}

/* clang-format off */
static const char	grant_help[] =
"ROLE is helpdesk: with the header ExchangeImpersonation its holders reset\n"
"the PIN of others by the web service, without seeing it, and look at\n"
"their properties. LOGIN is the name by which the web server knows the\n"
"holder, who needs no mailbox; when he has one and it is removed or gets\n"
"another login, the role ends.\n\n"
"  --policy NAME  for the mailboxes of this policy alone; may be granted for\n"
"                 several\n"
"  --json         one array with what was done\n";

static const char	revoke_help[] =
"It holds at once, on every host.\n\n"
"  --policy NAME  the grant for this policy alone; otherwise all of LOGIN\n"
"  --dry-run      do all of it, and take it back\n"
"  --json         one array with what was done\n";

static const char	list_help[] =
"  --login PATTERN  whose login is like it; * is any text\n"
"  --policy NAME    granted for this policy\n"
"  --limit N        no more than N\n"
"  --json, --jsonl  the rows of the view umws.v_role_grant, as one array or\n"
"                   as one object a line; policy null: for all mailboxes\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "grant", .usage = "ROLE LOGIN [--policy NAME] [--json]",
	  .summary = "let somebody act for others by the web service",
	  .help = grant_help, .options = { "--policy=", "--json" },
	  .word_names = "ROLE and LOGIN", .words_min = 2, .words_max = 2,
	  .run = command_act, .call = &grant },
	{ .name = "revoke", .usage = "ROLE LOGIN [OPTION...]",
	  .summary = "end what role grant did", .help = revoke_help,
	  .options = { "--policy=", "--dry-run", "--json" },
	  .word_names = "ROLE and LOGIN", .words_min = 2, .words_max = 2,
	  .run = command_act, .call = &revocation },
	{ .name = "list", .usage = "[OPTION...]",
	  .summary = "list who may act for others", .help = list_help,
	  .options = { "--login=", "--policy=", "--limit=", "--json",
	  "--jsonl" }, .run = verb_list },
	{ .name = NULL }
};

const struct verb_group	verbs_role = { "role", verbs };
