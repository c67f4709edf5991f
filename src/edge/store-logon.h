/*
 * store-logon.h - a PIN that was dialled: what it is derived by, and what
 * comes of it.
 */
#ifndef UMWS_STORE_LOGON_H
#define UMWS_STORE_LOGON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "core/refusal.h"
#include "edge/store-reset.h"
#include "edge/store.h"

#define STORE_RULE_SIZE	64	/* bytes of a rule's name, with the NUL */

/* Who dials, as the phone system tells. Strings are borrowed. */
struct store_line {
	const char	*account;	/* the phone system's own, normal */
	const char	*address;	/* numeric, or "" */
	const char	*request_id;
	const char	*mailbox;	/* as dialled */
	const char	*login;		/* the same as a login, normal */
	const char	*caller;	/* a number, as claimed, or "" */
	const char	*call;		/* an id, as claimed, or "" */
};

/* What a mailbox says. Of a prepare: open, locked or void. */
enum store_logon {
	STORE_LOGON_OK = 0,		/* right; of a prepare: to be tried */
	STORE_LOGON_MUST_CHANGE,	/* right, and another one is wanted */
	STORE_LOGON_DENIED,
	STORE_LOGON_VOID,		/* a reset is due: failures */
	STORE_LOGON_LOCKED,
	STORE_LOGON_REFUSED		/* right, and not changed: a rule */
};

struct store_logon_plan {
	enum store_logon	verdict;
	int64_t			user_id;	/* 0: no enabled mailbox */
	bool			has_pin;
	size_t			tries_left;	/* before its PIN is void, or
						 * it is locked: 1 at least */
	struct store_setting	setting;	/* of the PIN, if it has one */
	struct store_plan	change;		/* of a change */
	int64_t			pin_age_s;	/* likewise: since when it is
						 * set, and must it be */
	bool			is_forced;	/* changed? */
};

/* A derived PIN as it goes into the transaction. */
struct store_logon_try {
	const char			*operation_id;	/* uuid */
	const struct store_setting	*setting;	/* that it was
							 * derived by */
	const struct store_candidate	*pin;
	bool				 is_change;
	const char			*rule;	/* that the new PIN breaks, or
						 * NULL */
	const struct store_reset	*new;	/* with a change; its count
						 * may be 0 if there is a
						 * rule */
};

/*
 * What is a PIN for this mailbox derived by? ST_OK: *plan is filled.
 * ST_DENIED: *denial says why not; REFUSAL_BUSY also when this account has
 * failed too often, which an err line says once a minute.
 */
enum status	store_logon_prepare(struct store *store,
		    const struct store_line *line, bool is_change,
		    int64_t deadline_ms, struct store_logon_plan *plan,
		    struct denial *denial) MUSTCHECK;

/*
 * Compare, count, and change the PIN, in one transaction. A call whose answer
 * is lost is made again with the same operation_id, which the database
 * carries out once: until try_ms for the first answer, until deadline_ms in
 * all.
 *
 * ST_OK       durably committed; *verdict says what, and rule why it is
 *             STORE_LOGON_REFUSED, or STORE_LOGON_MUST_CHANGE: first or
 *             expired
 * ST_RETRY    nothing was compared: the plan is stale
 * ST_DENIED   nothing was compared; *denial says why
 * ST_UNKNOWN  no answer in time
 */
enum status	store_logon_settle(struct store *store,
		    const struct store_line *line,
		    const struct store_logon_plan *plan,
		    const struct store_logon_try *try, int64_t try_ms,
		    int64_t deadline_ms, enum store_logon *verdict,
		    char rule[STORE_RULE_SIZE], struct denial *denial)
		    MUSTCHECK;

/*
 * Keep the same PIN by other settings, if it still is the mailbox's. ST_OK,
 * or any other status, and nothing is lost.
 */
enum status	store_pin_rehash(struct store *store, int64_t user_id,
		    const struct store_candidate *old,
		    const struct store_candidate *new, int64_t deadline_ms)
		    MUSTCHECK;

#endif
