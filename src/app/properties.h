/*
 * properties.h - what a user sees and sets of the own mailbox, besides its
 * PIN.
 *
 * Knows nothing of HTTP, SOAP or a telephone; each way maps the outcome.
 */
#ifndef UMWS_APP_PROPERTIES_H
#define UMWS_APP_PROPERTIES_H

#include <stdbool.h>

#include "app/outcome.h"
#include "core/properties.h"
#include "edge/store.h"

/* Borrowed: whose database, and how long one request may take. */
struct properties_parts {
	struct store	*store;
	unsigned int	 request_timeout_ms;
};

/*
 * Is the caller's mailbox enabled? False without a mailbox; outcome->cause is
 * then set too.
 */
void	properties_is_um_enabled(const struct properties_parts *parts,
	    const struct store_caller *caller, bool *is_enabled,
	    struct outcome *outcome);

/* The properties of the caller's mailbox. */
void	properties_get(const struct properties_parts *parts,
	    const struct store_caller *caller, struct properties *properties,
	    struct outcome *outcome);

/*
 * Set a property of the caller's mailbox; value is as property_check()
 * leaves it. REFUSAL_NONE: durably committed, once; REFUSAL_TRANSIENT:
 * unknown.
 */
void	properties_set(const struct properties_parts *parts,
	    const struct store_caller *caller, enum property_id property,
	    const char *value, struct outcome *outcome);

#endif
