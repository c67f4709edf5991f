/*
 * mailbox.c - one call of the store each, before the request's deadline.
 */
#include "config.h"

#include "app/mailbox.h"

#include <string.h>

#include "core/crypto.h"
#include "edge/clock.h"
#include "edge/store-helpdesk.h"

/* Begin with an outcome of nothing, and the time that there is. */
static int64_t
begin(const struct properties_parts *parts, struct outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	return clock_ms() + parts->request_timeout_ms;
}

void
mailbox_own(const struct properties_parts *parts,
    const struct store_caller *caller, struct buf *json,
    struct outcome *outcome)
{
	struct denial	denial = { .refusal = REFUSAL_INTERNAL };
	int64_t		deadline_ms = begin(parts, outcome);

	if (store_mailbox_own(parts->store, caller, deadline_ms, json,
	    &denial) != ST_OK)
		outcome_deny(outcome, parts->store, caller, &denial);
}

void
mailbox_find(const struct properties_parts *parts,
    const struct store_caller *caller, const char *text, struct buf *json,
    struct outcome *outcome)
{
	struct denial	denial = { .refusal = REFUSAL_INTERNAL };
	int64_t		deadline_ms = begin(parts, outcome);

	if (store_helpdesk_find(parts->store, caller, text, deadline_ms,
	    json, &denial) != ST_OK)
		outcome->denial = denial;
}

void
mailbox_state(const struct properties_parts *parts,
    const struct store_caller *caller, struct buf *json,
    struct outcome *outcome)
{
	struct denial	denial = { .refusal = REFUSAL_INTERNAL };
	int64_t		deadline_ms = begin(parts, outcome);

	if (store_helpdesk_state(parts->store, caller, deadline_ms, json,
	    &denial) != ST_OK)
		outcome->denial = denial;
}

void
mailbox_unlock(const struct properties_parts *parts,
    const struct store_caller *caller, struct buf *json,
    struct outcome *outcome)
{
	struct denial	denial = { .refusal = REFUSAL_INTERNAL };
	char		id[CRYPTO_UUID_SIZE];
	int64_t		deadline_ms = begin(parts, outcome);

	crypto_uuid(id);
	if (store_helpdesk_unlock(parts->store, caller, id,
	    outcome_try_until(deadline_ms, parts->request_timeout_ms),
	    deadline_ms, json, &denial) != ST_OK)
		outcome->denial = denial;
}
