/*
 * db-answer.h - to send a query and read its answer by a deadline, and what an
 * error or a warning in it means. Private to edge/db.
 */
#ifndef UMWS_DB_ANSWER_H
#define UMWS_DB_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct pg_conn;			/* libpq's PGconn */
struct pg_result;		/* and PGresult */

/*
 * Push the query out, of a non-blocking connection: a full socket cannot hold
 * us. False when deadline or connection were lost.
 */
bool	db_answer_flush(struct pg_conn *conn, int64_t deadline_ms);

/*
 * The next result, the caller's, or NULL after the last; false when deadline
 * or connection were lost.
 */
bool	db_answer_next(struct pg_conn *conn, int64_t deadline_ms,
	    struct pg_result **result);

/* What an error of the server means to db_call(); NULL is a lost connection. */
enum status	db_answer_status(const char *sqlstate);

/* Did transactions collide? The call has been rolled back. */
bool	db_answer_is_conflict(const char *sqlstate);

/*
 * Was a lock not to be had? It may be that of a commit that hangs for ever: on
 * an old leader whoever comes second waits for it, not for the standby.
 */
bool	db_answer_is_lock_timeout(const char *sqlstate);

/* Does this warning say that a commit is not what it should be? */
bool	db_answer_is_doubt(const struct pg_result *warning);

#endif
