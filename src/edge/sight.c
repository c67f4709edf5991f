/*
 * sight.c - ask and tell the database how the mails are doing.
 */
#include "config.h"

#include "edge/sight.h"

#include <stddef.h>
#include <string.h>

#include "base/log.h"

/* The columns that are numbers: SQL's names, which are the fields'. */
#define NUMBERS(COLUMN)							\
	COLUMN(due) COLUMN(later) COLUMN(sending) COLUMN(unreadable)	\
	COLUMN(withheld) COLUMN(keyless) COLUMN(lost)			\
	COLUMN(oldest_due_s) COLUMN(failing_code) COLUMN(pass_s)	\
	COLUMN(failing_s)

#define COLUMN_NAME(name)	#name ", "
#define COLUMN_FIELD(name)	offsetof(struct sight, name),

enum status
sight_read(struct db *db, int64_t deadline_ms, struct sight *sight)
{
	static const char	 sql[] = "SELECT " NUMBERS(COLUMN_NAME)
	    "pass_host, failing_host FROM umws.outbox_sight()";
	static const size_t	 fields[] = { NUMBERS(COLUMN_FIELD) };
	const size_t		 count = sizeof(fields) / sizeof(fields[0]);
	struct db_result	*row = NULL;
	enum status		 st;
	size_t			 i;

	memset(sight, 0, sizeof(*sight));
	st = db_call(db, sql, NULL, 0, deadline_ms, &row);
	if (st != ST_OK)
		return st;
	for (i = 0; i < count; i++)
		*(int64_t *)((char *)sight + fields[i]) =
		    db_number(row, 0, i);
	if (db_is_null(row, 0, count - 2))
		sight->pass_s = SIGHT_NEVER;
	if (db_is_null(row, 0, count - 1))
		sight->failing_s = SIGHT_NEVER;
	/* Names that do not fit are of no host of ours: left empty. */
	if (db_copy_text(row, 0, count, sight->pass_host,
	    sizeof(sight->pass_host)) != ST_OK)
		sight->pass_host[0] = '\0';
	if (db_copy_text(row, 0, count + 1, sight->failing_host,
	    sizeof(sight->failing_host)) != ST_OK)
		sight->failing_host[0] = '\0';
	db_result_free(&row);
	return ST_OK;
}

enum status
sight_note(struct db *db, const struct sight_pass *pass,
    struct sight_counts *all)
{
	static const char	 sql[] = "SELECT sent, deferred, dead FROM "
	    "umws.outbox_pass($1::text, $2::bigint, $3::integer, "
	    "$4::text[], $5::bigint, $6::bigint, $7::bigint)";
	char			 duration[LOG_NUMBER_SIZE];
	char			 code[LOG_NUMBER_SIZE];
	char			 sent[LOG_NUMBER_SIZE];
	char			 deferred[LOG_NUMBER_SIZE];
	char			 dead[LOG_NUMBER_SIZE];
	const char		*params[] = {
		pass->host, log_number(duration, pass->duration_ms),
		log_number(code, pass->exit_code), pass->key_ids,
		log_number(sent, pass->counts.sent),
		log_number(deferred, pass->counts.deferred),
		log_number(dead, pass->counts.dead)
	};
	struct db_result	*row = NULL;
	enum status		 st;

	memset(all, 0, sizeof(*all));
	st = db_call(db, sql, params, 7, 0, &row);
	if (st == ST_BAD)
		log_err("pass-not-noted", "reason", db_message(db), NULL);
	if (st != ST_OK)
		return st;
	all->sent = db_number(row, 0, 0);
	all->deferred = db_number(row, 0, 1);
	all->dead = db_number(row, 0, 2);
	db_result_free(&row);
	return ST_OK;
}
