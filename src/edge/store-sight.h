/*
 * store-sight.h - how the mails are doing, as the worker asks.
 */
#ifndef UMWS_STORE_SIGHT_H
#define UMWS_STORE_SIGHT_H

#include <stdint.h>

#include "base/status.h"
#include "edge/sight.h"
#include "edge/store.h"

/* sight_read() by deadline_ms. ST_OK, or ST_RETRY: nothing is known. */
enum status	store_sight(struct store *store, int64_t deadline_ms,
		    struct sight *sight) MUSTCHECK;

#endif
