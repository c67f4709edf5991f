/*
 * admin.c - constant SQL around the admin functions and views.
 *
 * db.c renews a lost connection without being asked, which is right for
 * single calls and wrong in the middle of a transaction. So a transaction
 * is known by its id, and every call in it names that id.
 */
#include "config.h"

#include "edge/admin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"

#define XID_SIZE	24		/* bytes of a 64-bit number's text */
#define SQL_MAX		8192		/* bytes of a statement of ours */
#define LONG_TIMEOUT_MS	120000		/* lists; a whole schema */
#define PAGE_ROWS	"1000"		/* rows that we hold at once */
#define NO_CURSOR	"34000"		/* SQLSTATE: invalid_cursor_name */
#define SCRIPT_MAX	(8 * 1024 * 1024) /* bytes of a file of sql/ */

struct admin {
	struct db	*db;
	char		 xid[XID_SIZE];	/* of our transaction; "" for none */
	unsigned int	 timeout_ms;	/* of any other call */
};

/* What a view is called, how one row of it is asked for, and its order. */
static const struct view {
	const char	*name;
	const char	*match;		/* $1 is the name */
	const char	*order;
	const char	*columns[ADMIN_COLUMNS_MAX + 1];
} views[] = {
	[ADMIN_USERS] = { "umws.v_user",
	    "pg_catalog.lower(v.login COLLATE \"C\") ="
	    " pg_catalog.lower($1 COLLATE \"C\")",
	    "v.login", { "login", "email", "display_name", "extension",
	    "locale", "policy", "um_enabled", "has_pin", "generation",
	    "set_at", "expires_at", "is_expired", "must_change",
	    "pin_locked", "is_locked_out", "locked_out_at",
	    "failed_logons", "reset_due", "oof_status",
	    "missed_call_notification_enabled",
	    "play_on_phone_dial_string", "telephone_access_folder_email",
	    NULL } },
	[ADMIN_POLICIES] = { "umws.v_policy", "v.name = $1", "v.name",
	    { "name", "min_pin_length", "pin_lifetime_days",
	    "pin_history_count", "allow_common_patterns",
	    "logon_failures_before_reset", "max_logon_attempts",
	    "lockout_duration_s", "temp_pin_lifetime_days",
	    "reset_pin_text", "um_enabled_text", "resets_per_hour",
	    "resets_per_day", "access_numbers", NULL } },
	[ADMIN_OUTBOX] = { "umws.v_outbox",
	    "pg_catalog.lower(v.login COLLATE \"C\") ="
	    " pg_catalog.lower($1 COLLATE \"C\")",
	    "v.created_at, v.id", { "id", "login", "generation", "kind",
	    "recipient", "locale", "key_id", "has_sealed", "state",
	    "attempts", "next_attempt_at", "is_leased", "created_at",
	    "expires_at", "sent_at", "last_error", NULL } }
};

enum status
admin_new(const struct db_options *options, struct admin **admin)
{
	*admin = calloc(1, sizeof(**admin));
	if (*admin == NULL)
		return ST_RETRY;
	(*admin)->timeout_ms = options->statement_timeout_ms;
	if (db_new(options, &(*admin)->db) != ST_OK) {
		free(*admin);
		*admin = NULL;
		return ST_RETRY;
	}
	return ST_OK;
}

void
admin_free(struct admin **admin)
{
	if (*admin == NULL)
		return;
	db_free(&(*admin)->db);
	free(*admin);
	*admin = NULL;
}

const char *
admin_message(const struct admin *admin)
{
	return db_message(admin->db);
}

const char *
admin_sqlstate(const struct admin *admin)
{
	return db_sqlstate(admin->db);
}

/*
 * What a lost connection means: before the COMMIT of a transaction, that
 * nothing of it remains.
 */
static enum status
in_transaction(const struct admin *admin, enum status st)
{
	return st == ST_UNKNOWN && admin->xid[0] != '\0' ? ST_RETRY : st;
}

static enum status
call(struct admin *admin, const char *sql, const char *const *params,
    size_t count, struct db_result **result)
{
	return in_transaction(admin,
	    db_call(admin->db, sql, params, count, 0, result));
}

/* The transaction is not the one that was begun: it has been rolled back. */
static enum status
transaction_lost(void)
{
	log_err("transaction-lost", "reason",
	    "the connection broke on the way; nothing was changed", NULL);
	return ST_RETRY;
}

enum status
admin_schema(struct admin *admin, int64_t *version, int64_t *oldest_program)
{
	/*
	 * Not to_regclass(): inside a transaction it answers from a cache
	 * that may not know yet what another one has just committed. The
	 * function is for those who may not read the table: it does not work
	 * where owners and rights are not as they should be.
	 */
	static const char	ask[] =
	    "SELECT EXISTS (SELECT FROM pg_catalog.pg_proc p"
	    " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
	    " WHERE n.nspname = 'umws' AND p.proname = 'schema_info'),"
	    " EXISTS (SELECT FROM pg_catalog.pg_class c"
	    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	    " WHERE n.nspname = 'umws' AND c.relname = 'schema_info'"
	    " AND pg_catalog.has_table_privilege(c.oid, 'SELECT'))";
	static const char	from_function[] =
	    "SELECT version, oldest_program FROM umws.schema_info()";
	static const char	from_table[] =
	    "SELECT version, oldest_program FROM umws.schema_info";
	struct db_result	*result = NULL;
	const char		*sql = NULL;
	enum status		 st;

	*version = 0;
	*oldest_program = 0;
	st = call(admin, ask, NULL, 0, &result);
	if (st != ST_OK)
		return st;
	if (db_bool(result, 0, 1))
		sql = from_table;
	else if (db_bool(result, 0, 0))
		sql = from_function;
	db_result_free(&result);
	if (sql == NULL)
		return ST_OK;
	st = call(admin, sql, NULL, 0, &result);
	if (st == ST_OK && db_rows(result) > 0) {
		*version = db_number(result, 0, 0);
		*oldest_program = db_number(result, 0, 1);
	}
	db_result_free(&result);
	return st;
}

enum status
admin_begin(struct admin *admin)
{
	struct db_result	*result = NULL;
	enum status		 st;

	admin->xid[0] = '\0';
	st = db_script(admin->db, "BEGIN ISOLATION LEVEL READ COMMITTED "
	    "READ WRITE NOT DEFERRABLE");
	if (st != ST_OK)
		return st;
	st = call(admin, "SELECT pg_catalog.pg_current_xact_id()::text", NULL,
	    0, &result);
	if (st == ST_OK)
		st = db_copy_text(result, 0, 0, admin->xid,
		    sizeof(admin->xid));
	db_result_free(&result);
	return st;
}

/* Run a script that raises an error first if our transaction is gone. */
static enum status
script_in_transaction(struct admin *admin, const char *script)
{
	struct buf	 text = BUF_INIT(SCRIPT_MAX);
	enum status	 st;

	buf_printf(&text, "DO $umws$ BEGIN IF "
	    "pg_catalog.pg_current_xact_id()::text <> '%s' THEN "
	    "RAISE EXCEPTION 'the connection broke on the way'; "
	    "END IF; END $umws$;\n", admin->xid);
	buf_puts(&text, script);
	st = buf_status(&text);
	if (st == ST_OK)
		st = db_script(admin->db, buf_text(&text));
	else
		log_err("script-refused", "reason",
		    "longer than 8 MiB, or no memory", NULL);
	buf_free(&text);
	return st;
}

enum status
admin_commit(struct admin *admin)
{
	enum status	st;

	st = script_in_transaction(admin, "COMMIT");
	if (st == ST_OK)
		admin->xid[0] = '\0';
	return st;
}

void
admin_rollback(struct admin *admin)
{
	/* What fails here has no transaction any more. */
	if (admin->xid[0] != '\0' && db_script(admin->db, "ROLLBACK") != ST_OK)
		log_warn("rollback-failed", NULL);
	admin->xid[0] = '\0';
}

enum status
admin_lock_schema(struct admin *admin)
{
	/*
	 * What a file's text means, and whether it runs at all, must not
	 * depend on what somebody has set for this database or role. A name
	 * that this server does not have is passed over. Bodies are looked at
	 * when all are there, by admin_check_code(): one may call another of
	 * a later file. The keys of the lock spell "umws" and "sql" in ASCII.
	 */
	return admin_script(admin,
	    "SELECT pg_catalog.set_config(s.name, v.value, true)"
	    " FROM (VALUES"
	    " ('standard_conforming_strings', 'on'),"
	    " ('backslash_quote', 'safe_encoding'),"
	    " ('escape_string_warning', 'on'),"
	    " ('array_nulls', 'on'),"
	    " ('transform_null_equals', 'off'),"
	    " ('quote_all_identifiers', 'off'),"
	    " ('bytea_output', 'hex'),"
	    " ('datestyle', 'ISO, YMD'),"
	    " ('intervalstyle', 'postgres'),"
	    " ('timezone', 'UTC'),"
	    " ('search_path', 'pg_catalog, pg_temp'),"
	    " ('check_function_bodies', 'off'),"
	    " ('row_security', 'on'),"
	    " ('default_tablespace', ''),"
	    " ('default_table_access_method', 'heap'),"
	    " ('client_min_messages', 'warning'),"
	    " ('statement_timeout', '0'),"
	    " ('lock_timeout', '0'),"
	    " ('transaction_timeout', '0'),"
	    " ('idle_in_transaction_session_timeout', '0')"
	    ") v(name, value) JOIN pg_catalog.pg_settings s"
	    " ON pg_catalog.lower(s.name) = v.name;"
	    "SELECT pg_catalog.pg_advisory_xact_lock(1970108275, 7565676)");
}

enum status
admin_script(struct admin *admin, const char *script)
{
	return in_transaction(admin, script_in_transaction(admin, script));
}

enum status
admin_check_code(struct admin *admin)
{
	return admin_script(admin,
	    "DO $check$ DECLARE f record; BEGIN "
	    "PERFORM pg_catalog.set_config('check_function_bodies', 'on',"
	    " true); "
	    "FOR f IN SELECT p.oid, p.oid::pg_catalog.regprocedure AS name,"
	    " l.lanvalidator::pg_catalog.regproc AS validator"
	    " FROM pg_catalog.pg_proc p"
	    " JOIN pg_catalog.pg_language l ON l.oid = p.prolang"
	    " JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace"
	    " WHERE n.nspname = 'umws' AND l.lanvalidator <> 0 ORDER BY 2 "
	    "LOOP BEGIN "
	    "EXECUTE pg_catalog.format('SELECT %s(%s)', f.validator, f.oid); "
	    "EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION '%: %', f.name,"
	    " SQLERRM; END; END LOOP; "
	    "PERFORM pg_catalog.set_config('check_function_bodies', 'off',"
	    " true); END $check$");
}

enum status
admin_is_superuser(struct admin *admin, bool *is_superuser)
{
	struct db_result	*result = NULL;
	enum status		 st;

	*is_superuser = false;
	st = call(admin, "SELECT r.rolsuper FROM pg_catalog.pg_roles r"
	    " WHERE r.rolname = current_user", NULL, 0, &result);
	if (st == ST_OK)
		*is_superuser = db_rows(result) == 1 && db_bool(result, 0, 0);
	db_result_free(&result);
	return st;
}

enum status
admin_reference_begin(struct admin *admin, const char *verify)
{
	enum status	st;

	st = admin_script(admin, verify);
	if (st == ST_OK)
		st = admin_script(admin, "SAVEPOINT umws_reference;"
		    "SELECT pg_temp.umws_step_aside()");
	return st;
}

enum status
admin_reference_end(struct admin *admin, char **reference)
{
	struct db_result	*result = NULL;
	enum status		 st;

	*reference = NULL;
	db_set_timeout(admin->db, LONG_TIMEOUT_MS);
	st = call(admin, "SELECT pg_catalog.jsonb_agg(s)"
	    " FROM pg_temp.umws_state() s", NULL, 0, &result);
	db_set_timeout(admin->db, admin->timeout_ms);
	if (st == ST_OK) {
		*reference = strdup(db_text(result, 0, 0));
		st = admin_script(admin,
		    "ROLLBACK TO SAVEPOINT umws_reference");
	}
	if (st == ST_OK && *reference == NULL)
		st = ST_RETRY;
	db_result_free(&result);
	return st;
}

enum status
admin_mend(struct admin *admin, const char *reference,
    void (*on_line)(void *context, bool is_mended, const char *line),
    void *context)
{
	const char		*params[] = { reference };
	struct db_result	*result = NULL;
	enum status		 st;
	size_t			 row;

	db_set_timeout(admin->db, LONG_TIMEOUT_MS);
	st = call(admin, "SELECT m.is_mended, m.line"
	    " FROM pg_temp.umws_mend($1::jsonb) m", params, 1, &result);
	db_set_timeout(admin->db, admin->timeout_ms);
	for (row = 0; st == ST_OK && row < db_rows(result); row++)
		on_line(context, db_bool(result, row, 0),
		    db_text(result, row, 1));
	db_result_free(&result);
	return st;
}

/* Call a function that yields one row, none when our transaction is gone. */
static enum status
call_function(struct admin *admin, const char *sql, const char **params,
    size_t count, char word[ADMIN_RESULT_SIZE])
{
	struct db_result	*result = NULL;
	enum status		 st;

	params[count] = admin->xid[0] == '\0' ? NULL : admin->xid;
	st = call(admin, sql, params, count + 1, &result);
	if (st == ST_OK && db_rows(result) != 1)
		st = transaction_lost();
	else if (st == ST_OK && word != NULL)
		st = db_copy_text(result, 0, 0, word, ADMIN_RESULT_SIZE);
	db_result_free(&result);
	return st;
}

/* The WHERE of a guarded call, n being the xid's parameter. */
#define IN_TRANSACTION(n)						\
	" WHERE $" #n "::text IS NULL"					\
	" OR pg_catalog.pg_current_xact_id()::text = $" #n "::text"

enum status
admin_user_add(struct admin *admin, const struct admin_user *user)
{
	const char	*params[8];

	params[0] = user->login;
	params[1] = user->email;
	params[2] = user->name;
	params[3] = user->extension;
	params[4] = user->locale;
	params[5] = user->policy;
	params[6] = user->is_enabled ? "t" : "f";
	return call_function(admin,
	    "SELECT umws.user_add($1::text, $2::text, $3::text, $4::text,"
	    " $5::text, $6::text, $7::boolean)" IN_TRANSACTION(8),
	    params, 7, NULL);
}

enum status
admin_policy_set(struct admin *admin, const char *name, const char *settings,
    char result[ADMIN_RESULT_SIZE])
{
	const char	*params[3] = { name, settings, NULL };

	result[0] = '\0';
	return call_function(admin,
	    "SELECT umws.policy_set($1::text, $2::jsonb)" IN_TRANSACTION(3),
	    params, 2, result);
}

enum status
admin_mail_key_add(struct admin *admin, const char *id)
{
	const char	*params[2] = { id, NULL };

	return call_function(admin,
	    "SELECT umws.mail_key_add($1::text)" IN_TRANSACTION(2),
	    params, 1, NULL);
}

const char *const *
admin_columns(enum admin_view view)
{
	return views[view].columns;
}

/* Times in a form that neither TimeZone nor DateStyle changes. */
static void
append_columns(struct buf *list, const struct view *view)
{
	const char	*name;
	size_t		 i, len;

	for (i = 0; view->columns[i] != NULL; i++) {
		name = view->columns[i];
		len = strlen(name);
		buf_puts(list, i == 0 ? "" : ", ");
		if (len > 3 && strcmp(name + len - 3, "_at") == 0)
			buf_printf(list, "pg_catalog.to_char(v.%s AT TIME "
			    "ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US"
			    "\"+00:00\"') AS %s", name, name);
		else
			buf_printf(list, "v.%s", name);
	}
}

/*
 * A snapshot of the view behind a cursor. A read-only transaction needs no id
 * of its own to be known by: the cursor is there as long as it is.
 */
static enum status
open_cursor(struct admin *admin, const struct view *view, const char *name,
    bool is_json)
{
	struct buf		 sql = BUF_INIT(SQL_MAX);
	struct db_result	*result = NULL;
	enum status		 st;

	/* Objects are made of rows in order: they are too long to sort. */
	buf_printf(&sql, "DECLARE rows NO SCROLL CURSOR FOR %sSELECT ",
	    is_json ? "SELECT pg_catalog.row_to_json(o) FROM (" : "");
	append_columns(&sql, view);
	buf_printf(&sql, " FROM %s v", view->name);
	if (name != NULL)
		buf_printf(&sql, " WHERE %s", view->match);
	buf_printf(&sql, " ORDER BY %s%s", view->order,
	    is_json ? ") o" : "");
	st = buf_status(&sql) == ST_OK ? ST_OK : ST_RETRY;
	if (st == ST_OK && admin->xid[0] == '\0')
		st = db_script(admin->db,
		    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
	if (st == ST_OK)
		st = db_call(admin->db, buf_text(&sql), &name,
		    name == NULL ? 0 : 1, 0, &result);
	db_result_free(&result);
	buf_free(&sql);
	return st;
}

/* Hand over one page; *rows is how many rows it has. */
static enum status
read_page(struct admin *admin, size_t columns,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *rows)
{
	static const char	 fetch[] = "FETCH " PAGE_ROWS " FROM rows";
	struct db_result	*result = NULL;
	const char		*values[ADMIN_COLUMNS_MAX];
	enum status		 st;
	size_t			 i, row;

	*rows = 0;
	st = db_call(admin->db, fetch, NULL, 0, 0, &result);
	if (st == ST_OK)
		*rows = db_rows(result);
	else if (strcmp(db_sqlstate(admin->db), NO_CURSOR) == 0)
		st = transaction_lost();
	st = in_transaction(admin, st);
	for (row = 0; st == ST_OK && row < *rows; row++) {
		for (i = 0; i < columns; i++)
			values[i] = db_is_null(result, row, i) ? NULL :
			    db_text(result, row, i);
		st = on_row(context, values);
	}
	db_result_free(&result);
	return st;
}

static enum status
read_all(struct admin *admin, enum admin_view view, const char *name,
    bool is_json,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	size_t		rows, columns = 0;
	enum status	st;

	*count = 0;
	while (views[view].columns[columns] != NULL)
		columns++;
	if (name == NULL)
		db_set_timeout(admin->db, LONG_TIMEOUT_MS);
	st = in_transaction(admin,
	    open_cursor(admin, &views[view], name, is_json));
	do {
		rows = 0;
		if (st == ST_OK)
			st = read_page(admin, is_json ? 1 : columns, on_row,
			    context, &rows);
		*count += rows;
	} while (rows > 0);
	if (st == ST_OK)
		st = db_script(admin->db, admin->xid[0] == '\0' ? "COMMIT" :
		    "CLOSE rows");
	db_set_timeout(admin->db, admin->timeout_ms);
	return st;
}

enum status
admin_read(struct admin *admin, enum admin_view view, const char *name,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	return read_all(admin, view, name, false, on_row, context, count);
}

enum status
admin_read_json(struct admin *admin, enum admin_view view, const char *name,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	return read_all(admin, view, name, true, on_row, context, count);
}
