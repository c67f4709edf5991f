/*
 * reset.c - a PIN is drawn, derived, sealed and stored here; the clear text
 * lives in reset_once() and nowhere else.
 *
 * Derivation runs between two calls of the database, with no transaction
 * open. Knows nothing of HTTP, XML, or how a mail looks.
 */
#include "config.h"

#include "app/reset.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "app/derivation.h"
#include "base/secret.h"
#include "core/crypto.h"
#include "core/pin.h"
#include "core/seal.h"
#include "edge/clock.h"
#include "edge/store-reset.h"

#define RESET_TRIES	3	/* lost races or repeated PINs in a row */
#define KIND_RESET	"reset"	/* of the mail */
#define KIND_AUTOMATIC	"auto"
/*
 * The help desk has reset it. The mail then says that the user asked for it,
 * until there is a kind of its own: the one place to name it ("admin").
 */
#define KIND_HELPDESK	"reset"

/* Who asks, and for whose reset: the caller's own, or an automatic one. */
struct errand {
	const struct store_caller	*caller;
	bool				 is_automatic;
	int64_t				 user_id;	/* if automatic */
	int64_t				 deadline_ms;
};

struct reset {
	struct reset_options	options;
	struct reset_parts	parts;
	struct derivation	derivation;
};

enum status
reset_new(const struct reset_options *options,
    const struct reset_parts *parts, struct reset **reset)
{
	assert(keyring_count(parts->peppers) > 0 &&
	    keyring_count(parts->mail_keys) > 0);
	*reset = calloc(1, sizeof(**reset));
	if (*reset == NULL)
		return ST_RETRY;
	(*reset)->options = *options;
	(*reset)->parts = *parts;
	(*reset)->derivation = (struct derivation){ parts->gate, parts->slot,
	    parts->board, parts->peppers, options->cost };
	return ST_OK;
}

void
reset_free(struct reset **reset)
{
	free(*reset);
	*reset = NULL;
}

/* Derive under every setting, when it is our turn at the gate. */
static enum status
derive_all(const struct derivation *derivation,
    const struct store_plan *plan, const struct secret *pin,
    int64_t deadline_ms, struct store_reset *new, struct denial *denial)
{
	struct store_setting	settings[STORE_CANDIDATES_MAX] = { 0 };
	enum status		st;
	size_t			i;

	new->count = derivation_choose(derivation, plan, settings);
	st = derivation_enter(derivation, deadline_ms, denial);
	if (st != ST_OK)
		return st;
	for (i = 0; i < new->count && st == ST_OK; i++)
		st = derivation_run(derivation, plan->user_id, &settings[i],
		    pin, &new->candidates[i], denial);
	derivation_leave(derivation);
	return st;
}

/* Commit, and when the answer is lost find out what became of it. */
static enum status
commit(struct reset *reset, const struct store_caller *caller,
    const struct store_plan *plan, const struct store_reset *new,
    int64_t deadline_ms, struct denial *denial)
{
	enum status	st;

	st = store_commit(reset->parts.store, caller, plan, new,
	    outcome_try_until(deadline_ms,
	    reset->options.request_timeout_ms), denial);
	if (st == ST_UNKNOWN)
		st = store_outcome(reset->parts.store, caller, plan,
		    new->reset_id, deadline_ms, denial);
	return st;
}

/*
 * One attempt at a reset. ST_RETRY: nothing changed, another PIN may do;
 * then, too, *denial holds what to say if there is no other attempt.
 */
static enum status
reset_once(struct reset *reset, const struct errand *errand,
    struct denial *denial)
{
	const struct store_caller *caller = errand->caller;
	int64_t			 deadline_ms = errand->deadline_ms;
	const struct key	*mail_key;
	struct store_reset	 new = { 0 };
	struct store_plan	 plan;
	struct secret		 pin = { 0 };
	struct sealed		 sealed;
	struct seal_row		 row;
	char			 id[CRYPTO_UUID_SIZE];
	enum status		 st;

	st = errand->is_automatic ?
	    store_prepare_automatic(reset->parts.store, caller,
	    errand->user_id, deadline_ms, &plan, denial) :
	    store_prepare(reset->parts.store, caller, deadline_ms, &plan,
	    denial);
	if (st != ST_OK)
		goto out;
	if (pin_generate(&plan.policy, plan.extension, &pin) != ST_OK) {
		st = derivation_deny(denial, REFUSAL_INTERNAL);
		goto out;
	}
	st = derive_all(&reset->derivation, &plan, &pin, deadline_ms, &new,
	    denial);
	if (st != ST_OK)
		goto out;
	crypto_uuid(id);
	mail_key = keyring_at(reset->parts.mail_keys, 0);
	new.kind = errand->is_automatic ? KIND_AUTOMATIC :
	    caller->actor != NULL ? KIND_HELPDESK : KIND_RESET;
	row = (struct seal_row){ id, plan.user_id, new.kind, plan.recipient };
	if (seal_pin(mail_key, &row, &pin, &sealed) != ST_OK) {
		st = derivation_deny(denial, REFUSAL_INTERNAL);
		goto out;
	}
	WIPE(&pin);
	new.reset_id = id;
	new.mail_key_id = mail_key->id;
	new.sealed = &sealed;
	st = commit(reset, caller, &plan, &new, deadline_ms, denial);
out:
	WIPE(&new);
	WIPE(&pin);
	return st;
}

static void
run(struct reset *reset, const struct errand *errand,
    struct outcome *outcome)
{
	struct denial	denial = { REFUSAL_INTERNAL, 0 };
	enum status	st;
	int		tries = 0;

	memset(outcome, 0, sizeof(*outcome));
	do {
		st = reset_once(reset, errand, &denial);
	} while (st == ST_RETRY && ++tries < RESET_TRIES &&
	    clock_ms() < errand->deadline_ms);
	if (st == ST_OK) {
		scoreboard_add(reset->parts.board, SCORE_RESETS, 1);
		return;
	}
	outcome_deny(outcome, reset->parts.store, errand->caller, &denial);
}

void
reset_pin(struct reset *reset, const struct store_caller *caller,
    struct outcome *outcome)
{
	const struct errand	errand = { .caller = caller, .deadline_ms =
	    clock_ms() + reset->options.request_timeout_ms };

	run(reset, &errand, outcome);
}

void
reset_automatic(struct reset *reset, const struct store_caller *caller,
    int64_t user_id, int64_t deadline_ms, struct outcome *outcome)
{
	const struct errand	errand = { caller, true, user_id,
	    deadline_ms };

	run(reset, &errand, outcome);
}
