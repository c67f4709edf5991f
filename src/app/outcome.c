/*
 * outcome.c - set and log the outcome of an operation, for app/reset and
 * app/properties.
 */
#include "config.h"

#include "app/outcome.h"

#include "edge/clock.h"

#define FENCE_MS	3000	/* kept to learn what became of a commit,
				 * a quarter of the request's time at most */
#define CAUSE_TIMEOUT_MS 1000	/* for a word that only the log needs */

void
outcome_find_cause(struct outcome *outcome, struct store *store,
    const struct store_caller *caller)
{
	outcome->cause = store_not_enabled_cause(store, caller,
	    clock_ms() + CAUSE_TIMEOUT_MS);
}

void
outcome_deny(struct outcome *outcome, struct store *store,
    const struct store_caller *caller, const struct denial *denial)
{
	outcome->denial = *denial;
	if (denial->refusal == REFUSAL_NOT_ENABLED)
		outcome_find_cause(outcome, store, caller);
}

int64_t
outcome_try_until(int64_t deadline_ms, unsigned int timeout_ms)
{
	int64_t	fence_ms = timeout_ms / 4;

	return deadline_ms - (fence_ms > FENCE_MS ? FENCE_MS : fence_ms);
}
