/*
 * store-logon.c - the calls of a logon and of a change by phone.
 *
 * Knows the signatures of sql/code/logon.sql. No clear PIN comes here.
 */
#include "config.h"

#include "edge/store-logon.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include "edge/store-call.h"

/* "keyid:settings", or with a verifier behind the colon. */
#define KEYED_SIZE	(KEYRING_ID_SIZE + DERIVE_VERIFIER_SIZE)

/* The words of a try that was compared, or need not be. */
static const struct {
	const char		*word;
	enum store_logon	 verdict;
} verdicts[] = {
	{ "ok", STORE_LOGON_OK },
	{ "must_change", STORE_LOGON_MUST_CHANGE },
	{ "denied", STORE_LOGON_DENIED },
	{ "voided", STORE_LOGON_VOID },
	{ "reset_due", STORE_LOGON_VOID },
	{ "locked", STORE_LOGON_LOCKED },
	{ "locked_out", STORE_LOGON_LOCKED },
	{ "refused", STORE_LOGON_REFUSED },
};

/* The result of a row: a verdict, or what every call may say. */
static enum status
verdict_of_row(const struct db_result *row, enum store_logon *verdict,
    struct denial *denial)
{
	const char	*word = db_text(row, 0, db_column(row, "result"));
	size_t		 i;

	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (strcmp(verdicts[i].word, word) == 0) {
			*verdict = verdicts[i].verdict;
			return ST_OK;
		}
	}
	return store_result_of_word(word, (uint64_t)db_number(row, 0,
	    db_column(row, "back_off_ms")), denial);
}

static enum status
parse_plan(const struct db_result *row, bool is_change,
    struct store_logon_plan *plan)
{
	struct store_plan	parsed = { 0 };
	int64_t			tries = db_number(row, 0,
				    db_column(row, "tries_left"));

	if (plan->verdict != STORE_LOGON_OK)
		tries = 1;	/* which nobody needs */
	else if (tries < 1)
		return ST_BAD;
	plan->tries_left = (size_t)tries;
	plan->user_id = db_number(row, 0, db_column(row, "user_id"));
	if (store_settings_parse(db_text(row, 0, db_column(row, "settings")),
	    &parsed) != ST_OK || parsed.count > 1)
		return ST_BAD;
	plan->has_pin = parsed.count == 1;
	plan->setting = parsed.settings[0];
	if (!is_change || plan->user_id == 0 ||
	    plan->verdict != STORE_LOGON_OK)
		return ST_OK;
	plan->pin_age_s = db_number(row, 0, db_column(row, "pin_age_s"));
	plan->is_forced = db_bool(row, 0, db_column(row, "is_forced"));
	return store_plan_parse(row, db_text(row, 0, db_column(row, "login")),
	    &plan->change);
}

enum status
store_logon_prepare(struct store *store, const struct store_line *line,
    bool is_change, int64_t deadline_ms, struct store_logon_plan *plan,
    struct denial *denial)
{
	const char		*params[] = { is_change ? "change" : "logon",
				    line->mailbox, line->login, line->account,
				    store_inet(line->address),
				    line->request_id };
	struct db_result	*row = NULL;
	enum status		 st;

	memset(plan, 0, sizeof(*plan));
	st = store_ask(store, "SELECT result, back_off_ms, is_first, user_id,"
	    " settings, tries_left, basis, recipient, extension, rules,"
	    " hash_parameters, display_name, login, pin_age_s, is_forced"
	    " FROM umws.logon_prepare($1, $2, $3, $4, $5, $6)", params, 6,
	    deadline_ms, &row);
	if (st != ST_OK)
		return store_result_of_status(store, st, false, denial);
	st = verdict_of_row(row, &plan->verdict, denial);
	if (db_bool(row, 0, db_column(row, "is_first")))
		log_err("logon-failures", "account", line->account, "address",
		    line->address, "reason", "too many wrong PINs in a "
		    "minute, over all mailboxes: logons wait", "todo",
		    "look for who tries them; umws.limits has the limit",
		    NULL);
	if (st == ST_OK && parse_plan(row, is_change, plan) != ST_OK) {
		log_err("plan-unreadable", "mailbox", line->mailbox, NULL);
		denial->refusal = REFUSAL_INTERNAL;
		st = ST_DENIED;
	}
	db_result_free(&row);
	return st;
}

/* Text that the call borrows: of hashes, of no PIN. */
struct settle_text {
	char		user_id[24];
	char		settings[KEYED_SIZE];
	char		pin[KEYED_SIZE];
	char		sealed[STORE_SEALED_SIZE];
	struct buf	key_ids;
	struct buf	verifiers;
};

static enum status
settle_texts(const struct store_logon_plan *plan,
    const struct store_logon_try *try, struct settle_text *text)
{
	enum status	st = ST_OK;

	(void)snprintf(text->user_id, sizeof(text->user_id), "%" PRId64,
	    plan->user_id);
	if (plan->has_pin)
		(void)snprintf(text->settings, sizeof(text->settings),
		    "%s:%s", plan->setting.key_id, plan->setting.text);
	(void)snprintf(text->pin, sizeof(text->pin), "%s:%s",
	    try->pin->key_id, try->pin->verifier);
	if (!try->is_change)
		return ST_OK;
	db_bytes_text(try->new->sealed->bytes, try->new->sealed->len,
	    text->sealed, sizeof(text->sealed));
	if (try->new->count > 0)
		st = store_candidate_arrays(try->new, &text->key_ids,
		    &text->verifiers);
	return st;
}

static enum status
settle(struct store *store, const char *const *params, size_t count,
    int64_t try_ms, int64_t deadline_ms, struct db_result **row)
{
	static const char	sql[] = "SELECT result, rule, back_off_ms"
				    " FROM umws.logon_settle($1, $2, $3, $4,"
				    " $5, $6, $7, $8, $9, $10, $11, $12, $13,"
				    " $14, $15, $16, $17, $18)";
	enum status		st;

	st = store_change(store, sql, params, count, try_ms, row);
	if (st == ST_UNKNOWN)
		st = store_insist(store, sql, params, count, deadline_ms, row);
	return st;
}

enum status
store_logon_settle(struct store *store, const struct store_line *line,
    const struct store_logon_plan *plan, const struct store_logon_try *try,
    int64_t try_ms, int64_t deadline_ms, enum store_logon *verdict,
    char rule[STORE_RULE_SIZE], struct denial *denial)
{
	struct settle_text	 text = { .key_ids = BUF_INIT(STORE_ARRAY_MAX),
				    .verifiers = BUF_INIT(STORE_ARRAY_MAX) };
	bool			 has_new = try->is_change &&
				    try->new->count > 0;
	struct db_result	*row = NULL;
	enum status		 st;

	rule[0] = '\0';
	st = settle_texts(plan, try, &text);
	if (st == ST_OK) {
		const char	*params[] = { try->operation_id,
				    try->is_change ? "change" : "logon",
				    line->mailbox, line->login, line->account,
				    store_inet(line->address), line->caller,
				    line->call, line->request_id,
				    plan->user_id == 0 ? NULL : text.user_id,
				    text.settings, text.pin,
				    try->is_change ? plan->change.basis : NULL,
				    try->rule,
				    has_new ? buf_text(&text.key_ids) : "{}",
				    has_new ? buf_text(&text.verifiers) : "{}",
				    try->is_change ? try->new->mail_key_id :
				    NULL,
				    try->is_change ? text.sealed : NULL };

		st = settle(store, params, sizeof(params) / sizeof(params[0]),
		    try_ms, deadline_ms, &row);
	}
	if (st != ST_OK)
		st = store_result_of_status(store, st, true, denial);
	else
		st = verdict_of_row(row, verdict, denial);
	if (st == ST_OK && db_copy_text(row, 0, db_column(row, "rule"), rule,
	    STORE_RULE_SIZE) != ST_OK)
		rule[0] = '\0';
	db_result_free(&row);
	buf_free(&text.verifiers);
	buf_free(&text.key_ids);
	WIPE(&text);
	return st;
}

enum status
store_pin_rehash(struct store *store, int64_t user_id,
    const struct store_candidate *old, const struct store_candidate *new,
    int64_t deadline_ms)
{
	char			 number[24], keyed[KEYED_SIZE];
	const char		*params[] = { number, keyed, new->key_id,
				    new->verifier };
	struct db_result	*row = NULL;
	enum status		 st;

	(void)snprintf(number, sizeof(number), "%" PRId64, user_id);
	(void)snprintf(keyed, sizeof(keyed), "%s:%s", old->key_id,
	    old->verifier);
	st = store_call(store, "SELECT umws.pin_rehash($1, $2, $3, $4)",
	    params, 4, deadline_ms, &row);
	db_result_free(&row);
	WIPE(&keyed);
	return st;
}
