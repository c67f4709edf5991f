/*
 * schema.c - one question, asked of every new connection.
 */
#include "config.h"

#include "edge/schema.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

static const char sql[] =
    "SELECT version, oldest_program FROM umws.schema_info()";

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

enum status
schema_check(struct db *db, int64_t deadline_ms)
{
	struct db_result	*result = NULL;
	enum status		 st;

	st = db_call(db, sql, NULL, 0, deadline_ms, &result);
	if (st == ST_OK)
		st = compare(db_number(result, 0, 0), db_number(result, 0, 1));
	else if (st == ST_FAIL)
		log_err("schema-missing", "todo",
		    "run umwsctl db upgrade on this database", NULL);
	else
		st = ST_RETRY;
	db_result_free(&result);
	return st;
}
