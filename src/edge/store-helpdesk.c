/*
 * store-helpdesk.c - call umws.helpdesk_enter() of sql/code/helpdesk.sql.
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
