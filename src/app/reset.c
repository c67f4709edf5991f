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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/derivation.h"
#include "base/secret.h"
#include "core/crypto.h"
#include "core/pin.h"
#include "core/seal.h"
#include "edge/clock.h"
#include "edge/store-order.h"
#include "edge/store-reset.h"

#define RESET_TRIES	3	/* lost races or repeated PINs in a row */
#define KIND_ELSEWHERE	"elsewhere" /* of the mail that tells of another */
#define KIND_WELCOME	"welcome" /* of a first PIN that others give */

/*
 * Who asks, and for whose reset: the caller's own; if user_id is not 0 an
 * automatic one; if order is not NULL, which an operator gives, no caller.
 */
struct errand {
	const struct store_caller	*caller;
	int64_t				 user_id;
	const struct store_order	*order;
	const struct secret		*chosen;	/* by the operator;
							 * NULL: draw one */
	struct reset_report		*report;	/* with an order */
	const char			*kind;		/* of the mail */
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

/* May it be, and by what? */
static enum status
prepare(struct reset *reset, const struct errand *errand,
    struct store_plan *plan, struct denial *denial)
{
	struct store	*store = reset->parts.store;

	if (errand->order != NULL)
		return store_order_prepare(store, errand->order,
		    errand->deadline_ms, plan, denial);
	if (errand->user_id != 0)
		return store_prepare_automatic(store, errand->caller,
		    errand->user_id, errand->deadline_ms, plan, denial);
	return store_prepare(store, errand->caller, errand->deadline_ms, plan,
	    denial);
}

/* Commit, and when the answer is lost find out what became of it. */
static enum status
commit(struct reset *reset, const struct errand *errand,
    const struct store_plan *plan, const struct store_reset *new,
    struct denial *denial)
{
	struct store	*store = reset->parts.store;
	int64_t		 deadline_ms = errand->deadline_ms;
	int64_t		 try_ms = outcome_try_until(deadline_ms,
			    reset->options.request_timeout_ms);
	enum status	 st;

	if (errand->order != NULL) {
		st = store_order_commit(store, errand->order, plan, new,
		    try_ms, denial);
		if (st == ST_UNKNOWN)
			st = store_order_outcome(store, errand->order, plan,
			    new->reset_id, deadline_ms, denial);
		return st;
	}
	st = store_commit(store, errand->caller, plan, new, try_ms, denial);
	if (st == ST_UNKNOWN)
		st = store_outcome(store, errand->caller, plan, new->reset_id,
		    deadline_ms, denial);
	return st;
}

/*
 * A PIN by the policy: one that is drawn; or the one that was chosen, of which
 * new->rule is then what is against it.
 */
static enum status
choose(const struct errand *errand, const struct store_plan *plan,
    struct secret *pin, struct store_reset *new, struct denial *denial)
{
	enum policy_rule	broken;

	if (errand->chosen == NULL)
		return pin_generate(&plan->policy, plan->extension, pin) ==
		    ST_OK ? ST_OK : derivation_deny(denial, REFUSAL_INTERNAL);
	*pin = *errand->chosen;
	broken = policy_check(&plan->policy, plan->extension, pin);
	errand->report->broken = broken;
	if (broken != POLICY_NONE)
		new->rule = policy_rule_name(broken);
	return ST_OK;
}

/* Mails of one reset, before they are queued. */
struct mails {
	char		id[CRYPTO_UUID_SIZE];
	struct sealed	sealed;
	char		notice_id[CRYPTO_UUID_SIZE];
	struct sealed	notice;
};

/* Where the PIN goes, if that is not to its user; else NULL. */
static const char *
elsewhere(const struct errand *errand, const struct store_plan *plan)
{
	const char	*notify;

	notify = errand->order != NULL ? errand->order->notify : NULL;
	return notify != NULL && strcmp(notify, plan->recipient) != 0 ?
	    notify : NULL;
}

/* The mail that tells its user where the PIN went does not hold it. */
static enum status
seal_notice(const struct key *key, const struct store_plan *plan,
    struct mails *mails, struct store_reset *new)
{
	const struct seal_row	row = { mails->notice_id, plan->user_id,
				    KIND_ELSEWHERE, plan->recipient };

	crypto_uuid(mails->notice_id);
	new->notice_id = mails->notice_id;
	new->notice = &mails->notice;
	return seal_nothing(key, &row, &mails->notice);
}

/* What the mail with the PIN, or the one that tells of it, is. */
static const char *
kind_of(const struct errand *errand, const struct store_plan *plan)
{
	return plan->is_first && errand->chosen == NULL &&
	    elsewhere(errand, plan) == NULL ? KIND_WELCOME : errand->kind;
}

/* The mail: with the PIN, or one that tells of it, or none. */
static enum status
seal(const struct reset *reset, const struct errand *errand,
    const struct store_plan *plan, const struct secret *pin,
    struct mails *mails, struct store_reset *new)
{
	const struct key	*key = keyring_at(reset->parts.mail_keys, 0);
	const char		*notify = elsewhere(errand, plan);
	const struct seal_row	 row = { mails->id, plan->user_id,
				    kind_of(errand, plan), notify != NULL ?
				    notify : plan->recipient };
	enum status		 st;

	crypto_uuid(mails->id);
	new->reset_id = mails->id;
	new->mail_key_id = key->id;
	new->kind = row.kind;
	if (plan->recipient[0] == '\0')
		return ST_OK;
	new->sealed = &mails->sealed;
	st = errand->chosen == NULL ? seal_pin(key, &row, pin, &mails->sealed) :
	    seal_nothing(key, &row, &mails->sealed);
	if (st == ST_OK && notify != NULL)
		st = seal_notice(key, plan, mails, new);
	return st;
}

/* What an operator is told of it. */
static void
note(const struct errand *errand, const struct store_plan *plan,
    const struct mails *mails)
{
	struct reset_report	*report = errand->report;
	const char		*notify = elsewhere(errand, plan);

	if (report == NULL)
		return;
	(void)snprintf(report->id, sizeof(report->id), "%s", mails->id);
	(void)snprintf(report->recipient, sizeof(report->recipient), "%s",
	    notify != NULL ? notify : plan->recipient);
	report->is_first = plan->is_first;
	(void)snprintf(report->told, sizeof(report->told), "%s",
	    notify != NULL ? plan->recipient : "");
}

/*
 * One attempt at a reset. ST_RETRY: nothing changed, another PIN may do;
 * then, too, *denial holds what to say if there is no other attempt.
 */
static enum status
reset_once(struct reset *reset, const struct errand *errand,
    struct denial *denial)
{
	struct store_reset	new = { 0 };
	struct store_plan	plan;
	struct secret		pin = { 0 };
	struct mails		mails;
	enum status		st;

	st = prepare(reset, errand, &plan, denial);
	if (st != ST_OK)
		goto out;
	st = choose(errand, &plan, &pin, &new, denial);
	if (st == ST_OK && new.rule == NULL)
		st = derive_all(&reset->derivation, &plan, &pin,
		    errand->deadline_ms, &new, denial);
	if (st != ST_OK)
		goto out;
	if (seal(reset, errand, &plan, &pin, &mails, &new) != ST_OK) {
		st = derivation_deny(denial, REFUSAL_INTERNAL);
		goto out;
	}
	WIPE(&pin);
	note(errand, &plan, &mails);
	st = commit(reset, errand, &plan, &new, denial);
out:
	WIPE(&new);
	WIPE(&pin);
	return st;
}

static enum status
run(struct reset *reset, const struct errand *errand, struct denial *denial)
{
	enum status	st;
	int		tries = 0;

	*denial = (struct denial){ .refusal = REFUSAL_INTERNAL };
	do {
		st = reset_once(reset, errand, denial);
	} while (st == ST_RETRY && ++tries < RESET_TRIES &&
	    clock_ms() < errand->deadline_ms);
	if (st == ST_OK)
		scoreboard_add(reset->parts.board, SCORE_RESETS, 1);
	return st;
}

static void
run_for_caller(struct reset *reset, const struct errand *errand,
    struct outcome *outcome)
{
	struct denial	denial;

	memset(outcome, 0, sizeof(*outcome));
	if (run(reset, errand, &denial) != ST_OK)
		outcome_deny(outcome, reset->parts.store, errand->caller,
		    &denial);
}

void
reset_pin(struct reset *reset, const struct store_caller *caller,
    struct outcome *outcome)
{
	const struct errand	errand = { .caller = caller,
	    .kind = caller->actor != NULL ? "admin" : "reset",
	    .deadline_ms = clock_ms() + reset->options.request_timeout_ms };

	run_for_caller(reset, &errand, outcome);
}

void
reset_automatic(struct reset *reset, const struct store_caller *caller,
    int64_t user_id, int64_t deadline_ms, struct outcome *outcome)
{
	const struct errand	errand = { .caller = caller, .kind = "auto",
	    .user_id = user_id, .deadline_ms = deadline_ms };

	assert(user_id != 0);
	run_for_caller(reset, &errand, outcome);
}

void
reset_by_order(struct reset *reset, const struct store_order *order,
    const struct secret *pin, struct reset_report *report)
{
	const struct errand	errand = { .order = order, .chosen = pin,
	    .report = report, .kind = order->is_set ? "set" : "admin",
	    .deadline_ms = clock_ms() + reset->options.request_timeout_ms };
	enum status		st;

	assert(order->is_set == (pin != NULL));
	memset(report, 0, sizeof(*report));
	st = run(reset, &errand, &report->denial);
	if (st == ST_OK)
		report->denial.refusal = REFUSAL_NONE;
}
