/*
 * store.h - the database as umws-fcgi uses it, in the role umws_worker, which
 * can read no table, no hash and no sealed PIN.
 *
 * What it can do stands in the files named after this one, by use. They call
 * functions of the schema and map its result words and the database's errors
 * to refusals.
 */
#ifndef UMWS_STORE_H
#define UMWS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"

/* Who asks. Strings are borrowed. */
struct store_caller {
	const char	*login;		/* normal: core/username */
	const char	*address;	/* numeric, or "" */
	const char	*request_id;
	const char	*other;		/* the same name with the domain that
					 * was dropped, or without the one
					 * that was not; or "" */
	bool		 is_stripped;	/* a domain was dropped */
	const char	*actor;		/* who acts for login, at the help
					 * desk; NULL: login itself */
	const char	*reason;	/* why, as the actor says; NULL: he
					 * does not */
};

#define STORE_ADDRESS_SIZE	64	/* bytes, with the NUL */

struct store;

/*
 * Told of each call of the database, when it has ended: whether it was one
 * that commits what was asked for, how long it took, a new connection
 * included, and what became of it.
 */
typedef void	store_told(void *context, bool is_commit, int64_t us,
		    enum status st);

/* Borrows db. ST_OK, or ST_RETRY without memory. */
enum status	store_new(struct db *db, struct store **store) MUSTCHECK;
void		store_free(struct store **store);

/* context is borrowed for the store's life. */
void		store_watch(struct store *store, store_told *told,
		    void *context);

/*
 * Why has this login no enabled mailbox? A sentence for the operator's log,
 * never for the caller: the question takes the same time whatever the
 * answer. Static; NULL when the database does not say it by deadline_ms.
 */
const char	*store_not_enabled_cause(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms);

/* Whose address makes most resets. */
struct store_share {
	char	address[STORE_ADDRESS_SIZE];	/* "" for none; IPv6: a /64 */
	char	resets[24];			/* from it, in 24 hours */
	char	total[24];			/* of so many */
};

/*
 * Does one address make over half of a day's resets? Asked once an hour, by
 * whichever worker of all hosts comes first; for the others there is none.
 * ST_OK; ST_BUSY: there is no connection, and none was made; ST_RETRY: nothing
 * is known.
 */
enum status	store_address_share(struct store *store, int64_t deadline_ms,
		    struct store_share *share) MUSTCHECK;

/* Write something harmless and commit it: is the database ready for us? */
bool	store_is_writable(struct store *store, int64_t deadline_ms);

#endif
