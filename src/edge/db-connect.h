/*
 * db-connect.h - which host of the conninfo to connect to, and by when.
 * Private to edge/db.
 *
 * The hosts of edge/db-connect-hosts.h are asked one by one, whatever the one
 * before said: a host that refuses for a reason of its own does not end the
 * search. A host that was blamed in the last minute is asked after the others,
 * the one blamed longest ago first: an old leader that hangs every commit still
 * lets everybody in. So the order is ours, load_balance_hosts does not change
 * it, and target_session_attrs=prefer-standby means any.
 *
 * A name is looked up when it has its turn, all the others of the conninfo with
 * it; each address is a host. When that takes longer than a host may take, the
 * hosts that need no answer of the resolver go first, and the name is blamed.
 */
#ifndef UMWS_DB_CONNECT_H
#define UMWS_DB_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

#define DB_REASON_SIZE	256	/* bytes of a host's last words */

struct db_connector_options {
	const char	*conninfo;		/* borrowed for its life */
	const char	*program;		/* as application_name */
	unsigned int	 connect_timeout_s;	/* per host, and to look up its
						 * name, unless the conninfo
						 * has its own */
	bool		 tells_once;		/* a failure that goes on is
						 * not logged again */
};

struct db_connector;
struct pg_conn;			/* libpq's PGconn */
struct pg_result;		/* and PGresult */

/* libpq's PQnoticeReceiver. */
typedef void	(*db_notice_receiver)(void *context,
		    const struct pg_result *notice);

/* ST_OK; ST_RETRY without memory; ST_FAIL for a conninfo that libpq cannot
 * use (both logged, without a value of it: it may be a password). */
enum status	db_connector_new(const struct db_connector_options *options,
		    struct db_connector **connector) MUSTCHECK;
void		db_connector_free(struct db_connector **connector);

/*
 * Connect to the first host that lets us in.
 *
 * deadline_ms  of clock_ms(): no host, and no lookup, is waited for any
 *              longer
 * on_notice    hears the server's notices, from the first one on
 * conn         the caller's, to be ended by PQfinish(); NULL unless ST_OK
 *
 * Returns ST_OK; ST_RETRY when no host could be reached, or not each of them
 * in time; ST_FAIL when each said no for good (db_refusal_is_final()), or
 * the conninfo cannot be used. The failures have been logged, one line per
 * host that was asked; without words of libpq's or the server's where these
 * may quote what is odd in the conninfo.
 */
enum status	db_connector_open(struct db_connector *connector,
		    int64_t deadline_ms, db_notice_receiver on_notice,
		    void *context, struct pg_conn **conn) MUSTCHECK;

/* Why the last search ended in vain, and that reason's SQLSTATE or "". */
const char	*db_connector_reason(const struct db_connector *connector);
const char	*db_connector_sqlstate(const struct db_connector *connector);

/* Did the last search know more than one host? */
bool		db_connector_has_choice(const struct db_connector *connector);

/* The host of the last connection gave no answer, or was not what it should
 * be: ask it last for a minute. */
void		db_connector_blame(struct db_connector *connector);

/* Wait until the connection's socket has one of these events of poll(2);
 * false when until_ms of clock_ms() came first, or poll() failed. */
bool		db_wait(struct pg_conn *conn, short events, int64_t until_ms);

#endif
