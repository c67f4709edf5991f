/*
 * mail-sight.h - how the mails are doing, for health and metrics: asked of the
 * database by one child for all, and not for each request.
 */
#ifndef UMWS_MAIL_SIGHT_H
#define UMWS_MAIL_SIGHT_H

#include <stdbool.h>

#include "edge/sight.h"
#include "web/turn.h"

/*
 * Fill *sight, but for the names of hosts, with what was asked 15 seconds ago
 * or less; ages have grown since. Whoever comes later than that asks, and waits
 * a second for it. False: the database has not said it.
 */
bool	mail_sight(struct turn *turn, struct sight *sight);

#endif
