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

#include "base/log.h"
#include "base/secret.h"
#include "core/crypto.h"
#include "core/pin.h"
#include "core/seal.h"
#include "edge/clock.h"
#include "edge/store-reset.h"

#define RESET_TRIES	3	/* lost races or repeated PINs in a row */
#define GATE_TIMEOUT_MS	5000	/* waited longer: the server is busy */
#define MAIL_KIND	"reset"

struct reset {
	struct reset_options	options;
	struct reset_parts	parts;
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
	return ST_OK;
}

void
reset_free(struct reset **reset)
{
	free(*reset);
	*reset = NULL;
}

static enum status
deny(struct denial *denial, enum refusal refusal)
{
	denial->refusal = refusal;
	denial->back_off_ms = REFUSAL_BACK_OFF_MS;
	return ST_DENIED;
}

/* Are these settings what a verifier made today would have? */
static bool
is_current(const struct reset *reset, const struct store_setting *setting)
{
	const struct derive_cost	*want = &reset->options.cost;
	unsigned char			 salt[DERIVE_SALT_SIZE];
	struct derive_cost		 cost;

	return strcmp(setting->key_id,
	    keyring_at(reset->parts.peppers, 0)->id) == 0 &&
	    derive_settings_parse(setting->text, &cost, salt) == ST_OK &&
	    cost.memory_kib == want->memory_kib &&
	    cost.passes == want->passes && cost.lanes == want->lanes;
}

/*
 * Under which settings to derive the candidate: [0] to store it, the rest
 * to compare it with older PINs. The user's salt is kept while parameters
 * and pepper stay the same, so that mostly one derivation does both.
 */
static size_t
choose_settings(const struct reset *reset, const struct store_plan *plan,
    struct store_setting settings[STORE_CANDIDATES_MAX])
{
	unsigned char	salt[DERIVE_SALT_SIZE];
	size_t		count = 0;

	if (plan->count == 0 || !is_current(reset, &plan->settings[0])) {
		crypto_random(salt, sizeof(salt));
		derive_settings_new(&reset->options.cost, salt,
		    settings[0].text);
		(void)snprintf(settings[0].key_id, sizeof(settings[0].key_id),
		    "%s", keyring_at(reset->parts.peppers, 0)->id);
		count = 1;
	}
	memcpy(&settings[count], plan->settings,
	    plan->count * sizeof(plan->settings[0]));
	return count + plan->count;
}

/* The candidate under one setting: HMAC with the pepper, then Argon2id. */
static enum status
derive_one(struct reset *reset, int64_t user_id,
    const struct store_setting *setting, const struct secret *pin,
    struct store_candidate *candidate, struct denial *denial)
{
	unsigned char		 mac[CRYPTO_MAC_SIZE];
	const struct key	*pepper;
	int64_t			 start;
	enum status		 st;

	pepper = keyring_find(reset->parts.peppers, setting->key_id);
	if (pepper == NULL) {
		log_err("pepper-unknown", "id", setting->key_id, "todo",
		    "put this key back into the file pepper_key", NULL);
		return deny(denial, REFUSAL_INTERNAL);
	}
	(void)snprintf(candidate->key_id, sizeof(candidate->key_id), "%s",
	    setting->key_id);
	st = pin_key(pepper, user_id, pin, mac);
	if (st == ST_OK) {
		start = clock_us();
		st = derive_verifier(setting->text, mac, candidate->verifier);
		scoreboard_add(reset->parts.board, SCORE_DERIVATIONS, 1);
		scoreboard_add(reset->parts.board, SCORE_DERIVE_US,
		    (uint64_t)(clock_us() - start));
	}
	WIPE(&mac);
	if (st == ST_OK)
		return ST_OK;
	if (st == ST_BAD)
		log_err("settings-refused", "settings", setting->text,
		    "todo", "upgrade this program, if a newer one has made "
		    "this verifier", NULL);
	return deny(denial, st == ST_RETRY ? REFUSAL_BUSY : REFUSAL_INTERNAL);
}

/* Wait for a turn to derive; ST_DENIED when it would take too long. */
static enum status
enter_gate(struct reset *reset, int64_t deadline_ms,
    struct denial *denial)
{
	int64_t	start_us = clock_us(), left_ms = deadline_ms - clock_ms();

	if (left_ms > GATE_TIMEOUT_MS)
		left_ms = GATE_TIMEOUT_MS;
	if (left_ms <= 0 || gate_enter(reset->parts.gate,
	    reset->parts.slot, (unsigned int)left_ms) != ST_OK) {
		log_warn("gate-full", "reason", "no turn to derive in time",
		    NULL);
		return deny(denial, REFUSAL_BUSY);
	}
	scoreboard_add(reset->parts.board, SCORE_GATE_US,
	    (uint64_t)(clock_us() - start_us));
	return ST_OK;
}

/* Derive under every setting, when it is our turn at the gate. */
static enum status
derive_all(struct reset *reset, const struct store_plan *plan,
    const struct secret *pin, int64_t deadline_ms, struct store_reset *new,
    struct denial *denial)
{
	struct store_setting	settings[STORE_CANDIDATES_MAX] = { 0 };
	enum status		st;
	size_t			i;

	new->count = choose_settings(reset, plan, settings);
	st = enter_gate(reset, deadline_ms, denial);
	if (st != ST_OK)
		return st;
	for (i = 0; i < new->count && st == ST_OK; i++)
		st = derive_one(reset, plan->user_id, &settings[i], pin,
		    &new->candidates[i], denial);
	gate_leave(reset->parts.gate, reset->parts.slot);
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
reset_once(struct reset *reset, const struct store_caller *caller,
    int64_t deadline_ms, struct denial *denial)
{
	const struct key	*mail_key;
	struct store_reset	 new = { 0 };
	struct store_plan	 plan;
	struct secret		 pin = { 0 };
	struct sealed		 sealed;
	struct seal_row		 row;
	char			 id[CRYPTO_UUID_SIZE];
	enum status		 st;

	st = store_prepare(reset->parts.store, caller, deadline_ms, &plan,
	    denial);
	if (st != ST_OK)
		goto out;
	if (pin_generate(&plan.policy, plan.extension, &pin) != ST_OK) {
		st = deny(denial, REFUSAL_INTERNAL);
		goto out;
	}
	st = derive_all(reset, &plan, &pin, deadline_ms, &new, denial);
	if (st != ST_OK)
		goto out;
	crypto_uuid(id);
	mail_key = keyring_at(reset->parts.mail_keys, 0);
	row = (struct seal_row){ id, plan.user_id, MAIL_KIND,
	    plan.recipient };
	if (seal_pin(mail_key, &row, &pin, &sealed) != ST_OK) {
		st = deny(denial, REFUSAL_INTERNAL);
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

void
reset_pin(struct reset *reset, const struct store_caller *caller,
    struct outcome *outcome)
{
	struct denial	denial = { REFUSAL_INTERNAL, 0 };
	int64_t		deadline_ms;
	enum status	st;
	int		tries = 0;

	memset(outcome, 0, sizeof(*outcome));
	deadline_ms = clock_ms() + reset->options.request_timeout_ms;
	do {
		st = reset_once(reset, caller, deadline_ms, &denial);
	} while (st == ST_RETRY && ++tries < RESET_TRIES &&
	    clock_ms() < deadline_ms);
	if (st == ST_OK) {
		scoreboard_add(reset->parts.board, SCORE_RESETS, 1);
		return;
	}
	outcome_deny(outcome, reset->parts.store, caller, &denial);
}
