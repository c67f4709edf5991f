/*
 * store-helpdesk.c - call umws.helpdesk_enter() of sql/code/helpdesk.sql, what
 * is in sql/code/helpdesk-page.sql, and mailbox_own() of sql/code/mailbox.sql.
 */
#include "config.h"

#include "edge/store-helpdesk.h"

#include "edge/store-call.h"

enum status
store_helpdesk_enter(struct store *store, const struct store_caller *caller,
    const char *kind, const char *name, const char *operation,
    int64_t deadline_ms, char login[USERNAME_SIZE], struct denial *denial)
{
	const char		*params[] = { caller->login, kind, name,
				    operation, store_inet(caller->address),
				    caller->request_id };
	struct db_result	*row = NULL;
	enum status		 st;

	login[0] = '\0';
	/* Twice does no harm: it counts a refusal once more. */
	st = store_ask(store, "SELECT result, back_off_ms, login"
	    " FROM umws.helpdesk_enter($1, $2, $3, $4, $5, $6)", params, 6,
	    deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return store_result_of_word("denied", 0, denial);
	if (st != ST_OK)
		return store_result_of_status(store, st, false, denial);
	st = store_result_of_word(db_text(row, 0, db_column(row, "result")), 0,
	    denial);
	if (st == ST_OK && db_copy_text(row, 0, db_column(row, "login"), login,
	    USERNAME_SIZE) != ST_OK)
		st = store_result_of_word("denied", 0, denial);
	db_result_free(&row);
	return st;
}

/* What a row of (result, back_off_ms, answer) means; it is freed. */
static enum status
take_answer(struct store *store, enum status st, bool is_write,
    struct db_result **row, struct buf *json, struct denial *denial)
{
	if (st == ST_BAD && db_is_text_error(store->db))
		st = store_result_of_word("denied", 0, denial);
	else if (st != ST_OK)
		st = store_result_of_status(store, st, is_write, denial);
	else
		st = store_result_of_word(
		    db_text(*row, 0, db_column(*row, "result")),
		    (uint64_t)db_number(*row, 0,
		    db_column(*row, "back_off_ms")), denial);
	if (st == ST_OK)
		buf_puts(json, db_text(*row, 0, db_column(*row, "answer")));
	db_result_free(row);
	return st;
}

enum status
store_mailbox_own(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, struct buf *json, struct denial *denial)
{
	const char		*params[] = { caller->login };
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_ask(store, "SELECT 'ok' AS result, 0 AS back_off_ms,"
	    " umws.mailbox_own($1) AS answer", params, 1, deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return store_result_of_word("not_enabled", 0, denial);
	return take_answer(store, st, false, &row, json, denial);
}

enum status
store_helpdesk_find(struct store *store, const struct store_caller *caller,
    const char *text, int64_t deadline_ms, struct buf *json,
    struct denial *denial)
{
	const char		*params[] = { caller->login, text,
				    store_inet(caller->address),
				    caller->request_id };
	struct db_result	*row = NULL;
	enum status		 st;

	/* Twice does no harm: it counts a search once more. */
	st = store_ask(store, "SELECT result, back_off_ms, answer"
	    " FROM umws.helpdesk_find($1, $2, $3, $4)", params, 4,
	    deadline_ms, &row);
	return take_answer(store, st, false, &row, json, denial);
}

enum status
store_helpdesk_state(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, struct buf *json, struct denial *denial)
{
	const char		*params[] = { caller->login, caller->actor };
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_ask(store, "SELECT result, back_off_ms, answer"
	    " FROM umws.helpdesk_state($1, $2)", params, 2, deadline_ms,
	    &row);
	return take_answer(store, st, false, &row, json, denial);
}

enum status
store_helpdesk_unlock(struct store *store, const struct store_caller *caller,
    const char *unlock_id, int64_t try_ms, int64_t deadline_ms,
    struct buf *json, struct denial *denial)
{
	static const char	 sql[] = "SELECT result, back_off_ms, answer"
				    " FROM umws.helpdesk_unlock("
				    "$1, $2, $3, $4, $5, $6)";
	const char		*params[] = { unlock_id, caller->login,
				    caller->actor,
				    store_inet(caller->address),
				    caller->request_id, caller->reason };
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_change(store, sql, params, 6, try_ms, &row);
	if (st == ST_UNKNOWN)
		st = store_insist(store, sql, params, 6, deadline_ms, &row);
	return take_answer(store, st, true, &row, json, denial);
}
