/*
 * store-properties.c - call the database's functions that read and set the
 * properties of a mailbox, and the one that says whether it is enabled.
 *
 * Knows the signatures of sql/code/properties.sql, and of is_um_enabled in
 * sql/code/reset.sql.
 */
#include "config.h"

#include "edge/store-properties.h"

#include <string.h>

#include "base/log.h"
#include "edge/store-call.h"

enum status
store_is_um_enabled(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, bool *is_enabled, struct denial *denial)
{
	const char		*params[] = { caller->login };
	struct db_result	*row = NULL;
	enum status		 st;

	*is_enabled = false;
	st = store_ask(store, "SELECT umws.is_um_enabled($1)", params, 1,
	    deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return ST_OK;
	if (st != ST_OK)
		return store_result_of_status(store, st, false, denial);
	*is_enabled = db_bool(row, 0, 0);
	db_result_free(&row);
	return ST_OK;
}

/* One row of properties_get. */
static enum status
parse_properties(const struct db_result *row,
    struct properties *properties)
{
	const struct property	*property;
	char			*value;
	size_t			 column;
	unsigned int		 id;

	for (id = 0; id < PROPERTY_COUNT; id++) {
		property = property_at((enum property_id)id);
		column = db_column(row, property->column);
		value = properties->values[id];
		if (property->type == PROPERTY_BOOLEAN)
			(void)strcpy(value, db_bool(row, 0, column) ? "true" :
			    "false");
		else if (db_copy_text(row, 0, column, value,
		    property->max + 1) != ST_OK)
			return ST_BAD;
	}
	return ST_OK;
}

enum status
store_properties_get(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms, struct properties *properties,
    struct denial *denial)
{
	const char		*params[] = { caller->login };
	struct db_result	*row = NULL;
	enum status		 st;

	memset(properties, 0, sizeof(*properties));
	st = store_ask(store, "SELECT result, oof_status,"
	    " missed_call_notification_enabled, play_on_phone_dial_string,"
	    " telephone_access_numbers, telephone_access_folder_email"
	    " FROM umws.properties_get($1)", params, 1, deadline_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return store_result_of_word("not_enabled", 0, denial);
	if (st != ST_OK)
		return store_result_of_status(store, st, false, denial);
	st = store_result_of_word(db_text(row, 0, db_column(row, "result")), 0,
	    denial);
	if (st == ST_OK && parse_properties(row, properties) != ST_OK) {
		log_err("properties-unreadable", "user", caller->login, NULL);
		denial->refusal = REFUSAL_INTERNAL;
		st = ST_DENIED;
	}
	db_result_free(&row);
	return st;
}

enum status
store_properties_set(struct store *store, const struct store_caller *caller,
    const struct store_change *change, int64_t try_ms, int64_t deadline_ms,
    struct denial *denial)
{
	static const char	 sql[] = "SELECT result, back_off_ms"
				    " FROM umws.properties_set("
				    "$1, $2, $3, $4, $5, $6)";
	const char		*params[] = { change->change_id,
				    caller->login,
				    store_inet(caller->address),
				    caller->request_id,
				    property_at(change->property)->column,
				    change->value };
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_change(store, sql, params, 6, try_ms, &row);
	if (st == ST_BAD && db_is_text_error(store->db))
		return store_result_of_word("not_enabled", 0, denial);
	if (st == ST_UNKNOWN)
		st = store_insist(store, sql, params, 6, deadline_ms, &row);
	return store_result_of_row(store, st, &row, denial);
}
