/*
 * store-sight.c - read how the mails are doing, over the worker's connection.
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
