/*
 * cluster.h - what an installation asks and changes of a PostgreSQL server
 * before there is a schema: databases, roles, its own files and its clock. The
 * caller is a superuser.
 *
 * Every call returns db_call()'s statuses. Names of databases and roles must
 * be cluster_is_name().
 */
#ifndef UMWS_CLUSTER_H
#define UMWS_CLUSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"

#define CLUSTER_NAME_SIZE	64	/* bytes of a name, with the NUL */
#define CLUSTER_PATH_SIZE	1024	/* of a path of the server's */
#define CLUSTER_ROLES_SIZE	512	/* of the names of our roles */
#define CLUSTER_VERSION_MIN	140000	/* as server_version_num has it */

struct cluster_facts {
	int64_t	version;		/* 150006 */
	bool	is_superuser;
	bool	is_standby;
	bool	has_database;		/* of the name asked for */
	bool	is_utf8;		/* template0 */
	int64_t	clock_s;		/* the server's, since 1970 */
	char	hba_file[CLUSTER_PATH_SIZE];	/* "" for no superuser */
	char	ident_file[CLUSTER_PATH_SIZE];
	char	roles[CLUSTER_ROLES_SIZE];	/* those named umws_*, each
						 * between two blanks */
};

/* What is in a database that may be to have, or have, the schema umws. */
struct cluster_content {
	bool	has_schema;		/* one of the name umws */
	int64_t	tables;			/* of anybody, beside that schema */
};

/* A name that needs no quotes and is never cut. */
bool		cluster_is_name(const char *name);

enum status	cluster_look(struct db *db, const char *database,
		    struct cluster_facts *facts) MUSTCHECK;
enum status	cluster_look_inside(struct db *db,
		    struct cluster_content *content) MUSTCHECK;
/* Mailboxes of a database with our schema. */
enum status	cluster_count_mailboxes(struct db *db, int64_t *count)
		    MUSTCHECK;
/*
 * Does the database know a key of this kind ("mail", "pepper") and id; and how
 * many rows need keys of this kind that are not among ids (parted by commas)?
 */
enum status	cluster_find_keys(struct db *db, const char *kind,
		    const char *ids, bool *is_known, int64_t *strange)
		    MUSTCHECK;

enum status	cluster_create_database(struct db *db, const char *name,
		    bool is_utf8) MUSTCHECK;
/* Whoever is in it is sent out. None is no failure. */
enum status	cluster_drop_database(struct db *db, const char *name)
		    MUSTCHECK;
/* ST_BAD or ST_FAIL: something belongs to it still. */
enum status	cluster_drop_role(struct db *db, const char *name) MUSTCHECK;

/* Lines of pg_hba.conf and, where the server can tell, of pg_ident.conf as
 * they are on the disk now that it does not understand. */
enum status	cluster_count_bad_lines(struct db *db, int64_t *count)
		    MUSTCHECK;
/* Let the server read its files again. */
enum status	cluster_reload(struct db *db) MUSTCHECK;

#endif
