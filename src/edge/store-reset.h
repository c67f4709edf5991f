/*
 * store-reset.h - the one reset transaction: who may reset, the commit, and
 * what became of a commit whose answer was lost.
 */
#ifndef UMWS_STORE_RESET_H
#define UMWS_STORE_RESET_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "core/derive.h"
#include "core/keyring.h"
#include "core/policy.h"
#include "core/refusal.h"
#include "core/seal.h"
#include "edge/store.h"

#define STORE_SETTINGS_MAX	4	/* distinct settings in a history */
#define STORE_CANDIDATES_MAX	(STORE_SETTINGS_MAX + 1)
#define STORE_BASIS_SIZE	4096	/* bytes, with the NUL */
#define STORE_RECIPIENT_SIZE	255	/* bytes, with the NUL */

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

/*
 * May the caller reset now, and by what? deadline_ms is of clock_ms().
 * ST_OK: *plan is filled. ST_DENIED: *denial says why not.
 */
enum status	store_prepare(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    struct store_plan *plan, struct denial *denial)
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
		    struct denial *denial) MUSTCHECK;

/*
 * What became of that commit? Fences it off if it has not happened: it then
 * never can. Asks until deadline_ms; results as of store_commit(), where
 * ST_RETRY includes "it never happened" and ST_UNKNOWN is final.
 */
enum status	store_outcome(struct store *store,
		    const struct store_caller *caller,
		    const struct store_plan *plan, const char *reset_id,
		    int64_t deadline_ms, struct denial *denial)
		    MUSTCHECK;

#endif
