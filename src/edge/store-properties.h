/*
 * store-properties.h - read and set a mailbox's properties in the database.
 */
#ifndef UMWS_STORE_PROPERTIES_H
#define UMWS_STORE_PROPERTIES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "core/properties.h"
#include "core/refusal.h"
#include "edge/store.h"

/* One change of a property. Strings are borrowed. */
struct store_change {
	const char		*change_id;	/* uuid */
	enum property_id	 property;
	const char		*value;		/* as property_check() leaves
						 * it */
};

/* Has this login an enabled mailbox? ST_OK, or ST_DENIED with *denial. */
enum status	store_is_um_enabled(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    bool *is_enabled, struct denial *denial) MUSTCHECK;

/* The caller's properties. ST_OK, or ST_DENIED with *denial. */
enum status	store_properties_get(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    struct properties *properties,
		    struct denial *denial) MUSTCHECK;

/*
 * Set a property and commit. A call whose answer is lost is made again with
 * the same change_id, which the database carries out once: at most until
 * try_ms for the first answer, until deadline_ms in all.
 *
 * ST_OK       durably committed
 * ST_DENIED   nothing changed; *denial says why
 * ST_UNKNOWN  no answer in time
 */
enum status	store_properties_set(struct store *store,
		    const struct store_caller *caller,
		    const struct store_change *change, int64_t try_ms,
		    int64_t deadline_ms, struct denial *denial)
		    MUSTCHECK;

#endif
