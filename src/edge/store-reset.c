/*
 * store-reset.c - the three calls of a reset.
 *
 * Knows the signatures of sql/code/reset.sql; knows nothing of how a PIN is
 * drawn or derived. No clear PIN comes here.
 */
#include "config.h"

#include "edge/store-reset.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "edge/store-call.h"

#define ARRAY_MAX		1024	/* bytes of an SQL array's text */
#define SEALED_TEXT_SIZE	(2 * SEAL_BLOB_MAX + 3)

/* "keyid:settings keyid:settings" into the plan. */
static enum status
parse_settings(const char *text, struct store_plan *plan)
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

/* One row of reset_prepare into the plan. */
static enum status
parse_plan(const struct db_result *row, const char *login,
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
	return parse_settings(db_text(row, 0,
	    db_column(row, "hash_parameters")), plan);
}

enum status
store_prepare(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, struct store_plan *plan, struct denial *denial)
{
	const char		*params[] = { caller->login,
				    store_inet(caller->address),
				    caller->request_id };
	struct db_result	*row = NULL;
	enum status		 st;

	memset(plan, 0, sizeof(*plan));
	st = store_ask(store, "SELECT result, back_off_ms, user_id, basis,"
	    " recipient, extension, rules, hash_parameters, display_name"
	    " FROM umws.reset_prepare($1, $2, $3)", params, 3,
	    deadline_ms, &row);
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
	if (st == ST_OK && parse_plan(row, caller->login, plan) != ST_OK) {
		log_err("plan-unreadable", "user", caller->login, NULL);
		denial->refusal = REFUSAL_INTERNAL;
		st = ST_DENIED;
	}
	db_result_free(&row);
	return st;
}

/*
 * Candidates as two SQL arrays. Their characters are those of key ids and
 * PHC strings: none needs an escape between double quotes.
 */
static enum status
candidate_arrays(const struct store_reset *reset, struct buf *key_ids,
    struct buf *verifiers)
{
	size_t	i;

	for (i = 0; i < reset->count; i++) {
		buf_printf(key_ids, "%s\"%s\"", i == 0 ? "{" : ",",
		    reset->candidates[i].key_id);
		buf_printf(verifiers, "%s\"%s\"", i == 0 ? "{" : ",",
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
	struct buf		 key_ids = BUF_INIT(ARRAY_MAX);
	struct buf		 verifiers = BUF_INIT(ARRAY_MAX);
	char			 user_id[24], sealed[SEALED_TEXT_SIZE];
	struct db_result	*row = NULL;
	enum status		 st;

	assert(reset->count > 0 && reset->count <= STORE_CANDIDATES_MAX);
	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	db_bytes_text(reset->sealed->bytes, reset->sealed->len, sealed,
	    sizeof(sealed));
	st = candidate_arrays(reset, &key_ids, &verifiers);
	if (st == ST_OK)
		st = store_connect(store, deadline_ms);
	if (st == ST_OK) {
		const char	*params[] = { reset->reset_id, user_id,
				    caller->login,
				    store_inet(caller->address),
				    caller->request_id, plan->basis,
				    buf_text(&key_ids), buf_text(&verifiers),
				    reset->mail_key_id, sealed };

		st = db_call(store->db,
		    "SELECT result, back_off_ms FROM umws.reset_commit("
		    "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
		    params, 10, deadline_ms, &row);
	}
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
				    caller->login };
	struct db_result	*row = NULL;
	enum status		 st;

	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	st = store_insist(store, "SELECT umws.reset_outcome($1, $2, $3)"
	    " AS result, 0 AS back_off_ms", params, 3, deadline_ms, &row);
	return store_result_of_row(store, st, &row, denial);
}
