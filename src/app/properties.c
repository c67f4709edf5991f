/*
 * properties.c - read and set the UM properties of a mailbox: one call of the
 * store each, before the request's deadline.
 */
#include "config.h"

#include "app/properties.h"

#include <string.h>

#include "core/crypto.h"
#include "edge/clock.h"
#include "edge/store-properties.h"

void
properties_is_um_enabled(const struct properties_parts *parts,
    const struct store_caller *caller, bool *is_enabled,
    struct outcome *outcome)
{
	struct denial	denial = { .refusal = REFUSAL_INTERNAL };
	enum status	st;

	memset(outcome, 0, sizeof(*outcome));
	st = store_is_um_enabled(parts->store, caller,
	    clock_ms() + parts->request_timeout_ms, is_enabled, &denial);
	if (st != ST_OK)
		outcome_deny(outcome, parts->store, caller, &denial);
	else if (!*is_enabled)
		outcome_find_cause(outcome, parts->store, caller);
}

void
properties_get(const struct properties_parts *parts,
    const struct store_caller *caller, struct properties *properties,
    struct outcome *outcome)
{
	struct denial	denial = { .refusal = REFUSAL_INTERNAL };
	enum status	st;

	memset(outcome, 0, sizeof(*outcome));
	st = store_properties_get(parts->store, caller,
	    clock_ms() + parts->request_timeout_ms, properties, &denial);
	if (st != ST_OK)
		outcome_deny(outcome, parts->store, caller, &denial);
}

void
properties_set(const struct properties_parts *parts,
    const struct store_caller *caller, enum property_id property,
    const char *value, struct outcome *outcome)
{
	struct denial		denial = { .refusal = REFUSAL_INTERNAL };
	char			id[CRYPTO_UUID_SIZE];
	struct store_change	change = { id, property, value };
	int64_t			deadline_ms;
	enum status		st;

	memset(outcome, 0, sizeof(*outcome));
	crypto_uuid(id);
	deadline_ms = clock_ms() + parts->request_timeout_ms;
	st = store_properties_set(parts->store, caller, &change,
	    outcome_try_until(deadline_ms, parts->request_timeout_ms),
	    deadline_ms, &denial);
	if (st != ST_OK)
		outcome_deny(outcome, parts->store, caller, &denial);
}
