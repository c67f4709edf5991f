/*
 * logon.c - what was dialled is derived here; the database compares, counts
 * and says what comes of it.
 *
 * Derivation runs between two calls of the database, with no transaction
 * open. Of a mailbox that does not exist, or has no PIN, the settings come
 * from its name and a key that nobody outside has, so that they are the same
 * each time, and the work is that for any other.
 */
#include "config.h"

#include "app/logon.h"

#include <string.h>

#include "app/outcome.h"
#include "base/log.h"
#include "core/crypto.h"
#include "core/pin.h"
#include "core/seal.h"
#include "edge/clock.h"

#define LOGON_TRIES	3	/* stale plans in a row */
#define KIND_CHANGED	"changed"	/* of the mail */

/* No rule of a policy, so that its name stands in no table of those. */
static const char	pin_locked[] = "pin_locked";
static const char	pin_locked_sentence[] =
    "The PIN is locked against change.";

/* Why a PIN that is right must be changed. */
static const char	reason_first[] = "first";
static const char	reason_expired[] = "expired";

/* REFUSED, by the rule that the database has named. */
static void
refuse(struct logon_answer *answer, const char *rule)
{
	enum policy_rule	broken;

	answer->word = LOGON_REFUSED;
	answer->rule = pin_locked;
	answer->sentence = pin_locked_sentence;
	for (broken = POLICY_NONE; broken < POLICY_RULES; broken++) {
		if (strcmp(policy_rule_name(broken), rule) == 0) {
			answer->rule = policy_rule_name(broken);
			answer->sentence = policy_rule_sentence(broken);
		}
	}
}

/*
 * Whose lane it is: a mailbox's by its id, so that its names share one; that
 * of a name which has none by a number that nobody outside can compute.
 */
static enum status
lane_of(const struct logon_parts *parts, const struct store_line *line,
    const struct store_logon_plan *plan, uint64_t *lane)
{
	const struct key	*pepper = keyring_at(
				    parts->derivation.peppers, 0);
	unsigned char		 mac[CRYPTO_MAC_SIZE];

	*lane = (uint64_t)plan->user_id;
	if (plan->user_id != 0)
		return ST_OK;
	if (crypto_hmac(pepper->bytes, sizeof(pepper->bytes), line->login,
	    strlen(line->login), mac) != ST_OK)
		return ST_FAIL;
	memcpy(lane, mac, sizeof(*lane));
	/* No id has this bit. */
	*lane |= (uint64_t)1 << 63;
	secret_wipe(mac, sizeof(mac));
	return ST_OK;
}

/* Wait in our lane until our place is this one or a better one. */
static enum status
wait_for_place(const struct logon_parts *parts, const char *mailbox,
    size_t last, int64_t until_ms, size_t *place, struct denial *denial)
{
	int64_t	left_ms = until_ms - clock_ms();

	if (left_ms > 0 && lanes_wait(parts->lanes, parts->derivation.slot,
	    last, (unsigned int)left_ms, place) == ST_OK)
		return ST_OK;
	log_warn("lane-slow", "reason", "no turn at this mailbox in time",
	    "mailbox", mailbox, NULL);
	return derivation_deny(denial, REFUSAL_BUSY);
}

/*
 * The PIN is void: another one, now. Whoever is before us in the lane may be
 * about to do it, and then nothing is left to do.
 */
static enum status
reset(const struct logon_parts *parts, const struct store_line *line,
    int64_t user_id, int64_t deadline_ms, struct logon_answer *answer)
{
	const struct store_caller	caller = { line->account,
					    line->address, line->request_id,
					    "", false, NULL, NULL };
	struct outcome			outcome;
	size_t				place;
	enum status			st;

	st = wait_for_place(parts, line->mailbox, 1,
	    derivation_patience(deadline_ms), &place, &answer->denial);
	if (st != ST_OK)
		return st;
	reset_automatic(parts->reset, &caller, user_id, deadline_ms, &outcome);
	answer->denial = outcome.denial;
	if (outcome.denial.refusal != REFUSAL_NONE)
		return ST_DENIED;
	answer->word = LOGON_RESET;
	return ST_OK;
}

/* Settings for a mailbox that has none: always the same for its name. */
static enum status
settings_of_name(const struct derivation *derivation, const char *mailbox,
    struct store_setting *setting, struct denial *denial)
{
	const struct key	*pepper = keyring_at(derivation->peppers, 0);
	unsigned char		 mac[CRYPTO_MAC_SIZE];

	_Static_assert(DERIVE_SALT_SIZE <= CRYPTO_MAC_SIZE,
	    "a salt is the beginning of a MAC");
	if (crypto_hmac(pepper->bytes, sizeof(pepper->bytes), mailbox,
	    strlen(mailbox), mac) != ST_OK)
		return derivation_deny(denial, REFUSAL_INTERNAL);
	derivation_setting(derivation, mac, setting);
	secret_wipe(mac, sizeof(mac));
	return ST_OK;
}

/* What a try is made of, and goes into the transaction. */
struct attempt {
	struct store_setting	setting;	/* of the PIN */
	struct store_candidate	pin;
	struct store_reset	new;		/* of a change */
	struct sealed		sealed;
	char			id[CRYPTO_UUID_SIZE];
};

/* Derive what was dialled, and what is wanted instead, in one turn. */
static enum status
derive(const struct logon_parts *parts, const struct logon_request *request,
    const struct store_logon_plan *plan, int64_t deadline_ms,
    struct attempt *attempt, struct denial *denial)
{
	const struct derivation	*derivation = &parts->derivation;
	struct store_setting	 settings[STORE_CANDIDATES_MAX] = { 0 };
	enum status		 st;
	size_t			 i;

	attempt->setting = plan->setting;
	if (!plan->has_pin) {
		st = settings_of_name(derivation, request->line->mailbox,
		    &attempt->setting, denial);
		if (st != ST_OK)
			return st;
	}
	if (request->is_change && request->new_pin->len > 0)
		attempt->new.count = derivation_choose(derivation,
		    &plan->change, settings);
	st = derivation_enter(derivation, deadline_ms, denial);
	if (st != ST_OK)
		return st;
	st = derivation_run(derivation, plan->user_id, &attempt->setting,
	    request->pin, &attempt->pin, denial);
	for (i = 0; i < attempt->new.count && st == ST_OK; i++)
		st = derivation_run(derivation, plan->user_id, &settings[i],
		    request->new_pin, &attempt->new.candidates[i], denial);
	derivation_leave(derivation);
	return st;
}

/* The mail that tells of a change has no PIN. */
static enum status
seal_notice(const struct logon_parts *parts,
    const struct store_logon_plan *plan, struct attempt *attempt,
    struct denial *denial)
{
	const struct key	*key = keyring_at(parts->mail_keys, 0);
	const struct seal_row	 row = { attempt->id, plan->user_id,
				    KIND_CHANGED, plan->change.recipient };

	attempt->new.reset_id = attempt->id;
	attempt->new.mail_key_id = key->id;
	attempt->new.sealed = &attempt->sealed;
	if (seal_nothing(key, &row, &attempt->sealed) != ST_OK)
		return derivation_deny(denial, REFUSAL_INTERNAL);
	return ST_OK;
}

/* The PIN was right: keep it by today's settings. If not, next time. */
static void
rehash(const struct logon_parts *parts, const struct logon_request *request,
    const struct store_logon_plan *plan, const struct attempt *attempt,
    int64_t deadline_ms)
{
	const struct derivation	*derivation = &parts->derivation;
	struct store_candidate	 fresh;
	struct store_setting	 setting;
	struct denial		 denial;
	unsigned char		 salt[DERIVE_SALT_SIZE];
	enum status		 st;

	if (derivation_is_current(derivation, &attempt->setting))
		return;
	crypto_random(salt, sizeof(salt));
	derivation_setting(derivation, salt, &setting);
	if (derivation_enter(derivation, deadline_ms, &denial) != ST_OK)
		return;
	st = derivation_run(derivation, plan->user_id, &setting, request->pin,
	    &fresh, &denial);
	derivation_leave(derivation);
	if (st == ST_OK)
		st = store_pin_rehash(parts->store, plan->user_id,
		    &attempt->pin, &fresh, deadline_ms);
	(void)st;
	WIPE(&fresh);
}

/* What the mailbox has said to the PIN, as the caller is to hear it. */
static enum status
answer_verdict(const struct logon_parts *parts,
    const struct logon_request *request, const struct store_logon_plan *plan,
    enum store_logon verdict, const char *rule, int64_t deadline_ms,
    struct logon_answer *answer)
{
	switch (verdict) {
	case STORE_LOGON_OK:
		answer->word = LOGON_OK;
		return ST_OK;
	case STORE_LOGON_MUST_CHANGE:
		answer->word = LOGON_CHANGE;
		answer->rule = strcmp(rule, reason_expired) == 0 ?
		    reason_expired : reason_first;
		return ST_OK;
	case STORE_LOGON_DENIED:
		answer->word = LOGON_DENIED;
		return ST_OK;
	case STORE_LOGON_VOID:
		return reset(parts, request->line, plan->user_id, deadline_ms,
		    answer);
	case STORE_LOGON_LOCKED:
		answer->word = LOGON_LOCKED;
		return ST_OK;
	case STORE_LOGON_REFUSED:
		break;
	}
	refuse(answer, rule);
	return ST_OK;
}

/* The first rule of its policy that a change breaks. */
static enum policy_rule
check_policy(const struct logon_request *request,
    const struct store_logon_plan *plan)
{
	const struct policy	*policy = &plan->change.policy;
	enum policy_rule	 broken;

	broken = policy_check_age(policy, plan->pin_age_s, plan->is_forced);
	if (broken == POLICY_NONE)
		broken = request->new_fault;
	if (broken == POLICY_NONE)
		broken = policy_check(policy, plan->change.extension,
		    request->new_pin);
	return broken;
}

/* Compare and commit what was derived. Statuses as of logon_once(). */
static enum status
settle(const struct logon_parts *parts, const struct logon_request *request,
    const struct store_logon_plan *plan, const struct attempt *attempt,
    int64_t deadline_ms, struct logon_answer *answer)
{
	struct store_logon_try	try = { attempt->id, &attempt->setting,
				    &attempt->pin, request->is_change, NULL,
				    &attempt->new };
	enum store_logon	verdict = STORE_LOGON_DENIED;
	enum policy_rule	broken;
	char			rule[STORE_RULE_SIZE];
	enum status		st;

	if (request->is_change && plan->user_id != 0) {
		broken = check_policy(request, plan);
		if (broken != POLICY_NONE)
			try.rule = policy_rule_name(broken);
	}
	st = store_logon_settle(parts->store, request->line, plan, &try,
	    outcome_try_until(deadline_ms, parts->request_timeout_ms),
	    deadline_ms, &verdict, rule, &answer->denial);
	if (st != ST_OK)
		return st;
	if (verdict == STORE_LOGON_OK || verdict == STORE_LOGON_MUST_CHANGE) {
		if (!request->is_change)
			rehash(parts, request, plan, attempt, deadline_ms);
	}
	return answer_verdict(parts, request, plan, verdict, rule,
	    deadline_ms, answer);
}

/*
 * Take a place in the lane of the mailbox, and ask again until it is not
 * beyond the tries that are left. Else as logon_once().
 */
static enum status
take_place(const struct logon_parts *parts,
    const struct logon_request *request, uint64_t since, int64_t deadline_ms,
    struct store_logon_plan *plan, struct denial *denial)
{
	int64_t		until_ms = derivation_patience(deadline_ms);
	uint64_t	lane, other;
	size_t		place;
	enum status	st;

	if (lane_of(parts, request->line, plan, &lane) != ST_OK)
		return derivation_deny(denial, REFUSAL_INTERNAL);
	if (lanes_enter(parts->lanes, parts->derivation.slot, lane, since,
	    &place) != ST_OK)
		return derivation_deny(denial, REFUSAL_BUSY);
	while (plan->verdict == STORE_LOGON_OK && place > plan->tries_left) {
		st = wait_for_place(parts, request->line->mailbox,
		    plan->tries_left, until_ms, &place, denial);
		if (st == ST_OK)
			st = store_logon_prepare(parts->store, request->line,
			    request->is_change, deadline_ms, plan, denial);
		if (st != ST_OK)
			return st;
		(void)derivation_deny(denial, REFUSAL_BUSY);
		if (lane_of(parts, request->line, plan, &other) != ST_OK ||
		    other != lane)
			return ST_RETRY;	/* another's by now */
	}
	return ST_OK;
}

/*
 * Ask what the PIN is derived by. ST_OK: unless the mailbox is locked, we have
 * a place in its lane that may derive, or reset. It is to be left in any case.
 */
static enum status
prepare(const struct logon_parts *parts, const struct logon_request *request,
    int64_t deadline_ms, struct store_logon_plan *plan, struct denial *denial)
{
	uint64_t	since = lanes_now(parts->lanes);
	enum status	st;

	st = store_logon_prepare(parts->store, request->line,
	    request->is_change, deadline_ms, plan, denial);
	if (st != ST_OK || plan->verdict == STORE_LOGON_LOCKED)
		return st;
	return take_place(parts, request, since, deadline_ms, plan, denial);
}

/*
 * One attempt. ST_OK: *answer is what to say. ST_RETRY: nothing was compared,
 * the mailbox has changed meanwhile. Else: unavailable, by answer->denial.
 */
static enum status
logon_once(const struct logon_parts *parts,
    const struct logon_request *request, int64_t deadline_ms,
    struct logon_answer *answer)
{
	struct store_logon_plan	plan;
	struct attempt		attempt = { 0 };
	enum status		st;

	st = prepare(parts, request, deadline_ms, &plan, &answer->denial);
	if (st != ST_OK)
		goto out;
	if (plan.verdict != STORE_LOGON_OK) {
		st = answer_verdict(parts, request, &plan, plan.verdict, "",
		    deadline_ms, answer);
		goto out;
	}
	crypto_uuid(attempt.id);
	st = derive(parts, request, &plan, deadline_ms, &attempt,
	    &answer->denial);
	if (st == ST_OK && request->is_change)
		st = seal_notice(parts, &plan, &attempt, &answer->denial);
	if (st == ST_OK)
		st = settle(parts, request, &plan, &attempt, deadline_ms,
		    answer);
out:
	lanes_leave(parts->lanes, parts->derivation.slot);
	WIPE(&attempt);
	return st;
}

void
logon_try(const struct logon_parts *parts,
    const struct logon_request *request, struct logon_answer *answer)
{
	struct scoreboard	*board = parts->derivation.board;
	int64_t			 deadline_ms = clock_ms() +
				    parts->request_timeout_ms;
	enum status		 st;
	int			 tries = 0;

	memset(answer, 0, sizeof(*answer));
	answer->word = LOGON_DENIED;
	if (request->pin->len > 0) {
		do {
			st = logon_once(parts, request, deadline_ms, answer);
		} while (st == ST_RETRY && ++tries < LOGON_TRIES &&
		    clock_ms() < deadline_ms);
		if (st != ST_OK)
			answer->word = LOGON_UNAVAILABLE;
	}
	scoreboard_add(board, SCORE_LOGONS + scoreboard_service(board,
	    request->line->account) * SCORE_LOGON_WORDS +
	    (size_t)answer->word, 1);
}
