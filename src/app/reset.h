/*
 * reset.h - a mailbox gets a new PIN: look up, draw by policy, derive, seal,
 * one durable transaction.
 *
 * Knows nothing of HTTP, SOAP or a telephone; each way brings the caller and
 * maps the outcome.
 */
#ifndef UMWS_RESET_H
#define UMWS_RESET_H

#include <stddef.h>

#include "app/outcome.h"
#include "base/secret.h"
#include "base/status.h"
#include "core/crypto.h"
#include "core/derive.h"
#include "core/keyring.h"
#include "core/policy.h"
#include "edge/gate.h"
#include "edge/scoreboard.h"
#include "edge/store-order.h"
#include "edge/store.h"

struct reset_options {
	struct derive_cost	cost;		 /* of new verifiers */
	unsigned int		request_timeout_ms; /* one request, in all */
};

/*
 * What it works with; all borrowed for its life. A process that is alone
 * makes a gate and a scoreboard of its own.
 */
struct reset_parts {
	struct store		*store;
	struct gate		*gate;
	size_t			 slot;		/* ours in the gate */
	struct scoreboard	*board;
	const struct keyring	*peppers;	/* first: current */
	const struct keyring	*mail_keys;	/* public; first: current */
};

struct reset;

/* ST_OK, or ST_RETRY without memory. */
enum status	reset_new(const struct reset_options *options,
		    const struct reset_parts *parts, struct reset **reset)
		    MUSTCHECK;
void		reset_free(struct reset **reset);

/*
 * Reset the caller's own PIN. When the outcome is REFUSAL_NONE, PIN,
 * history, audit row and queued mail are durably committed, once; with
 * REFUSAL_TRANSIENT that is unknown; else nothing changed.
 */
void	reset_pin(struct reset *reset, const struct store_caller *caller,
	    struct outcome *outcome);

/*
 * Reset the PIN of the mailbox user_id, because failed logons have voided the
 * one before; the caller is the service account that brought them. Outcomes as
 * above, by deadline_ms; REFUSAL_NONE also when somebody else has done it.
 */
void	reset_automatic(struct reset *reset,
	    const struct store_caller *caller, int64_t user_id,
	    int64_t deadline_ms, struct outcome *outcome);

/* What an operator is told. */
struct reset_report {
	struct denial	denial;		/* REFUSAL_NONE: done */
	char		id[CRYPTO_UUID_SIZE];	/* of the mail, and in the
						 * audit; "" when it did not
						 * come so far */
	char		recipient[STORE_RECIPIENT_SIZE]; /* of the mail; "":
						 * there is none */
	char		told[STORE_RECIPIENT_SIZE]; /* of the mail that tells
						 * the user where that one
						 * went; "": there is none */
	bool		is_first;	/* the mailbox had none before */
	enum policy_rule broken;	/* by the PIN that was to be set;
					 * POLICY_NONE with the word
					 * "refused": it was used before */
};

/*
 * An operator resets the PIN of a mailbox and does not see it; or, with
 * order->is_set, sets it to *pin (else NULL), which has to be changed at the
 * first logon, and of which the mail says that it was set. With order->notify
 * the mail with the PIN goes there, if the policy allows that, and another one
 * tells the user. A lockout ends with it. The outcome is in report->denial, as
 * above.
 *
 * pin  what somebody has typed; the caller owns and wipes it.
 */
void	reset_by_order(struct reset *reset, const struct store_order *order,
	    const struct secret *pin, struct reset_report *report);

#endif
