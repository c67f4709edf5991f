/*
 * admin-call.c - call the database's functions for operators: each in a
 * transaction, which is the one that was begun or its own.
 */
#include "config.h"

#include "edge/admin.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "edge/admin-view.h"

#define SQL_MAX	1024	/* bytes of a call */

/* "WHERE" of a call: no row comes when our transaction is gone. */
static enum status
ask_in_transaction(struct admin *admin, const char *sql,
    const char *const *params, size_t count, struct db_result **result)
{
	enum status	st;

	st = admin_ask(admin, sql, params, count, result);
	if (st == ST_OK && db_rows(*result) == 0) {
		db_result_free(result);
		st = admin_transaction_lost();
	}
	return st;
}

/* The same, in a transaction of its own that says that it writes. */
static enum status
ask_alone(struct admin *admin, const char *sql, const char **params,
    size_t count, struct db_result **result)
{
	unsigned int	tries = 0;
	enum status	st;
	bool		is_again;

	do {
		st = admin_begin(admin);
		params[count - 1] = admin->xid;
		if (st == ST_OK)
			st = ask_in_transaction(admin, sql, params, count,
			    result);
		if (st == ST_OK)
			st = admin_commit_by(admin, admin->timeout_ms);
		if (st != ST_OK)
			db_result_free(result);
		is_again = st == ST_BUSY &&
		    db_may_try_again(admin->db, ++tries);
		if (is_again || st == ST_BUSY)
			admin_rollback(admin);
	} while (is_again);
	return st;
}

/* SELECT ... FROM umws.function($1, $2) f WHERE our transaction is there. */
static void
print_call(struct buf *sql, const char *function, size_t count)
{
	size_t	i;

	buf_printf(sql, "SELECT pg_catalog.to_jsonb(f)::text AS json, f.* "
	    "FROM umws.%s(", function);
	for (i = 1; i <= count; i++)
		buf_printf(sql, "%s$%zu", i == 1 ? "" : ", ", i);
	buf_printf(sql, ") f WHERE pg_catalog.pg_current_xact_id()::text = "
	    "$%zu::text", count + 1);
}

enum status
admin_call(struct admin *admin, const char *function,
    const char *const *params, size_t count, struct db_result **result)
{
	struct buf	 sql = BUF_INIT(SQL_MAX);
	const char	*all[ADMIN_PARAMS_MAX + 1];
	enum status	 st = ST_RETRY;

	*result = NULL;
	assert(count <= ADMIN_PARAMS_MAX);
	if (count > 0)
		memcpy(all, params, count * sizeof(*params));
	all[count] = admin->xid;
	print_call(&sql, function, count);
	if (buf_status(&sql) == ST_OK)
		st = admin->xid[0] != '\0' ? ask_in_transaction(admin,
		    buf_text(&sql), all, count + 1, result) :
		    ask_alone(admin, buf_text(&sql), all, count + 1, result);
	buf_free(&sql);
	return st;
}

/* A function that returns one word. */
static enum status
call_word(struct admin *admin, const char *function,
    const char *const *params, size_t count, char word[ADMIN_RESULT_SIZE])
{
	struct db_result	*result;
	enum status		 st;

	word[0] = '\0';
	st = admin_call(admin, function, params, count, &result);
	if (st == ST_OK)
		st = db_copy_text(result, 0, 1, word, ADMIN_RESULT_SIZE);
	db_result_free(&result);
	return st;
}

enum status
admin_user_add(struct admin *admin, const struct admin_user *user)
{
	const char		*params[] = { user->login, user->email,
				    user->name, user->extension, user->locale,
				    user->time_zone, user->policy,
				    user->is_enabled ? "t" : "f" };
	struct db_result	*result;
	enum status		 st;

	st = admin_call(admin, "user_add", params,
	    sizeof(params) / sizeof(params[0]), &result);
	db_result_free(&result);
	return st;
}

enum status
admin_policy_set(struct admin *admin, const char *name, const char *settings,
    char result[ADMIN_RESULT_SIZE])
{
	const char	*params[] = { name, settings };

	return call_word(admin, "policy_set", params, 2, result);
}

enum status
admin_mail_key_add(struct admin *admin, const char *id,
    char result[ADMIN_RESULT_SIZE])
{
	const char	*params[] = { id };

	return call_word(admin, "mail_key_add", params, 1, result);
}
