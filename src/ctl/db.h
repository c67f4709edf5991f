/*
 * db.h - verbs of the group "db" that stand in files of their own. Private to
 * command.
 */
#ifndef UMWS_COMMAND_DB_H
#define UMWS_COMMAND_DB_H

#include "ctl/verbs.h"

int	db_status(struct command *command);
int	db_purge(struct command *command);

extern const char	db_status_help[];
extern const char	db_purge_help[];

#endif
