/*
 * outbox-call.h - how edge/outbox calls the database. Private to it.
 */
#ifndef UMWS_OUTBOX_CALL_H
#define UMWS_OUTBOX_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"

/* Busy, away or unknown: none of our calls does harm when said again. */
bool		outbox_is_transient(enum status st);

/*
 * Call until the database has an answer or until_ms has come; with 0 once.
 *
 * was_unknown  set to whether a call before the last may have committed
 *
 * ST_OK, ST_BAD, ST_FAIL as db_call(); ST_RETRY without an answer, but all that
 * db_call() says of one that is made once.
 */
enum status	outbox_call_until(struct db *db, const char *sql,
		    const char *const *params, size_t count, int64_t until_ms,
		    struct db_result **result, bool *was_unknown) MUSTCHECK;

/* One call without patience: ST_OK, ST_RETRY or ST_FAIL, logged. */
enum status	outbox_call_once(struct db *db, const char *sql,
		    const char *const *params, size_t count,
		    struct db_result **result) MUSTCHECK;

#endif
