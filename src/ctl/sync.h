/*
 * sync.h - "user sync": mailboxes as a file or the directory has them, and
 * those that are gone disabled. Private to ctl.
 */
#ifndef UMWS_COMMAND_SYNC_H
#define UMWS_COMMAND_SYNC_H

#include "ctl/stage.h"
#include "ctl/verbs.h"

/* The whole verb. */
int	command_sync(struct command *command);

/*
 * Ask the directory of umws.conf, and give its entries to stage_add(). EX_OK,
 * or the exit code of what was printed.
 */
int	sync_directory(struct command *command, struct stage *stage);

#endif
