/*
 * store-reset.c - call the database's functions of a reset, the user's own or
 * an automatic one: prepare, commit, and the outcome of a commit whose answer
 * was lost.
 *
 * Knows the signatures of sql/code/reset.sql, of auto_prepare and auto_commit
 * in sql/code/logon.sql, and of those in sql/code/helpdesk.sql for a caller who
 * acts for another mailbox; their rows are the same. Knows nothing of how a PIN
 * is drawn or derived. No clear PIN comes here.
 */
#include "config.h"

#include "edge/store-reset.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "edge/clock.h"
#include "edge/store-call.h"

#define PLAN		"SELECT result, back_off_ms, user_id, basis," \
			" recipient, extension, rules, hash_parameters," \
			" display_name"
#define COMMIT_BY(name)	"SELECT result, back_off_ms FROM umws." name "(" \
			"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
#define COMMIT_FOR_OTHERS \
			"SELECT result, back_off_ms FROM" \
			" umws.helpdesk_commit($1, $2, $3, $4, $5, $6, $7," \
			" $8, $9, $10, $11, $12, $13)"

enum status
store_settings_parse(const char *text, struct store_plan *plan)
{
	struct store_setting	*setting;
	const char		*colon, *end;

	plan->count = 0;
	while (*text != '\0') {
		end = text + strcspn(text, " ");
		colon = memchr(text, ':', (size_t)(end - text));
		if (colon == NULL || plan->count == STORE_SETTINGS_MAX ||
		    colon - text >= KEYRING_ID_SIZE ||
		    end - colon > DERIVE_SETTINGS_SIZE)
			return ST_BAD;
		setting = &plan->settings[plan->count++];
		memcpy(setting->key_id, text, (size_t)(colon - text));
		memcpy(setting->text, colon + 1, (size_t)(end - colon - 1));
		text = *end == ' ' ? end + 1 : end;
	}
	return ST_OK;
}

/* A text of the row into a field of the plan. */
static enum status
copy_field(const struct db_result *row, const char *column, char *text,
    size_t size)
{
	return db_copy_text(row, 0, db_column(row, column), text, size);
}

enum status
store_plan_parse(const struct db_result *row, const char *login,
    struct store_plan *plan)
{
	plan->user_id = db_number(row, 0, db_column(row, "user_id"));
	if (copy_field(row, "basis", plan->basis, sizeof(plan->basis)) !=
	    ST_OK ||
	    copy_field(row, "recipient", plan->recipient,
	    sizeof(plan->recipient)) != ST_OK ||
	    copy_field(row, "extension", plan->extension,
	    sizeof(plan->extension)) != ST_OK ||
	    policy_parse(db_text(row, 0, db_column(row, "rules")),
	    &plan->policy) != ST_OK)
		return ST_BAD;
	policy_forbid_names(&plan->policy, login);
	policy_forbid_names(&plan->policy,
	    db_text(row, 0, db_column(row, "display_name")));
	return store_settings_parse(db_text(row, 0,
	    db_column(row, "hash_parameters")), plan);
}

/* A call that returns (result, back_off_ms) and a plan. */
static enum status
prepare(struct store *store, const struct store_caller *caller,
    const char *sql, const char *const *params, size_t count,
    int64_t deadline_ms, struct store_plan *plan, struct denial *denial)
{
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_ask(store, sql, params, count, deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db)) {
		/* A login that is no text to the database has no mailbox. */
		denial->refusal = REFUSAL_NOT_ENABLED;
		return ST_DENIED;
	}
	if (st != ST_OK)
		return store_result_of_status(store, st, false, denial);
	st = store_result_of_word(db_text(row, 0, db_column(row, "result")),
	    (uint64_t)db_number(row, 0, db_column(row, "back_off_ms")),
	    denial);
	if (st == ST_OK && store_plan_parse(row, plan->is_automatic ?
	    db_text(row, 0, db_column(row, "login")) : caller->login, plan) !=
	    ST_OK) {
		log_err("plan-unreadable", "user", caller->login, "todo",
		    "upgrade this program, if a newer one has written this "
		    "user's verifiers or policy", NULL);
		denial->refusal = REFUSAL_INTERNAL;
		st = ST_DENIED;
	}
	if (st == ST_OK && caller->actor != NULL)
		plan->is_first = db_bool(row, 0, db_column(row, "is_first"));
	db_result_free(&row);
	return st;
}

enum status
store_prepare(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, struct store_plan *plan, struct denial *denial)
{
	const char	*params[] = { caller->login,
			    store_inet(caller->address), caller->request_id,
			    caller->actor };

	memset(plan, 0, sizeof(*plan));
	if (caller->actor != NULL)
		return prepare(store, caller, PLAN ", is_first"
		    " FROM umws.helpdesk_prepare($1, $4, $2, $3)", params, 4,
		    deadline_ms, plan, denial);
	return prepare(store, caller,
	    PLAN " FROM umws.reset_prepare($1, $2, $3)", params, 3,
	    deadline_ms, plan, denial);
}

enum status
store_prepare_automatic(struct store *store,
    const struct store_caller *caller, int64_t user_id, int64_t deadline_ms,
    struct store_plan *plan, struct denial *denial)
{
	char		 number[24];
	const char	*params[] = { number };

	memset(plan, 0, sizeof(*plan));
	plan->is_automatic = true;
	(void)snprintf(number, sizeof(number), "%" PRId64, user_id);
	return prepare(store, caller,
	    PLAN ", login FROM umws.auto_prepare($1)", params, 1,
	    deadline_ms, plan, denial);
}

/*
 * The characters of key ids and PHC strings need no escape between double
 * quotes.
 */
enum status
store_candidate_arrays(const struct store_reset *reset, struct buf *key_ids,
    struct buf *verifiers)
{
	size_t	i;

	buf_puts(key_ids, "{");
	buf_puts(verifiers, "{");
	for (i = 0; i < reset->count; i++) {
		buf_printf(key_ids, "%s\"%s\"", i == 0 ? "" : ",",
		    reset->candidates[i].key_id);
		buf_printf(verifiers, "%s\"%s\"", i == 0 ? "" : ",",
		    reset->candidates[i].verifier);
	}
	buf_puts(key_ids, "}");
	buf_puts(verifiers, "}");
	buf_fail(key_ids, buf_status(verifiers));
	return buf_status(key_ids);
}

enum status
store_commit(struct store *store, const struct store_caller *caller,
    const struct store_plan *plan, const struct store_reset *reset,
    int64_t deadline_ms, struct denial *denial)
{
	struct buf		 key_ids = BUF_INIT(STORE_ARRAY_MAX);
	struct buf		 verifiers = BUF_INIT(STORE_ARRAY_MAX);
	char			 user_id[24], sealed[STORE_SEALED_SIZE];
	struct db_result	*row = NULL;
	int64_t			 start_us;
	enum status		 st;

	assert(reset->count > 0 && reset->count <= STORE_CANDIDATES_MAX);
	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	db_bytes_text(reset->sealed->bytes, reset->sealed->len, sealed,
	    sizeof(sealed));
	st = store_candidate_arrays(reset, &key_ids, &verifiers);
	start_us = clock_us();
	if (st == ST_OK)
		st = store_connect(store, deadline_ms);
	if (st == ST_OK) {
		const char	*params[] = { reset->reset_id, user_id,
				    caller->login,
				    store_inet(caller->address),
				    caller->request_id, plan->basis,
				    buf_text(&key_ids), buf_text(&verifiers),
				    reset->mail_key_id, sealed,
				    caller->actor, reset->kind,
				    caller->reason };

		st = caller->actor != NULL ? db_call(store->db,
		    COMMIT_FOR_OTHERS, params, 13, deadline_ms, &row) :
		    db_call(store->db, plan->is_automatic ?
		    COMMIT_BY("auto_commit") : COMMIT_BY("reset_commit"),
		    params, 10, deadline_ms, &row);
	}
	store_tell(store, true, start_us, st);
	st = store_result_of_row(store, st, &row, denial);
	buf_free(&verifiers);
	buf_free(&key_ids);
	return st;
}

enum status
store_outcome(struct store *store, const struct store_caller *caller,
    const struct store_plan *plan, const char *reset_id, int64_t deadline_ms,
    struct denial *denial)
{
	char			 user_id[24];
	const char		*params[] = { reset_id, user_id,
				    caller->login, caller->actor };
	struct db_result	*row = NULL;
	enum status		 st;

	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	st = caller->actor != NULL ? store_insist(store,
	    "SELECT umws.helpdesk_outcome($1, $2, $3, $4)"
	    " AS result, 0 AS back_off_ms", params, 4, deadline_ms, &row) :
	    store_insist(store, "SELECT umws.reset_outcome($1, $2, $3)"
	    " AS result, 0 AS back_off_ms", params, 3, deadline_ms, &row);
	return store_result_of_row(store, st, &row, denial);
}
