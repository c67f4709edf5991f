/*
 * doctor-database.c - is there a database, does it have our schema, and is its
 * clock ours?
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/doctor.h"
#include "edge/schema.h"

#define CONNECT_MAX_S		5	/* of each host */
#define STATEMENT_MS		8000
#define CLOCK_WARNING_S		5
#define CLOCK_WRONG_S		60

enum status
doctor_connect(struct doctor *doctor)
{
	struct command		*command = doctor->command;
	struct db_options	 options;
	struct db_result	*result = NULL;
	enum status		 st;

	if (command->admin != NULL)
		return ST_OK;
	conf_db_options(command->conf, CONF_ADMIN, &options);
	if (options.connect_timeout_s > CONNECT_MAX_S)
		options.connect_timeout_s = CONNECT_MAX_S;
	options.statement_timeout_ms = STATEMENT_MS;
	st = admin_new(&options, &command->admin);
	if (st != ST_OK)
		return st;
	/* Operators and functions are PostgreSQL's, whatever role this is. */
	st = db_call(admin_db(command->admin), "SELECT pg_catalog.set_config("
	    "'search_path', 'pg_catalog, pg_temp', false)", NULL, 0, 0,
	    &result);
	db_result_free(&result);
	return st;
}

static void
check_connect(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	const char	*todo = NULL;
	enum status	 st;

	st = doctor_connect(doctor);
	if (st == ST_OK) {
		doctor_well(line, check);
		return;
	}
	doctor_repeat(doctor, line, DOCTOR_WRONG, "it lets nobody in");
	if (doctor->command->admin != NULL)
		todo = admin_todo(doctor->command->admin);
	if (todo == NULL && line->todo[0] == '\0')
		todo = st == ST_FAIL ? "let database_admin in umws.conf name "
		    "the role umws_admin and the right database, and "
		    "pg_hba.conf let this user in as that" : "start the "
		    "server, or correct host in database_admin in umws.conf";
	if (todo != NULL)
		(void)snprintf(line->todo, sizeof(line->todo), "%s", todo);
}

static void
check_schema(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	enum status	st;

	st = schema_check(admin_db(doctor->command->admin), 0);
	if (st == ST_OK) {
		doctor_well(line, check);
		return;
	}
	doctor_repeat(doctor, line, DOCTOR_WRONG, "it cannot be read");
	if (line->todo[0] == '\0')
		(void)snprintf(line->todo, sizeof(line->todo),
		    "run umwsctl db upgrade as a superuser (--dsn)");
}

void
doctor_judge_clock(struct doctor_line *line, const struct doctor_check *check,
    int64_t ahead_s, const char *whose)
{
	int64_t	off_s = ahead_s < 0 ? -ahead_s : ahead_s;

	if (off_s <= CLOCK_WARNING_S)
		doctor_well(line, check);
	else
		doctor_say(line, off_s > CLOCK_WRONG_S ? DOCTOR_WRONG :
		    DOCTOR_WARNING, "let both hosts keep time by NTP "
		    "(timedatectl says whether they do)", "the clock of %s is "
		    "%" PRId64 " s %s ours", whose, off_s,
		    ahead_s < 0 ? "behind" : "ahead of");
}

static void
check_clock(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct db_result	*result = NULL;
	time_t			 begun = time(NULL), ours;

	if (db_call(admin_db(doctor->command->admin), "SELECT floor(extract("
	    "epoch FROM clock_timestamp()))::bigint", NULL, 0, 0,
	    &result) != ST_OK) {
		doctor_repeat(doctor, line, DOCTOR_SKIPPED, "no answer");
		return;
	}
	ours = begun + (time(NULL) - begun) / 2;
	doctor_judge_clock(line, check, db_number(result, 0, 0) -
	    (int64_t)ours, "the database's host");
	db_result_free(&result);
}

const struct doctor_check	doctor_database_checks[] = {
	{ "database-connect", "it lets us in", check_connect, NULL, 0 },
	{ "schema-version", "the schema is the one that this program knows",
	    check_schema, NULL, DOCTOR_DATABASE },
	{ "clock-database", "its host's clock and ours agree", check_clock,
	    NULL, DOCTOR_DATABASE },
	{ .name = NULL }
};
