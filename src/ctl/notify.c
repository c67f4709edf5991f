/*
 * notify.c - "notify expiring": mails to all whose PIN will expire, a batch in
 * a transaction, so that nobody waits for a million mailboxes. And what is left
 * of "notify changes".
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"
#include "ctl/list.h"
#include "ctl/notify-changes.h"
#include "ctl/progress.h"
#include "ctl/verbs.h"

#define DAYS_MAX	90	/* as notify_expiring() of SQL has it */
#define BATCH		"500"	/* mails of one transaction */
#define COUNT_ONLY	"0"	/* of a dry run */

/* A batch, or with COUNT_ONLY none; what was told is added up. */
static int
notify_batch(struct command *command, const char *days, const char *limit,
    int64_t *told, bool *is_done)
{
	const char		*params[] = { days, limit };
	struct db_result	*result;
	enum status		 st;

	st = admin_call(command->admin, "notify_expiring", params, 2, &result);
	if (st == ST_OK) {
		*told += db_number(result, 0, db_column(result, "told"));
		*is_done = db_bool(result, 0, db_column(result, "is_done"));
	}
	db_result_free(&result);
	return st == ST_OK ? EX_OK : command_db_fail(command, st,
	    *told > 0 ? "some mails are queued, and the next run queues the "
	    "others" : NULL);
}

/* For cron: without --json silent when there was nobody to be told. */
static void
say(const struct command *command, const char *days, int64_t told,
    bool is_dry)
{
	if (command_has(command, "--json")) {
		command_say(command, "[{\"days\": %s, \"mails\": %" PRId64
		    ", \"is_done\": %s}]\n", days, told, is_dry ? "false" :
		    "true");
		return;
	}
	if (told > 0 || is_dry)
		command_say(command, "%s %" PRId64 " mail%s to users whose "
		    "PIN expires within %s days\n", is_dry ? "would queue" :
		    "queued", told, told == 1 ? "" : "s", days);
	if (is_dry)
		command_say(command, "nothing was changed: --dry-run\n");
}

static int
verb_expiring(struct command *command)
{
	struct progress	 progress;
	const char	*days = command_option(command, "--days");
	bool		 is_dry = command_has(command, "--dry-run");
	bool		 is_done = false;
	uint64_t	 number;
	int64_t		 told = 0;
	int		 code;

	if (days == NULL || !text_size(days, &number) || number < 1 ||
	    number > DAYS_MAX)
		return command_fail(command, EX_USAGE, "notify expiring: "
		    "--days N says how many days before the end, 1 to %d",
		    DAYS_MAX);
	code = command_open(command);
	if (code != EX_OK)
		return code;
	admin_take_time(command->admin);
	progress_init(&progress, command->io->err);
	progress_begin(&progress);
	command->is_changing = !is_dry;
	while (code == EX_OK && !is_done) {
		code = notify_batch(command, days, is_dry ? COUNT_ONLY :
		    BATCH, &told, &is_done);
		progress_count(&progress, "queueing", (uint64_t)told);
	}
	progress_clear(&progress);
	if (code == EX_OK)
		say(command, days, told, is_dry);
	return code;
}

/* clang-format off */
static const char	expiring_help[] =
"A mail without a PIN says until when it is to be changed. Each user gets one\n"
"for each PIN, however often and on however many hosts this runs; whoever\n"
"changes the PIN before the mail has left gets none. Not told are those who\n"
"must change their PIN at the next logon anyway, and who cannot: disabled and\n"
"locked ones. For cron: silent if there is nobody to be told.\n\n"
"  --days N   whose PIN expires within so many days, 1 to 90\n"
"  --dry-run  say how many, and queue nothing\n"
"  --json     an array with one object: days, mails, is_done\n";

static const char	list_help[] =
"Changes of PINs that on_change was not told of yet, or that were given up;\n"
"what it took is no longer there.\n\n"
"  --login PATTERN  whose login is like it; * is any text\n"
"  --state STATE    queued, sending or given_up\n"
"  --limit N        no more than N, the oldest first\n"
"  --json, --jsonl  the rows of the view umws.v_pin_change, as one array or\n"
"                   as one object a line\n";

static const char	retry_help[] =
"What was given up or put off is told with the next pass.\n\n"
"  --dry-run  do all of it, and take it back\n"
"  --json     an array with one object: changes, message\n";

static const char	stop_help[] =
"No more changes are kept for on_change, and those that are left are dropped.\n"
"The next \"notify changes\" begins anew.\n\n"
"  --yes      do not ask\n"
"  --dry-run  do all of it, and take it back\n"
"  --json     an array with one object: dropped, message\n";
/* clang-format on */

static const struct verb_call	retry_call = {
	.function = "pin_change_retry"
};

static const struct verb_call	stop_call = {
	.function = "pin_change_stop",
	.question = "changes that on_change was not told of will be dropped."
};

static const struct admin_view	changes = {
	.name = "v_pin_change",
	.key = "login",
	.is_folded = true,
	.order = { "at", "id" },
	.columns = { "id", "login", "extension", "generation", "kind", "at",
	    "state", "attempts", "next_attempt_at", "given_up_at",
	    "last_error" }
};

static int
verb_list(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "CHANGED", "at", LIST_TIME },
		{ "LOGIN", "login", LIST_TEXT },
		{ "KIND", "kind", LIST_TEXT },
		{ "STATE", "state", LIST_TEXT },
		{ "TRIES", "attempts", LIST_TEXT },
		{ "NEXT TRY", "next_attempt_at", LIST_TIME },
		{ "ID", "id", LIST_TEXT },
		{ "LAST ERROR", "last_error", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	static const struct list_filter	filters[] = {
		{ "--login", "login", ADMIN_LIKE },
		{ "--state", "state", ADMIN_EQUAL },
		{ NULL, NULL, ADMIN_EQUAL }
	};

	return list_all(command, &changes, columns, filters);
}

static const struct verb	verbs[] = {
	{ .name = "changes", .usage = "[--json]",
	  .summary = "tell another system of changes of PINs (on_change)",
	  .help = notify_changes_help, .options = { "--json" },
	  .run = notify_changes_verb },
	{ .name = "list", .usage = "[OPTION...]",
	  .summary = "list changes that were not told",
	  .help = list_help,
	  .options = { "--login=", "--state=", "--limit=", "--json",
	  "--jsonl" }, .run = verb_list },
	{ .name = "retry", .usage = "[--dry-run] [--json]",
	  .summary = "tell what was given up or put off",
	  .help = retry_help, .options = { "--dry-run", "--json" },
	  .run = command_act, .call = &retry_call },
	{ .name = "stop", .usage = "[--yes] [--dry-run] [--json]",
	  .summary = "keep no more changes to be told",
	  .help = stop_help, .options = { "--yes", "--dry-run", "--json" },
	  .run = command_act, .call = &stop_call },
	{ .name = "expiring", .usage = "--days N [--dry-run] [--json]",
	  .summary = "tell users by mail that their PIN will expire",
	  .help = expiring_help,
	  .options = { "--days=", "--dry-run", "--json" },
	  .run = verb_expiring },
	{ .name = NULL }
};

const struct verb_group	verbs_notify = { "notify", verbs };
