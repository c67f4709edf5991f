/*
 * db.h - verbs of the group "db" that stand in files of their own. Private to
 * command.
 */
#ifndef UMWS_COMMAND_DB_H
#define UMWS_COMMAND_DB_H

#include "ctl/verbs.h"

int	db_status(struct command *command);
int	db_purge(struct command *command);

/*
 * Bring the schema up to date with the files in dir (NULL: those installed), on
 * the command's connection or, if it has none, on that of dsn (NULL:
 * database_admin). EX_OK, or the exit code of what was printed.
 */
int	db_upgrade(struct command *command, const char *dir, const char *dsn);

extern const char	db_status_help[];
extern const char	db_purge_help[];

#endif
