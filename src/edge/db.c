/*
 * db.c - connect to PostgreSQL and call its functions through libpq, with
 * deadlines of our own. Knows no function of the schema.
 */
#include "config.h"

#include "edge/db.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/db-answer.h"
#include "edge/db-connect.h"
#include "edge/db-refusal.h"
#include "edge/db-result.h"
#include "edge/db-statement.h"

#define CALL_TRIES	3	/* of a call that has not happened */

struct db {
	struct db_options	 options;
	struct db_connector	*connector;
	PGconn			*conn;		/* NULL: not connected */
	unsigned int		 connections;	/* that have been made */
	bool			 is_shut;	/* to the last call */
	bool			 is_unsent;	/* it was lost before that */
	struct db_statements	 statements;
	int64_t			 end_ms;	/* of the last call */
	struct db_answer	 answer;	/* to it */
};

enum status
db_new(const struct db_options *options, struct db **db)
{
	const struct db_connector_options	connector = {
		options->conninfo, options->program,
		options->connect_timeout_s, options->tells_once
	};
	enum status				st;

	*db = calloc(1, sizeof(**db));
	if (*db == NULL) {
		log_err("no-memory", "for", "database", NULL);
		return ST_RETRY;
	}
	(*db)->options = *options;
	st = db_connector_new(&connector, &(*db)->connector);
	if (st != ST_OK)
		db_free(db);
	return st;
}

void
db_set_timeout(struct db *db, unsigned int timeout_ms)
{
	db->options.statement_timeout_ms = timeout_ms;
}

static void
forget_error(struct db *db)
{
	db->is_shut = false;
	db->is_unsent = false;
	db_answer_clear(&db->answer);
}

void
db_close(struct db *db)
{
	PQfinish(db->conn);
	db->conn = NULL;
}

void
db_free(struct db **db)
{
	if (*db == NULL)
		return;
	db_close(*db);
	db_connector_free(&(*db)->connector);
	free(*db);
	*db = NULL;
}

static enum status
db_connect(struct db *db, int64_t deadline_ms)
{
	enum status	st;

	if (db->conn != NULL && PQstatus(db->conn) == CONNECTION_OK)
		return ST_OK;
	db_close(db);
	if (deadline_ms == 0)
		deadline_ms = INT64_MAX;
	st = db_connector_open(db->connector, deadline_ms,
	    db_answer_note_notice, &db->answer, &db->conn);
	/* A warning of connecting speaks of no commit. */
	db->answer.is_in_doubt = false;
	if (st == ST_OK) {
		/* It fails with a broken connection, as sending will. */
		(void)PQsetnonblocking(db->conn, 1);
		db_statements_forget(&db->statements);
		db->connections++;
		return ST_OK;
	}
	db->is_shut = true;
	(void)snprintf(db->answer.message, sizeof(db->answer.message), "%s",
	    db_connector_reason(db->connector));
	(void)snprintf(db->answer.sqlstate, sizeof(db->answer.sqlstate), "%s",
	    db_connector_sqlstate(db->connector));
	return st;
}

/*
 * A kept connection may have died since its last use: the server was
 * restarted, a firewall forgot it. Readable now means closed: nobody has
 * asked anything.
 */
static void
drop_dead_connection(struct db *db)
{
	struct pollfd	pfd;

	if (db->conn == NULL)
		return;
	pfd = (struct pollfd){ PQsocket(db->conn), POLLIN, 0 };
	/* A farewell comes first, and the end of the stream after it. */
	while (poll(&pfd, 1, 0) != 0) {
		if (PQconsumeInput(db->conn) == 0 ||
		    PQstatus(db->conn) != CONNECTION_OK) {
			db_close(db);
			return;
		}
	}
}

/* Is the next call a transaction of its own, not part of a script's? */
static bool
is_alone(const struct db *db)
{
	return db->conn == NULL ||
	    PQtransactionStatus(db->conn) == PQTRANS_IDLE;
}

bool
db_may_try_again(const struct db *db, unsigned int tries)
{
	return db_answer_is_conflict(db->answer.sqlstate) && tries < CALL_TRIES;
}

/* What is late is not sent: it would happen behind its caller's back. */
static bool
is_late(const struct db *db)
{
	if (clock_ms() < db->end_ms)
		return false;
	log_warn("database-late", "reason", "no time was left for a call",
	    NULL);
	return true;
}

static enum status
collect(struct db *db, int is_sent, enum db_form form, int64_t end_ms,
    PGresult **rows)
{
	return db_answer_collect(&db->answer, db->conn, is_sent, form, end_ms,
	    rows);
}

/*
 * Prepare it, by end_ms. Whatever the server says against it, it would say of
 * the call as well, or it is no matter: then the statement is lost.
 * ST_OK; ST_BUSY: that took all the time; ST_RETRY: the connection was lost.
 */
static enum status
prepare(struct db *db, struct db_statement *statement)
{
	PGresult	*rows = NULL;
	enum status	 st;

	st = collect(db, PQsendPrepare(db->conn, statement->name,
	    statement->sql, 0, NULL), DB_FORM_PREPARING, db->end_ms, &rows);
	PQclear(rows);
	statement->is_prepared = st == ST_OK;
	if (st != ST_OK)
		db_statements_lose(&db->statements, statement,
		    db->answer.sqlstate);
	if (st == ST_OK || (db->answer.sqlstate[0] != '\0' &&
	    PQstatus(db->conn) == CONNECTION_OK))
		return is_late(db) ? ST_BUSY : ST_OK;
	db->is_unsent = true;
	return ST_RETRY;
}

/*
 * Call it as a prepared statement. *is_done is false if it must be called as
 * it is: it was not executed.
 */
static enum status
call_prepared(struct db *db, struct db_statement *statement,
    const char *const *params, size_t count, PGresult **rows, bool *is_done)
{
	enum status	st;

	*is_done = true;
	st = statement->is_prepared ? ST_OK : prepare(db, statement);
	if (st != ST_OK)
		return st;
	if (statement->is_prepared) {
		st = collect(db, PQsendQueryPrepared(db->conn,
		    statement->name, (int)count, params, NULL, NULL, 0),
		    DB_FORM_PREPARED, db->end_ms, rows);
		if (st == ST_OK || !db_statement_is_stale(db->answer.sqlstate))
			return st;
		db_statements_lose(&db->statements, statement,
		    db->answer.sqlstate);
	}
	forget_error(db);
	*is_done = false;
	return ST_OK;
}

/* Send one statement and collect its rows, by a deadline. */
static enum status
call_in_time(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, PGresult **rows)
{
	struct db_statement	*statement = NULL;
	enum status		 st;
	bool			 is_done = false;

	db->end_ms = clock_ms() + db->options.statement_timeout_ms;
	if (deadline_ms != 0 && deadline_ms < db->end_ms)
		db->end_ms = deadline_ms;
	if (is_late(db))
		return ST_BUSY;
	/* An error would end a transaction that is not this call's own. */
	if (db->options.is_repeating && is_alone(db))
		statement = db_statements_note(&db->statements, sql);
	if (statement != NULL) {
		st = call_prepared(db, statement, params, count, rows,
		    &is_done);
		if (is_done)
			return st;
		if (is_late(db))
			return ST_BUSY;
	}
	return collect(db, PQsendQueryParams(db->conn, sql, (int)count,
	    NULL, params, NULL, NULL, 0), DB_FORM_PLAIN, db->end_ms, rows);
}

bool
db_is_unsent(const struct db *db)
{
	return db->is_unsent;
}

/*
 * After a call that did not return ST_OK: let go of a connection that has no
 * future. No answer, no primary any more, no lock: ask the other hosts first.
 * What a script has begun stays where it is, unless it is lost anyway.
 */
static void
leave_host(struct db *db, enum status st, bool is_alone)
{
	bool	is_stuck = st == ST_BUSY && is_alone &&
		    db_answer_is_lock_timeout(db->answer.sqlstate) &&
		    db_connector_has_choice(db->connector);
	bool	is_over = st == ST_RETRY || st == ST_UNKNOWN;

	if (db->conn != NULL && (is_over || is_stuck))
		db_connector_blame(db->connector);
	if (is_over || is_stuck || st == ST_FAIL)
		db_close(db);
}

enum status
db_call(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	PGresult	*rows = NULL;
	enum status	 st;
	bool		 may_repeat;
	unsigned int	 tries = 0;

	*result = NULL;
	drop_dead_connection(db);
	may_repeat = is_alone(db);
	do {
		forget_error(db);
		st = db_connect(db, deadline_ms);
		if (st == ST_OK)
			st = call_in_time(db, sql, params, count, deadline_ms,
			    &rows);
		/* Else what came before it in a transaction is lost as well. */
	} while (may_repeat && st == ST_BUSY && db_may_try_again(db, ++tries));
	if (st != ST_OK) {
		leave_host(db, st, may_repeat);
		return st;
	}
	*result = db_result_new(rows);
	/* It has committed, and its rows may not be to be handed over. */
	return *result == NULL ? ST_UNKNOWN : ST_OK;
}

enum status
db_script(struct db *db, const char *script, int64_t deadline_ms)
{
	PGresult	*rows = NULL;
	enum status	 st;

	forget_error(db);
	st = db_connect(db, deadline_ms);
	if (st != ST_OK)
		return st;
	st = collect(db, PQsendQuery(db->conn, script), DB_FORM_PLAIN,
	    deadline_ms == 0 ? clock_ms() + INT32_MAX : deadline_ms, &rows);
	PQclear(rows);
	if (st == ST_UNKNOWN || st == ST_RETRY)
		db_close(db);
	else if (st != ST_OK && !db_may_try_again(db, 0))
		st = ST_BAD;
	return st;
}

bool
db_is_connected(struct db *db)
{
	drop_dead_connection(db);
	return db->conn != NULL;
}

unsigned int
db_connections(const struct db *db)
{
	return db->connections;
}

int
db_backend_pid(const struct db *db)
{
	return db->conn == NULL ? 0 : PQbackendPID(db->conn);
}

int
db_socket(const struct db *db)
{
	return db->conn == NULL ? -1 : PQsocket(db->conn);
}

bool
db_is_notified(struct db *db)
{
	PGnotify	*notification;
	bool		 is_notified = false;

	drop_dead_connection(db);
	while (db->conn != NULL &&
	    (notification = PQnotifies(db->conn)) != NULL) {
		is_notified = true;
		PQfreemem(notification);
	}
	return is_notified;
}

bool
db_is_text_error(const struct db *db)
{
	/* character_not_in_repertoire, untranslatable_character */
	return strcmp(db->answer.sqlstate, "22021") == 0 ||
	    strcmp(db->answer.sqlstate, "22P05") == 0;
}

const char *
db_message(const struct db *db)
{
	return db->answer.message;
}

const char *
db_sqlstate(const struct db *db)
{
	return db->answer.sqlstate;
}

bool
db_is_shut(const struct db *db)
{
	return db->is_shut;
}

bool
db_is_refused(const struct db *db)
{
	return db_refusal_is_of_rights(db->answer.sqlstate);
}

const char *
db_todo(const struct db *db)
{
	return db_refusal_todo(db->answer.sqlstate, db->is_shut);
}
