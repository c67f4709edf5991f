/*
 * doctor-server.c - settings of the database server, of the database and of
 * the roles that hurt, and why.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ctl/doctor.h"
#include "base/log.h"

#define PATH_SIZE	80
#define MIB		(1024 * 1024)
#define DISK_ENOUGH_MB	10240	/* is never too little */

#define RESET								\
	" (\\drds in psql lists what is set for a database or role)"

/*
 * e: what sessions of these roles get for these settings: the role's own in
 * this database, the role's, the database's; else base.
 */
#define EFFECTIVE_OR(roles, names, base)				\
    "WITH e AS (SELECT r.role, n.name, coalesce((SELECT"		\
    " substr(c, strpos(c, '=') + 1)"					\
    " FROM pg_db_role_setting s, unnest(s.setconfig) c"			\
    " WHERE lower(split_part(c, '=', 1)) = n.name"			\
    " AND (s.setrole = 0 OR s.setrole = to_regrole(r.role))"		\
    " AND (s.setdatabase = 0 OR s.setdatabase = (SELECT d.oid"		\
    " FROM pg_database d WHERE d.datname = current_database()))"	\
    " ORDER BY (s.setrole <> 0 AND s.setdatabase <> 0) DESC,"		\
    " s.setrole <> 0 DESC LIMIT 1), " base ") AS value"			\
    " FROM (VALUES " roles ") r (role), (VALUES " names ") n (name)) "

/* The server's: what we have ourselves, unless that is our role's own. */
#define EFFECTIVE(roles, names) EFFECTIVE_OR(roles, names,		\
    "(SELECT CASE WHEN p.source IN ('user', 'database user', 'client')"	\
    " THEN p.boot_val ELSE current_setting(n.name, true) END"		\
    " FROM pg_settings p WHERE lower(p.name) = n.name)")
#define WORKER_MAILER	"('umws_worker'), ('umws_mailer')"
#define PROGRAMS	WORKER_MAILER ", ('umws_admin')"

#define SETTING(verdict, name, bad, text, todo)				\
    "SELECT '" verdict "', '" name " is ' || current_setting('" name "')" \
    " || ': " text "', '" todo "' WHERE current_setting('" name "') " bad

/* A time of a setting in seconds; 0 is none. */
#define SECONDS(value)							\
    "extract(epoch FROM CASE WHEN " value " ~ '^[0-9]+$'"		\
    " THEN make_interval(secs => " value "::numeric / 1000)"		\
    " ELSE " value "::interval END)"

/* The last releases that mended what lets somebody read or lose data. */
static const char	version[] =
    "SELECT CASE WHEN v.n < 140000 THEN 'wrong' ELSE 'warning' END,"
    " format('PostgreSQL %s is %s', current_setting('server_version'),"
    " CASE WHEN v.n < 140000 THEN 'too old: umws wants 14 or later'"
    " ELSE 'an old minor release, with holes that are mended since' END),"
    " 'upgrade it' FROM (SELECT current_setting('server_version_num')::int) v"
    " (n) LEFT JOIN (VALUES (14, 19), (15, 14), (16, 10), (17, 6)) m"
    " (major, minor) ON m.major = v.n / 10000"
    " WHERE v.n < 140000 OR v.n % 10000 < m.minor";

static const char	encoding[] =
    "SELECT 'wrong', format('the encoding of the database is %s',"
    " getdatabaseencoding()), 'make it anew with ENCODING UTF8'"
    " WHERE getdatabaseencoding() <> 'UTF8'";

static const char	read_only[] =
    EFFECTIVE(PROGRAMS, "('default_transaction_read_only')")
    "SELECT 'wrong', 'the server is a standby, or in recovery, and takes no"
    " writes', 'let host in the connection strings name the primary'"
    " WHERE pg_is_in_recovery() UNION ALL"
    " SELECT 'wrong', format('default_transaction_read_only is on for the role"
    " %s', e.role), 'RESET it for the role, the database or the server" RESET
    "' FROM e WHERE lower(e.value) IN ('on', 'true', 'yes', '1')";

/*
 * Commits of umws wait for a standby only if one is asked to confirm. Under
 * Patroni (with its settings on the command line) there is always to be one.
 */
static const char	standby[] =
    "SELECT CASE WHEN s.names = '' THEN 'warning' ELSE 'wrong' END,"
    " CASE WHEN s.names = '' AND p.n = 2 THEN 'Patroni runs this server, and"
    " synchronous_standby_names is empty: resets are answered that one host"
    " alone has' WHEN s.names = '' THEN format('%s standbys follow, and"
    " synchronous_standby_names is empty: when the primary is lost, so are the"
    " last resets that were answered', r.n) ELSE format("
    "'synchronous_standby_names is %s, and no standby is connected: every"
    " commit waits', s.names) END, CASE WHEN s.names = '' THEN"
    " CASE WHEN p.n = 2 THEN 'set synchronous_mode and synchronous_mode_strict"
    " to true by patronictl edit-config' ELSE 'set synchronous_standby_names,"
    " if a promoted standby is to have all' END"
    " ELSE 'start the standby, or take it out of synchronous_standby_names'"
    " END FROM (SELECT current_setting('synchronous_standby_names')) s (names),"
    " (SELECT count(*) FROM pg_stat_replication) r (n),"
    " (SELECT count(*) FROM pg_settings WHERE source = 'command line'"
    " AND name IN ('cluster_name', 'wal_log_hints')) p (n)"
    " WHERE CASE WHEN s.names = '' THEN r.n > 0 OR p.n = 2 ELSE r.n = 0 END";

/* Whatever is logged now: any superuser may switch it on for an hour. */
static const char	parameters[] =
    EFFECTIVE_OR(PROGRAMS ", ('umws_helpdesk')",
    "('log_parameter_max_length'), ('log_parameter_max_length_on_error')",
    "'not set'")
    "SELECT 'wrong', format('%s of the role %s is %s: where statements are"
    " logged, so are their parameters, sealed PINs and verifiers among them',"
    " e.name, e.role, e.value), 'run umwsctl db upgrade as a superuser (--dsn),"
    " which sets it to 0" RESET "' FROM e WHERE e.value !~ '^0' ORDER BY"
    " e.role DESC, e.name";

static const char	pgaudit[] =
    EFFECTIVE(PROGRAMS, "('pgaudit.log_parameter')")
    "SELECT 'wrong', format('pgaudit.log_parameter is on for the role %s: it"
    " logs sealed PINs and verifiers', e.role),"
    " 'set pgaudit.log_parameter to off" RESET "'"
    " FROM e WHERE lower(e.value) IN ('on', 'true', 'yes', '1')";

static const char	auto_explain[] =
    EFFECTIVE(PROGRAMS, "('auto_explain.log_min_duration'),"
    " ('auto_explain.log_parameter_max_length')")
    "SELECT 'wrong', format('auto_explain logs the plans of the role %s and,"
    " since auto_explain.log_parameter_max_length is not 0, the parameters of"
    " its statements', e.role),"
    " 'set auto_explain.log_parameter_max_length to 0" RESET "'"
    " FROM e LEFT JOIN e m ON m.role = e.role"
    " AND m.name = 'auto_explain.log_parameter_max_length'"
    " WHERE e.name = 'auto_explain.log_min_duration' AND e.value !~ '^-'"
    " AND coalesce(m.value, '-1') !~ '^0'";

static const char	timeouts[] =
    EFFECTIVE(PROGRAMS, "('statement_timeout'), ('transaction_timeout'),"
    " ('idle_session_timeout'), ('lock_timeout')")
    "SELECT 'warning', format('%s of the role %s is %s: %s', e.name, e.role,"
    " e.value, l.text), 'make it longer, or RESET it" RESET "'"
    " FROM e JOIN (VALUES"
    " ('umws_admin', 'statement_timeout', 120, 'what takes longer fails, as an"
    " import or a purge does'),"
    " ('umws_admin', 'transaction_timeout', 120, 'what takes longer fails, as"
    " an import or a purge does'),"
    " ('umws_worker', 'transaction_timeout', 15, 'resets may fail'),"
    " ('umws_mailer', 'transaction_timeout', 15, 'passes may fail'),"
    " ('umws_worker', 'idle_session_timeout', 60, 'each reset after a pause"
    " meets a connection that is gone'),"
    " ('umws_mailer', 'idle_session_timeout', 60, 'a mailer that follows is"
    " cut off again and again'))"
    " l (role, name, least, text) ON l.role = e.role AND l.name = e.name"
    " WHERE " SECONDS("e.value") " > 0 AND " SECONDS("e.value") " < l.least"
    " ORDER BY e.role DESC";

static const char	room[] =
    EFFECTIVE(PROGRAMS, "('temp_file_limit'), ('max_stack_depth')")
    "SELECT 'warning', format('%s of the role %s is %s: lists and imports"
    " fail', e.name, e.role, e.value), 'RESET it" RESET "' FROM e"
    " WHERE e.value NOT LIKE '-%' AND pg_size_bytes(CASE WHEN e.value"
    " ~ '^[0-9]+$' THEN e.value || 'kB' ELSE e.value END) < CASE e.name"
    " WHEN 'max_stack_depth' THEN 1048576 ELSE 67108864 END";

static const char	views[] =
    EFFECTIVE(PROGRAMS, "('restrict_nonsystem_relation_kind')")
    "SELECT 'wrong', format('restrict_nonsystem_relation_kind of the role %s"
    " keeps it from views', e.role), 'take view out of it" RESET "'"
    " FROM e WHERE e.value LIKE '%view%'";

static const char	triggers[] =
    EFFECTIVE(PROGRAMS, "('session_replication_role')")
    "SELECT 'wrong', format('session_replication_role of the role %s is %s:"
    " triggers are off, and nothing keeps the audit from being changed',"
    " e.role, e.value), 'RESET it" RESET "' FROM e WHERE e.value <> 'origin'";

static const char	damage[] =
    "SELECT 'wrong', format('%s is on: damaged pages are taken for empty"
    " ones', s.name), 'set it to off, and restore a backup' FROM pg_settings s"
    " WHERE s.name IN ('zero_damaged_pages', 'ignore_checksum_failure',"
    " 'ignore_invalid_pages') AND s.setting = 'on'";

static const char	vacuum[] =
    "SELECT 'warning', format('%s is off: tables grow without end, and"
    " queries get slow', s.name), 'set it to on' FROM pg_settings s"
    " WHERE s.name IN ('autovacuum', 'track_counts') AND s.setting = 'off'"
    " UNION ALL SELECT 'wrong', format('the oldest transaction of the database"
    " is %s transactions old; at 2,100 million it takes no more writes',"
    " age(d.datfrozenxid)), 'let VACUUM run, and end what keeps it: old"
    " transactions, prepared ones, replication slots' FROM pg_database d"
    " WHERE d.datname = current_database() AND age(d.datfrozenxid) >"
    " 1500000000";

/* Through a socket, or on this host, nobody listens. */
static const char	tls[] =
    "SELECT 'wrong', 'the database is another host, and this connection has no"
    " TLS: who is in between reads and alters all', 'ssl = on in the server,"
    " sslmode=verify-full in the connection strings, hostssl in pg_hba.conf'"
    " FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid() AND NOT s.ssl"
    " AND inet_server_addr() IS NOT NULL"
    " AND host(inet_server_addr()) !~ '^(127\\.|::1$)'"
    " AND inet_server_addr() <> inet_client_addr()";

static const char	connections[] =
    "WITH l AS (SELECT current_setting('max_connections')::int"
    " - current_setting('superuser_reserved_connections')::int"
    " - coalesce(current_setting('reserved_connections', true), '0')::int"
    " AS server, (SELECT d.datconnlimit FROM pg_database d"
    " WHERE d.datname = current_database()) AS base,"
    " (SELECT r.rolconnlimit FROM pg_roles r WHERE r.rolname = 'umws_worker')"
    " AS role, $1::int AS workers)"
    " SELECT 'wrong', format('workers is %s, and %s is %s: some of them find"
    " no connection', l.workers, x.name, x.n), x.todo FROM l, LATERAL (VALUES"
    " ('max_connections without those that are reserved', l.server,"
    " l.workers + 5, 'raise max_connections, or lower workers in umws.conf'),"
    " ('the CONNECTION LIMIT of the database', nullif(l.base, -1),"
    " l.workers + 5, 'ALTER DATABASE ... CONNECTION LIMIT -1'),"
    " ('the CONNECTION LIMIT of the role umws_worker', nullif(l.role, -1),"
    " l.workers, 'ALTER ROLE umws_worker CONNECTION LIMIT -1'))"
    " x (name, n, least, todo) WHERE x.n < x.least";

static void
ask_connections(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	char		 workers[LOG_NUMBER_SIZE];
	const char	*params[1];

	params[0] = log_number(workers, doctor->command->conf->workers);
	doctor_ask_with(doctor, check, params, 1, line);
}

/*
 * Through a Unix socket the server is on this host, and root sees where it
 * works: in its data directory. Nobody else is told where that is.
 */
static void
check_disk(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct ucred	 peer = { 0 };
	socklen_t	 size = sizeof(peer);
	struct statvfs	 disk;
	char		 path[PATH_SIZE], file[PATH_SIZE];
	uint64_t	 free_mb, all_mb;
	int		 fd = db_socket(admin_db(doctor->command->admin));

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
	    peer.pid <= 0) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "it is another host, "
		    "or not asked through a Unix socket: look there with df");
		return;
	}
	(void)snprintf(path, sizeof(path), "/proc/%d/cwd", (int)peer.pid);
	(void)snprintf(file, sizeof(file), "%.50s/PG_VERSION", path);
	if (access(file, F_OK) != 0 || statvfs(path, &disk) != 0) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "its data directory "
		    "cannot be seen: run this as root");
		return;
	}
	free_mb = (uint64_t)disk.f_bavail * disk.f_frsize / MIB;
	all_mb = (uint64_t)disk.f_blocks * disk.f_frsize / MIB;
	if (free_mb >= all_mb / 10 || free_mb >= DISK_ENOUGH_MB)
		doctor_well(line, check);
	else
		doctor_say(line, free_mb < all_mb / 50 ? DOCTOR_WRONG :
		    DOCTOR_WARNING, "make room, or umwsctl db purge; when it "
		    "is full every reset fails", "the disk of the database has "
		    "%" PRIu64 " MiB left of %" PRIu64, free_mb, all_mb);
}

const struct doctor_check	doctor_server_checks[] = {
	{ "server-version", "the release of PostgreSQL is a good one",
	    doctor_ask, version, 0 },
	{ "server-encoding", "the database is in UTF8", doctor_ask, encoding,
	    0 },
	{ "server-fsync", "what is committed is on the disk", doctor_ask,
	    SETTING("wrong", "fsync", "= 'off'", "a crash of its host loses "
	    "what was answered, or damages it", "set it to on"), 0 },
	{ "server-pages", "half a page is mended after a crash", doctor_ask,
	    SETTING("wrong", "full_page_writes", "= 'off'", "a crash of its "
	    "host may damage what was answered", "set it to on"), 0 },
	{ "server-damage", "damaged pages are reported", doctor_ask, damage,
	    0 },
	{ "server-read-only", "it takes writes", doctor_ask, read_only, 0 },
	{ "server-standby", "standbys and synchronous_standby_names agree",
	    doctor_ask, standby, 0 },
	{ "server-parameters", "no parameter of ours is logged", doctor_ask,
	    parameters, 0 },
	{ "server-pgaudit", "pgaudit logs no parameter", doctor_ask, pgaudit,
	    0 },
	{ "server-auto-explain", "auto_explain logs no parameter", doctor_ask,
	    auto_explain, 0 },
	{ "server-passwords", "passwords are kept as scram-sha-256",
	    doctor_ask, SETTING("warning", "password_encryption", "= 'md5'",
	    "whoever reads such a password can log in with it", "set it to "
	    "scram-sha-256, and the passwords of the roles again"), 0 },
	{ "server-timeouts", "no timeout cuts off what must be done",
	    doctor_ask, timeouts, 0 },
	{ "server-room", "no limit is too small to work with", doctor_ask,
	    room, 0 },
	{ "server-views", "views may be read", doctor_ask, views, 0 },
	{ "server-triggers", "triggers are on", doctor_ask, triggers, 0 },
	{ "server-vacuum", "tables are kept small", doctor_ask, vacuum, 0 },
	{ "server-connections", "there are connections for all workers",
	    ask_connections, connections, 0 },
	{ "server-disk", "its disk has room", check_disk, NULL, 0 },
	{ "server-tls", "nobody can listen to this connection", doctor_ask,
	    tls, 0 },
	{ .name = NULL }
};
