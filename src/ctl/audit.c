/*
 * audit.c - "audit list", and what "audit seal" and "audit verify" have in
 * common.
 */
#include "config.h"

#include "ctl/audit.h"

#include <sysexits.h>

#include "ctl/list.h"
#include "core/crypto.h"
#include "core/derive.h"
#include "edge/keyfile.h"

static const struct admin_view	acts = {
	.name = "v_audit",
	.key = "login",
	.is_folded = true,
	.order = { "id DESC" },
	.columns = { "id", "at", "login", "actor", "actor_address", "caller",
	    "action", "result", "rule", "policy", "operation_id",
	    "request_id", "count", "call", "way", "reason", "seal",
	    "db_user" }
};

int
audit_open(struct command *command, struct keyring **ring)
{
	const char	*path = command->conf->audit_key;
	int		 code;

	*ring = NULL;
	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return command_fail(command, EX_SOFTWARE, "the library for "
		    "keys is not usable");
	if (keyfile_read(path, KEYFILE_SECRET, ring) != ST_OK)
		return command_fail(command, EX_CONFIG, "%s is of no use: "
		    "umwsctl key create audit makes one, and who seals and "
		    "verifies must be the user it belongs to", path);
	code = command_open(command);
	if (code == EX_OK)
		admin_take_time(command->admin);
	else
		keyring_free(ring);
	return code;
}

const char *
audit_value(const struct db_result *result, size_t row, const char *column)
{
	return db_text(result, row, db_column(result, column));
}

int
audit_call(struct command *command, const char *function,
    const char *const *params, size_t count, struct db_result **result)
{
	enum status	st;

	st = admin_call(command->admin, function, params, count, result);
	if (st == ST_OK)
		return EX_OK;
	db_result_free(result);
	/* All of a seal is one transaction, whose end is another call. */
	return command_db_fail(command, st, command->verb->run == audit_seal ?
	    "nothing was sealed" : NULL);
}

static int
verb_list(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "ID", "id", LIST_TEXT },
		{ "AT", "at", LIST_TIME },
		{ "LOGIN", "login", LIST_TEXT },
		{ "ACTOR", "actor", LIST_TEXT },
		{ "DB USER", "db_user", LIST_TEXT },
		{ "FROM", "actor_address", LIST_TEXT },
		{ "WAY", "way", LIST_TEXT },
		{ "ACTION", "action", LIST_TEXT },
		{ "RESULT", "result", LIST_TEXT },
		{ "RULE", "rule", LIST_TEXT },
		{ "COUNT", "count", LIST_TEXT },
		{ "REQUEST", "request_id", LIST_TEXT },
		{ "REASON", "reason", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	static const struct list_filter	filters[] = {
		{ "--login", "login", ADMIN_LIKE },
		{ "--actor", "actor", ADMIN_LIKE },
		{ "--action", "action", ADMIN_LIKE },
		{ "--result", "result", ADMIN_EQUAL },
		{ "--request", "request_id", ADMIN_EQUAL },
		{ "--since", "at", ADMIN_SINCE },
		{ "--until", "at", ADMIN_UNTIL },
		{ NULL, NULL, ADMIN_EQUAL }
	};

	return list_all(command, &acts, columns, filters);
}

/* clang-format off */
static const char	list_help[] =
"The newest first.\n\n"
"  --login PATTERN   about mailboxes whose login is like it; * is any text\n"
"  --actor PATTERN   by whom\n"
"  --action PATTERN  what: reset, auto, logon, change, set_*, or a verb of\n"
"                    umwsctl, as pin_lock\n"
"  --result RESULT   ok, busy, not_enabled, denied, ...\n"
"  --request ID      the X-Request-Id of an answer\n"
"  --since TIME      since then: 2026-11-26, 2026-11-26T10:00 (UTC), or so\n"
"                    long ago: 90m, 12h, 7d\n"
"  --until TIME      before then\n"
"  --limit N         no more than the newest N\n"
"  --json, --jsonl   the rows of the view umws.v_audit, as one array or as\n"
"                    one object a line\n";

static const char	seal_help[] =
"For cron, once a day: makes a code (HMAC-SHA-256) under the key in audit_key\n"
"of umws.conf over all rows of the audit that no seal is over yet, and over\n"
"the seal before, keeps it in the database and sends it to the system's log\n"
"(authpriv). Transactions that go on, and refusals of the last ten minutes,\n"
"whose counts still grow, are left to the next seal. Whoever cannot read the\n"
"key cannot make a seal that holds. One that was interrupted has sealed\n"
"nothing, and the next one has the rest.\n\n"
"  --dry-run  say how many rows, and seal none\n"
"  --json     an array with one object, or none if there is nothing to seal:\n"
"             seal, rows, key, mac\n";

static const char	verify_help[] =
"Makes all codes again. The exit code is 0 when every seal holds; 65 when\n"
"not, and then one line names the first row that was changed, removed or\n"
"added, or the seal. Of what db purge has removed only the seals are left, to\n"
"be held against each other, and the purge's own row, which must tell of it.\n"
"Compare the last seal with the system's log: what was removed together with\n"
"all later seals, only that tells.\n\n"
"  --json  an array with one object: is_good, seal (the last one looked at),\n"
"          rows, purged, unsealed, mac, message (what differs, or null)\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "list", .usage = "[OPTION...]",
	  .summary = "list who did what, and what was refused",
	  .help = list_help, .options = { "--login=", "--actor=", "--action=",
	  "--result=", "--request=", "--since=", "--until=", "--limit=",
	  "--json", "--jsonl" }, .run = verb_list },
	{ .name = "seal", .usage = "[--dry-run] [--json]",
	  .summary = "seal the rows of the audit that are not sealed yet",
	  .help = seal_help, .options = { "--dry-run", "--json" },
	  .run = audit_seal },
	{ .name = "verify", .usage = "[--json]",
	  .summary = "hold the audit against its seals",
	  .help = verify_help, .options = { "--json" }, .run = audit_verify },
	{ .name = NULL }
};

const struct verb_group	verbs_audit = { "audit", verbs };
