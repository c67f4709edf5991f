/*
 * db-connect.c - connect to the hosts of a conninfo one by one, by a deadline.
 *
 * Left with the whole list it begins at the first host each time, takes
 * whichever lets it in, and gives up at the first that says no.
 */
#include "config.h"

#include "edge/db-connect.h"

#include <sys/socket.h>

#include <errno.h>
#include <libpq-fe.h>
#include <netdb.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/db-connect-hosts.h"
#include "edge/db-connect-hosts-check.h"
#include "edge/db-refusal.h"
#include "edge/lookup.h"

#define LATE_MS		(30 * 1000) /* a lookup, with nobody else to ask */

/* A host in one search; a name becomes one for each of its addresses. */
struct host {
	struct db_place	place;
	size_t		turn;		/* its index in the conninfo */
	bool		has_lookup;	/* its address is to be looked up */
	bool		is_late;	/* others did not wait for that */
	bool		is_asked;
	char		reason[DB_REASON_SIZE]; /* why not, or "" */
	char		sqlstate[DB_SQLSTATE_SIZE];
};

struct db_connector {
	struct db_connector_options	options;
	struct db_hosts			known;
	struct lookup		*lookups[DB_HOSTS_MAX]; /* owned; of
						 * known's names, or NULL */
	struct host			hosts[DB_HOSTS_MAX];
	size_t				count;	/* of hosts */
	const struct host		*asked[DB_HOSTS_MAX]; /* in order */
	size_t				asked_count;
	struct db_blames		blames;
	struct db_place			current; /* of the last connection */
	const struct host		*last;	/* that said no, or NULL */
	enum status			 ended;	/* the last search */
};

enum status
db_connector_new(const struct db_connector_options *options,
    struct db_connector **connector)
{
	enum status	st;

	*connector = NULL;
	st = db_check_conninfo(options->conninfo, options->program);
	if (st != ST_OK)
		return st;
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
	size_t	i;

	if (*connector == NULL)
		return;
	for (i = 0; i < DB_HOSTS_MAX; i++)
		lookup_free(&(*connector)->lookups[i]);
	free(*connector);
	*connector = NULL;
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

/*
 * Whom to ask next: first those whose address is known or may be waited for,
 * of these the ones without blame, then those blamed longest ago, each in the
 * conninfo's order. NULL when all have been asked.
 */
static struct host *
next_host(struct db_connector *connector)
{
	struct host	*best = NULL, *host;
	int64_t		 best_ms = 0, at_ms;
	size_t		 i;

	for (i = 0; i < connector->count; i++) {
		host = &connector->hosts[i];
		if (host->is_asked)
			continue;
		at_ms = db_blames_at_ms(&connector->blames, &host->place);
		if (best == NULL || host->is_late < best->is_late ||
		    (host->is_late == best->is_late && (at_ms < best_ms ||
		    (at_ms == best_ms && host->turn < best->turn)))) {
			best = host;
			best_ms = at_ms;
		}
	}
	return best;
}

void
db_connector_blame(struct db_connector *connector)
{
	db_blames_add(&connector->blames, &connector->current);
}

bool
db_connector_has_choice(const struct db_connector *connector)
{
	return connector->count > 1;
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
 * Why a host did not let us in; the first line of the words says it. They may
 * quote the conninfo, and what is odd in it may be a password.
 */
static void
write_reason(struct host *host, const char *words, const char *odd)
{
	if (odd[0] == '\0') {
		(void)snprintf(host->reason, sizeof(host->reason), "%s",
		    words);
		host->reason[strcspn(host->reason, "\n")] = '\0';
		return;
	}
	(void)snprintf(host->reason, sizeof(host->reason), "%s%s, in words "
	    "that may quote %s of the connection string and are not shown: "
	    "it has an unusual form", host->sqlstate[0] == '\0' ?
	    "no connection" : "the server refuses with SQLSTATE ",
	    host->sqlstate, odd);
}

/* Keep why this host did not let us in. */
static void
note_failure(struct db_connector *connector, struct host *host,
    PGconn *conn, enum status st)
{
	const char	*words = st == ST_UNKNOWN ? "no answer in time" :
			    PQerrorMessage(conn);

	db_refusal_find_sqlstate(words, host->sqlstate);
	write_reason(host, words, st == ST_UNKNOWN ? "" :
	    connector->known.odd);
	/* What libpq finds out by itself has no SQLSTATE: here is the
	 * server's for a password that is wrong. */
	if (host->sqlstate[0] == '\0' && PQconnectionNeedsPassword(conn))
		(void)strcpy(host->sqlstate, "28P01");
	connector->last = host;
	if (st == ST_UNKNOWN)
		db_blames_add(&connector->blames, &host->place);
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

/* The host has had its turn, or will have none: why, unless it is NULL. */
static void
note_asked(struct db_connector *connector, struct host *host,
    const char *fault)
{
	host->is_asked = true;
	connector->asked[connector->asked_count++] = host;
	if (fault == NULL)
		return;
	(void)snprintf(host->reason, sizeof(host->reason), "%s", fault);
	connector->last = host;
}

/* The lookup has ended: each address is a host, the first one its name's. */
static void
take_addresses(struct db_connector *connector, struct host *host)
{
	const char		*fault;
	const struct addrinfo	*at;
	struct host		*to = host;

	host->has_lookup = false;
	host->is_late = false;
	for (at = lookup_found(connector->lookups[host->turn], &fault);
	    at != NULL && to != NULL; at = at->ai_next) {
		*to = *host;
		if (getnameinfo(at->ai_addr, at->ai_addrlen,
		    to->place.address, sizeof(to->place.address), NULL, 0,
		    NI_NUMERICHOST) != 0)
			continue;
		connector->count += to != host;
		to = connector->count < DB_HOSTS_MAX ?
		    &connector->hosts[connector->count] : NULL;
	}
	if (host->place.address[0] == '\0')
		note_asked(connector, host, fault != NULL ? fault :
		    "its name has no address");
}

/* Look all names up anew, since they may lead elsewhere by now. */
static void
begin_lookups(struct db_connector *connector)
{
	struct lookup	**lookup;
	const char		*fault;
	struct host		*host;
	size_t			 i;

	for (i = 0; i < connector->known.count; i++) {
		host = &connector->hosts[i];
		lookup = &connector->lookups[i];
		if (!host->has_lookup || *lookup != NULL)
			continue;
		*lookup = lookup_new(host->place.name, 0, &fault);
		if (*lookup != NULL)
			continue;
		host->has_lookup = false;
		note_asked(connector, host, fault);
	}
}

/*
 * Nobody is left to ask but those whose names are looked up for so long
 * already. What is late for a second time, has no turn any more.
 */
static void
wait_for_late(struct db_connector *connector, int64_t deadline_ms)
{
	int64_t	until_ms = clock_ms() + LATE_MS;
	size_t	i;
	bool	is_any = false;

	lookup_wait(connector->lookups, connector->known.count,
	    until_ms < deadline_ms ? until_ms : deadline_ms);
	for (i = 0; i < connector->known.count; i++)
		is_any = is_any || (connector->hosts[i].has_lookup &&
		    !lookup_is_busy(connector->lookups[i]));
	for (i = 0; i < connector->known.count && !is_any; i++)
		if (connector->hosts[i].has_lookup)
			note_asked(connector, &connector->hosts[i],
			    "its name was not looked up in time");
}

/*
 * A name has its turn. The resolver may hang: one host's time is spent on all
 * lookups together, then those whom it does not keep are asked first.
 */
static void
look_up(struct db_connector *connector, struct host *host,
    int64_t deadline_ms)
{
	bool	is_late;
	size_t	i;

	begin_lookups(connector);
	if (host->is_late)
		wait_for_late(connector, deadline_ms);
	else if (host->has_lookup)
		lookup_wait(&connector->lookups[host->turn], 1,
		    host_until_ms(connector, deadline_ms));
	is_late = host->has_lookup &&
	    lookup_is_busy(connector->lookups[host->turn]);
	for (i = 0; i < connector->known.count; i++) {
		host = &connector->hosts[i];
		if (host->is_asked || !host->has_lookup)
			continue;
		if (!lookup_is_busy(connector->lookups[i])) {
			take_addresses(connector, host);
		} else if (is_late && !host->is_late) {
			host->is_late = true;
			db_blames_add(&connector->blames, &host->place);
		}
	}
}

/* Begin a search; a lookup that is under way still serves it, too. */
static void
begin_search(struct db_connector *connector)
{
	struct host	*host;
	size_t		 i;

	connector->last = NULL;
	connector->asked_count = 0;
	connector->count = connector->known.count;
	for (i = 0; i < DB_HOSTS_MAX; i++) {
		host = &connector->hosts[i];
		*host = (struct host){ .turn = i };
		if (connector->lookups[i] != NULL &&
		    !lookup_is_busy(connector->lookups[i]))
			lookup_free(&connector->lookups[i]);
		if (i >= connector->count)
			continue;
		host->place = connector->known.places[i];
		host->has_lookup = db_place_is_name(&host->place);
	}
}

/* One host, in its own time. */
static enum status
try_host(struct db_connector *connector, struct host *host,
    int64_t deadline_ms, db_notice_receiver on_notice, void *context,
    PGconn **conn)
{
	int64_t		until_ms = host_until_ms(connector, deadline_ms);
	enum status	st;

	*conn = start(connector, &host->place);
	note_asked(connector, host, *conn == NULL ? "no memory" : NULL);
	if (*conn == NULL)
		return ST_RETRY;
	(void)PQsetNoticeReceiver(*conn, on_notice, context);
	(void)PQsetErrorVerbosity(*conn, PQERRORS_VERBOSE);
	st = see_through(*conn, until_ms);
	if (st == ST_OK) {
		(void)PQsetErrorVerbosity(*conn, PQERRORS_DEFAULT);
		connector->current = host->place;
		return ST_OK;
	}
	note_failure(connector, host, *conn, st);
	PQfinish(*conn);
	*conn = NULL;
	return ST_RETRY;
}

static void
tell_failure(const struct db_connector *connector, const struct host *host)
{
	char	number[DB_PLACE_NUMBER_SIZE];

	log_err("database-away", "host", db_place_label(&host->place,
	    host->turn, &connector->known, number), "port",
	    host->place.port, "reason", host->reason, "todo",
	    db_refusal_todo(host->sqlstate, true), NULL);
}

/*
 * Nobody let us in: a line for each, and what that means for the caller. Those
 * whom no time was left to ask have not refused.
 */
static enum status
report_failures(struct db_connector *connector)
{
	enum status	before = connector->ended;
	bool		is_refused;
	size_t		i;

	is_refused = connector->asked_count == connector->count;
	for (i = 0; is_refused && i < connector->asked_count; i++)
		is_refused = db_refusal_is_final(
		    connector->asked[i]->sqlstate);
	connector->ended = is_refused ? ST_FAIL : ST_RETRY;
	if (connector->options.tells_once && connector->ended == before)
		return before;
	for (i = 0; i < connector->asked_count; i++)
		tell_failure(connector, connector->asked[i]);
	return connector->ended;
}

enum status
db_connector_open(struct db_connector *connector, int64_t deadline_ms,
    db_notice_receiver on_notice, void *context, PGconn **conn)
{
	struct host	*host;
	enum status	 st;

	*conn = NULL;
	st = db_hosts_list(connector->options.conninfo,
	    connector->options.program, &connector->known);
	begin_search(connector);
	if (st != ST_OK)
		return st;
	while ((host = next_host(connector)) != NULL) {
		if (clock_ms() >= deadline_ms) {
			log_warn("database-late", "reason",
			    connector->asked_count == 0 ?
			    "no time was left to connect" :
			    "no time was left for the other hosts", NULL);
			break;
		}
		if (host->has_lookup) {
			look_up(connector, host, deadline_ms);
			continue;
		}
		st = try_host(connector, host, deadline_ms, on_notice,
		    context, conn);
		if (st == ST_OK) {
			connector->ended = ST_OK;
			return ST_OK;
		}
	}
	return report_failures(connector);
}
