/*
 * store-sight.h - how the mails are doing, the seals of the audit and what is
 * told of changes, as the worker asks.
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

/*
 * For how many seconds a row of the audit has waited for its seal; 0: none
 * does; SIGHT_NEVER: no row ever had one. ST_OK, or ST_RETRY: nothing is known.
 */
enum status	store_unsealed(struct store *store, int64_t deadline_ms,
		    int64_t *unsealed_s) MUSTCHECK;

/*
 * For how many seconds a change has waited to be told (0: none does), and how
 * many were given up; SIGHT_NEVER both: changes are not told. ST_OK, or
 * ST_RETRY: nothing is known, which looks the same.
 */
enum status	store_untold(struct store *store, int64_t deadline_ms,
		    int64_t *untold_s, int64_t *given_up) MUSTCHECK;

#endif
