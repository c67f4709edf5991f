/*
 * outbox-renew.h - "outbox retry" of mails that are dead or expired. Private to
 * command.
 */
#ifndef UMWS_COMMAND_OUTBOX_RENEW_H
#define UMWS_COMMAND_OUTBOX_RENEW_H

#include "ctl/verbs.h"

/*
 * Draw and mail another PIN for each mailbox whose PIN was in a mail of --state
 * that was lost since --since; or with --dry-run list them.
 */
int	outbox_renew(struct command *command);

#endif
