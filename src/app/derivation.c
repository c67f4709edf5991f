/*
 * derivation.c - the queue at the gate, the settings, and Argon2id.
 *
 * No transaction is open meanwhile, and the store is not asked.
 */
#include "config.h"

#include "app/derivation.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/crypto.h"
#include "core/pin.h"
#include "edge/clock.h"

#define GATE_TIMEOUT_MS	5000	/* waited longer: the server is busy */

enum status
derivation_deny(struct denial *denial, enum refusal refusal)
{
	denial->refusal = refusal;
	denial->back_off_ms = REFUSAL_BACK_OFF_MS;
	denial->word = NULL;
	return ST_DENIED;
}

void
derivation_setting(const struct derivation *derivation,
    const unsigned char salt[DERIVE_SALT_SIZE], struct store_setting *setting)
{
	derive_settings_new(&derivation->cost, salt, setting->text);
	(void)snprintf(setting->key_id, sizeof(setting->key_id), "%s",
	    keyring_at(derivation->peppers, 0)->id);
}

bool
derivation_is_current(const struct derivation *derivation,
    const struct store_setting *setting)
{
	const struct derive_cost	*want = &derivation->cost;
	unsigned char			 salt[DERIVE_SALT_SIZE];
	struct derive_cost		 cost;

	return strcmp(setting->key_id,
	    keyring_at(derivation->peppers, 0)->id) == 0 &&
	    derive_settings_parse(setting->text, &cost, salt) == ST_OK &&
	    cost.memory_kib == want->memory_kib &&
	    cost.passes == want->passes && cost.lanes == want->lanes;
}

/*
 * The user's salt is kept while parameters and pepper stay the same, so that
 * mostly one derivation does both.
 */
size_t
derivation_choose(const struct derivation *derivation,
    const struct store_plan *plan,
    struct store_setting settings[STORE_CANDIDATES_MAX])
{
	unsigned char	salt[DERIVE_SALT_SIZE];
	size_t		count = 0;

	if (plan->count == 0 ||
	    !derivation_is_current(derivation, &plan->settings[0])) {
		crypto_random(salt, sizeof(salt));
		derivation_setting(derivation, salt, &settings[0]);
		count = 1;
	}
	memcpy(&settings[count], plan->settings,
	    plan->count * sizeof(plan->settings[0]));
	return count + plan->count;
}

enum status
derivation_run(const struct derivation *derivation, int64_t user_id,
    const struct store_setting *setting, const struct secret *pin,
    struct store_candidate *candidate, struct denial *denial)
{
	unsigned char		 mac[CRYPTO_MAC_SIZE];
	const struct key	*pepper;
	int64_t			 start;
	enum status		 st;

	pepper = keyring_find(derivation->peppers, setting->key_id);
	if (pepper == NULL) {
		log_err("pepper-unknown", "id", setting->key_id, "todo",
		    "put this key back into the file pepper_key", NULL);
		return derivation_deny(denial, REFUSAL_INTERNAL);
	}
	(void)snprintf(candidate->key_id, sizeof(candidate->key_id), "%s",
	    setting->key_id);
	st = pin_key(pepper, user_id, pin, mac);
	if (st == ST_OK) {
		start = clock_us();
		st = derive_verifier(setting->text, mac, candidate->verifier);
		scoreboard_add(derivation->board, SCORE_DERIVATIONS, 1);
		scoreboard_observe(derivation->board, SCORE_TIME_DERIVATION,
		    clock_us() - start);
	}
	WIPE(&mac);
	if (st == ST_OK)
		return ST_OK;
	if (st == ST_BAD)
		log_err("settings-refused", "settings", setting->text,
		    "todo", "upgrade this program, if a newer one has made "
		    "this verifier", NULL);
	return derivation_deny(denial, st == ST_RETRY ? REFUSAL_BUSY :
	    REFUSAL_INTERNAL);
}

int64_t
derivation_patience(int64_t deadline_ms)
{
	int64_t	until_ms = clock_ms() + GATE_TIMEOUT_MS;

	return until_ms < deadline_ms ? until_ms : deadline_ms;
}

enum status
derivation_enter(const struct derivation *derivation, int64_t deadline_ms,
    struct denial *denial)
{
	int64_t	start_us = clock_us();
	int64_t	left_ms = derivation_patience(deadline_ms) - clock_ms();
	bool	is_inside = left_ms > 0 && gate_enter(derivation->gate,
		    derivation->slot, (unsigned int)left_ms) == ST_OK;

	/* Those who waited in vain are the ones that it is about. */
	scoreboard_observe(derivation->board, SCORE_TIME_GATE,
	    clock_us() - start_us);
	if (is_inside)
		return ST_OK;
	scoreboard_add(derivation->board, SCORE_GATE_TIMEOUTS, 1);
	log_warn("gate-full", "reason", "no turn to derive in time", NULL);
	return derivation_deny(denial, REFUSAL_BUSY);
}

void
derivation_leave(const struct derivation *derivation)
{
	gate_leave(derivation->gate, derivation->slot);
}
