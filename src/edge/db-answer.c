/*
 * db-answer.c - send a query, collect what comes back from the server, and say
 * what it means.
 *
 * A result counts only when PQgetResult() has returned NULL without an
 * error: a failure at commit comes after the row that says "ok".
 */
#include "config.h"

#include "edge/db-answer.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/db-connect.h"
#include "edge/db-refusal.h"

#define SQLSTATE_CLASS	2	/* characters that name an error's class */

/* What an error of the server means: the first prefix that matches wins. */
static const struct {
	const char	*prefix;
	enum status	 status;
} sqlstates[] = {
	{ "22", ST_BAD },	/* data exception */
	{ "23", ST_BAD },	/* integrity constraint violation */
	{ "P0", ST_BAD },	/* RAISE */
	{ "55P03", ST_BUSY },	/* lock not available */
	{ "57014", ST_BUSY },	/* query cancelled: statement_timeout */
	{ "53", ST_BUSY },	/* out of memory, disk, connections */
	{ "40", ST_BUSY },	/* transaction rollback: try again */
	{ "25006", ST_RETRY },	/* read-only: not the primary any more */
	{ "08", ST_UNKNOWN },	/* connection exception */
	{ "57P", ST_UNKNOWN },	/* server stops or crashed: commit may stand */
	{ "XX000", ST_UNKNOWN },
	{ "", ST_FAIL }		/* 42501, 42883, 3F000: schema or rights */
};

void
db_answer_clear(struct db_answer *answer)
{
	answer->is_in_doubt = false;
	answer->sqlstate[0] = '\0';
	answer->message[0] = '\0';
}

/* What an error of the server means; NULL is a lost connection. */
static enum status
status_of(const char *sqlstate)
{
	size_t	i, best = sizeof(sqlstates) / sizeof(sqlstates[0]) - 1;

	if (sqlstate == NULL)
		return ST_UNKNOWN;
	for (i = 0; i < best; i++) {
		if (strncmp(sqlstate, sqlstates[i].prefix,
		    strlen(sqlstates[i].prefix)) == 0)
			return sqlstates[i].status;
	}
	return sqlstates[best].status;
}

bool
db_answer_is_conflict(const char *sqlstate)
{
	return strncmp(sqlstate, "40", SQLSTATE_CLASS) == 0;
}

bool
db_answer_is_lock_timeout(const char *sqlstate)
{
	return strcmp(sqlstate, "55P03") == 0 || strcmp(sqlstate, "57014") == 0;
}

/*
 * A commit whose wait for a synchronous standby was cancelled is reported as
 * done, with a warning beside it. Its words are in the server's language and
 * its SQLSTATE is that of any RAISE WARNING; where in the server it was made
 * is neither, and has been the same since synchronous replication came. One
 * that does not say where it comes from may be that one.
 */
static bool
is_doubt(const PGresult *warning)
{
	const char	*file, *function;

	file = PQresultErrorField(warning, PG_DIAG_SOURCE_FILE);
	function = PQresultErrorField(warning, PG_DIAG_SOURCE_FUNCTION);
	if (file == NULL || function == NULL)
		return true;
	return strcmp(file, "syncrep.c") == 0 ||
	    strcmp(function, "SyncRepWaitForLSN") == 0;
}

/* Notices are for people in psql; warnings are for our operator as well. */
void
db_answer_note_notice(void *answer, const PGresult *notice)
{
	struct db_answer	*noted = answer;
	const char		*severity;

	severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (severity == NULL || strcmp(severity, "WARNING") != 0)
		return;
	if (is_doubt(notice))
		noted->is_in_doubt = true;
	log_warn("database-warning", "reason",
	    PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY), NULL);
}

/* libpq's messages are several lines; the first one says it. */
static void
log_lost(const PGconn *conn, const char *text)
{
	char	line[DB_MESSAGE_SIZE];

	(void)snprintf(line, sizeof(line), "%s", text);
	line[strcspn(line, "\n")] = '\0';
	log_err("database-lost", "host", PQhost(conn), "port", PQport(conn),
	    "reason", line, NULL);
}

/* Keep the server's sentence for the caller, or log it. */
static enum status
note_error(struct db_answer *answer, enum db_form form,
    const PGresult *result)
{
	const char	*sqlstate, *text;
	enum status	 st;

	sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	if (text == NULL)
		text = PQresultErrorMessage(result);
	st = status_of(sqlstate);
	(void)snprintf(answer->sqlstate, sizeof(answer->sqlstate), "%s",
	    sqlstate == NULL ? "" : sqlstate);
	(void)snprintf(answer->message, sizeof(answer->message), "%s", text);
	if (st != ST_BAD && !db_form_is_passing(form, answer->sqlstate))
		log_event(st == ST_BUSY ? LOG_LEVEL_WARN : LOG_LEVEL_ERR,
		    "database-error", "sqlstate", sqlstate, "reason",
		    answer->message, "todo",
		    db_refusal_todo(answer->sqlstate, false), NULL);
	return st;
}

/*
 * Push the query out, of a non-blocking connection: a full socket cannot hold
 * us. False when deadline or connection were lost.
 */
static bool
flush(PGconn *conn, int64_t deadline_ms)
{
	int	unsent;

	while ((unsent = PQflush(conn)) > 0) {
		if (!db_wait(conn, POLLIN | POLLOUT, deadline_ms) ||
		    PQconsumeInput(conn) == 0)
			return false;
	}
	return unsent == 0;
}

/*
 * The next result, or NULL after the last; false when deadline or connection
 * were lost.
 */
static bool
next_result(PGconn *conn, int64_t deadline_ms, PGresult **result)
{
	*result = NULL;
	while (PQisBusy(conn)) {
		if (!db_wait(conn, POLLIN, deadline_ms) ||
		    PQconsumeInput(conn) == 0)
			return false;
	}
	*result = PQgetResult(conn);
	return true;
}

/*
 * Collect results until NULL. An error at the end (the commit failed)
 * outweighs the rows before it.
 */
static enum status
collect(struct db_answer *answer, PGconn *conn, enum db_form form,
    int64_t deadline_ms, PGresult **rows)
{
	PGresult	*result;
	enum status	 st = ST_OK;

	*rows = NULL;
	for (;;) {
		if (!next_result(conn, deadline_ms, &result)) {
			log_lost(conn, clock_ms() >= deadline_ms ?
			    "deadline passed" : PQerrorMessage(conn));
			return ST_UNKNOWN;
		}
		if (result == NULL)
			return st == ST_OK && answer->is_in_doubt ?
			    ST_UNKNOWN : st;
		if (PQresultStatus(result) == PGRES_TUPLES_OK &&
		    *rows == NULL) {
			*rows = result;
			continue;
		}
		if (PQresultStatus(result) == PGRES_FATAL_ERROR ||
		    PQresultStatus(result) == PGRES_BAD_RESPONSE)
			st = note_error(answer, form, result);
		PQclear(result);
	}
}

enum status
db_answer_collect(struct db_answer *answer, PGconn *conn, int is_sent,
    enum db_form form, int64_t deadline_ms, PGresult **rows)
{
	enum status	st;

	*rows = NULL;
	/*
	 * What breaks before the whole query was accepted by the kernel
	 * never ran; afterwards it may have.
	 */
	if (!is_sent) {
		log_lost(conn, PQerrorMessage(conn));
		return ST_RETRY;
	}
	if (!flush(conn, deadline_ms)) {
		log_lost(conn, PQerrorMessage(conn));
		return ST_UNKNOWN;
	}
	st = collect(answer, conn, form, deadline_ms, rows);
	if (st != ST_OK) {
		PQclear(*rows);
		*rows = NULL;
	}
	return st;
}
