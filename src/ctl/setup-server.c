/*
 * setup-server.c - "setup": the PostgreSQL server. On this host it is a
 * cluster that pg_lsclusters lists, and we come as the user that owns it, whom
 * it knows by peer; on another one --dsn says how to come.
 *
 * What pg_lsclusters writes is a table for programs, in no language.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "ctl/setup.h"
#include "edge/program.h"

#define LIST_PROGRAM	"/usr/bin/pg_lsclusters"
#define LIST_MAX	65536
#define TIMEOUT_S	30
#define PID_LINES	5	/* of postmaster.pid, to the socket's folder */
#define MAJOR(version)	((long long)(version) / 10000)

/* One line of pg_lsclusters, in words. */
struct cluster_line {
	const char	*version;
	const char	*name;
	const char	*port;
	const char	*status;	/* "down", "online", "online,..." */
	const char	*owner;
	const char	*directory;
};

static const char *
next_word(char **line)
{
	char	*word;

	do {
		word = strsep(line, " \t");
	} while (word != NULL && *word == '\0');
	return word;
}

/* False: it is none. */
static bool
read_line(char *line, struct cluster_line *cluster)
{
	cluster->version = next_word(&line);
	cluster->name = next_word(&line);
	cluster->port = next_word(&line);
	cluster->status = next_word(&line);
	cluster->owner = next_word(&line);
	cluster->directory = next_word(&line);
	return cluster->port != NULL && cluster->status != NULL &&
	    cluster->directory != NULL;
}

/* Where the cluster's socket is, as the server itself has noted. */
static void
find_socket(const struct cluster_line *cluster, char *directory, size_t size)
{
	struct buf	 text = BUF_INIT(4096);
	char		 path[SETUP_PATH_SIZE], *rest = NULL, *line = NULL;
	int		 i;

	(void)snprintf(directory, size, "/var/run/postgresql");
	(void)snprintf(path, sizeof(path), "%s/postmaster.pid",
	    cluster->directory);
	if (hostfile_read(path, &text) == ST_OK)
		rest = text.data;
	for (i = 0; i < PID_LINES && rest != NULL; i++)
		line = strsep(&rest, "\n");
	if (line != NULL && *line == '/')
		(void)snprintf(directory, size, "%s", line);
	buf_free(&text);
}

static int
take_cluster(struct setup *setup, const struct cluster_line *cluster)
{
	struct setup_server	*server = &setup->server;
	char			 directory[SETUP_PATH_SIZE / 2];

	if (strncmp(cluster->status, "online", 6) != 0)
		return command_fail(setup->command, EX_UNAVAILABLE, "the "
		    "PostgreSQL cluster %s/%s is down: pg_ctlcluster %s %s "
		    "start; nothing was changed", cluster->version,
		    cluster->name, cluster->version, cluster->name);
	find_socket(cluster, directory, sizeof(directory));
	(void)snprintf(server->name, sizeof(server->name), "%s/%s",
	    cluster->version, cluster->name);
	(void)snprintf(server->owner, sizeof(server->owner), "%s",
	    cluster->owner);
	(void)snprintf(server->conninfo, sizeof(server->conninfo),
	    "host=%s port=%s", directory, cluster->port);
	server->is_usual = strcmp(directory, "/var/run/postgresql") == 0 &&
	    strcmp(cluster->port, "5432") == 0;
	return EX_OK;
}

/* The one that is wished, or the only one. */
static int
choose_cluster(struct setup *setup, char *list)
{
	struct cluster_line	 cluster;
	struct cluster_line	 chosen = { "", "", "", "", "", "" };
	char			 name[CLUSTER_NAME_SIZE], *line;
	const char		*wish = setup->wish.cluster;
	size_t			 count = 0;

	while ((line = strsep(&list, "\n")) != NULL) {
		if (!read_line(line, &cluster))
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", cluster.version,
		    cluster.name);
		if (wish != NULL && strcmp(wish, name) != 0)
			continue;
		chosen = cluster;
		count++;
	}
	if (count == 1)
		return take_cluster(setup, &chosen);
	if (count > 1)
		return command_fail(setup->command, EX_USAGE, "pg_lsclusters "
		    "lists %zu clusters of PostgreSQL: say which one, as in "
		    "--cluster %s/%s; nothing was changed", count,
		    chosen.version, chosen.name);
	if (wish != NULL)
		return command_fail(setup->command, EX_USAGE, "pg_lsclusters "
		    "lists no cluster %.60s; nothing was changed", wish);
	return command_fail(setup->command, EX_UNAVAILABLE, "there is no "
	    "PostgreSQL cluster here: apt-get install postgresql, or name a "
	    "database on another host by --dsn; nothing was changed");
}

static int
find_cluster(struct setup *setup)
{
	static const char *const	arguments[] = { "--no-header", NULL };
	const struct program		program = { .path = LIST_PROGRAM,
					    .arguments = arguments,
					    .timeout_s = TIMEOUT_S };
	struct buf			list = BUF_INIT(LIST_MAX);
	char				empty[] = "";
	int				code;

	code = program_run(&program, &list);
	if (code != 0 && code != PROGRAM_NOT_RUN)
		code = command_fail(setup->command, EX_UNAVAILABLE, "%s has "
		    "failed; nothing was changed (it says: %.*s)",
		    LIST_PROGRAM, (int)strcspn(buf_text(&list), "\n"),
		    buf_text(&list));
	else
		code = choose_cluster(setup, list.len > 0 && code == 0 ?
		    list.data : empty);
	buf_free(&list);
	return code;
}

static int
take_dsn(struct setup *setup)
{
	const char	*dsn = setup->wish.dsn;

	if (strstr(dsn, "://") != NULL || strstr(dsn, "password") != NULL ||
	    strstr(dsn, "dbname") != NULL || strchr(dsn, '=') == NULL)
		return command_fail(setup->command, EX_USAGE, "--dsn is like "
		    "\"host=db.example.org user=postgres sslmode=verify-full\""
		    ", without dbname (that is --database) and password (that "
		    "is for ~/.pgpass); nothing was changed");
	if ((size_t)snprintf(setup->server.conninfo,
	    sizeof(setup->server.conninfo) - CLUSTER_NAME_SIZE * 2, "%s",
	    dsn) >= sizeof(setup->server.conninfo) - CLUSTER_NAME_SIZE * 2)
		return command_fail(setup->command, EX_USAGE, "--dsn is too "
		    "long; nothing was changed");
	return EX_OK;
}

/* The role that makes databases is no one's that PostgreSQL lets in. */
static int
refuse_login(const struct setup *setup, const struct command *command,
    enum status st)
{
	const char	*owner = setup->server.owner;

	if (st == ST_FAIL && *owner != '\0' &&
	    strncmp(admin_sqlstate(command->admin), "28", 2) == 0)
		return command_fail(setup->command, EX_NOPERM, "PostgreSQL "
		    "does not let the user %s of this host in as the role %s: "
		    "pg_hba.conf of cluster %s needs \"local all %s peer\" "
		    "above the others; nothing was changed", owner, owner,
		    setup->server.name, owner);
	return command_db_fail(command, st, "setup");
}

/* As whom and where we are meant to come. */
static int
log_in(struct setup *setup, const char *conninfo, struct command *command)
{
	enum status	st;
	int		code;

	code = command_connect(command, conninfo);
	if (code != EX_OK)
		return code;
	admin_take_time(command->admin);
	/* Connects; a connection that is lost is not made again later. */
	st = admin_is_superuser(command->admin, &command->is_superuser);
	if (st == ST_OK)
		return EX_OK;
	code = refuse_login(setup, command, st);
	admin_free(&command->admin);
	return code;
}

int
setup_connect(struct setup *setup, const char *database,
    struct command *command)
{
	struct setup_server	*server = &setup->server;
	char			**conninfo = command == &server->own ?
				    &server->own_conninfo :
				    &server->all_conninfo;
	int			 code;

	*command = *setup->command;
	command->io = &setup->silent;
	command->admin = NULL;
	free(*conninfo);
	*conninfo = NULL;
	/* Of two, libpq takes the last one. */
	if (asprintf(conninfo, "%s dbname=%s%s%s", server->conninfo,
	    database, *server->owner != '\0' ? " user=" : "",
	    server->owner) < 0) {
		*conninfo = NULL;
		return command_fail(setup->command, EX_OSERR, "no memory");
	}
	if (*server->owner == '\0')
		return log_in(setup, *conninfo, command);
	if (program_be_user(server->owner) != ST_OK)
		return command_fail(setup->command, EX_NOUSER, "the owner of "
		    "the cluster %s, %s, is no user here, or we may not act "
		    "as it; nothing was changed", server->name,
		    server->owner);
	code = log_in(setup, *conninfo, command);
	program_be_root();
	return code;
}

/* What must be so of any server, before a thing is made in it. */
static int
judge_server(const struct setup *setup)
{
	const struct cluster_facts	*facts = &setup->server.facts;
	long long			 late_s;

	late_s = (long long)facts->clock_s - (long long)time(NULL);
	if (facts->version < CLUSTER_VERSION_MIN)
		return command_fail(setup->command, EX_CONFIG, "PostgreSQL "
		    "%lld is too old, 14 or later is needed; nothing was "
		    "changed", MAJOR(facts->version));
	if (!facts->is_superuser)
		return command_fail(setup->command, EX_NOPERM, "the role that "
		    "setup logs in to PostgreSQL as is no superuser, which "
		    "makes databases and roles; nothing was changed");
	if (facts->is_standby)
		return command_fail(setup->command, EX_CONFIG, "that "
		    "PostgreSQL is a standby: give the primary by --dsn; "
		    "nothing was changed");
	if (late_s > SETUP_LATE_S || late_s < -SETUP_LATE_S)
		return command_fail(setup->command, EX_CONFIG, "the database's "
		    "clock is %lld seconds %s ours: set them right (NTP) "
		    "first; nothing was changed", late_s < 0 ? -late_s :
		    late_s, late_s < 0 ? "behind" : "ahead of");
	return EX_OK;
}

int
setup_find_server(struct setup *setup)
{
	struct setup_server	*server = &setup->server;
	enum status		 st;
	int			 code;

	code = setup->wish.dsn != NULL ? take_dsn(setup) :
	    find_cluster(setup);
	if (code == EX_OK)
		code = setup_connect(setup, "postgres", &server->all);
	if (code != EX_OK)
		return code;
	st = cluster_look(admin_db(server->all.admin), setup->wish.database,
	    &server->facts);
	if (st != ST_OK)
		return command_db_fail(&server->all, st, "setup");
	code = judge_server(setup);
	if (code == EX_OK && server->facts.has_database)
		code = setup_connect(setup, setup->wish.database,
		    &server->own);
	return code;
}

void
setup_server_close(struct setup *setup)
{
	admin_free(&setup->server.own.admin);
	admin_free(&setup->server.all.admin);
	free(setup->server.own_conninfo);
	free(setup->server.all_conninfo);
}
