/*
 * store-reset.h - the one reset transaction: who may reset, the commit, and
 * what became of a commit whose answer was lost.
 */
#ifndef UMWS_STORE_RESET_H
#define UMWS_STORE_RESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
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
#define STORE_ARRAY_MAX		1024	/* bytes of candidates' SQL arrays */
#define STORE_SEALED_SIZE	(2 * SEAL_BLOB_MAX + 3) /* as SQL's text */

/* How PINs of this mailbox were derived: a pepper's id and settings. */
struct store_setting {
	char	key_id[KEYRING_ID_SIZE];
	char	text[DERIVE_SETTINGS_SIZE];
};

/* All that a PIN is drawn, derived and sealed by. */
struct store_plan {
	bool			is_automatic;	/* failed logons are why */
	bool			is_first;	/* there was no PIN before, and
						 * somebody else gives one */
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
	/*
	 * Of a PIN that an operator has chosen: the name of the rule that it
	 * breaks, and there is no candidate; NULL for none. sealed is NULL
	 * when no mail is to tell of it.
	 */
	const char			*rule;
	/*
	 * Of a PIN that an operator has mailed to another address: the mail to
	 * its user that tells of it. NULL for none.
	 */
	const char			*notice_id;	/* uuid */
	const struct sealed		*notice;
	const char			*kind;		/* of the mail */
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
 * The same for the reset that failed logons of this mailbox have made due; the
 * caller is the service account. Nothing is due any more: ST_DENIED with
 * REFUSAL_NONE.
 */
enum status	store_prepare_automatic(struct store *store,
		    const struct store_caller *caller, int64_t user_id,
		    int64_t deadline_ms, struct store_plan *plan,
		    struct denial *denial) MUSTCHECK;

/*
 * Set the PIN, in one transaction.
 *
 * ST_OK       durably committed, all of it
 * ST_DENIED   nothing changed; *denial says why (REFUSAL_NONE: an automatic
 *             reset that somebody else has made)
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

/* What store-logon shares. "keyid:settings keyid:settings" into the plan. */
enum status	store_settings_parse(const char *text,
		    struct store_plan *plan) MUSTCHECK;

/*
 * The columns user_id to display_name of a row into the plan, of the mailbox
 * that has this login.
 */
struct db_result;
enum status	store_plan_parse(const struct db_result *row,
		    const char *login, struct store_plan *plan) MUSTCHECK;

/* Candidates as two SQL arrays of STORE_ARRAY_MAX bytes at most. */
enum status	store_candidate_arrays(const struct store_reset *reset,
		    struct buf *key_ids, struct buf *verifiers) MUSTCHECK;

#endif
