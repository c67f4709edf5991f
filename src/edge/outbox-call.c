/*
 * outbox-call.c - calls of the mailer's functions of SQL, with patience or
 * without; which functions there are is edge/outbox's affair.
 */
#include "config.h"

#include "edge/outbox-call.h"

#include <time.h>

#include "base/log.h"
#include "edge/clock.h"

#define PAUSE_MIN_MS	200
#define PAUSE_MAX_MS	5000

bool
outbox_is_transient(enum status st)
{
	return st == ST_BUSY || st == ST_RETRY || st == ST_UNKNOWN;
}

static void
wait_ms(int64_t ms)
{
	struct timespec	pause = { ms / 1000, ms % 1000 * 1000000 };

	(void)nanosleep(&pause, NULL);
}

enum status
outbox_call_until(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t until_ms, struct db_result **result,
    bool *was_unknown)
{
	int64_t		pause_ms = PAUSE_MIN_MS;
	enum status	st;

	*was_unknown = false;
	for (;;) {
		st = db_call(db, sql, params, count, until_ms, result);
		if (!outbox_is_transient(st) || until_ms == 0)
			return st;
		*was_unknown = *was_unknown || st == ST_UNKNOWN;
		if (clock_ms() + pause_ms >= until_ms)
			return ST_RETRY;
		wait_ms(pause_ms);
		pause_ms *= 2;
		if (pause_ms > PAUSE_MAX_MS)
			pause_ms = PAUSE_MAX_MS;
	}
}

enum status
outbox_call_once(struct db *db, const char *sql, const char *const *params,
    size_t count, struct db_result **result)
{
	enum status	st;

	st = db_call(db, sql, params, count, 0, result);
	if (st == ST_RETRY && db_is_unsent(db))
		st = db_call(db, sql, params, count, 0, result);
	if (outbox_is_transient(st))
		return ST_RETRY;
	if (st == ST_BAD) {
		log_err("outbox-refused", "reason", db_message(db), NULL);
		return ST_FAIL;
	}
	return st;
}
