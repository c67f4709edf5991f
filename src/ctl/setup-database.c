/*
 * setup-database.c - "setup": the database, its schema by db upgrade, and the
 * first policy.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/setup.h"
#include "base/text.h"
#include "ctl/db.h"

#define DATABASE	"database"
#define SCHEMA		"schema"
#define POLICY		"policy"
#define ZONE_SIZE	256	/* bytes of /etc/localtime's target */
#define SETTINGS_MAX	1024	/* bytes of a policy's settings */

static const char *const	roles[] = { "umws_worker", "umws_mailer",
				    "umws_admin", "umws_helpdesk",
				    "umws_owner" };

#define ROLES	(sizeof(roles) / sizeof(roles[0]))

/* One that somebody has made before us. */
static enum setup_found
judge_content(struct setup *setup)
{
	struct cluster_content	content;
	enum status		st;

	st = cluster_look_inside(admin_db(setup->server.own.admin),
	    &content);
	if (st != ST_OK) {
		(void)command_db_fail(&setup->server.own, st, DATABASE);
		return SETUP_UNKNOWN;
	}
	if (content.has_schema || setup_record_has(setup, "made", DATABASE,
	    setup->wish.database))
		return SETUP_THERE;
	if (content.tables > 0)
		return setup_refuse(setup, "database %s has %lld tables of "
		    "something else: name another one by --database",
		    setup->wish.database, (long long)content.tables);
	/* Of one on another host somebody else may have the right to make. */
	if (setup->wish.dsn != NULL)
		return SETUP_THERE;
	return setup_refuse(setup, "database %s is there, is empty and was "
	    "not made by setup: dropdb %s, or name another one by --database",
	    setup->wish.database, setup->wish.database);
}

enum setup_found
setup_look_database(struct setup *setup)
{
	const struct setup_server	*server = &setup->server;

	setup_tell(setup, "database %s in %s", setup->wish.database,
	    *server->name != '\0' ? server->name : "the server of --dsn");
	if (!server->facts.has_database)
		return SETUP_MISSING;
	return judge_content(setup);
}

int
setup_make_database(struct setup *setup)
{
	struct setup_server	*server = &setup->server;
	enum status		 st;
	int			 code;

	code = setup_record_add(setup, "made", DATABASE,
	    setup->wish.database);
	if (code != EX_OK)
		return code;
	st = cluster_create_database(admin_db(server->all.admin),
	    setup->wish.database, server->facts.is_utf8);
	if (st != ST_OK)
		return command_db_fail(&server->all, st, DATABASE);
	server->facts.has_database = true;
	return setup_connect(setup, setup->wish.database, &server->own);
}

/* With all that is in it, which is ours alone. */
static int
drop_database(struct setup *setup)
{
	struct setup_server	*server = &setup->server;
	enum status		 st;

	admin_free(&server->own.admin);
	st = cluster_drop_database(admin_db(server->all.admin),
	    setup->wish.database);
	if (st != ST_OK)
		return command_db_fail(&server->all, st, DATABASE);
	server->facts.has_database = false;
	setup->version = 0;
	return EX_OK;
}

/* What the schema says of itself, and whether it is whole. */
static enum setup_found
judge_schema(struct setup *setup)
{
	struct setup_server	*server = &setup->server;
	struct cluster_content	 content;
	int64_t			 oldest;
	enum status		 st;

	st = cluster_look_inside(admin_db(server->own.admin), &content);
	if (st == ST_OK && content.has_schema)
		st = admin_schema(server->own.admin, &setup->version,
		    &oldest);
	if (st == ST_OK && setup->version == UMWS_SCHEMA_VERSION)
		st = cluster_count_mailboxes(admin_db(server->own.admin),
		    &setup->mailboxes);
	if (st == ST_BUSY || st == ST_RETRY || st == ST_UNKNOWN) {
		(void)command_db_fail(&server->own, st, SCHEMA);
		return SETUP_UNKNOWN;
	}
	if (st == ST_OK && !content.has_schema)
		return SETUP_MISSING;
	if (st != ST_OK || setup->version <= 0)
		return setup_refuse(setup, "database %s has a schema umws "
		    "that is not whole, or not ours (no version of it can be "
		    "read): umwsctl db upgrade names what is wrong; or name "
		    "another database by --database", setup->wish.database);
	if (setup->version == UMWS_SCHEMA_VERSION)
		return SETUP_THERE;
	return setup_refuse(setup, "database %s has the schema umws at "
	    "version %lld, and this program is for %d: %s",
	    setup->wish.database, (long long)setup->version,
	    UMWS_SCHEMA_VERSION, setup->version < UMWS_SCHEMA_VERSION ?
	    "umwsctl db upgrade comes first" : "install that newer umws");
}

enum setup_found
setup_look_schema(struct setup *setup)
{
	setup->version = 0;
	setup_tell(setup, "schema umws, version %d, in database %s",
	    UMWS_SCHEMA_VERSION, setup->wish.database);
	if (setup->server.own.admin == NULL)
		return SETUP_MISSING;
	return judge_schema(setup);
}

/* Roles are the cluster's: those that are there are somebody else's, too. */
static int
note_roles(struct setup *setup)
{
	char	word[CLUSTER_NAME_SIZE];
	size_t	i;
	int	code = EX_OK;

	for (i = 0; i < ROLES && code == EX_OK; i++) {
		(void)snprintf(word, sizeof(word), " %s ", roles[i]);
		if (strstr(setup->server.facts.roles, word) == NULL)
			code = setup_record_add(setup, "made", SCHEMA,
			    roles[i]);
	}
	return code;
}

int
setup_make_schema(struct setup *setup)
{
	int	code;

	code = note_roles(setup);
	if (code == EX_OK)
		code = db_upgrade(&setup->server.own, NULL, NULL);
	if (code == EX_OK)
		setup->version = UMWS_SCHEMA_VERSION;
	return code;
}

/* What is of use in another database stays. */
static void
drop_role(void *context, const char *name)
{
	struct setup	*setup = context;
	struct command	*all = &setup->server.all;

	if (all->admin == NULL || !cluster_is_name(name) ||
	    cluster_drop_role(admin_db(all->admin), name) == ST_OK)
		return;
	command_say(setup->command, "kept: role %s, which something else in "
	    "the cluster belongs to\n", name);
	/* A refusal has closed the connection, which is made as the cluster's
	 * owner: not by the next call. */
	admin_free(&all->admin);
	(void)setup_connect(setup, "postgres", all);
}

/* What the roles have beside the schema would keep them from going: rights in
 * the database itself, and umws_owner's default privileges. */
#define DROP_SCHEMA							\
	"DROP SCHEMA umws CASCADE; ALTER DEFAULT PRIVILEGES FOR ROLE"	\
	" umws_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC;"		\
	" DO $$ DECLARE r name; BEGIN FOR r IN SELECT rolname"		\
	" FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.~)" \
	" '^umws_(worker|mailer|admin|helpdesk|owner)$' LOOP"		\
	" EXECUTE pg_catalog.format('REVOKE ALL ON DATABASE %I FROM %I'," \
	" pg_catalog.current_database(), r); END LOOP; END $$"

/* In a database that is not ours alone: the schema. */
static int
drop_schema(struct setup *setup)
{
	struct command	*own = &setup->server.own;
	enum status	 st;

	if (own->admin == NULL || setup->version == 0)
		return EX_OK;
	st = admin_begin(own->admin);
	if (st == ST_OK)
		st = admin_script(own->admin, DROP_SCHEMA);
	if (st == ST_OK)
		st = admin_commit(own->admin);
	admin_rollback(own->admin);
	return st == ST_OK ? EX_OK : command_db_fail(own, st, SCHEMA);
}

/* Have we made the database? Then tables of others in it are counted. */
static int
find_whose(struct setup *setup, bool *is_made, int64_t *others)
{
	struct setup_server	*server = &setup->server;
	struct cluster_content	 content = { false, 0 };
	enum status		 st = ST_OK;

	*is_made = setup_record_has(setup, "made", DATABASE,
	    setup->wish.database);
	if (server->facts.has_database && server->own.admin != NULL)
		st = cluster_look_inside(admin_db(server->own.admin),
		    &content);
	*others = content.tables;
	return st == ST_OK ? EX_OK : command_db_fail(&server->own, st,
	    DATABASE);
}

int
setup_undo_database(struct setup *setup)
{
	int64_t	others;
	bool	is_made;
	int	code;

	code = find_whose(setup, &is_made, &others);
	if (code != EX_OK || !is_made)
		return code;
	if (others == 0)
		return drop_database(setup);
	command_say(setup->command, "kept: database %s, which has %lld tables "
	    "of something else\n", setup->wish.database, (long long)others);
	return EX_OK;
}

int
setup_undo_schema(struct setup *setup)
{
	int64_t	others;
	bool	is_made;
	int	code;

	code = find_whose(setup, &is_made, &others);
	if (code == EX_OK)
		code = is_made && others == 0 ? drop_database(setup) :
		    drop_schema(setup);
	if (code == EX_OK)
		setup_record_each(setup, "made", SCHEMA, drop_role, setup);
	/* What is wrong with connecting again was said. */
	return code == EX_OK && setup->server.all.admin == NULL ?
	    EX_UNAVAILABLE : code;
}

/* This host's place in the tz database, or "" for UTC and for none. */
static void
host_zone(char zone[ZONE_SIZE])
{
	static const char	folder[] = "/zoneinfo/";
	char			target[ZONE_SIZE];
	const char		*at;
	ssize_t			len;

	*zone = '\0';
	len = readlink("/etc/localtime", target, sizeof(target) - 1);
	if (len < 0)
		return;
	target[len] = '\0';
	at = strstr(target, folder);
	if (at != NULL && strstr(at, "UTC") == NULL)
		(void)snprintf(zone, ZONE_SIZE, "%s",
		    at + strlen(folder));
}

enum setup_found
setup_look_policy(struct setup *setup)
{
	char	zone[ZONE_SIZE];

	host_zone(zone);
	setup_tell(setup, "policy default%s%s", *zone == '\0' ? "" :
	    ", with this host's time zone ", zone);
	/* That of a schema which was there is not ours to change. */
	if (setup->version == 0 ||
	    (setup_record_has(setup, "begin", SCHEMA, NULL) &&
	    !setup_record_has(setup, "done", POLICY, NULL)))
		return SETUP_MISSING;
	return SETUP_THERE;
}

int
setup_make_policy(struct setup *setup)
{
	struct buf	 settings = BUF_INIT(SETTINGS_MAX);
	char		 zone[ZONE_SIZE], result[ADMIN_RESULT_SIZE];
	enum status	 st = ST_OK;

	host_zone(zone);
	if (*zone != '\0') {
		buf_puts(&settings, "{\"time_zone\": ");
		text_json_string(&settings, zone);
		buf_puts(&settings, "}");
		st = admin_policy_set(setup->server.own.admin, "default",
		    buf_text(&settings), result);
	}
	buf_free(&settings);
	/* A zone that the database does not know is none to stop for. */
	return st == ST_OK || st == ST_BAD ? EX_OK :
	    command_db_fail(&setup->server.own, st, POLICY);
}

int
setup_undo_policy(struct setup *setup)
{
	/* It goes with its schema. */
	(void)setup;
	return EX_OK;
}
