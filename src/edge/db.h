/*
 * db.h - one connection to PostgreSQL, and calls of its functions with
 * deadlines of our own. The only user of libpq.
 *
 * A call is one statement in its own transaction: one round trip, one
 * commit. Of a program that repeats its calls, a statement is prepared when a
 * connection is asked it a second time. Nothing else is kept in the session,
 * and where prepared statements do not work they are done without, so
 * PgBouncer in transaction mode may stand between. Several hosts and
 * target_session_attrs in the conninfo mean what libpq documents (PostgreSQL
 * 15, section 34.1), but for the order in which the hosts are asked: see
 * edge/db-connect.h.
 */
#ifndef UMWS_DB_H
#define UMWS_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define DB_MESSAGE_SIZE	256	/* bytes of an error's primary message */

struct db_options {
	const char	*conninfo;		/* borrowed for the db's life */
	const char	*program;		/* as application_name */
	unsigned int	 connect_timeout_s;	/* per host, 2 at least */
	unsigned int	 statement_timeout_ms;	/* one call in all */
	bool		 is_repeating;		/* the same statements, whose
						 * text outlives the db, come
						 * again and again */
	bool		 tells_once;		/* that nobody lets us in: not
						 * at each call, but when it
						 * begins, and when away turns
						 * into refused */
};

struct db;
struct db_result;

/*
 * Remember the options; connects at the first call, and again at the first
 * call after a connection was lost. ST_OK; ST_RETRY without memory; ST_FAIL
 * for a conninfo that libpq cannot use (both logged, without its words).
 */
enum status	db_new(const struct db_options *options, struct db **db)
		    MUSTCHECK;
void		db_free(struct db **db);

/* Another statement_timeout_ms for the calls to come. */
void		db_set_timeout(struct db *db, unsigned int timeout_ms);

/*
 * Call sql with count text parameters (NULL is SQL's NULL).
 *
 * deadline_ms  of clock_ms(): the call ends by then, whatever the server
 *              does, and is not sent afterwards (ST_BUSY); no host is
 *              waited for any longer either. 0 means
 *              statement_timeout_ms for the call alone
 * result       set to the rows, which the caller frees; NULL unless ST_OK
 *
 * Returns
 *   ST_OK       the statement has committed
 *   ST_BAD      the database refuses this input: a constraint, or a RAISE
 *               of ours (classes 22, 23, P0); db_message() says why
 *   ST_BUSY     the database is too busy: no lock, no slot, no memory or
 *               disk, transactions collided (three times, or once where a
 *               script has begun ours); nothing happened
 *   ST_RETRY    it cannot be reached or is read-only; nothing happened
 *   ST_UNKNOWN  connection or deadline lost while the call was under way,
 *               or the server warned that its commit did not reach a
 *               synchronous standby; it may have committed, or may yet
 *   ST_FAIL     schema or rights are not what this program needs
 * Everything but ST_OK and ST_BAD has been logged. After ST_RETRY,
 * ST_UNKNOWN and ST_FAIL the connection is closed; after a lock that was not
 * to be had as well, if there is another host to ask.
 */
enum status	db_call(struct db *db, const char *sql,
		    const char *const *params, size_t count,
		    int64_t deadline_ms, struct db_result **result) MUSTCHECK;

/*
 * Run the statements of a script as one simple query; it brings its own
 * BEGIN and COMMIT. deadline_ms is as of db_call(), but 0 means none: for a
 * file of db upgrade.
 * ST_OK, ST_BUSY when transactions collided, ST_BAD (db_message()), ST_RETRY or
 * ST_UNKNOWN as above; after the last the connection is closed.
 */
enum status	db_script(struct db *db, const char *script,
		    int64_t deadline_ms) MUSTCHECK;

/*
 * Is there a connection, as far as the socket tells without asking? When
 * not, the next call makes one.
 */
bool	db_is_connected(struct db *db);

/* Let go of the connection, if there is one; the next call makes another. */
void	db_close(struct db *db);

/*
 * How many connections have been made. What is kept in a session, as LISTEN
 * is, holds while this number stays.
 */
unsigned int	db_connections(const struct db *db);

/*
 * The number of the process that serves the connection, as the peer said when
 * it was made: a pooler says one of its own. 0 without a connection.
 */
int	db_backend_pid(const struct db *db);

/*
 * The connection's descriptor, for poll(2): readable when the database says
 * something unasked, or has gone. -1 without a connection.
 */
int	db_socket(const struct db *db);

/*
 * Has a notification come since the last time this was asked? Does not wait.
 * A connection that has turned out to be lost is closed.
 */
bool	db_is_notified(struct db *db);

/*
 * What the database said of the last call, "" when nothing was wrong.
 * After ST_BAD it is meant for people. Borrowed until the next call.
 */
const char	*db_message(const struct db *db);

/*
 * The SQLSTATE of what the database said of the last call, or of a connection
 * that it refused; "" for none. Borrowed until the next call.
 */
const char	*db_sqlstate(const struct db *db);

/*
 * Was that ST_FAIL because the database knows us and says no: the role or its
 * password (class 28), the database's name (3D000), the rights (42501)?
 */
bool	db_is_refused(const struct db *db);

/*
 * What to do about what the database said of the last call, in one sentence:
 * about a setting that it, or the role, has. NULL for anything else.
 */
const char	*db_todo(const struct db *db);

/*
 * Was the connection lost before the last call was sent? Then ST_RETRY says
 * that it did not happen: it may be made again, on a connection that has been
 * looked at like any new one.
 */
bool	db_is_unsent(const struct db *db);

/* Was that ST_FAIL because no host let us in: no connection was made? */
bool	db_is_shut(const struct db *db);

/*
 * Did the last call fail because it collided with another transaction, and is
 * it worth another try? tries is how many there were. The caller must know that
 * the whole transaction is tried anew; db_call() does so by itself for a call
 * that is one.
 */
bool	db_may_try_again(const struct db *db, unsigned int tries);

/* Was that ST_BAD because a parameter is no valid text? */
bool	db_is_text_error(const struct db *db);

size_t		 db_rows(const struct db_result *result);
/* Where a column stands; a name that the query does not give is a bug. */
size_t		 db_column(const struct db_result *result, const char *name);
bool		 db_is_null(const struct db_result *result, size_t row,
		    size_t column);
/* A value as text, "" for NULL. Borrowed from the result. */
const char	*db_text(const struct db_result *result, size_t row,
		    size_t column);
/* A value as a number, 0 for NULL; a column that is none is a bug. */
int64_t		 db_number(const struct db_result *result, size_t row,
		    size_t column);
bool		 db_bool(const struct db_result *result, size_t row,
		    size_t column);
/* Copy a value: ST_BAD when size is too small for it and its NUL. */
enum status	 db_copy_text(const struct db_result *result, size_t row,
		    size_t column, char *text, size_t size) MUSTCHECK;
/*
 * Decode encode(bytea, 'hex'), a form that no setting changes, unlike the
 * text of a bytea itself. ST_BAD when it is something else, or does not fit
 * into size bytes.
 */
enum status	 db_copy_hex(const struct db_result *result, size_t row,
		    size_t column, unsigned char *bytes, size_t size,
		    size_t *len) MUSTCHECK;
/* Another owner of the same rows, who frees them, too. */
struct db_result *db_result_share(struct db_result *result);
void		 db_result_free(struct db_result **result);

/* Write bytes as the text of a bytea ("\x..."); size >= 2 * len + 3. */
void	db_bytes_text(const unsigned char *bytes, size_t len, char *text,
	    size_t size);

#endif
