/*
 * db-connect.c - libpq is given one host at a time.
 *
 * Left with the whole list it begins at the first host each time, takes
 * whichever lets it in, and gives up at the first that says no.
 */
#include "config.h"

#include "edge/db-connect.h"

#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/db-connect-hosts.h"

#define BLAMES_MAX	16	/* remembered; the oldest make room */
#define BLAME_MS	(60 * 1000)

/* One of the known hosts, while it is asked. */
struct host {
	const struct db_place	*place;
	char			 reason[DB_REASON_SIZE]; /* why not, or "" */
	char			 sqlstate[DB_SQLSTATE_SIZE];
};

struct blame {
	struct db_place	place;
	int64_t		at_ms;		/* 0: nobody is blamed here */
};

struct db_connector {
	struct db_connector_options	options;
	struct db_hosts			known;
	struct host			hosts[DB_HOSTS_MAX]; /* in turn */
	struct blame			blames[BLAMES_MAX];
	struct db_place			current; /* of the last connection */
	const struct host		*last;	/* that said no, or NULL */
};

enum status
db_connector_new(const struct db_connector_options *options,
    struct db_connector **connector)
{
	*connector = NULL;
	if (!db_hosts_is_readable(options->conninfo)) {
		log_err("database-refused", "program", options->program,
		    "reason", "its connection string cannot be read", "todo",
		    "see libpq's manual for the form; write '@', '/' and '?' "
		    "in a URI's password as %40, %2F and %3F", NULL);
		return ST_FAIL;
	}
	*connector = calloc(1, sizeof(**connector));
	if (*connector == NULL) {
		log_err("no-memory", "for", "database", NULL);
		return ST_RETRY;
	}
	(*connector)->options = *options;
	return ST_OK;
}

void
db_connector_free(struct db_connector **connector)
{
	free(*connector);
	*connector = NULL;
}

bool
db_connector_is_refusal(const char *sqlstate)
{
	return strncmp(sqlstate, "28", 2) == 0 ||
	    strncmp(sqlstate, "3D", 2) == 0 || strcmp(sqlstate, "42501") == 0;
}

const char *
db_connector_reason(const struct db_connector *connector)
{
	return connector->last == NULL ? "" : connector->last->reason;
}

const char *
db_connector_sqlstate(const struct db_connector *connector)
{
	return connector->last == NULL ? "" : connector->last->sqlstate;
}

/* When this host was blamed, 0 when not or too long ago. */
static int64_t
blamed_ms(const struct db_connector *connector, const struct host *host)
{
	const struct blame	*blame;
	size_t			 i;

	for (i = 0; i < BLAMES_MAX; i++) {
		blame = &connector->blames[i];
		if (blame->at_ms != 0 &&
		    clock_ms() - blame->at_ms < BLAME_MS &&
		    db_place_is_same(&blame->place, host->place))
			return blame->at_ms;
	}
	return 0;
}

/* Those without blame first, then those blamed longest ago. Stable. */
static void
order_hosts(struct db_connector *connector)
{
	struct host	 moved;
	size_t		 i, k;

	for (i = 0; i < connector->known.count; i++) {
		moved = (struct host){ .place = &connector->known.places[i] };
		for (k = i; k > 0 && blamed_ms(connector,
		    &connector->hosts[k - 1]) > blamed_ms(connector, &moved);
		    k--)
			connector->hosts[k] = connector->hosts[k - 1];
		connector->hosts[k] = moved;
	}
}

static void
blame_place(struct db_connector *connector, const struct db_place *place)
{
	struct blame	*blame = &connector->blames[0];
	size_t		 i;

	for (i = 0; i < BLAMES_MAX; i++) {
		if (connector->blames[i].at_ms < blame->at_ms)
			blame = &connector->blames[i];
	}
	for (i = 0; i < BLAMES_MAX; i++) {
		if (db_place_is_same(&connector->blames[i].place, place))
			blame = &connector->blames[i];
	}
	blame->place = *place;
	blame->at_ms = clock_ms();
}

void
db_connector_blame(struct db_connector *connector)
{
	blame_place(connector, &connector->current);
}

bool
db_connector_has_choice(const struct db_connector *connector)
{
	return connector->known.count > 1;
}

/* Add an option, if it says anything: an empty one would mean a default. */
static void
add_option(const char *keys[], const char *values[], const char *key,
    const char *value)
{
	size_t	i = 0;

	if (value[0] == '\0')
		return;
	while (keys[i] != NULL)
		i++;
	keys[i] = key;
	values[i] = value;
}

/* Begin to connect. What comes behind dbname wins over what it holds. */
static PGconn *
start(const struct db_connector *connector, const struct db_place *place)
{
	const char	*keys[8] = { "fallback_application_name", "dbname" };
	const char	*values[8] = { connector->options.program,
			    connector->options.conninfo };

	add_option(keys, values, "host", place->name);
	add_option(keys, values, "hostaddr", place->address);
	add_option(keys, values, "port", place->port);
	add_option(keys, values, "client_encoding", "UTF8");
	return PQconnectStartParams(keys, values, 1);
}

bool
db_wait(PGconn *conn, short events, int64_t until_ms)
{
	struct pollfd	pfd = { PQsocket(conn), events, 0 };
	int64_t		left_ms;
	int		n;

	do {
		left_ms = until_ms - clock_ms();
		if (left_ms <= 0)
			return false;
		n = poll(&pfd, 1, (int)left_ms);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n > 0;
}

/* See the begun connection through. ST_RETRY: no; ST_UNKNOWN: no word. */
static enum status
see_through(PGconn *conn, int64_t until_ms)
{
	PostgresPollingStatusType	next = PGRES_POLLING_WRITING;

	if (PQstatus(conn) == CONNECTION_BAD)
		return ST_RETRY;
	while (next != PGRES_POLLING_OK) {
		if (next == PGRES_POLLING_FAILED)
			return ST_RETRY;
		if (!db_wait(conn, next == PGRES_POLLING_READING ? POLLIN :
		    POLLOUT, until_ms))
			return ST_UNKNOWN;
		next = PQconnectPoll(conn);
	}
	return ST_OK;
}

/*
 * The SQLSTATE in a message: "FATAL:  28P01: words". The words are in the
 * server's language, this form is not.
 */
static void
find_sqlstate(const char *message, char sqlstate[DB_SQLSTATE_SIZE])
{
	const char	*at = message;

	while ((at = strstr(at, ":  ")) != NULL) {
		at += 3;
		if (strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 &&
		    at[5] == ':') {
			memcpy(sqlstate, at, DB_SQLSTATE_SIZE - 1);
			return;
		}
	}
}

/* Keep, and log, why this host did not let us in; the first line says it. */
static void
note_failure(struct db_connector *connector, struct host *host,
    PGconn *conn, enum status st)
{
	const char	*words = st == ST_UNKNOWN ? "no answer in time" :
			    PQerrorMessage(conn);

	(void)snprintf(host->reason, sizeof(host->reason), "%s", words);
	host->reason[strcspn(host->reason, "\n")] = '\0';
	find_sqlstate(words, host->sqlstate);
	/* What libpq finds out by itself has no SQLSTATE: here is the
	 * server's for a password that is wrong. */
	if (host->sqlstate[0] == '\0' && PQconnectionNeedsPassword(conn))
		(void)strcpy(host->sqlstate, "28P01");
	connector->last = host;
	if (st == ST_UNKNOWN)
		blame_place(connector, host->place);
}

/* By when a host that is asked now must have let us in. */
static int64_t
host_until_ms(const struct db_connector *connector, int64_t deadline_ms)
{
	unsigned int	timeout_s = connector->known.timeout_s != 0 ?
			    connector->known.timeout_s :
			    connector->options.connect_timeout_s;
	int64_t		until_ms = clock_ms() + (int64_t)timeout_s * 1000;

	return until_ms < deadline_ms ? until_ms : deadline_ms;
}

/* One host, in its own time. */
static enum status
try_host(struct db_connector *connector, struct host *host,
    int64_t deadline_ms, db_notice_receiver on_notice, void *context,
    PGconn **conn)
{
	int64_t		until_ms = host_until_ms(connector, deadline_ms);
	const char	*fault = host->place->fault;
	enum status	st;

	if (fault == NULL)
		*conn = start(connector, host->place);
	if (*conn == NULL) {
		(void)snprintf(host->reason, sizeof(host->reason), "%s",
		    fault != NULL ? fault : "no memory");
		connector->last = host;
		return ST_RETRY;
	}
	(void)PQsetNoticeReceiver(*conn, on_notice, context);
	(void)PQsetErrorVerbosity(*conn, PQERRORS_VERBOSE);
	st = see_through(*conn, until_ms);
	if (st == ST_OK) {
		(void)PQsetErrorVerbosity(*conn, PQERRORS_DEFAULT);
		connector->current = *host->place;
		return ST_OK;
	}
	note_failure(connector, host, *conn, st);
	PQfinish(*conn);
	*conn = NULL;
	return ST_RETRY;
}

/*
 * Nobody let us in: a line for each, and what that means for the caller. Those
 * whom no time was left to ask have not refused.
 */
static enum status
report_failures(const struct db_connector *connector, size_t tried)
{
	const struct host	*host;
	bool			 is_refused = tried == connector->known.count;
	size_t			 i;

	for (i = 0; i < tried; i++) {
		host = &connector->hosts[i];
		is_refused = is_refused &&
		    db_connector_is_refusal(host->sqlstate);
		log_err("database-away", "host", host->place->name[0] != '\0' ?
		    host->place->name : host->place->address, "port",
		    host->place->port, "reason", host->reason, NULL);
	}
	return is_refused ? ST_FAIL : ST_RETRY;
}

enum status
db_connector_open(struct db_connector *connector, int64_t deadline_ms,
    db_notice_receiver on_notice, void *context, PGconn **conn)
{
	enum status	st;
	size_t		i;

	*conn = NULL;
	connector->last = NULL;
	st = db_hosts_list(connector->options.conninfo,
	    connector->options.program, deadline_ms, &connector->known);
	if (st != ST_OK)
		return st;
	order_hosts(connector);
	for (i = 0; i < connector->known.count; i++) {
		if (clock_ms() >= deadline_ms) {
			log_warn("database-late", "reason", i == 0 ?
			    "no time was left to connect" :
			    "no time was left for the other hosts", NULL);
			break;
		}
		st = try_host(connector, &connector->hosts[i], deadline_ms,
		    on_notice, context, conn);
		if (st == ST_OK)
			return ST_OK;
	}
	return report_failures(connector, i);
}
