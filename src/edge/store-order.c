/*
 * store-order.c - call the database's functions of a reset that an operator
 * orders: prepare, commit, and the outcome of a commit whose answer was lost.
 *
 * Knows the signatures of sql/code/admin-reset.sql; what their rows mean is in
 * store-reset.c. No clear PIN comes here.
 */
#include "config.h"

#include "edge/store-order.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "edge/store-call.h"

/* The audit's word for it. */
static const char *
action(const struct store_order *order)
{
	return order->is_set ? "pin_set" : "pin_reset";
}

enum status
store_order_prepare(struct store *store, const struct store_order *order,
    int64_t deadline_ms, struct store_plan *plan, struct denial *denial)
{
	const char		*params[] = { order->login, order->actor,
				    action(order), order->reason,
				    order->notify, order->lost };
	struct db_result	*row = NULL;
	enum status		 st;

	memset(plan, 0, sizeof(*plan));
	st = store_ask(store, "SELECT result, back_off_ms, user_id, basis,"
	    " recipient, extension, rules, hash_parameters, display_name,"
	    " is_first"
	    " FROM umws.pin_order_prepare($1, $2, $3, $4, $5, $6)", params,
	    sizeof(params) / sizeof(params[0]), deadline_ms, &row);
	if (st != ST_OK)
		return store_result_of_status(store, st, false, denial);
	st = store_result_of_word(db_text(row, 0, db_column(row, "result")), 0,
	    denial);
	if (st == ST_OK &&
	    store_plan_parse(row, order->login, plan) != ST_OK) {
		log_err("plan-unreadable", "user", order->login, "todo",
		    "upgrade this program, if a newer one has written this "
		    "user's verifiers or policy", NULL);
		denial->refusal = REFUSAL_INTERNAL;
		denial->word = NULL;
		st = ST_DENIED;
	}
	if (st == ST_OK)
		plan->is_first = db_bool(row, 0, db_column(row, "is_first"));
	db_result_free(&row);
	return st;
}

enum status
store_order_commit(struct store *store, const struct store_order *order,
    const struct store_plan *plan, const struct store_reset *reset,
    int64_t deadline_ms, struct denial *denial)
{
	struct buf		 key_ids = BUF_INIT(STORE_ARRAY_MAX);
	struct buf		 verifiers = BUF_INIT(STORE_ARRAY_MAX);
	char			 user_id[24], sealed[STORE_SEALED_SIZE];
	char			 notice[STORE_SEALED_SIZE];
	bool			 is_told = reset->notice != NULL;
	struct db_result	*row = NULL;
	enum status		 st;

	assert((reset->count > 0) == (reset->rule == NULL) &&
	    reset->count <= STORE_CANDIDATES_MAX);
	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	if (reset->sealed != NULL)
		db_bytes_text(reset->sealed->bytes, reset->sealed->len,
		    sealed, sizeof(sealed));
	if (is_told)
		db_bytes_text(reset->notice->bytes, reset->notice->len,
		    notice, sizeof(notice));
	st = store_candidate_arrays(reset, &key_ids, &verifiers);
	if (st == ST_OK)
		st = store_connect(store, deadline_ms);
	if (st == ST_OK) {
		const char	*params[] = { reset->reset_id, user_id,
				    order->login, order->actor, action(order),
				    order->reason, plan->basis, reset->rule,
				    buf_text(&key_ids), buf_text(&verifiers),
				    reset->mail_key_id,
				    reset->sealed == NULL ? NULL : sealed,
				    is_told ? order->notify : NULL,
				    reset->notice_id,
				    is_told ? notice : NULL, order->lost };

		st = db_call(store->db, "SELECT result, back_off_ms"
		    " FROM umws.pin_order_commit($1, $2, $3, $4, $5, $6, $7,"
		    " $8, $9, $10, $11, $12, $13, $14, $15, $16)", params,
		    sizeof(params) / sizeof(params[0]), deadline_ms, &row);
	}
	st = store_result_of_row(store, st, &row, denial);
	buf_free(&verifiers);
	buf_free(&key_ids);
	return st;
}

enum status
store_order_outcome(struct store *store, const struct store_order *order,
    const struct store_plan *plan, const char *reset_id, int64_t deadline_ms,
    struct denial *denial)
{
	char			 user_id[24];
	const char		*params[] = { reset_id, user_id, order->login,
				    order->actor, action(order) };
	struct db_result	*row = NULL;
	enum status		 st;

	(void)snprintf(user_id, sizeof(user_id), "%" PRId64, plan->user_id);
	st = store_insist(store, "SELECT umws.pin_order_outcome($1, $2, $3, $4,"
	    " $5) AS result, 0 AS back_off_ms", params, 5, deadline_ms, &row);
	return store_result_of_row(store, st, &row, denial);
}
