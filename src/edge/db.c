/*
 * db.c - libpq behind deadlines of our own.
 *
 * A result counts only when PQgetResult() has returned NULL without an
 * error: a failure at commit comes after the row that says "ok". Knows no
 * function of the schema.
 */
#include "config.h"

#include "edge/db.h"

#include <assert.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"

#define SQLSTATE_CLASS	2	/* characters that name an error's class */
#define CONFLICT_TRIES	3	/* calls in all when transactions collide */

struct db {
	struct db_options	 options;
	PGconn			*conn;		/* NULL: not connected */
	bool			 is_warned;	/* in the last call */
	char			 sqlstate[6];	/* of the last call, or "" */
	char			 message[DB_MESSAGE_SIZE];
};

static const char	hex_digits[] = "0123456789abcdef";

struct db_result {
	PGresult	*rows;
};

/* What an error of the server means: the longest matching code wins. */
static const struct {
	const char	*prefix;
	enum status	 status;
} sqlstates[] = {
	{ "22", ST_BAD },	/* data exception */
	{ "23", ST_BAD },	/* integrity constraint violation */
	{ "P0", ST_BAD },	/* RAISE */
	{ "55P03", ST_DENIED },	/* lock not available */
	{ "57014", ST_DENIED },	/* query cancelled: statement_timeout */
	{ "53", ST_DENIED },	/* out of memory, disk, connections */
	{ "40", ST_DENIED },	/* transaction rollback: try again */
	{ "25006", ST_RETRY },	/* read-only: not the primary any more */
	{ "08", ST_UNKNOWN },	/* connection exception */
	{ "57P", ST_UNKNOWN },	/* server stops or crashed: commit may stand */
	{ "XX000", ST_UNKNOWN },
	{ "", ST_FAIL }		/* 42501, 42883, 3F000: schema or rights */
};

static enum status
status_of_sqlstate(const char *sqlstate)
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
db_new(const struct db_options *options, struct db **db)
{
	*db = NULL;
	if (!is_readable(options->conninfo)) {
		log_err("database-refused", "program", options->program,
		    "reason", "its connection string cannot be read", "todo",
		    "see libpq's manual for the form; write '@', '/' and '?' "
		    "in a URI's password as %40, %2F and %3F", NULL);
		return ST_FAIL;
	}
	*db = calloc(1, sizeof(**db));
	if (*db == NULL) {
		log_err("no-memory", "for", "database", NULL);
		return ST_RETRY;
	}
	(*db)->options = *options;
	return ST_OK;
}

static void
forget_error(struct db *db)
{
	db->is_warned = false;
	db->sqlstate[0] = '\0';
	db->message[0] = '\0';
}

static void
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
	free(*db);
	*db = NULL;
}

/* libpq's messages are several lines; the first one says it. */
static void
log_connection(const struct db *db, const char *event, const char *text)
{
	char	line[DB_MESSAGE_SIZE];

	(void)snprintf(line, sizeof(line), "%s", text);
	line[strcspn(line, "\n")] = '\0';
	log_err(event, "host", PQhost(db->conn), "port", PQport(db->conn),
	    "reason", line, NULL);
}

/*
 * Notices are for people in psql. A warning may mean that a commit is not
 * what it should be: one whose wait for a synchronous standby was cancelled
 * is reported as done, with a warning beside it.
 */
static void
note_notice(void *context, const PGresult *result)
{
	struct db	*db = context;
	const char	*severity;

	severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (severity == NULL || strcmp(severity, "WARNING") != 0)
		return;
	db->is_warned = true;
	log_warn("database-warning", "reason",
	    PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY), NULL);
}

static enum status
db_connect(struct db *db)
{
	char		 timeout[16];
	const char	*keys[] = { "client_encoding",
			    "fallback_application_name",
			    "connect_timeout", "dbname", NULL };
	const char	*values[] = { "UTF8", db->options.program, timeout,
			    db->options.conninfo, NULL };

	if (db->conn != NULL && PQstatus(db->conn) == CONNECTION_OK)
		return ST_OK;
	db_close(db);
	(void)snprintf(timeout, sizeof(timeout), "%u",
	    db->options.connect_timeout_s);
	/*
	 * The blocking form: only it gives every host of the conninfo its
	 * own connect_timeout. What the conninfo says itself wins.
	 */
	db->conn = PQconnectdbParams(keys, values, 1);
	if (db->conn == NULL)
		return ST_RETRY;
	if (PQstatus(db->conn) != CONNECTION_OK) {
		log_connection(db, "database-away", PQerrorMessage(db->conn));
		(void)snprintf(db->message, sizeof(db->message), "%s",
		    PQerrorMessage(db->conn));
		db_close(db);
		return ST_RETRY;
	}
	(void)PQsetNoticeReceiver(db->conn, note_notice, db);
	return ST_OK;
}

/* Wait until the socket is ready; false when the deadline passed first. */
static bool
wait_socket(PGconn *conn, short events, int64_t deadline_ms)
{
	struct pollfd	pfd = { PQsocket(conn), events, 0 };
	int64_t		left;
	int		n;

	do {
		left = deadline_ms - clock_ms();
		if (left <= 0)
			return false;
		n = poll(&pfd, 1, (int)left);
	} while (n == 0 || (n < 0 && errno == EINTR));
	return n > 0;
}

/* Push the query out: non-blocking, so a full socket cannot hold us. */
static bool
flush_query(PGconn *conn, int64_t deadline_ms)
{
	int	unsent;

	while ((unsent = PQflush(conn)) > 0) {
		if (!wait_socket(conn, POLLIN | POLLOUT, deadline_ms) ||
		    PQconsumeInput(conn) == 0)
			return false;
	}
	return unsent == 0;
}

/* The next result; false when deadline or connection were lost. */
static bool
next_result(PGconn *conn, int64_t deadline_ms, PGresult **result)
{
	*result = NULL;
	while (PQisBusy(conn)) {
		if (!wait_socket(conn, POLLIN, deadline_ms) ||
		    PQconsumeInput(conn) == 0)
			return false;
	}
	*result = PQgetResult(conn);
	return true;
}

/* Keep the server's sentence for the caller, or log it. */
static enum status
note_error(struct db *db, const PGresult *result)
{
	const char	*sqlstate, *text;
	enum status	 st;

	sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	if (text == NULL)
		text = PQresultErrorMessage(result);
	st = status_of_sqlstate(sqlstate);
	(void)snprintf(db->sqlstate, sizeof(db->sqlstate), "%s",
	    sqlstate == NULL ? "" : sqlstate);
	(void)snprintf(db->message, sizeof(db->message), "%s", text);
	if (st != ST_BAD)
		log_event(st == ST_DENIED ? LOG_LEVEL_WARN : LOG_LEVEL_ERR,
		    "database-error", "sqlstate", sqlstate, "reason",
		    db->message, NULL);
	return st;
}

/*
 * Collect results until NULL. An error at the end (the commit failed)
 * outweighs the rows before it.
 */
static enum status
collect(struct db *db, int64_t deadline_ms, PGresult **rows)
{
	PGresult	*result;
	enum status	 st = ST_OK;

	*rows = NULL;
	for (;;) {
		if (!next_result(db->conn, deadline_ms, &result)) {
			log_connection(db, "database-lost",
			    clock_ms() >= deadline_ms ? "deadline passed" :
			    PQerrorMessage(db->conn));
			return ST_UNKNOWN;
		}
		if (result == NULL)
			return st == ST_OK && db->is_warned ? ST_UNKNOWN : st;
		if (PQresultStatus(result) == PGRES_TUPLES_OK &&
		    *rows == NULL) {
			*rows = result;
			continue;
		}
		if (PQresultStatus(result) == PGRES_FATAL_ERROR ||
		    PQresultStatus(result) == PGRES_BAD_RESPONSE)
			st = note_error(db, result);
		PQclear(result);
	}
}

/* Send one statement and collect its rows, on a live connection. */
static enum status
call_once(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, PGresult **rows)
{
	enum status	st;

	*rows = NULL;
	/*
	 * What breaks before the whole query was accepted by the kernel
	 * never ran; afterwards it may have.
	 */
	if (PQsetnonblocking(db->conn, 1) != 0 ||
	    PQsendQueryParams(db->conn, sql, (int)count, NULL, params, NULL,
	    NULL, 0) == 0) {
		log_connection(db, "database-lost", PQerrorMessage(db->conn));
		return ST_RETRY;
	}
	if (!flush_query(db->conn, deadline_ms)) {
		log_connection(db, "database-lost", PQerrorMessage(db->conn));
		return ST_UNKNOWN;
	}
	st = collect(db, deadline_ms, rows);
	if (st != ST_OK) {
		PQclear(*rows);
		*rows = NULL;
	}
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

/*
 * The same, by a deadline. What comes too late is not even sent: it would
 * happen behind the back of a caller who has given up.
 */
static enum status
call_in_time(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, PGresult **rows)
{
	int64_t	now_ms = clock_ms();
	int64_t	end_ms = now_ms + db->options.statement_timeout_ms;

	if (deadline_ms != 0 && deadline_ms < end_ms)
		end_ms = deadline_ms;
	if (end_ms <= now_ms) {
		log_warn("database-late", "reason",
		    "no time was left for a call", NULL);
		return ST_DENIED;
	}
	return call_once(db, sql, params, count, end_ms, rows);
}

/* A call that collided with another transaction may be repeated at once. */
static bool
is_conflict(const struct db *db)
{
	return strncmp(db->sqlstate, "40", SQLSTATE_CLASS) == 0;
}

enum status
db_call(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	PGresult	*rows = NULL;
	enum status	 st;
	int		 tries = 0;

	*result = NULL;
	drop_dead_connection(db);
	do {
		forget_error(db);
		st = db_connect(db);
		if (st == ST_OK)
			st = call_in_time(db, sql, params, count, deadline_ms,
			    &rows);
	} while (st == ST_DENIED && is_conflict(db) &&
	    ++tries < CONFLICT_TRIES);
	if (st == ST_RETRY || st == ST_UNKNOWN || st == ST_FAIL)
		db_close(db);
	if (st != ST_OK)
		return st;
	*result = calloc(1, sizeof(**result));
	if (*result == NULL) {
		/* It has committed, and its rows cannot be handed over. */
		PQclear(rows);
		return ST_UNKNOWN;
	}
	(*result)->rows = rows;
	return ST_OK;
}

enum status
db_script(struct db *db, const char *script)
{
	PGresult	*result;
	enum status	 st;

	forget_error(db);
	st = db_connect(db);
	if (st != ST_OK)
		return st;
	(void)PQsetnonblocking(db->conn, 0);
	result = PQexec(db->conn, script);
	if (PQresultStatus(result) != PGRES_COMMAND_OK &&
	    PQresultStatus(result) != PGRES_TUPLES_OK)
		st = note_error(db, result);
	PQclear(result);
	if (st == ST_UNKNOWN)
		db_close(db);
	else if (st != ST_OK)
		st = ST_BAD;
	return st;
}

bool
db_is_connected(struct db *db)
{
	drop_dead_connection(db);
	return db->conn != NULL;
}

bool
db_is_text_error(const struct db *db)
{
	/* character_not_in_repertoire, untranslatable_character */
	return strcmp(db->sqlstate, "22021") == 0 ||
	    strcmp(db->sqlstate, "22P05") == 0;
}

const char *
db_message(const struct db *db)
{
	return db->message;
}

size_t
db_rows(const struct db_result *result)
{
	return (size_t)PQntuples(result->rows);
}

bool
db_is_null(const struct db_result *result, size_t row, size_t column)
{
	return PQgetisnull(result->rows, (int)row, (int)column) != 0;
}

const char *
db_text(const struct db_result *result, size_t row, size_t column)
{
	const char	*text;

	text = PQgetvalue(result->rows, (int)row, (int)column);
	return text == NULL ? "" : text;
}

int64_t
db_number(const struct db_result *result, size_t row, size_t column)
{
	const char	*text = db_text(result, row, column);
	char		*end;
	int64_t		 number;

	if (*text == '\0')
		return 0;
	number = strtoll(text, &end, 10);
	assert(*end == '\0');
	return number;
}

bool
db_bool(const struct db_result *result, size_t row, size_t column)
{
	return db_text(result, row, column)[0] == 't';
}

enum status
db_copy_text(const struct db_result *result, size_t row, size_t column,
    char *text, size_t size)
{
	const char	*value = db_text(result, row, column);
	size_t		 len = strlen(value);

	text[0] = '\0';
	if (len >= size)
		return ST_BAD;
	memcpy(text, value, len + 1);
	return ST_OK;
}

/* What a digit of PostgreSQL's own hex output stands for. */
static unsigned int
hex_value(char digit)
{
	return (unsigned int)(strchr(hex_digits, digit) - hex_digits);
}

enum status
db_copy_bytes(const struct db_result *result, size_t row, size_t column,
    unsigned char *bytes, size_t size, size_t *len)
{
	const char	*text = db_text(result, row, column);
	size_t		 i, count;

	*len = 0;
	if (*text == '\0')
		return ST_OK;
	if (strncmp(text, "\\x", 2) != 0 || strlen(text) % 2 != 0)
		return ST_BAD;
	count = strlen(text) / 2 - 1;
	if (count > size)
		return ST_BAD;
	text += 2;
	if (strspn(text, hex_digits) != 2 * count)
		return ST_BAD;
	for (i = 0; i < count; i++)
		bytes[i] = (unsigned char)(hex_value(text[2 * i]) << 4 |
		    hex_value(text[2 * i + 1]));
	*len = count;
	return ST_OK;
}

void
db_result_free(struct db_result **result)
{
	if (*result == NULL)
		return;
	PQclear((*result)->rows);
	free(*result);
	*result = NULL;
}

void
db_bytes_text(const unsigned char *bytes, size_t len, char *text, size_t size)
{
	size_t	i;

	assert(size >= 2 * len + 3);
	*text++ = '\\';
	*text++ = 'x';
	for (i = 0; i < len; i++) {
		*text++ = hex_digits[bytes[i] >> 4];
		*text++ = hex_digits[bytes[i] & 0x0f];
	}
	*text = '\0';
}
