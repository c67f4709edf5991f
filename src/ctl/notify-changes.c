/*
 * notify-changes.c - "notify changes": claim a change, tell it, settle it, and
 * so on while any is due. Nothing of the database is held meanwhile but a
 * lease, so whoever dies here leaves the change to the next pass.
 */
#include "config.h"

#include "ctl/notify-changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "app/hook.h"
#include "core/crypto.h"

#define LEASE_MORE_S	60	/* for our own part of an attempt */
#define FAILURES_MAX	3U	/* in a row: then it is not one change's fault,
				 * and the others wait for the next pass */
#define NUMBER_SIZE	12	/* bytes of a number's text */

struct pass {
	struct hook	*hook;
	char		 lease_s[NUMBER_SIZE];
	int64_t		 told;
	int64_t		 later;
	int64_t		 given_up;
	unsigned int	 failures;	/* in a row */
	char		 reason[HOOK_REASON_SIZE]; /* of the last one */
	bool		 is_done;	/* nothing is due */
};

/* clang-format off */
const char	notify_changes_help[] =
"Each change of a PIN since the first such pass is told to the program or web\n"
"service that on_change of umws.conf names: who, when and how, and never the\n"
"PIN. At least once; the id says what was told before. For cron or a timer,\n"
"on as many hosts as you like: silent if there is nothing to tell.\n"
"What is not taken is told again after 30 s, then after twice as long each\n"
"time, and given up after 72 hours: umwsctl notify list shows it.\n\n"
"  --json  an array with one object: told, later, given_up\n";
/* clang-format on */

static const char *
outcome_of(enum status st)
{
	return st == ST_OK ? "told" : st == ST_BAD ? "never" : "later";
}

static void
count(struct pass *pass, const char *state)
{
	if (strcmp(state, "told") == 0)
		pass->told++;
	else if (strcmp(state, "given_up") == 0)
		pass->given_up++;
	else
		pass->later++;
}

/* Tell what was claimed, and settle it. */
static enum status
tell(struct command *command, struct pass *pass,
    const struct db_result *claimed)
{
	const char	*id = db_text(claimed, 0, db_column(claimed, "id"));
	char		 reason[HOOK_REASON_SIZE];
	enum status	 told = hook_tell(pass->hook, id,
			    db_text(claimed, 0, db_column(claimed, "fact")),
			    reason);
	const char	*params[] = { id,
	    db_text(claimed, 0, db_column(claimed, "token")),
	    outcome_of(told), reason };
	struct db_result	*result;
	enum status		 st;

	/* Who refuses one may take the next. */
	pass->failures = told == ST_RETRY ? pass->failures + 1 : 0;
	if (told != ST_OK)
		(void)snprintf(pass->reason, sizeof(pass->reason), "%s",
		    reason);
	st = admin_call(command->admin, "pin_change_settle", params, 4,
	    &result);
	if (st == ST_OK)
		count(pass, db_text(result, 0, db_column(result, "state")));
	db_result_free(&result);
	return st;
}

static enum status
tell_next(struct command *command, struct pass *pass)
{
	const char		*params[] = { pass->lease_s };
	struct db_result	*claimed;
	enum status		 st;

	st = admin_call(command->admin, "pin_change_claim", params, 1,
	    &claimed);
	if (st == ST_OK && db_is_null(claimed, 0, db_column(claimed, "id")))
		pass->is_done = true;
	else if (st == ST_OK)
		st = tell(command, pass, claimed);
	db_result_free(&claimed);
	return st;
}

/* The exit code: was all of it taken? */
static int
say(const struct command *command, const struct pass *pass)
{
	if (command_has(command, "--json"))
		command_say(command, "[{\"told\": %" PRId64 ", \"later\": %"
		    PRId64 ", \"given_up\": %" PRId64 "}]\n", pass->told,
		    pass->later, pass->given_up);
	else if (pass->told > 0)
		command_say(command, "told %" PRId64 " change%s\n", pass->told,
		    pass->told == 1 ? "" : "s");
	if (pass->later == 0 && pass->given_up == 0)
		return EX_OK;
	return command_fail(command, pass->given_up > 0 ? EX_UNAVAILABLE :
	    EX_TEMPFAIL, "on_change: %" PRId64 " put off, %" PRId64 " given "
	    "up: %s; umwsctl notify list shows them", pass->later,
	    pass->given_up, pass->reason);
}

static int
pass_run(struct command *command, struct pass *pass)
{
	struct db_result	*result;
	enum status		 st;

	st = admin_call(command->admin, "pin_change_start", NULL, 0, &result);
	if (st == ST_OK && db_bool(result, 0, db_column(result, "is_new")) &&
	    !command_has(command, "--json"))
		command_say(command, "%s\n",
		    db_text(result, 0, db_column(result, "message")));
	db_result_free(&result);
	while (st == ST_OK && !pass->is_done && pass->failures < FAILURES_MAX)
		st = tell_next(command, pass);
	return st == ST_OK ? say(command, pass) :
	    command_db_fail(command, st, NULL);
}

int
notify_changes_verb(struct command *command)
{
	const struct hook_options	*options = &command->conf->on_change;
	struct pass			 pass = { .hook = NULL };
	enum status			 st;
	int				 code;

	if (*options->web.url == '\0')
		return command_fail(command, EX_CONFIG, "on_change of "
		    "umws.conf is not set: nobody is to be told of changes");
	(void)snprintf(pass.lease_s, sizeof(pass.lease_s), "%u",
	    options->web.timeout_s + LEASE_MORE_S);
	st = crypto_init();
	if (st == ST_OK)
		st = hook_new(options, &pass.hook);
	if (st != ST_OK)
		return command_fail(command, st == ST_BAD ? EX_CONFIG :
		    EX_SOFTWARE, "on_change cannot be told");
	code = command_open(command);
	if (code == EX_OK) {
		command->is_changing = true;
		code = pass_run(command, &pass);
	}
	hook_free(&pass.hook);
	return code;
}
