/*
 * notify.c - "notify expiring": mails to all whose PIN will expire, a batch in
 * a transaction, so that nobody waits for a million mailboxes.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>
#include <sysexits.h>

#include "base/text.h"
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
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "expiring", .usage = "--days N [--dry-run] [--json]",
	  .summary = "tell users by mail that their PIN will expire",
	  .help = expiring_help,
	  .options = { "--days=", "--dry-run", "--json" },
	  .run = verb_expiring },
	{ .name = NULL }
};

const struct verb_group	verbs_notify = { "notify", verbs };
