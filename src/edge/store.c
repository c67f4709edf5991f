/*
 * store.c - open and close the worker's database connection, and ask whether
 * the database takes writes.
 */
#include "config.h"

#include "edge/store.h"

#include <stdlib.h>
#include <string.h>

#include "edge/store-call.h"

/* What umws.not_enabled_cause() says, for the operator. */
static const struct {
	const char	*word;
	bool		 is_stripped;
	const char	*sentence;
} causes[] = {
	{ "disabled", false, "the mailbox is disabled" },
	{ "disabled", true, "the mailbox is disabled" },
	{ "unknown", false, "no mailbox has this login" },
	{ "unknown", true, "no mailbox has this login" },
	{ "other", false, "the domain is not in strip_domains, and a mailbox "
	    "has the login without it" },
	{ "other", true, "strip_domains drops the domain, and a mailbox has "
	    "the login with it" },
};

enum status
store_new(struct db *db, struct store **store)
{
	*store = calloc(1, sizeof(**store));
	if (*store == NULL)
		return ST_RETRY;
	(*store)->db = db;
	return ST_OK;
}

void
store_free(struct store **store)
{
	free(*store);
	*store = NULL;
}

void
store_watch(struct store *store, store_told *told, void *context)
{
	store->told = told;
	store->context = context;
}

const char *
store_not_enabled_cause(struct store *store, const struct store_caller *caller,
    int64_t deadline_ms)
{
	const char		*params[] = { caller->login, caller->other };
	const char		*cause = NULL;
	struct db_result	*row = NULL;
	size_t			 i;

	if (store_ask(store, "SELECT umws.not_enabled_cause($1, $2)", params,
	    2, deadline_ms, &row) != ST_OK)
		return NULL;
	for (i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		if (strcmp(causes[i].word, db_text(row, 0, 0)) == 0 &&
		    causes[i].is_stripped == caller->is_stripped)
			cause = causes[i].sentence;
	db_result_free(&row);
	return cause;
}

enum status
store_address_share(struct store *store, int64_t deadline_ms,
    struct store_share *share)
{
	struct db_result	*row = NULL;
	enum status		 st;

	memset(share, 0, sizeof(*share));
	if (!db_is_connected(store->db))
		return ST_BUSY;
	st = store_call(store, "SELECT address, resets, total"
	    " FROM umws.address_share()", NULL, 0, deadline_ms, &row);
	if (st == ST_OK && (db_copy_text(row, 0, 0, share->address,
	    sizeof(share->address)) != ST_OK ||
	    db_copy_text(row, 0, 1, share->resets, sizeof(share->resets)) !=
	    ST_OK ||
	    db_copy_text(row, 0, 2, share->total, sizeof(share->total)) !=
	    ST_OK))
		st = ST_BAD;
	db_result_free(&row);
	return st == ST_OK ? ST_OK : ST_RETRY;
}

bool
store_is_writable(struct store *store, int64_t deadline_ms)
{
	struct db_result	*row = NULL;
	enum status		 st;

	st = store_call(store, "SELECT umws.write_probe()", NULL, 0,
	    deadline_ms, &row);
	db_result_free(&row);
	return st == ST_OK;
}
