/*
 * outbox-settle.h - how edge/outbox notes the end of an attempt. Private to it.
 */
#ifndef UMWS_OUTBOX_SETTLE_H
#define UMWS_OUTBOX_SETTLE_H

#include <stdbool.h>

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
 * What the database answered to the settlement of a mail that was sent: when
 * it was no longer ours that is bad news, and logged.
 */
void		outbox_settled_sent(const struct outbox_lease *lease,
		    const char *answer);

#endif
