/*
 * db-purge.c - "db purge": remove what is old, page by page, beside the load.
 *
 * Each batch is a transaction of its own, and as long as it took nothing is
 * done: so half of the time at most is ours.
 */
#include "config.h"

#include "ctl/db.h"

#include <inttypes.h>
#include <sysexits.h>

#include "ctl/progress.h"
#include "base/text.h"
#include "core/crypto.h"
#include "edge/clock.h"

#define PAGES		"32"	/* of a batch: 256 KiB, a thousand rows */
#define PAGES_NUMBER	32
#define NUMBER_SIZE	24	/* bytes of a 64-bit number's text */

struct purge {
	struct command	*command;
	const char	*audit_days;
	const char	*outbox_days;
	int64_t		 time_ms;	/* for batches; 0: without end */
	int64_t		 end_ms;	/* of that time */
	bool		 is_over;	/* its time, before all was done */
	int64_t		 audit;		/* rows removed */
	int64_t		 outbox;
	int64_t		 pages;		/* of both tables */
	int64_t		 done;		/* of these */
	struct progress	 progress;
};

static int
call(struct purge *purge, const char *function,
    const char *const *params, size_t count, struct db_result **result)
{
	enum status	st;

	st = admin_call(purge->command->admin, function, params, count,
	    result);
	if (st == ST_OK)
		return EX_OK;
	db_result_free(result);
	progress_clear(&purge->progress);
	return command_db_fail(purge->command, st, purge->command->is_changing ?
	    "the purge was interrupted, and the next one has the rest" : NULL);
}

/* A number below the limit. */
static int64_t
anywhere(int64_t limit)
{
	uint32_t	number;

	crypto_random(&number, sizeof(number));
	return (int64_t)number % limit;
}

/*
 * Walk a table, once around from anywhere: where the time is too short for all
 * of it, each part has its turn. *removed is how many rows went.
 */
static int
purge_table(struct purge *purge, const char *function, const char *days,
    int64_t pages, int64_t *removed)
{
	char			 text[NUMBER_SIZE];
	const char		*params[] = { days, text, PAGES };
	struct db_result	*result;
	int64_t			 batches, first, i, begin;
	int			 code;

	batches = (pages + PAGES_NUMBER - 1) / PAGES_NUMBER;
	first = batches > 0 ? anywhere(batches) : 0;
	for (i = 0; i < batches; i++) {
		begin = clock_ms();
		if (purge->time_ms > 0 && begin >= purge->end_ms) {
			purge->is_over = true;
			return EX_OK;
		}
		(void)snprintf(text, sizeof(text), "%" PRId64,
		    (first + i) % batches * PAGES_NUMBER);
		code = call(purge, function, params, 3, &result);
		if (code != EX_OK)
			return code;
		*removed += db_number(result, 0, 1);
		db_result_free(&result);
		progress_show(&purge->progress, "purging",
		    (uint64_t)(purge->done + i * PAGES_NUMBER),
		    (uint64_t)purge->pages);
		clock_sleep_ms((unsigned int)(clock_ms() - begin));
	}
	purge->done += pages;
	return EX_OK;
}

static int
purge_all(struct purge *purge)
{
	const char		*days[] = { purge->audit_days,
				    purge->outbox_days };
	struct db_result	*begun;
	int64_t			 audit_pages, outbox_pages;
	int			 code;

	code = call(purge, "purge_begin", days, 2, &begun);
	if (code != EX_OK)
		return code;
	audit_pages = db_number(begun, 0, db_column(begun, "audit_pages"));
	outbox_pages = db_number(begun, 0, db_column(begun, "outbox_pages"));
	db_result_free(&begun);
	purge->command->is_changing = true;
	/* Not before: a server that was slow to begin lets each purge go on. */
	purge->end_ms = clock_ms() + purge->time_ms;
	purge->pages = audit_pages + outbox_pages;
	progress_begin(&purge->progress);
	code = purge_table(purge, "purge_outbox", purge->outbox_days,
	    outbox_pages, &purge->outbox);
	if (code == EX_OK && !purge->is_over)
		code = purge_table(purge, "purge_audit", purge->audit_days,
		    audit_pages, &purge->audit);
	progress_clear(&purge->progress);
	return code;
}

static int
purge_count(struct purge *purge)
{
	const char		*days[] = { purge->audit_days,
				    purge->outbox_days };
	struct db_result	*result;
	int			 code;

	code = call(purge, "purge_count", days, 2, &result);
	if (code != EX_OK)
		return code;
	purge->audit = db_number(result, 0, db_column(result, "audit"));
	purge->outbox = db_number(result, 0, db_column(result, "outbox"));
	db_result_free(&result);
	return EX_OK;
}

static void
say(const struct purge *purge, bool is_dry)
{
	if (command_has(purge->command, "--json")) {
		command_say(purge->command, "[{\"audit\": %" PRId64
		    ", \"outbox\": %" PRId64 ", \"is_done\": %s}]\n",
		    purge->audit, purge->outbox, is_dry || purge->is_over ?
		    "false" : "true");
		return;
	}
	command_say(purge->command, "%s %" PRId64 " rows of the audit older "
	    "than %s days and %" PRId64 " mails older than %s days\n",
	    is_dry ? "would remove" : "removed", purge->audit,
	    purge->audit_days, purge->outbox, purge->outbox_days);
	if (purge->is_over)
		command_say(purge->command, "the time is over before all was "
		    "looked at: the next purge has the rest\n");
	if (is_dry)
		command_say(purge->command, "nothing was changed: "
		    "--dry-run\n");
}

/* A number of days, from the least that is allowed on. */
static int
take_days(const struct command *command, const char *option, uint64_t least,
    const char **days)
{
	const char	*value = command_option(command, option);
	uint64_t	 number;

	if (value == NULL)
		return EX_OK;
	if (!text_size(value, &number) || number < least || number > 36500)
		return command_fail(command, EX_USAGE, "%s %.60s: give a "
		    "number of days from %" PRIu64 " to 36500", option, value,
		    least);
	*days = value;
	return EX_OK;
}

static int
take_options(struct purge *purge)
{
	const struct command	*command = purge->command;
	const char		*value = command_option(command,
				    "--max-time");
	uint64_t		 ms;
	int			 code;

	code = take_days(command, "--audit-days", 30, &purge->audit_days);
	if (code == EX_OK)
		code = take_days(command, "--outbox-days", 7,
		    &purge->outbox_days);
	if (code != EX_OK || value == NULL)
		return code;
	if (!text_duration(value, TEXT_SECONDS, TEXT_DAYS, &ms) || ms == 0)
		return command_fail(command, EX_USAGE, "--max-time %.60s: "
		    "give a time as in 90s, 30m or 2h", value);
	purge->time_ms = (int64_t)ms;
	return EX_OK;
}

int
db_purge(struct command *command)
{
	struct purge	purge = { .command = command, .audit_days = "400",
			    .outbox_days = "90" };
	bool		is_dry = command_has(command, "--dry-run");
	int		code;

	if (crypto_init() != ST_OK)
		return EX_SOFTWARE;
	code = take_options(&purge);
	if (code == EX_OK)
		code = command_open(command);
	if (code != EX_OK)
		return code;
	admin_take_time(command->admin);
	progress_init(&purge.progress, command->io->err);
	code = is_dry ? purge_count(&purge) : purge_all(&purge);
	if (code == EX_OK)
		say(&purge, is_dry);
	return code;
}

/* clang-format off */
const char	db_purge_help[] =
"Removes mails that are settled and rows of the audit, refusals among them,\n"
"when they are old, a few at a time beside the load. What is under no seal\n"
"yet is kept where there are seals at all, and a seal's rows go together; the\n"
"seals stay. One that was interrupted is begun again. PostgreSQL gives the\n"
"space to later rows (autovacuum).\n\n"
"  --audit-days N   of the audit older than this; 30 at least, without it 400\n"
"  --outbox-days N  mails older than this; 7 at least, without it 90\n"
"  --max-time TIME  stop after this: 90s, 30m, 2h\n"
"  --dry-run        say how many, and remove nothing\n"
"  --json           an array with one object: audit, outbox, is_done\n";
/* clang-format on */
