/*
 * db-refusal.c - one table of SQLSTATEs.
 */
#include "config.h"

#include "edge/db-refusal.h"

#include <stddef.h>
#include <string.h>

#define DOOR		1	/* of a connection that was refused */
#define CALL		2	/* of a call */

#define RESET								\
	"(\\drds in psql lists what is set for a database or role, "	\
	"RESET takes it back)"
#define TODO_OPTIONS							\
	"correct options in the connection string (or PGOPTIONS): it "	\
	"sets something that the server does not know or take"

static const struct refusal_row {
	const char	*prefix;
	int		 at;
	const char	*todo;
} rows[] = {
	{ "28", DOOR, NULL },
	{ "3D", DOOR, NULL },
	{ "42501", DOOR, "GRANT CONNECT on the database to the role, or take "
	    "out of options in the connection string (or PGOPTIONS) what the "
	    "role may not set" },
	{ "58P01", DOOR, "correct session_preload_libraries or "
	    "local_preload_libraries: it names a library that the server "
	    "does not have, for this database or role or in postgresql.conf "
	    RESET },
	{ "42601", DOOR, TODO_OPTIONS },
	{ "42704", DOOR, TODO_OPTIONS },
	{ "22023", DOOR, TODO_OPTIONS },
	{ "55P02", DOOR, TODO_OPTIONS },
	{ "25006", CALL, "name the primary, if this is a standby; else "
	    "default_transaction_read_only is on for the server, this "
	    "database or role " RESET },
	{ "57014", CALL, "look for a statement_timeout of the server, "
	    "this database or role that is too short, if this comes again "
	    RESET },
	{ "25P04", CALL, "look for a transaction_timeout of the "
	    "server, this database or role that is too short " RESET },
	{ "53400", CALL, "look for a temp_file_limit of the server, "
	    "this database or role that is too small " RESET },
	{ "54001", CALL, "look for a max_stack_depth of the server, "
	    "this database or role that is too small " RESET },
	{ "55000", CALL, "take view out of "
	    "restrict_nonsystem_relation_kind of the server, this database "
	    "or role " RESET },
	{ "57P05", CALL, "look for an idle_session_timeout of the "
	    "server, this database or role that is too short " RESET }
};

static const struct refusal_row *
row_of(const char *sqlstate, int at)
{
	size_t	i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].at == at && strncmp(sqlstate, rows[i].prefix,
		    strlen(rows[i].prefix)) == 0)
			return &rows[i];
	}
	return NULL;
}

/*
 * "FATAL:  28P01: words". The words are in the server's language, this form is
 * not.
 */
void
db_refusal_find_sqlstate(const char *message, char sqlstate[DB_SQLSTATE_SIZE])
{
	const char	*at = message;

	while ((at = strstr(at, ":  ")) != NULL) {
		at += 3;
		if (strspn(at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5 &&
		    at[5] == ':') {
			memcpy(sqlstate, at, DB_SQLSTATE_SIZE - 1);
			return;
		}
	}
}

bool
db_refusal_is_of_rights(const char *sqlstate)
{
	return strncmp(sqlstate, "28", 2) == 0 ||
	    strncmp(sqlstate, "3D", 2) == 0 || strcmp(sqlstate, "42501") == 0;
}

bool
db_refusal_is_final(const char *sqlstate)
{
	return row_of(sqlstate, DOOR) != NULL;
}

const char *
db_refusal_todo(const char *sqlstate, bool is_at_door)
{
	const struct refusal_row	*row;

	row = row_of(sqlstate, is_at_door ? DOOR : CALL);
	return row == NULL ? NULL : row->todo;
}
