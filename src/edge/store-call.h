/*
 * store-call.h - how edge/store and the files named after it call the
 * database and read its answers. Private to them.
 */
#ifndef UMWS_STORE_CALL_H
#define UMWS_STORE_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "core/refusal.h"
#include "edge/db.h"
#include "edge/store.h"

struct store {
	struct db	*db;
	store_told	*told;		/* NULL: nobody listens */
	void		*context;	/* of told */
};

/* Connect and look at the schema, unless there is a connection. */
enum status	store_connect(struct store *store, int64_t deadline_ms)
		    MUSTCHECK;

/* db_call(), after store_connect(). */
enum status	store_call(struct store *store, const char *sql,
		    const char *const *params, size_t count,
		    int64_t deadline_ms, struct db_result **result)
		    MUSTCHECK;

/* The same, for a call that commits what was asked for. */
enum status	store_change(struct store *store, const char *sql,
		    const char *const *params, size_t count,
		    int64_t deadline_ms, struct db_result **result)
		    MUSTCHECK;

/* A call that began at start_us, of clock_us(), has ended. */
void		store_tell(const struct store *store, bool is_commit,
		    int64_t start_us, enum status st);

/*
 * A call that does no harm when it is made twice. A kept connection may end
 * in the very moment in which it is used: then, if that took no time, once
 * more on a new one.
 */
enum status	store_ask(struct store *store, const char *sql,
		    const char *const *params, size_t count,
		    int64_t deadline_ms, struct db_result **result)
		    MUSTCHECK;

/*
 * Ask until there is an answer: the call does the same however often it is
 * made. ST_OK or ST_UNKNOWN: everything but an answer leaves open what became
 * of an earlier one.
 */
enum status	store_insist(struct store *store, const char *sql,
		    const char *const *params, size_t count,
		    int64_t deadline_ms, struct db_result **row) MUSTCHECK;

/*
 * What a result word of reset_*, auto_*, pin_order_* and properties_* means:
 * ST_OK, ST_DENIED or ST_RETRY, the latter two with *denial. back_off_ms 0: the
 * usual time. ST_DENIED with REFUSAL_NONE: somebody else has done it.
 */
enum status	store_result_of_word(const char *word, uint64_t back_off_ms,
		    struct denial *denial) MUSTCHECK;

/*
 * What a call that did not return ST_OK means: ST_DENIED; or ST_UNKNOWN, only
 * where a write may have happened.
 */
enum status	store_result_of_status(struct store *store, enum status st,
		    bool is_write, struct denial *denial) MUSTCHECK;

/*
 * Both of them for a call that may have written: its status, or with ST_OK
 * its row of (result, back_off_ms), which is freed.
 */
enum status	store_result_of_row(struct store *store, enum status st,
		    struct db_result **row, struct denial *denial) MUSTCHECK;

/* The address if it is one, else SQL's NULL. */
const char	*store_inet(const char *address);

#endif
