/*
 * db-answer.h - send a query and collect its answer by a deadline; what an
 * error or a warning in it means. Private to edge/db.
 */
#ifndef UMWS_DB_ANSWER_H
#define UMWS_DB_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"
#include "edge/db-statement.h"

struct pg_conn;			/* libpq's PGconn */
struct pg_result;		/* and PGresult */

/* What the server said of the last call. */
struct db_answer {
	bool	is_in_doubt;			/* its commit */
	char	sqlstate[6];			/* of an error, or "" */
	char	message[DB_MESSAGE_SIZE];	/* the error's, or "" */
};

/* Before a call. */
void	db_answer_clear(struct db_answer *answer);

/* libpq's PQnoticeReceiver; its context is a struct db_answer. */
void	db_answer_note_notice(void *answer, const struct pg_result *notice);

/*
 * See through what libpq was given to send, on a live and non-blocking
 * connection.
 *
 * is_sent  what PQsend...() returned
 * form     in which the statement is under way: errors that lead to the same
 *          call once more are not logged
 * rows     the caller's, of the first result that has any; NULL unless ST_OK
 *
 * Returns what db_call() would; ST_RETRY: nothing was sent.
 */
enum status	db_answer_collect(struct db_answer *answer,
		    struct pg_conn *conn, int is_sent, enum db_form form,
		    int64_t deadline_ms, struct pg_result **rows) MUSTCHECK;

/* Did transactions collide? The call has been rolled back. */
bool	db_answer_is_conflict(const char *sqlstate);

/*
 * Was a lock not to be had? It may be that of a commit that hangs for ever: on
 * an old leader whoever comes second waits for it, not for the standby.
 */
bool	db_answer_is_lock_timeout(const char *sqlstate);

#endif
