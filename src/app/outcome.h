/*
 * outcome.h - how an operation on a mailbox ended, for whoever asked: the web
 * service, a command or a telephone.
 */
#ifndef UMWS_OUTCOME_H
#define UMWS_OUTCOME_H

#include <stdint.h>

#include "core/refusal.h"
#include "edge/store.h"

struct outcome {
	struct denial	 denial;	/* REFUSAL_NONE: done */
	const char	*cause;		/* why not enabled, for the log alone;
					 * static, or NULL */
};

/*
 * Fill *outcome with what the store has denied. Of a mailbox that is not
 * enabled the cause is looked up.
 */
void	outcome_deny(struct outcome *outcome, struct store *store,
	    const struct store_caller *caller, const struct denial *denial);

/* Look up why there is no enabled mailbox: the log says it, nobody else. */
void	outcome_find_cause(struct outcome *outcome, struct store *store,
	    const struct store_caller *caller);

/*
 * Until when to wait for a first answer to a write, of a request that ends at
 * deadline_ms and has timeout_ms in all: time is kept back to ask what became
 * of it.
 */
int64_t	outcome_try_until(int64_t deadline_ms, unsigned int timeout_ms);

#endif
