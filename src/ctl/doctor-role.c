/*
 * doctor-role.c - roles and rights: what the schema's files give them against
 * what they have.
 */
#include "config.h"

#include <stddef.h>

#include "ctl/doctor.h"
#include "base/buf.h"

#define GRANTS_MAX	(64 * 1024)	/* bytes of all grants */

#define UPGRADE		"umwsctl db upgrade as a superuser (--dsn), "
#define ROLES								\
	"(VALUES ('umws_owner'), ('umws_worker'), ('umws_mailer'),"	\
	" ('umws_admin'), ('umws_helpdesk')) w (role)"
#define PROGRAMS							\
	"(VALUES ('umws_worker'), ('umws_mailer'), ('umws_admin')) w (role)"

/* What nobody of ours may be, and whether they are there. */
static const char	attributes[] =
    "SELECT 'wrong', format('the role %s %s', w.role, CASE"
    " WHEN r.oid IS NULL THEN 'is missing'"
    " ELSE 'is ' || concat_ws(', ',"
    " CASE WHEN r.rolsuper THEN 'SUPERUSER' END,"
    " CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,"
    " CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,"
    " CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,"
    " CASE WHEN r.rolreplication THEN 'REPLICATION' END,"
    " CASE WHEN r.rolcanlogin AND w.role = 'umws_owner' THEN 'LOGIN' END)"
    " END), 'run " UPGRADE "which takes it back'"
    " FROM " ROLES " LEFT JOIN pg_roles r ON r.rolname = w.role"
    " WHERE r.oid IS NULL OR r.rolsuper OR r.rolbypassrls OR r.rolcreaterole"
    " OR r.rolcreatedb OR r.rolreplication"
    " OR (r.rolcanlogin AND w.role = 'umws_owner')"
    " ORDER BY w.role DESC";

static const char	logins[] =
    "SELECT CASE WHEN r.rolcanlogin AND r.rolvaliduntil > now()"
    " AND has_database_privilege(r.oid, current_database(), 'CONNECT')"
    " THEN 'warning' ELSE 'wrong' END,"
    " format('the role %s %s', w.role, CASE"
    " WHEN NOT r.rolcanlogin THEN 'is not let in (NOLOGIN)'"
    " WHEN r.rolvaliduntil <= now() THEN 'has a password that has expired'"
    " WHEN r.rolvaliduntil <= now() + interval '14 days'"
    " THEN 'has a password that expires within 14 days'"
    " ELSE 'may not CONNECT to this database' END),"
    " CASE WHEN NOT r.rolcanlogin THEN format('ALTER ROLE %s LOGIN', w.role)"
    " WHEN r.rolvaliduntil <= now() + interval '14 days' THEN format("
    "'ALTER ROLE %s VALID UNTIL ''infinity'', or give it a new password',"
    " w.role)"
    " ELSE format('GRANT CONNECT ON DATABASE %I TO %s', current_database(),"
    " w.role) END"
    " FROM " PROGRAMS " JOIN pg_roles r ON r.rolname = w.role"
    " WHERE NOT r.rolcanlogin OR r.rolvaliduntil <= now() + interval '14 days'"
    " OR NOT has_database_privilege(r.oid, current_database(), 'CONNECT')"
    " ORDER BY 1 DESC, w.role DESC";

static const char	members[] =
    "SELECT 'wrong', format('the role %s is a member of %s, and may all that"
    " that may', w.role, pg_get_userbyid(m.roleid)),"
    " format('REVOKE %I FROM %s', pg_get_userbyid(m.roleid), w.role)"
    " FROM " ROLES " JOIN pg_auth_members m ON m.member = to_regrole(w.role)"
    " ORDER BY 2";

/*
 * As sql/schema sets them; but log_parameter_max_length and its sibling, which
 * server-parameters judges.
 */
static const char	settings[] =
    "WITH wanted AS ("
    " SELECT w.role, s.name, s.value FROM (VALUES ('umws_worker'),"
    " ('umws_mailer'), ('umws_admin'), ('umws_helpdesk')) w (role), (VALUES"
    " ('default_transaction_isolation', 'read committed'),"
    " ('client_min_messages', 'warning'),"
    " ('search_path', 'pg_catalog, pg_temp'),"
    " ('idle_in_transaction_session_timeout', '30s')) s (name, value)"
    " UNION ALL SELECT w.role, s.name, s.value FROM (VALUES ('umws_worker'),"
    " ('umws_mailer')) w (role), (VALUES"
    " ('statement_timeout', '10s'), ('lock_timeout', '3s'),"
    " ('plan_cache_mode', 'force_generic_plan'), ('enable_seqscan', 'off'),"
    " ('jit', 'off')) s (name, value)), found AS ("
    " SELECT s.setrole, s.setdatabase, split_part(c, '=', 1) AS name,"
    " substr(c, strpos(c, '=') + 1) AS value"
    " FROM pg_db_role_setting s, unnest(s.setconfig) c"
    " WHERE s.setdatabase = 0 OR s.setdatabase = (SELECT d.oid"
    " FROM pg_database d WHERE d.datname = current_database()))"
    " SELECT 'wrong', CASE WHEN o.name IS NOT NULL THEN format('%s of the role"
    " %s is %s in this database, not %s', w.name, w.role, o.value, w.value)"
    " ELSE format('%s of the role %s is %s, not %s', w.name, w.role,"
    " coalesce(f.value, 'not set'), w.value) END,"
    " 'run " UPGRADE "which sets it again'"
    " FROM wanted w LEFT JOIN found f ON f.setrole = to_regrole(w.role)"
    " AND f.setdatabase = 0 AND f.name = w.name"
    " LEFT JOIN found o ON o.setrole = to_regrole(w.role)"
    " AND o.setdatabase <> 0 AND o.name = w.name"
    " WHERE to_regrole(w.role) IS NOT NULL"
    " AND (f.value IS DISTINCT FROM w.value OR o.name IS NOT NULL)"
    " ORDER BY w.role DESC, w.name";

/* Whoever the programs are logged in as now. */
static const char	in_use[] =
    "SELECT 'wrong', format('%s is logged in as %s, which is %s',"
    " a.application_name, a.usename, CASE WHEN r.rolsuper THEN 'a superuser'"
    " ELSE 'not its role' END),"
    " format('let database_%s in umws.conf have user=%s', p.key, p.role)"
    " FROM (VALUES ('umws-fcgi', 'worker', 'umws_worker'),"
    " ('umws-mailer', 'mailer', 'umws_mailer')) p (program, key, role)"
    " JOIN pg_stat_activity a ON a.application_name = p.program"
    " AND a.datname = current_database()"
    " JOIN pg_roles r ON r.oid = a.usesysid"
    " WHERE a.usename <> p.role GROUP BY 2, 3"
    " UNION ALL"
    " SELECT 'warning', format('umwsctl is logged in as the superuser %s:"
    " nothing that it does wrong would be refused', current_user),"
    " 'let database_admin in umws.conf have user=umws_admin'"
    " FROM pg_roles r WHERE r.rolname = current_user AND r.rolsuper";

#define WANTED								\
    "WITH wanted AS (SELECT w.role, w.priv, w.kind, w.object, CASE w.kind" \
    " WHEN 'FUNCTION' THEN to_regprocedure(w.object)::oid"		\
    " WHEN 'SCHEMA' THEN to_regnamespace(w.object)::oid"		\
    " ELSE to_regclass(w.object)::oid END AS oid FROM ("		\
    " SELECT split_part(g, '|', 1) AS role, split_part(g, '|', 2) AS priv," \
    " split_part(g, '|', 3) AS kind, split_part(g, '|', 4) AS object"	\
    " FROM unnest(string_to_array($1::text, E'\\n')) g) w),"		\
    " object AS (SELECT 'FUNCTION' AS kind, p.oid,"			\
    " p.oid::regprocedure::text AS name, p.proowner AS owner,"		\
    " ''::name AS col,"							\
    " coalesce(p.proacl, acldefault('f', p.proowner)) AS acl"		\
    " FROM pg_proc p WHERE p.pronamespace = to_regnamespace('umws')"	\
    " UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE'"		\
    " ELSE 'TABLE' END, c.oid, c.oid::regclass::text, c.relowner, '',"	\
    " coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'"	\
    " ELSE 'r' END::\"char\", c.relowner)) FROM pg_class c"		\
    " WHERE c.relnamespace = to_regnamespace('umws')"			\
    " AND c.relkind IN ('r', 'v', 'S', 'm', 'p')"			\
    " UNION ALL SELECT 'TABLE', c.oid, c.oid::regclass::text, c.relowner," \
    " a.attname, a.attacl FROM pg_class c"				\
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL" \
    " WHERE c.relnamespace = to_regnamespace('umws')"			\
    " UNION ALL SELECT 'SCHEMA', n.oid, n.nspname, n.nspowner, '',"	\
    " coalesce(n.nspacl, acldefault('n', n.nspowner))"			\
    " FROM pg_namespace n WHERE n.nspname = 'umws'),"			\
    " found AS (SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC'"		\
    " ELSE pg_get_userbyid(a.grantee) END AS role,"			\
    " a.privilege_type AS priv, o.kind, o.name AS object, o.oid,"	\
    " o.col, a.is_grantable FROM object o, aclexplode(o.acl) a"		\
    " WHERE a.grantee <> o.owner) "

static const char	missing[] = WANTED
    "SELECT 'wrong', CASE WHEN w.oid IS NULL THEN format('%s %s is missing',"
    " lower(w.kind), w.object) ELSE format('%s may not %s %s %s', w.role,"
    " w.priv, lower(w.kind), w.object) END, 'run " UPGRADE
    "which gives it back'"
    " FROM wanted w WHERE NOT EXISTS (SELECT FROM found f"
    " WHERE f.role = w.role AND f.priv = w.priv AND f.oid = w.oid"
    " AND f.kind = w.kind AND f.col = '') ORDER BY w.role DESC, w.object";

/* What an operator's own role may SELECT from a view is the operator's. */
static const char	extra[] = WANTED
    "SELECT 'wrong', format('%s may %s %s %s%s%s', f.role, f.priv,"
    " lower(f.kind), f.object, CASE f.col WHEN '' THEN '' ELSE"
    " format(' (%s)', f.col) END, CASE WHEN f.is_grantable"
    " THEN ', and pass that on' ELSE '' END), 'run " UPGRADE
    "which takes it back; or REVOKE it'"
    " FROM found f WHERE (f.is_grantable OR NOT EXISTS (SELECT FROM wanted w"
    " WHERE f.role = w.role AND f.priv = w.priv AND f.oid = w.oid"
    " AND f.kind = w.kind AND f.col = ''))"
    " AND NOT (f.priv = 'SELECT' AND NOT f.is_grantable"
    " AND starts_with(f.object, 'umws.v_')"
    " AND f.role NOT IN ('PUBLIC', 'umws_worker', 'umws_mailer', 'umws_admin',"
    " 'umws_helpdesk')) ORDER BY f.role, f.object";

static const char	owners[] =
    "SELECT 'wrong', format('%s belongs to %s, not to umws_owner', o.name,"
    " pg_get_userbyid(o.owner)), 'run " UPGRADE "which gives it back'"
    " FROM (SELECT 'the schema umws' AS name, n.nspowner AS owner"
    " FROM pg_namespace n WHERE n.nspname = 'umws'"
    " UNION ALL SELECT c.oid::regclass::text, c.relowner FROM pg_class c"
    " WHERE c.relnamespace = to_regnamespace('umws') AND c.relkind <> 'i'"
    " UNION ALL SELECT p.oid::regprocedure::text, p.proowner FROM pg_proc p"
    " WHERE p.pronamespace = to_regnamespace('umws')) o"
    " WHERE pg_get_userbyid(o.owner) <> 'umws_owner' ORDER BY 2";

/* Ask with all grants of the files. */
static void
ask_rights(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct buf	 text = BUF_INIT(GRANTS_MAX);
	const char	*params[1];
	size_t		 i;

	for (i = 0; doctor_grants[i] != NULL; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : "\n",
		    doctor_grants[i]);
	params[0] = buf_text(&text);
	if (buf_status(&text) == ST_OK)
		doctor_ask_with(doctor, check, params, 1, line);
	else
		doctor_say(line, DOCTOR_SKIPPED, NULL, "no memory");
	buf_free(&text);
}

const struct doctor_check	doctor_role_checks[] = {
	{ "role-attributes", "the roles are there, and none may more than log "
	    "in", doctor_ask, attributes, 0 },
	{ "role-login", "the roles of the programs are let in", doctor_ask,
	    logins, 0 },
	{ "role-members", "no role is a member of another", doctor_ask,
	    members, 0 },
	{ "role-settings", "the settings of the roles are as the schema has "
	    "them", doctor_ask, settings, 0 },
	{ "role-in-use", "each program that is connected has its own role",
	    doctor_ask, in_use, 0 },
	{ "right-missing", "the roles have every right that the schema gives",
	    ask_rights, missing, 0 },
	{ "right-extra", "nobody has a right that the schema does not give",
	    ask_rights, extra, 0 },
	{ "right-owner", "all of the schema belongs to umws_owner", doctor_ask,
	    owners, 0 },
	{ .name = NULL }
};
