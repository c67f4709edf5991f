/*
 * notify-changes.h - "notify changes": one pass of telling on_change. Private
 * to notify.
 */
#ifndef UMWS_NOTIFY_CHANGES_H
#define UMWS_NOTIFY_CHANGES_H

#include "ctl/verbs.h"

/* The whole of it. */
int	notify_changes_verb(struct command *command);

extern const char	notify_changes_help[];

#endif
