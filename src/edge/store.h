/*
 * store.h - the one reset transaction: who may reset, the commit, and what
 * became of a commit whose answer was lost; and a mailbox's properties.
 *
 * Calls the functions of sql/code/reset.sql and sql/code/properties.sql as
 * the role umws_worker, which can read no table, no hash and no sealed PIN.
 * Maps their result words and the database's errors to what the caller of
 * the web service is told.
 */
#ifndef UMWS_STORE_H
#define UMWS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "core/derive.h"
#include "core/keyring.h"
#include "core/policy.h"
#include "core/reply.h"
#include "core/seal.h"
#include "edge/db.h"

#define STORE_SETTINGS_MAX	4	/* distinct settings in a history */
#define STORE_CANDIDATES_MAX	(STORE_SETTINGS_MAX + 1)
#define STORE_BASIS_SIZE	1024	/* bytes, with the NUL */
#define STORE_RECIPIENT_SIZE	255	/* bytes, with the NUL */

/* Who asks. Strings are borrowed. */
struct store_caller {
	const char	*login;		/* normal: core/username */
	const char	*address;	/* numeric, or "" */
	const char	*request_id;
	const char	*other;		/* the same name with the domain that
					 * was dropped, or without the one
					 * that was not; or "" */
	bool		 is_stripped;	/* a domain was dropped */
};

/* How PINs of this mailbox were derived: a pepper's id and settings. */
struct store_setting {
	char	key_id[KEYRING_ID_SIZE];
	char	text[DERIVE_SETTINGS_SIZE];
};

/* All that a PIN is drawn, derived and sealed by. */
struct store_plan {
	int64_t			user_id;
	char			basis[STORE_BASIS_SIZE];
	char			recipient[STORE_RECIPIENT_SIZE];
	char			extension[POLICY_EXTENSION_SIZE];
	struct policy		policy;
	size_t			count;		/* of settings */
	struct store_setting	settings[STORE_SETTINGS_MAX]; /* newest first */
};

/* The PIN under one setting. */
struct store_candidate {
	char	key_id[KEYRING_ID_SIZE];
	char	verifier[DERIVE_VERIFIER_SIZE];
};

/* The new PIN as it goes into the transaction. */
struct store_reset {
	const char			*reset_id;	/* uuid */
	size_t				 count;		/* of candidates */
	struct store_candidate		 candidates[STORE_CANDIDATES_MAX];
							/* [0]: to store */
	const char			*mail_key_id;
	const struct sealed		*sealed;
};

/* What the caller of the web service is told when it is not ST_OK. */
struct store_denial {
	enum refusal	refusal;
	uint64_t	back_off_ms;	/* with REFUSAL_BUSY */
};

/* What a user can set, for the phone system to read. */
enum store_property {
	STORE_OOF_STATUS = 0,
	STORE_MISSED_CALL_NOTIFICATION_ENABLED,
	STORE_PLAY_ON_PHONE_DIAL_STRING,
	STORE_TELEPHONE_ACCESS_FOLDER_EMAIL,
	STORE_PROPERTY_COUNT
};

/* One change of a property. Strings are borrowed. */
struct store_change {
	const char		*change_id;	/* uuid */
	enum store_property	 property;
	const char		*value;		/* as operation_value_end()
						 * leaves it */
};

struct store;

/* Borrows db. ST_OK, or ST_RETRY without memory. */
enum status	store_new(struct db *db, struct store **store) MUSTCHECK;
void		store_free(struct store **store);

/*
 * May the caller reset now, and by what? deadline_ms is of clock_ms().
 * ST_OK: *plan is filled. ST_DENIED: *denial says why not.
 */
enum status	store_prepare(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    struct store_plan *plan, struct store_denial *denial)
		    MUSTCHECK;

/*
 * Set the PIN, in one transaction.
 *
 * ST_OK       durably committed, all of it
 * ST_DENIED   nothing changed; *denial says why
 * ST_RETRY    nothing changed: the PIN was used before, or the plan is
 *             stale; prepare and draw again
 * ST_UNKNOWN  ask store_outcome() with the same reset_id
 */
enum status	store_commit(struct store *store,
		    const struct store_caller *caller,
		    const struct store_plan *plan,
		    const struct store_reset *reset, int64_t deadline_ms,
		    struct store_denial *denial) MUSTCHECK;

/*
 * What became of that commit? Fences it off if it has not happened: it then
 * never can. Asks until deadline_ms; results as of store_commit(), where
 * ST_RETRY includes "it never happened" and ST_UNKNOWN is final.
 */
enum status	store_outcome(struct store *store,
		    const struct store_caller *caller,
		    const struct store_plan *plan, const char *reset_id,
		    int64_t deadline_ms, struct store_denial *denial)
		    MUSTCHECK;

/* Has this login an enabled mailbox? ST_OK, or ST_DENIED with *denial. */
enum status	store_is_um_enabled(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    bool *is_enabled, struct store_denial *denial) MUSTCHECK;

/*
 * Why has this login no enabled mailbox? A sentence for the operator's log,
 * never for the caller: the question takes the same time whatever the
 * answer. Static; NULL when the database does not say it by deadline_ms.
 */
const char	*store_not_enabled_cause(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms);

/* The caller's properties. ST_OK, or ST_DENIED with *denial. */
enum status	store_properties_get(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    struct reply_properties *properties,
		    struct store_denial *denial) MUSTCHECK;

/*
 * Set a property and commit. A call whose answer is lost is made again with
 * the same change_id, which the database carries out once: at most until
 * try_ms for the first answer, until deadline_ms in all.
 *
 * ST_OK       durably committed
 * ST_DENIED   nothing changed; *denial says why
 * ST_UNKNOWN  no answer in time
 */
enum status	store_properties_set(struct store *store,
		    const struct store_caller *caller,
		    const struct store_change *change, int64_t try_ms,
		    int64_t deadline_ms, struct store_denial *denial)
		    MUSTCHECK;

/* Write something harmless and commit it: is the database ready for us? */
bool	store_is_writable(struct store *store, int64_t deadline_ms);

#endif
