/*
 * cluster.c - the statements, each of them constant but for a name that is
 * plain.
 */
#include "config.h"

#include "edge/cluster.h"

#include <stdio.h>
#include <string.h>

#include "edge/clock.h"

#define STATEMENT_SIZE	256
#define RELOAD_MS	5000	/* for the server to have read its files */
#define RELOAD_PAUSE_MS	50

bool
cluster_is_name(const char *name)
{
	size_t	len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len > 0 && name[len] == '\0' && len < CLUSTER_NAME_SIZE &&
	    strspn(name, "0123456789") == 0;
}

enum status
cluster_look(struct db *db, const char *database,
    struct cluster_facts *facts)
{
	static const char	ask[] =
	    "SELECT (SELECT s.setting FROM pg_catalog.pg_settings s"
	    " WHERE s.name = 'server_version_num')::int AS version,"
	    " r.rolsuper AS is_superuser,"
	    " pg_catalog.pg_is_in_recovery() AS is_standby,"
	    " EXISTS (SELECT FROM pg_catalog.pg_database d"
	    " WHERE d.datname = $1::text) AS has_database,"
	    " (SELECT pg_catalog.pg_encoding_to_char(d.encoding) = 'UTF8'"
	    " FROM pg_catalog.pg_database d WHERE d.datname = 'template0')"
	    " AS is_utf8,"
	    " pg_catalog.date_part('epoch', pg_catalog.clock_timestamp())"
	    "::bigint AS clock_s,"
	    " (SELECT s.setting FROM pg_catalog.pg_settings s"
	    " WHERE s.name = 'hba_file') AS hba_file,"
	    " (SELECT s.setting FROM pg_catalog.pg_settings s"
	    " WHERE s.name = 'ident_file') AS ident_file,"
	    " (SELECT ' ' || pg_catalog.string_agg(r.rolname, ' ') || ' '"
	    " FROM pg_catalog.pg_roles r WHERE r.rolname ~ '^umws_') AS roles"
	    " FROM pg_catalog.pg_roles r WHERE r.rolname = current_user";
	const char		*params[] = { database };
	struct db_result	*result = NULL;
	enum status		 st;

	memset(facts, 0, sizeof(*facts));
	st = db_call(db, ask, params, 1, 0, &result);
	if (st != ST_OK)
		return st;
	facts->version = db_number(result, 0, db_column(result, "version"));
	facts->is_superuser = db_bool(result, 0,
	    db_column(result, "is_superuser"));
	facts->is_standby = db_bool(result, 0,
	    db_column(result, "is_standby"));
	facts->has_database = db_bool(result, 0,
	    db_column(result, "has_database"));
	facts->is_utf8 = db_bool(result, 0, db_column(result, "is_utf8"));
	facts->clock_s = db_number(result, 0, db_column(result, "clock_s"));
	st = db_copy_text(result, 0, db_column(result, "hba_file"),
	    facts->hba_file, sizeof(facts->hba_file));
	if (st == ST_OK)
		st = db_copy_text(result, 0, db_column(result, "ident_file"),
		    facts->ident_file, sizeof(facts->ident_file));
	if (st == ST_OK)
		st = db_copy_text(result, 0, db_column(result, "roles"),
		    facts->roles, sizeof(facts->roles));
	db_result_free(&result);
	return st;
}

enum status
cluster_look_inside(struct db *db, struct cluster_content *content)
{
	static const char	ask[] =
	    "SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace n"
	    " WHERE n.nspname = 'umws'),"
	    " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c"
	    " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
	    " WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'umws'"
	    " AND n.nspname !~ '^(pg_|information_schema$)')";
	struct db_result	*result = NULL;
	enum status		 st;

	memset(content, 0, sizeof(*content));
	st = db_call(db, ask, NULL, 0, 0, &result);
	if (st == ST_OK) {
		content->has_schema = db_bool(result, 0, 0);
		content->tables = db_number(result, 0, 1);
	}
	db_result_free(&result);
	return st;
}

/* The one number that a statement without parameters gives. */
static enum status
ask_number(struct db *db, const char *sql, int64_t *number)
{
	struct db_result	*result = NULL;
	enum status		 st;

	*number = 0;
	st = db_call(db, sql, NULL, 0, 0, &result);
	if (st == ST_OK)
		*number = db_number(result, 0, 0);
	db_result_free(&result);
	return st;
}

enum status
cluster_count_mailboxes(struct db *db, int64_t *count)
{
	return ask_number(db,
	    "SELECT pg_catalog.count(*) FROM umws.um_user", count);
}

enum status
cluster_find_keys(struct db *db, const char *kind, const char *ids,
    bool *is_known, int64_t *strange)
{
	static const char	ask[] =
	    "SELECT coalesce(pg_catalog.bool_or(k.id = ANY (i.ids)), false),"
	    " coalesce(pg_catalog.sum(coalesce(k.verifiers, 0)"
	    " + coalesce(k.history, 0) + coalesce(k.mails, 0))"
	    " FILTER (WHERE k.id <> ALL (i.ids)), 0)::bigint"
	    " FROM umws.key_needs() k,"
	    " pg_catalog.string_to_array($2::text, ',') AS i (ids)"
	    " WHERE k.kind = $1::text";
	const char		*params[] = { kind, ids };
	struct db_result	*result = NULL;
	enum status		 st;

	*is_known = false;
	*strange = 0;
	st = db_call(db, ask, params, 2, 0, &result);
	if (st == ST_OK) {
		*is_known = db_bool(result, 0, 0);
		*strange = db_number(result, 0, 1);
	}
	db_result_free(&result);
	return st;
}

/* A statement with a plain name in it, alone in its transaction. */
static enum status
change(struct db *db, const char *before, const char *name,
    const char *after)
{
	char			 sql[STATEMENT_SIZE];
	struct db_result	*result = NULL;
	enum status		 st;

	(void)snprintf(sql, sizeof(sql), "%s %s%s", before, name, after);
	st = db_call(db, sql, NULL, 0, 0, &result);
	db_result_free(&result);
	return st;
}

enum status
cluster_create_database(struct db *db, const char *name, bool is_utf8)
{
	/* The locale of a cluster with another encoding may not go with UTF-8,
	 * and C goes with all. */
	return change(db, "CREATE DATABASE", name, is_utf8 ?
	    " TEMPLATE template0 ENCODING 'UTF8'" :
	    " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
	    " LC_CTYPE 'C'");
}

enum status
cluster_drop_database(struct db *db, const char *name)
{
	return change(db, "DROP DATABASE IF EXISTS", name, " WITH (FORCE)");
}

enum status
cluster_drop_role(struct db *db, const char *name)
{
	return change(db, "DROP ROLE IF EXISTS", name, "");
}

enum status
cluster_count_bad_lines(struct db *db, int64_t *count)
{
	int64_t		more = 0, has_view = 0;
	enum status	st;

	st = ask_number(db, "SELECT pg_catalog.count(*)"
	    " FROM pg_catalog.pg_hba_file_rules r"
	    " WHERE r.error IS NOT NULL", count);
	if (st == ST_OK)
		st = ask_number(db, "SELECT pg_catalog.count(*)"
		    " FROM pg_catalog.pg_class c WHERE c.relname ="
		    " 'pg_ident_file_mappings' AND c.relnamespace ="
		    " 'pg_catalog'::pg_catalog.regnamespace", &has_view);
	if (st != ST_OK || has_view == 0)
		return st;
	st = ask_number(db, "SELECT pg_catalog.count(*)"
	    " FROM pg_catalog.pg_ident_file_mappings m"
	    " WHERE m.error IS NOT NULL", &more);
	*count += more;
	return st;
}

enum status
cluster_reload(struct db *db)
{
	static const char	when[] = "SELECT (pg_catalog.date_part("
				    "'epoch', pg_catalog.pg_conf_load_time())"
				    " * 1000000)::bigint";
	int64_t			before, now, until_ms, ignored;
	enum status		st;

	st = ask_number(db, when, &before);
	if (st == ST_OK)
		st = ask_number(db, "SELECT pg_catalog.pg_reload_conf()::int",
		    &ignored);
	now = before;
	until_ms = clock_ms() + RELOAD_MS;
	while (st == ST_OK && now == before && clock_ms() < until_ms) {
		clock_sleep_ms(RELOAD_PAUSE_MS);
		st = ask_number(db, when, &now);
	}
	return st;
}
