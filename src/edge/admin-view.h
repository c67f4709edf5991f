/*
 * admin-view.h - what admin.c, admin-call.c and admin-view.c have in common.
 * Private to admin.
 */
#ifndef UMWS_ADMIN_VIEW_H
#define UMWS_ADMIN_VIEW_H

#include "base/status.h"
#include "edge/admin.h"
#include "edge/db.h"

#define ADMIN_XID_SIZE	24	/* bytes of a 64-bit number's text */
#define ADMIN_LONG_MS	120000	/* for a long list, or a whole schema */

struct admin {
	struct db	*db;
	char		 xid[ADMIN_XID_SIZE]; /* of our transaction; "" for
					       * none */
	unsigned int	 timeout_ms;	/* of any other call */
	char		 actor[ADMIN_ACTOR_SIZE]; /* for the audit */
};

/* db_call() with what admin_in_transaction() makes of its status. */
enum status	admin_ask(struct admin *admin, const char *sql,
		    const char *const *params, size_t count,
		    struct db_result **result) MUSTCHECK;

/* admin_commit() within timeout_ms. */
enum status	admin_commit_by(struct admin *admin, unsigned int timeout_ms)
		    MUSTCHECK;

/*
 * What a lost connection means: before the COMMIT of a transaction, that
 * nothing of it remains.
 */
enum status	admin_in_transaction(const struct admin *admin,
		    enum status st);

/*
 * The transaction is not the one that was begun: it has been rolled back.
 * Logs that, and returns ST_RETRY.
 */
enum status	admin_transaction_lost(void);

#endif
