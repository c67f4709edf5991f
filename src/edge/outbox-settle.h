/*
 * outbox-settle.h - how edge/outbox notes the end of an attempt. Private to it.
 */
#ifndef UMWS_OUTBOX_SETTLE_H
#define UMWS_OUTBOX_SETTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "edge/outbox.h"

#define OUTBOX_PATIENCE_MS	(60 * 1000)	/* for what can be done again:
						 * longer than a failover */

/* Calls outbox_settle() of SQL. */
extern const char	outbox_settle_sql[];

/*
 * Settle a begun mail with patience; the lease's rows are left to the caller.
 *
 * is_unknown  whether it may have been settled already
 *
 * As outbox_settle().
 */
enum status	outbox_settle_row(struct db *db,
		    const struct outbox_lease *lease,
		    enum outbox_result result, unsigned int retry_s,
		    const char *error, bool is_unknown) MUSTCHECK;

/*
 * Settle the mails that were sent, each by itself. What is in the way of one, a
 * lock, keeps none of the others waiting: they are tried once before that one
 * is tried with patience. want->settled says what became of it.
 */
void		outbox_settle_sent(struct db *db, struct outbox_want *wants,
		    size_t count, bool is_unknown);

/*
 * What the database answered to the settlement of a mail that was sent: when
 * it was no longer ours that is bad news, and logged.
 */
void		outbox_check_settled(const struct outbox_lease *lease,
		    const char *answer);

#endif
