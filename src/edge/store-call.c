/*
 * store-call.c - call the database's functions for the worker, and map their
 * result words to refusals, by one table.
 */
#include "config.h"

#include "edge/store-call.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/schema.h"

#define SUDDEN_MS		500	/* a lost connection, not a deadline */
#define OUTCOME_PAUSE_MS	200	/* between two questions */

/* What the words of the database's functions mean to us. */
static const struct {
	const char	*word;
	enum status	 status;
	enum refusal	 refusal;
} results[] = {
	{ "ok", ST_OK, REFUSAL_NONE },
	{ "not_enabled", ST_DENIED, REFUSAL_NOT_ENABLED },
	{ "unknown", ST_DENIED, REFUSAL_NOT_ENABLED },
	{ "disabled", ST_DENIED, REFUSAL_NOT_ENABLED },
	{ "notify_refused", ST_DENIED, REFUSAL_INVALID_REQUEST },
	{ "not_lost", ST_DENIED, REFUSAL_INVALID_REQUEST },
	{ "refused", ST_DENIED, REFUSAL_INVALID_REQUEST },
	{ "denied", ST_DENIED, REFUSAL_IMPERSONATION },
	{ "invalid", ST_DENIED, REFUSAL_IMPERSONATION_HEADER },
	{ "no_mailbox", ST_DENIED, REFUSAL_NO_MAILBOX },
	{ "pin_locked", ST_DENIED, REFUSAL_PIN_LOCKED },
	{ "locked_by_admin", ST_DENIED, REFUSAL_PIN_LOCKED },
	{ "busy", ST_DENIED, REFUSAL_BUSY },
	{ "stale", ST_RETRY, REFUSAL_BUSY },
	{ "history", ST_RETRY, REFUSAL_BUSY },
	{ "abandoned", ST_RETRY, REFUSAL_STORE_UNAVAILABLE },
	{ "key_unknown", ST_DENIED, REFUSAL_INTERNAL },
	{ "done", ST_DENIED, REFUSAL_NONE },
};

enum status
store_result_of_word(const char *word, uint64_t back_off_ms,
    struct denial *denial)
{
	size_t	i;

	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
		if (strcmp(results[i].word, word) != 0)
			continue;
		if (strcmp(word, "key_unknown") == 0)
			log_err("mail-key-unknown", "todo",
			    "register mail_pub: umwsctl key create mail",
			    NULL);
		denial->word = results[i].word;
		denial->refusal = results[i].refusal;
		denial->back_off_ms = back_off_ms == 0 ?
		    REFUSAL_BACK_OFF_MS : back_off_ms;
		return results[i].status;
	}
	log_err("result-unknown", "word", word, NULL);
	denial->word = NULL;
	denial->refusal = REFUSAL_INTERNAL;
	return ST_DENIED;
}

enum status
store_result_of_status(struct store *store, enum status st, bool is_write,
    struct denial *denial)
{
	denial->back_off_ms = REFUSAL_BACK_OFF_MS;
	denial->word = NULL;
	switch (st) {
	case ST_BUSY:
		denial->refusal = REFUSAL_BUSY;
		return ST_DENIED;
	case ST_UNKNOWN:
		if (is_write) {
			denial->refusal = REFUSAL_TRANSIENT;
			return ST_UNKNOWN;
		}
		denial->refusal = REFUSAL_STORE_UNAVAILABLE;
		return ST_DENIED;
	case ST_RETRY:
		denial->refusal = REFUSAL_STORE_UNAVAILABLE;
		return ST_DENIED;
	case ST_BAD:
		log_err("database-refused", "reason", db_message(store->db),
		    NULL);
		break;
	case ST_FAIL:
		/* It does not let us in at all: to a caller it is away. */
		if (db_is_shut(store->db)) {
			denial->refusal = REFUSAL_STORE_UNAVAILABLE;
			return ST_DENIED;
		}
		break;
	case ST_OK:
	case ST_DENIED:
		break;
	}
	denial->refusal = REFUSAL_INTERNAL;
	return ST_DENIED;
}

enum status
store_connect(struct store *store, int64_t deadline_ms)
{
	if (db_is_connected(store->db))
		return ST_OK;
	return schema_check(store->db, deadline_ms);
}

void
store_tell(const struct store *store, bool is_commit, int64_t start_us,
    enum status st)
{
	if (store->told != NULL)
		store->told(store->context, is_commit, clock_us() - start_us,
		    st);
}

static enum status
call(struct store *store, bool is_commit, const char *sql,
    const char *const *params, size_t count, int64_t deadline_ms,
    struct db_result **result)
{
	int64_t		start_us = clock_us();
	enum status	st;
	unsigned int	tries = 0;

	do {
		st = store_connect(store, deadline_ms);
		if (st == ST_OK)
			st = db_call(store->db, sql, params, count,
			    deadline_ms, result);
	} while (st == ST_RETRY && db_is_unsent(store->db) && tries++ == 0);
	store_tell(store, is_commit, start_us, st);
	return st;
}

enum status
store_call(struct store *store, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	return call(store, false, sql, params, count, deadline_ms, result);
}

enum status
store_change(struct store *store, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	return call(store, true, sql, params, count, deadline_ms, result);
}

enum status
store_ask(struct store *store, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	int64_t		begin_ms = clock_ms();
	bool		was_kept = db_is_connected(store->db);
	enum status	st;

	st = store_call(store, sql, params, count, deadline_ms, result);
	if (st != ST_UNKNOWN || !was_kept ||
	    clock_ms() - begin_ms > SUDDEN_MS)
		return st;
	return store_call(store, sql, params, count, deadline_ms, result);
}

enum status
store_insist(struct store *store, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **row)
{
	enum status	st;

	for (;;) {
		st = store_call(store, sql, params, count, deadline_ms, row);
		if (st == ST_OK)
			return ST_OK;
		if (st == ST_FAIL ||
		    clock_ms() + OUTCOME_PAUSE_MS >= deadline_ms)
			return ST_UNKNOWN;
		(void)poll(NULL, 0, OUTCOME_PAUSE_MS);
	}
}

enum status
store_result_of_row(struct store *store, enum status st,
    struct db_result **row, struct denial *denial)
{
	if (st == ST_OK)
		st = store_result_of_word(
		    db_text(*row, 0, db_column(*row, "result")),
		    (uint64_t)db_number(*row, 0,
		    db_column(*row, "back_off_ms")), denial);
	else
		st = store_result_of_status(store, st, true, denial);
	db_result_free(row);
	return st;
}

const char *
store_inet(const char *address)
{
	unsigned char	bytes[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, address, bytes) == 1 ||
	    inet_pton(AF_INET6, address, bytes) == 1)
		return address;
	return NULL;
}
