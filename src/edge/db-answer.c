/*
 * db-answer.c - what comes back from the server, and what it means.
 */
#include "config.h"

#include "edge/db-answer.h"

#include <libpq-fe.h>
#include <poll.h>
#include <string.h>

#include "edge/db-connect.h"

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

enum status
db_answer_status(const char *sqlstate)
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
bool
db_answer_is_doubt(const PGresult *warning)
{
	const char	*file, *function;

	file = PQresultErrorField(warning, PG_DIAG_SOURCE_FILE);
	function = PQresultErrorField(warning, PG_DIAG_SOURCE_FUNCTION);
	if (file == NULL || function == NULL)
		return true;
	return strcmp(file, "syncrep.c") == 0 ||
	    strcmp(function, "SyncRepWaitForLSN") == 0;
}

bool
db_answer_flush(PGconn *conn, int64_t deadline_ms)
{
	int	unsent;

	while ((unsent = PQflush(conn)) > 0) {
		if (!db_wait(conn, POLLIN | POLLOUT, deadline_ms) ||
		    PQconsumeInput(conn) == 0)
			return false;
	}
	return unsent == 0;
}

bool
db_answer_next(PGconn *conn, int64_t deadline_ms, PGresult **result)
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
