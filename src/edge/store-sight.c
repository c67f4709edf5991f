/*
 * store-sight.c - read how the mails are doing, and how old is what no seal
 * is over, over the worker's connection.
 */
#include "config.h"

#include "edge/store-sight.h"

#include <string.h>

#include "edge/store-call.h"

enum status
store_sight(struct store *store, int64_t deadline_ms, struct sight *sight)
{
	memset(sight, 0, sizeof(*sight));
	if (store_connect(store, deadline_ms) != ST_OK ||
	    sight_read(store->db, deadline_ms, sight) != ST_OK)
		return ST_RETRY;
	return ST_OK;
}

enum status
store_unsealed(struct store *store, int64_t deadline_ms, int64_t *unsealed_s)
{
	struct db_result	*row = NULL;
	enum status		 st;

	*unsealed_s = SIGHT_NEVER;
	st = store_call(store, "SELECT unsealed_s FROM umws.audit_sight()",
	    NULL, 0, deadline_ms, &row);
	if (st == ST_OK && !db_is_null(row, 0, 0))
		*unsealed_s = db_number(row, 0, 0);
	db_result_free(&row);
	return st == ST_OK ? ST_OK : ST_RETRY;
}

enum status
store_untold(struct store *store, int64_t deadline_ms, int64_t *untold_s,
    int64_t *given_up)
{
	struct db_result	*row = NULL;
	enum status		 st;

	*untold_s = SIGHT_NEVER;
	*given_up = SIGHT_NEVER;
	st = store_call(store,
	    "SELECT untold_s, given_up FROM umws.pin_change_sight()", NULL, 0,
	    deadline_ms, &row);
	if (st == ST_OK && !db_is_null(row, 0, 0)) {
		*untold_s = db_number(row, 0, 0);
		*given_up = db_number(row, 0, 1);
	}
	db_result_free(&row);
	return st == ST_OK ? ST_OK : ST_RETRY;
}
