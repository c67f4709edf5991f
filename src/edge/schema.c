/*
 * schema.c - asked of every new connection.
 */
#include "config.h"

#include "edge/schema.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/log.h"

static enum status
compare(int64_t version, int64_t oldest_program)
{
	char	have[LOG_NUMBER_SIZE], oldest[LOG_NUMBER_SIZE];
	char	ours[LOG_NUMBER_SIZE];
	bool	is_behind = version < UMWS_SCHEMA_VERSION;

	if (!is_behind && oldest_program <= UMWS_SCHEMA_VERSION)
		return ST_OK;
	log_err("schema-refused", "database", log_number(have, version),
	    "oldest-program", log_number(oldest, oldest_program),
	    "program", log_number(ours, UMWS_SCHEMA_VERSION), "todo",
	    is_behind ? "run umwsctl db upgrade" : "upgrade this program",
	    NULL);
	return ST_FAIL;
}

/* "Durably committed" is a promise; this setting would break it. */
static enum status
judge_commit(const char *synchronous_commit)
{
	if (strcmp(synchronous_commit, "off") != 0)
		return ST_OK;
	log_err("commit-not-durable", "setting", "synchronous_commit=off",
	    "todo", "set it to on for the roles of umws", NULL);
	return ST_FAIL;
}

/* Is there anything to ask? A call of what is missing would be an error. */
static enum status
look(struct db *db, int64_t deadline_ms)
{
	struct db_result	*result = NULL;
	enum status		 st;

	st = db_call(db, "SELECT to_regprocedure('umws.schema_info()')"
	    " IS NOT NULL", NULL, 0, deadline_ms, &result);
	if (st == ST_OK && !db_bool(result, 0, 0)) {
		log_err("schema-missing", "todo",
		    "run umwsctl db upgrade on this database", NULL);
		st = ST_FAIL;
	}
	db_result_free(&result);
	return st;
}

enum status
schema_check(struct db *db, int64_t deadline_ms)
{
	struct db_result	*result = NULL;
	enum status		 st;

	st = look(db, deadline_ms);
	if (st == ST_OK)
		st = db_call(db, "SELECT version, oldest_program,"
		    " current_setting('synchronous_commit')"
		    " FROM umws.schema_info()", NULL, 0, deadline_ms,
		    &result);
	if (st == ST_OK)
		st = compare(db_number(result, 0, 0), db_number(result, 0, 1));
	if (st == ST_OK)
		st = judge_commit(db_text(result, 0, 2));
	if (st != ST_OK && st != ST_FAIL)
		st = ST_RETRY;
	db_result_free(&result);
	return st;
}
