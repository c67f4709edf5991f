/*
 * store-order.h - the reset that an operator orders: as store-reset.h has it,
 * in the role umws_admin or umws_helpdesk, which can read no hash and no
 * sealed PIN either.
 */
#ifndef UMWS_STORE_ORDER_H
#define UMWS_STORE_ORDER_H

#include "edge/store-reset.h"

/* Who wants a PIN for whom, and why. Strings are borrowed. */
struct store_order {
	const char	*login;		/* the mailbox, normal: core/username */
	const char	*actor;		/* the operator, for the audit */
	const char	*reason;	/* the same; or NULL */
};

/*
 * What is the PIN drawn, derived and sealed by? As store_prepare(). Limits do
 * not hold. denial->word: unknown, disabled, pin_locked.
 */
enum status	store_order_prepare(struct store *store,
		    const struct store_order *order, int64_t deadline_ms,
		    struct store_plan *plan, struct denial *denial) MUSTCHECK;

/* As store_commit() and store_outcome(). */
enum status	store_order_commit(struct store *store,
		    const struct store_order *order,
		    const struct store_plan *plan,
		    const struct store_reset *reset, int64_t deadline_ms,
		    struct denial *denial) MUSTCHECK;
enum status	store_order_outcome(struct store *store,
		    const struct store_order *order,
		    const struct store_plan *plan, const char *reset_id,
		    int64_t deadline_ms, struct denial *denial) MUSTCHECK;

#endif
