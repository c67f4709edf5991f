/*
 * store-order.h - the reset that an operator orders: as store-reset.h has it,
 * in the role umws_admin or umws_helpdesk, which can read no hash and no
 * sealed PIN either.
 */
#ifndef UMWS_STORE_ORDER_H
#define UMWS_STORE_ORDER_H

#include <stdbool.h>

#include "edge/store-reset.h"

/* Who wants a PIN for whom, and why. Strings are borrowed. */
struct store_order {
	const char	*login;		/* the mailbox, normal: core/username */
	const char	*actor;		/* the operator, for the audit */
	const char	*reason;	/* the same; or NULL */
	bool		 is_set;	/* to a PIN that somebody has chosen */
	const char	*notify;	/* where the mail with a drawn PIN goes;
					 * NULL: to its user */
	const char	*lost;		/* id of a mail: only if it has not
					 * been sent, and its PIN still holds;
					 * NULL: whatever holds */
};

/*
 * What is the PIN drawn, derived and sealed by? As store_prepare(). Limits do
 * not hold. denial->word: unknown, disabled, pin_locked, notify_refused,
 * not_lost.
 * plan->recipient is the user's address; of a PIN that is set "" when no mail
 * is to tell of it.
 */
enum status	store_order_prepare(struct store *store,
		    const struct store_order *order, int64_t deadline_ms,
		    struct store_plan *plan, struct denial *denial) MUSTCHECK;

/*
 * As store_commit() and store_outcome(). A PIN that is set and was used before,
 * or breaks reset->rule, is ST_DENIED with the word "refused". The mail goes to
 * order->notify if reset->notice tells the user of that.
 */
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
