/*
 * derivation.h - PINs into verifiers, when it is our turn at the gate.
 *
 * What resets, logons and changes share: they wait in one queue, so that none
 * of them starves another.
 */
#ifndef UMWS_DERIVATION_H
#define UMWS_DERIVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "core/derive.h"
#include "core/keyring.h"
#include "core/refusal.h"
#include "edge/gate.h"
#include "edge/scoreboard.h"
#include "edge/store-reset.h"

/* Borrowed, all of it, for as long as it is used. */
struct derivation {
	struct gate		*gate;
	size_t			 slot;		/* ours in the gate */
	struct scoreboard	*board;
	const struct keyring	*peppers;	/* first: current */
	struct derive_cost	 cost;		/* of new verifiers */
};

/* Say why not: ST_DENIED, which a caller returns. */
enum status	derivation_deny(struct denial *denial, enum refusal refusal);

/*
 * Until when to wait for other people's derivations, of a request that ends
 * at deadline_ms: longer, and the server is busy.
 */
int64_t		derivation_patience(int64_t deadline_ms);

/*
 * Wait for a turn, until deadline_ms at most. ST_OK: until derivation_leave().
 * ST_DENIED: it would take too long (logged).
 */
enum status	derivation_enter(const struct derivation *derivation,
		    int64_t deadline_ms, struct denial *denial) MUSTCHECK;
void		derivation_leave(const struct derivation *derivation);

/* A setting of today, with this salt. */
void	derivation_setting(const struct derivation *derivation,
	    const unsigned char salt[DERIVE_SALT_SIZE],
	    struct store_setting *setting);

/* Is this setting what a verifier made today would have? */
bool	derivation_is_current(const struct derivation *derivation,
	    const struct store_setting *setting);

/*
 * Under which settings to derive a new PIN: [0] to store it, the rest to
 * compare it with older ones, whose settings are in plan. Returns how many.
 */
size_t	derivation_choose(const struct derivation *derivation,
	    const struct store_plan *plan,
	    struct store_setting settings[STORE_CANDIDATES_MAX]);

/*
 * The PIN of a mailbox under one setting: HMAC with the pepper, then Argon2id.
 * ST_OK, or ST_DENIED with *denial (logged).
 */
enum status	derivation_run(const struct derivation *derivation,
		    int64_t user_id, const struct store_setting *setting,
		    const struct secret *pin,
		    struct store_candidate *candidate, struct denial *denial)
		    MUSTCHECK;

#endif
