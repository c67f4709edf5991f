/*
 * logon.h - is a PIN that was dialled right, and set another one in its
 * place.
 *
 * Knows nothing of HTTP or of a telephone; each way brings the line and says
 * the word.
 */
#ifndef UMWS_LOGON_H
#define UMWS_LOGON_H

#include <stdbool.h>
#include <stdint.h>

#include "app/derivation.h"
#include "app/reset.h"
#include "base/secret.h"
#include "base/status.h"
#include "core/keyring.h"
#include "core/logon-word.h"
#include "core/policy.h"
#include "core/refusal.h"
#include "edge/gate-lanes.h"
#include "edge/store-logon.h"
#include "edge/store.h"

_Static_assert(LOGON_COUNT == SCORE_LOGON_WORDS, "a counter for each word");

/* All borrowed; board, peppers and gate are the derivation's. */
struct logon_parts {
	struct store		*store;
	struct derivation	 derivation;
	struct lanes		*lanes;		/* the slot is the gate's */
	const struct keyring	*mail_keys;	/* public; first: current */
	struct reset		*reset;		/* for an automatic one */
	unsigned int		 request_timeout_ms;
};

/* Everything is borrowed; the caller wipes the PINs on every path. */
struct logon_request {
	const struct store_line	*line;
	const struct secret	*pin;		/* empty: what was dialled is
						 * not 1 to SECRET_MAX digits */
	bool			 is_change;
	const struct secret	*new_pin;	/* of a change; empty: likewise,
						 * and new_fault says why */
	enum policy_rule	 new_fault;	/* else POLICY_NONE */
};

struct logon_answer {
	enum logon_word	 word;
	const char	*rule;		/* with REFUSED its short name; with
					 * CHANGE first or expired; static */
	const char	*sentence;	/* of REFUSED, for people; static */
	struct denial	 denial;	/* with UNAVAILABLE */
};

/*
 * Compare the PIN, count a failure, and with a change set the new one.
 *
 * Every word but LOGON_UNAVAILABLE is told when it is durably committed; a pin
 * that is none is DENIED, and neither derived nor counted. No mailbox, a
 * disabled one and a wrong PIN are the same word after the same work.
 * LOGON_RESET: the PIN is void, and the mail with another one is queued.
 *
 * Of one mailbox no more is derived at once than it has tries left, so that
 * nothing is derived which then is not compared; who comes too late for them
 * waits for what becomes of the others. With too many at it already the word
 * is LOGON_UNAVAILABLE, at once.
 */
void	logon_try(const struct logon_parts *parts,
	    const struct logon_request *request, struct logon_answer *answer);

#endif
