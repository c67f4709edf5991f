/*
 * outbox-watch.c - listen to the channel of the outbox, find out whether that
 * is of any use, and ask when the next mail is due.
 */
#include "config.h"

#include "edge/outbox-watch.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "core/crypto.h"
#include "edge/clock.h"
#include "edge/schema.h"

#define CHANNEL		"umws_outbox"	/* sql/code/outbox.sql */
#define PROBE_MS	2000	/* for a notification to come around */
#define SCRIPT_SIZE	128	/* bytes of a statement with a channel */
#define LOOKS_MAX	3	/* while connections are lost over them */
#define TRUST_MS	60000	/* in a host that could commit */

struct watch {
	struct db_options	 options;
	struct db		*db;
	unsigned int		 session;	/* of db_connections(), that
						 * has been looked at */
	bool			 is_listening;
	int64_t			 probed_ms;	/* clock_ms(), or 0 */
};

enum status
watch_new(const struct db_options *options, struct watch **watch)
{
	enum status	st;

	*watch = calloc(1, sizeof(**watch));
	if (*watch == NULL) {
		log_err("no-memory", "for", "watch", NULL);
		return ST_RETRY;
	}
	(*watch)->options = *options;
	(*watch)->options.tells_once = true;
	st = db_new(&(*watch)->options, &(*watch)->db);
	if (st != ST_OK)
		watch_free(watch);
	return st;
}

void
watch_free(struct watch **watch)
{
	if (*watch == NULL)
		return;
	db_free(&(*watch)->db);
	free(*watch);
	*watch = NULL;
}

/* LISTEN, UNLISTEN: they have no parameters. */
static enum status
say(struct watch *watch, const char *verb, const char *channel)
{
	char	script[SCRIPT_SIZE];

	(void)snprintf(script, sizeof(script), "%s \"%s\"", verb, channel);
	return db_script(watch->db, script,
	    clock_ms() + watch->options.statement_timeout_ms);
}

/* Does another process serve us than the one that let us in? */
static enum status
ask_pooled(struct watch *watch, bool *is_pooled)
{
	struct db_result	*result = NULL;
	enum status		 st;

	*is_pooled = true;
	st = db_call(watch->db, "SELECT pg_catalog.pg_backend_pid()", NULL, 0,
	    0, &result);
	if (st == ST_OK)
		*is_pooled = db_number(result, 0, 0) !=
		    db_backend_pid(watch->db);
	db_result_free(&result);
	return st;
}

/* Notify the channel over a connection of its own. */
static enum status
notify(const struct watch *watch, const char *channel)
{
	const char		*params[] = { channel };
	struct db		*db = NULL;
	struct db_result	*result = NULL;
	enum status		 st;

	st = db_new(&watch->options, &db);
	if (st == ST_OK)
		st = db_call(db, "SELECT pg_catalog.pg_notify($1, '')",
		    params, 1, 0, &result);
	db_result_free(&result);
	db_free(&db);
	return st;
}

static bool
has_heard(struct watch *watch)
{
	int64_t		end_ms = clock_ms() + PROBE_MS, left_ms;
	struct pollfd	pfd;

	for (;;) {
		if (db_is_notified(watch->db))
			return true;
		left_ms = end_ms - clock_ms();
		if (left_ms <= 0 || db_socket(watch->db) < 0)
			return false;
		pfd = (struct pollfd){ db_socket(watch->db), POLLIN, 0 };
		(void)poll(&pfd, 1, (int)left_ms);
	}
}

/*
 * Does the pooler pass on what comes while we are silent? In a mode that keeps
 * sessions it does. LISTEN itself never fails, and a notification of our own
 * would come with the answer to it, so somebody else must send one. The channel
 * is ours alone: on a connection of the pooler's that others use afterwards
 * nothing is left that anybody notifies.
 */
static enum status
probe(struct watch *watch, bool *is_heard)
{
	char		channel[sizeof(CHANNEL) + 1 + CRYPTO_UUID_SIZE];
	char		uuid[CRYPTO_UUID_SIZE];
	enum status	st;

	*is_heard = false;
	crypto_uuid(uuid);
	(void)snprintf(channel, sizeof(channel), "%s_%s", CHANNEL, uuid);
	st = say(watch, "LISTEN", channel);
	if (st == ST_OK)
		st = notify(watch, channel);
	if (st != ST_OK)
		return st;
	*is_heard = has_heard(watch);
	return say(watch, "UNLISTEN", channel);
}

/*
 * As outbox_probe(): an old leader notifies of nothing, and tells of yesterday.
 */
static enum status
ask_commit(struct watch *watch)
{
	struct db_result	*result = NULL;
	enum status		 st;

	st = db_call(watch->db, "SELECT umws.write_probe()", NULL, 0, 0,
	    &result);
	db_result_free(&result);
	if (st == ST_OK)
		watch->probed_ms = clock_ms();
	else
		db_close(watch->db);
	return st;
}

/* Look at a new connection, and listen. */
static enum status
attend(struct watch *watch)
{
	unsigned int	session;
	bool		is_pooled, is_heard = true;
	enum status	st;

	st = schema_check(watch->db, 0);
	session = db_connections(watch->db);
	if (st == ST_OK)
		st = ask_commit(watch);
	if (st == ST_OK)
		st = ask_pooled(watch, &is_pooled);
	if (st == ST_OK && is_pooled)
		st = probe(watch, &is_heard);
	if (st == ST_OK && is_heard)
		st = say(watch, "LISTEN", CHANNEL);
	if (st != ST_OK)
		return st;
	watch->is_listening = is_heard;
	watch->session = session;
	return ST_OK;
}

static enum status
ask_due(struct watch *watch, const char *key_ids, int64_t *due_ms)
{
	const char		*params[] = { key_ids };
	struct db_result	*result = NULL;
	enum status		 st;

	st = db_call(watch->db, "SELECT umws.outbox_next($1::text[])", params,
	    1, 0, &result);
	if (st == ST_OK)
		*due_ms = db_is_null(result, 0, 0) ? WATCH_NEVER :
		    db_number(result, 0, 0);
	db_result_free(&result);
	return st;
}

/* Is this the connection that listens? */
static bool
is_attended(struct watch *watch)
{
	return db_is_connected(watch->db) &&
	    watch->session == db_connections(watch->db);
}

enum status
watch_look(struct watch *watch, const char *key_ids, int64_t *due_ms)
{
	enum status	st = ST_OK;
	unsigned int	looks = 0;

	*due_ms = WATCH_NEVER;
	do {
		if (!is_attended(watch))
			st = attend(watch);
		else if (clock_ms() - watch->probed_ms >= TRUST_MS)
			st = ask_commit(watch);
		if (st == ST_OK)
			st = ask_due(watch, key_ids, due_ms);
	} while (st == ST_OK && !is_attended(watch) && ++looks < LOOKS_MAX);
	if (st == ST_BUSY || st == ST_RETRY || st == ST_UNKNOWN ||
	    (st == ST_OK && looks == LOOKS_MAX))
		return ST_RETRY;
	return st == ST_OK ? ST_OK : ST_FAIL;
}

bool
watch_is_listening(const struct watch *watch)
{
	return watch->is_listening;
}

int
watch_socket(const struct watch *watch)
{
	return db_socket(watch->db);
}

bool
watch_is_woken(struct watch *watch)
{
	/* Both are asked: what came before the end was read as well. */
	return db_is_notified(watch->db) || !is_attended(watch);
}
