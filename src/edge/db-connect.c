/*
 * db-connect.c - libpq is given one host at a time.
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

#define HOSTS_MAX	16	/* hosts of one conninfo */
#define BLAMES_MAX	16	/* remembered; the oldest make room */
#define BLAME_MS	(60 * 1000)
#define NAME_SIZE	256	/* bytes of a host's name or path */
#define PORT_SIZE	8
#define NO_SSLMODE	"no-connection"	/* no libpq knows it */

/* Where a server listens, as libpq wants to hear it; "" is its default. */
struct place {
	char	name[NAME_SIZE];
	char	address[NAME_SIZE];
	char	port[PORT_SIZE];
};

struct host {
	struct place	place;
	char		reason[DB_REASON_SIZE];	/* why it did not let us in */
	char		sqlstate[DB_SQLSTATE_SIZE];
};

struct blame {
	struct place	place;
	int64_t		at_ms;		/* 0: nobody is blamed here */
};

struct db_connector {
	struct db_connector_options	options;
	unsigned int			timeout_s;
	struct host			hosts[HOSTS_MAX];
	size_t				count;
	struct blame			blames[BLAMES_MAX];
	struct place			current; /* of the last connection */
	const struct host		*last;	/* that said no, or NULL */
};

static bool
is_same(const struct place *a, const struct place *b)
{
	return strcmp(a->name, b->name) == 0 &&
	    strcmp(a->address, b->address) == 0 &&
	    strcmp(a->port, b->port) == 0;
}

/*
 * Can libpq read this? What it would say of a string that it cannot read
 * quotes it, password and all; so does what it says of a host when a '@' or
 * '/' in the password of a URI begins one. A name alone is a database's.
 */
static bool
is_readable(const char *conninfo)
{
	PQconninfoOption	*parsed;
	const char		*host = strstr(conninfo, "://");

	if (strncmp(conninfo, "postgres", 8) == 0 && host != NULL) {
		host += 3 + strcspn(host + 3, "@");
		if (*host == '@' && strpbrk(host + 1, "@") != NULL)
			return false;
		host = strstr(conninfo, "://") + 3;
		host += strcspn(host, "/?");
		if (strchr(host, '@') != NULL)
			return false;
	} else if (strchr(conninfo, '=') == NULL) {
		return true;
	}
	parsed = PQconninfoParse(conninfo, NULL);
	if (parsed == NULL)
		return false;
	PQconninfoFree(parsed);
	return true;
}

enum status
db_connector_new(const struct db_connector_options *options,
    struct db_connector **connector)
{
	*connector = NULL;
	if (!is_readable(options->conninfo)) {
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

/* The value of one of libpq's options, "" for none. */
static const char *
option_value(const PQconninfoOption *options, const char *keyword)
{
	for (; options->keyword != NULL; options++)
		if (strcmp(options->keyword, keyword) == 0)
			return options->val == NULL ? "" : options->val;
	return "";
}

/*
 * What libpq makes of conninfo, environment, service file and defaults: it
 * tells of a connection only, so one is begun that ends before any host is
 * asked. NULL (logged) when the conninfo cannot be used.
 */
static PQconninfoOption *
effective_options(const struct db_connector *connector)
{
	const char		*keys[] = { "dbname", "sslmode", NULL };
	const char		*values[] = { connector->options.conninfo,
				    NO_SSLMODE, NULL };
	PGconn			*conn = PQconnectStartParams(keys, values, 1);
	PQconninfoOption	*options = NULL;

	if (conn != NULL)
		options = PQconninfo(conn);
	if (options != NULL && strcmp(option_value(options, "sslmode"),
	    NO_SSLMODE) != 0) {
		PQconninfoFree(options);
		options = NULL;
	}
	if (options == NULL)
		/* libpq's own words may hold a password. */
		log_err("database-refused", "program",
		    connector->options.program, "reason", "its connection "
		    "string or service cannot be used, or no memory", NULL);
	PQfinish(conn);
	return options;
}

/* The index-th part of a list with commas; false past its end. */
static bool
list_part(const char *list, size_t index, char *part, size_t size)
{
	size_t	len;

	part[0] = '\0';
	for (; index > 0; index--) {
		list += strcspn(list, ",");
		if (*list == '\0')
			return false;
		list++;
	}
	len = strcspn(list, ",");
	if (len >= size)
		return false;
	memcpy(part, list, len);
	part[len] = '\0';
	return true;
}

static void
add_host(struct db_connector *connector, const struct place *place)
{
	struct host	*host;

	if (connector->count == HOSTS_MAX)
		return;
	host = &connector->hosts[connector->count++];
	memset(host, 0, sizeof(*host));
	host->place = *place;
}

/* One host for each address of the name; the name alone if it has none. */
static void
add_addresses(struct db_connector *connector, const struct place *named)
{
	struct addrinfo	 hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo	*found = NULL, *at;
	struct place	 place = *named;
	size_t		 before = connector->count;

	if (getaddrinfo(named->name, NULL, &hints, &found) == 0)
		for (at = found; at != NULL; at = at->ai_next)
			if (getnameinfo(at->ai_addr, at->ai_addrlen,
			    place.address, sizeof(place.address), NULL, 0,
			    NI_NUMERICHOST) == 0)
				add_host(connector, &place);
	if (found != NULL)
		freeaddrinfo(found);
	if (connector->count == before)
		add_host(connector, named);
}

/* The index-th host of libpq's lists; false past their end. */
static bool
read_place(const PQconninfoOption *options, size_t index,
    struct place *place)
{
	const char	*names = option_value(options, "host");
	const char	*addresses = option_value(options, "hostaddr");
	const char	*ports = option_value(options, "port");
	bool		 is_named;

	memset(place, 0, sizeof(*place));
	is_named = list_part(names, index, place->name, NAME_SIZE);
	if (*addresses != '\0') {
		if (!list_part(addresses, index, place->address, NAME_SIZE))
			return false;
	} else if (!is_named) {
		return false;
	}
	/* One port is everybody's. */
	if (!list_part(ports, index, place->port, PORT_SIZE))
		(void)list_part(ports, 0, place->port, PORT_SIZE);
	return true;
}

/* Names are resolved anew for each search: they may lead elsewhere by now. */
static enum status
list_hosts(struct db_connector *connector)
{
	PQconninfoOption	*options = effective_options(connector);
	const char		*timeout;
	struct place		 place;
	size_t			 i;

	connector->count = 0;
	if (options == NULL)
		return ST_FAIL;
	timeout = option_value(options, "connect_timeout");
	connector->timeout_s = (unsigned int)strtoul(timeout, NULL, 10);
	if (*timeout == '-' || connector->timeout_s == 0)
		connector->timeout_s = connector->options.connect_timeout_s;
	for (i = 0; read_place(options, i, &place); i++) {
		/* A path, or "@" for an abstract socket, is no host's name. */
		if (place.address[0] != '\0' || place.name[0] == '\0' ||
		    place.name[0] == '/' || place.name[0] == '@')
			add_host(connector, &place);
		else
			add_addresses(connector, &place);
	}
	PQconninfoFree(options);
	return ST_OK;
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
		    is_same(&blame->place, &host->place))
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

	for (i = 1; i < connector->count; i++) {
		moved = connector->hosts[i];
		for (k = i; k > 0 && blamed_ms(connector,
		    &connector->hosts[k - 1]) > blamed_ms(connector, &moved);
		    k--)
			connector->hosts[k] = connector->hosts[k - 1];
		connector->hosts[k] = moved;
	}
}

static void
blame_place(struct db_connector *connector, const struct place *place)
{
	struct blame	*blame = &connector->blames[0];
	size_t		 i;

	for (i = 0; i < BLAMES_MAX; i++) {
		if (connector->blames[i].at_ms < blame->at_ms)
			blame = &connector->blames[i];
	}
	for (i = 0; i < BLAMES_MAX; i++) {
		if (is_same(&connector->blames[i].place, place))
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
start(const struct db_connector *connector, const struct place *place)
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

/* Wait for the socket; false when the time is over. */
static bool
wait_for(PGconn *conn, short events, int64_t until_ms)
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
		if (!wait_for(conn, next == PGRES_POLLING_READING ? POLLIN :
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
		blame_place(connector, &host->place);
}

/* One host, in its own time. */
static enum status
try_host(struct db_connector *connector, struct host *host,
    int64_t deadline_ms, db_notice_receiver on_notice, void *context,
    PGconn **conn)
{
	int64_t		until_ms = clock_ms() +
			    (int64_t)connector->timeout_s * 1000;
	enum status	st;

	if (until_ms > deadline_ms)
		until_ms = deadline_ms;
	*conn = start(connector, &host->place);
	if (*conn == NULL) {
		(void)snprintf(host->reason, sizeof(host->reason),
		    "no memory");
		connector->last = host;
		return ST_RETRY;
	}
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

/* Nobody let us in: a line for each, and what that means for the caller. */
static enum status
report_failures(const struct db_connector *connector, size_t tried)
{
	const struct host	*host;
	bool			 is_refused = tried > 0;
	size_t			 i;

	for (i = 0; i < tried; i++) {
		host = &connector->hosts[i];
		is_refused = is_refused &&
		    db_connector_is_refusal(host->sqlstate);
		log_err("database-away", "host", host->place.name[0] != '\0' ?
		    host->place.name : host->place.address, "port",
		    host->place.port, "reason", host->reason, NULL);
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
	st = list_hosts(connector);
	if (st != ST_OK)
		return st;
	order_hosts(connector);
	if (clock_ms() >= deadline_ms)
		log_warn("database-late", "reason",
		    "no time was left to connect", NULL);
	for (i = 0; i < connector->count && clock_ms() < deadline_ms; i++) {
		st = try_host(connector, &connector->hosts[i], deadline_ms,
		    on_notice, context, conn);
		if (st == ST_OK)
			return ST_OK;
	}
	return report_failures(connector, i);
}
