/*
 * schema.c - check the version of the database's schema on each new
 * connection.
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

	if (oldest_program < 1 || oldest_program > version) {
		log_err("schema-refused", "database",
		    log_number(have, version), "oldest-program",
		    log_number(oldest, oldest_program), "reason",
		    "umws.schema_info says what cannot be", "todo",
		    "run umwsctl db upgrade, which says how to correct it",
		    NULL);
		return ST_FAIL;
	}
	if (!is_behind && oldest_program <= UMWS_SCHEMA_VERSION)
		return ST_OK;
	log_err("schema-refused", "database", log_number(have, version),
	    "oldest-program", log_number(oldest, oldest_program),
	    "program", log_number(ours, UMWS_SCHEMA_VERSION), "todo",
	    is_behind ? "run umwsctl db upgrade" : "upgrade this program",
	    NULL);
	return ST_FAIL;
}

/*
 * A program that writes is of no use to a role that may only read. Set for the
 * database or the server it is a guard of somebody's who will take it away;
 * set for the role, or in the conninfo, nobody waits for that.
 */
static enum status
judge_read_only(const char *source)
{
	if (strcmp(source, "user") != 0 &&
	    strcmp(source, "database user") != 0 &&
	    strcmp(source, "client") != 0)
		return ST_OK;
	log_err("role-read-only", "setting",
	    "default_transaction_read_only=on", "todo",
	    strcmp(source, "client") == 0 ?
	    "take it out of options in the connection string, or PGOPTIONS" :
	    "RESET it for the role, and for the role in this database (ALTER "
	    "ROLE ... RESET default_transaction_read_only)", NULL);
	return ST_FAIL;
}

/* Is there anything to ask? A call of what is missing would be an error. */
static enum status
look(struct db *db, int64_t deadline_ms)
{
	struct db_result	*result = NULL;
	enum status		 st;

	st = db_call(db, "SELECT pg_catalog.to_regprocedure("
	    "'umws.schema_info()') IS NOT NULL", NULL, 0, deadline_ms, &result);
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
		    " coalesce((SELECT s.source FROM pg_catalog.pg_settings s"
		    " WHERE s.name = 'default_transaction_read_only'"
		    " AND s.setting = 'on'), '')"
		    " FROM umws.schema_info()", NULL, 0, deadline_ms,
		    &result);
	if (st == ST_OK && db_is_null(result, 0, 0)) {
		log_err("schema-refused", "reason",
		    "umws.schema_info is empty", "todo",
		    "run umwsctl db upgrade, which says how to fill it", NULL);
		st = ST_FAIL;
	}
	if (st == ST_OK)
		st = compare(db_number(result, 0, 0), db_number(result, 0, 1));
	if (st == ST_OK)
		st = judge_read_only(db_text(result, 0, 2));
	/* Who is connected is not asked again: nobody is who was refused. */
	if (st != ST_OK)
		db_close(db);
	if (st != ST_OK && st != ST_FAIL)
		st = ST_RETRY;
	db_result_free(&result);
	return st;
}

void
schema_warn_of_storage(struct db *db)
{
	static const char *const	 settings[] = { "fsync",
					    "full_page_writes" };
	struct db_result		*result = NULL;
	size_t				 i;

	if (db_call(db, "SELECT pg_catalog.current_setting('fsync'),"
	    " pg_catalog.current_setting('full_page_writes')", NULL, 0, 0,
	    &result) != ST_OK)
		return;
	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		if (strcmp(db_text(result, 0, i), "off") == 0)
			log_warn("storage-not-durable", "setting", settings[i],
			    "value", "off", "todo", "set it to on: a crash of "
			    "the database's host loses what was answered, or "
			    "damages it", NULL);
	}
	db_result_free(&result);
}
