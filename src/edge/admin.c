/*
 * admin.c - the connection of umwsctl, its transactions, and the making of
 * the schema. All SQL here is constant.
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
#include "edge/admin-view.h"
#include "edge/clock.h"

#define SCRIPT_MAX	(8 * 1024 * 1024) /* bytes of a file of sql/ */

enum status
admin_new(const struct db_options *options, struct admin **admin)
{
	enum status	st;

	*admin = calloc(1, sizeof(**admin));
	if (*admin == NULL) {
		log_err("no-memory", "for", "database", NULL);
		return ST_RETRY;
	}
	(*admin)->timeout_ms = options->statement_timeout_ms;
	st = db_new(options, &(*admin)->db);
	if (st != ST_OK) {
		free(*admin);
		*admin = NULL;
	}
	return st;
}

void
admin_set_actor(struct admin *admin, const char *actor)
{
	(void)snprintf(admin->actor, sizeof(admin->actor), "%s", actor);
}

const char *
admin_actor(const struct admin *admin)
{
	return admin->actor;
}

struct db *
admin_db(struct admin *admin)
{
	return admin->db;
}

void
admin_take_time(struct admin *admin)
{
	admin->timeout_ms = ADMIN_LONG_MS;
	db_set_timeout(admin->db, ADMIN_LONG_MS);
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

const char *
admin_todo(const struct admin *admin)
{
	return db_todo(admin->db);
}

bool
admin_is_read_only(const struct admin *admin)
{
	/* read_only_sql_transaction; and what a standby says of READ WRITE,
	 * the one thing in a BEGIN of ours that may not be supported. */
	return strcmp(db_sqlstate(admin->db), "25006") == 0 ||
	    strcmp(db_sqlstate(admin->db), "0A000") == 0;
}

bool
admin_is_collision(const struct admin *admin)
{
	/* "tuple concurrently updated"; deadlock, serialization failure */
	return strcmp(db_sqlstate(admin->db), "XX000") == 0 ||
	    strncmp(db_sqlstate(admin->db), "40", 2) == 0;
}

enum status
admin_in_transaction(const struct admin *admin, enum status st)
{
	return st == ST_UNKNOWN && admin->xid[0] != '\0' ? ST_RETRY : st;
}

enum status
admin_ask(struct admin *admin, const char *sql, const char *const *params,
    size_t count, struct db_result **result)
{
	return admin_in_transaction(admin,
	    db_call(admin->db, sql, params, count, 0, result));
}

enum status
admin_transaction_lost(void)
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
	st = admin_ask(admin, ask, NULL, 0, &result);
	if (st != ST_OK)
		return st;
	if (db_bool(result, 0, 1))
		sql = from_table;
	else if (db_bool(result, 0, 0))
		sql = from_function;
	db_result_free(&result);
	if (sql == NULL)
		return ST_OK;
	st = admin_ask(admin, sql, NULL, 0, &result);
	if (st == ST_OK && (db_rows(result) == 0 || db_is_null(result, 0, 0)))
		*version = ADMIN_NO_VERSION;
	else if (st == ST_OK) {
		*version = db_number(result, 0, 0);
		*oldest_program = db_number(result, 0, 1);
		/* An upgrade that went by these would do anything. */
		if (db_rows(result) > 1 || *oldest_program < 1 ||
		    *oldest_program > *version)
			*version = ADMIN_ODD_VERSION;
	}
	db_result_free(&result);
	return st;
}

enum status
admin_begin(struct admin *admin)
{
	const char		*actor[] = { admin->actor };
	struct db_result	*result = NULL;
	enum status		 st;

	/* Or default_transaction_read_only would be the answer. */
	admin_rollback(admin);
	st = db_script(admin->db, "BEGIN ISOLATION LEVEL READ COMMITTED "
	    "READ WRITE NOT DEFERRABLE", clock_ms() + admin->timeout_ms);
	if (admin_is_read_only(admin))
		return ST_RETRY;
	if (st != ST_OK)
		return st;
	/* PgBouncer keeps no setting but a transaction's. */
	st = admin_ask(admin, "SELECT pg_catalog.pg_current_xact_id()::text,"
	    " pg_catalog.set_config('umws.actor', $1::text, true)",
	    actor, 1, &result);
	if (st == ST_OK)
		st = db_copy_text(result, 0, 0, admin->xid,
		    sizeof(admin->xid));
	db_result_free(&result);
	return st;
}

/*
 * Run a script that raises an error first if our transaction is gone, by
 * deadline_ms or, if that is 0, for as long as it takes.
 */
static enum status
script_in_transaction(struct admin *admin, const char *script,
    int64_t deadline_ms)
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
		st = db_script(admin->db, buf_text(&text), deadline_ms);
	else
		log_err("script-refused", "reason",
		    "longer than 8 MiB, or no memory", NULL);
	buf_free(&text);
	return st;
}

enum status
admin_commit_by(struct admin *admin, unsigned int timeout_ms)
{
	enum status	st;

	st = script_in_transaction(admin, "COMMIT", clock_ms() + timeout_ms);
	if (st == ST_OK)
		admin->xid[0] = '\0';
	return st;
}

enum status
admin_commit(struct admin *admin)
{
	return admin_commit_by(admin, ADMIN_LONG_MS);
}

void
admin_rollback(struct admin *admin)
{
	/* What fails here has no transaction any more, nor has a connection
	 * that is lost, and another one is not asked about it. */
	if (admin->xid[0] != '\0' && db_is_connected(admin->db) &&
	    db_script(admin->db, "ROLLBACK",
	    clock_ms() + admin->timeout_ms) != ST_OK)
		log_warn("rollback-failed", NULL);
	admin->xid[0] = '\0';
}

enum status
admin_lock_schema(struct admin *admin)
{
	/*
	 * What a file's text means, and whether it runs at all, must not
	 * depend on what somebody has set for this database or role; nor must
	 * how durably they commit. A name that this server does not have is
	 * passed over. Bodies are looked at when all are there, by
	 * admin_check_code(): one may call another of a later file. The keys
	 * of the lock spell "umws" and "sql" in ASCII. That lock is the
	 * database's, roles are the cluster's: theirs, which only a superuser
	 * may take, stops nobody who logs in.
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
	    /* As umws.commit_durably() does, which is not there yet. */
	    "SELECT pg_catalog.set_config('synchronous_commit', 'on', true)"
	    " WHERE pg_catalog.current_setting('synchronous_commit')"
	    " IN ('off', 'local', 'remote_write');"
	    "SELECT pg_catalog.pg_advisory_xact_lock(1970108275, 7565676);"
	    "DO $umws$ BEGIN IF (SELECT r.rolsuper FROM pg_catalog.pg_roles r"
	    " WHERE r.rolname = current_user) THEN"
	    " LOCK TABLE pg_catalog.pg_authid, pg_catalog.pg_auth_members,"
	    " pg_catalog.pg_db_role_setting IN SHARE ROW EXCLUSIVE MODE;"
	    " END IF; END $umws$");
}

enum status
admin_script(struct admin *admin, const char *script)
{
	return admin_in_transaction(admin,
	    script_in_transaction(admin, script, 0));
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
	st = admin_ask(admin, "SELECT r.rolsuper FROM pg_catalog.pg_roles r"
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
	db_set_timeout(admin->db, ADMIN_LONG_MS);
	st = admin_ask(admin, "SELECT pg_catalog.jsonb_agg(s)"
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

static enum admin_verdict
verdict_of_word(const char *word)
{
	if (strcmp(word, "mended") == 0)
		return ADMIN_MENDED;
	return strcmp(word, "note") == 0 ? ADMIN_NOTE : ADMIN_WRONG;
}

enum status
admin_mend(struct admin *admin, const char *reference,
    void (*on_line)(void *context, enum admin_verdict verdict,
    const char *line), void *context)
{
	const char		*params[] = { reference };
	struct db_result	*result = NULL;
	enum status		 st;
	size_t			 row;

	db_set_timeout(admin->db, ADMIN_LONG_MS);
	st = admin_ask(admin, "SELECT m.verdict, m.line"
	    " FROM pg_temp.umws_mend($1::jsonb) m", params, 1, &result);
	db_set_timeout(admin->db, admin->timeout_ms);
	for (row = 0; st == ST_OK && row < db_rows(result); row++)
		on_line(context, verdict_of_word(db_text(result, row, 0)),
		    db_text(result, row, 1));
	db_result_free(&result);
	return st;
}
