/*
 * service-sight.h - does the database take writes, and what else of the service
 * only it knows, for health and metrics: kept on the scoreboard for all
 * children, and not asked for each request.
 */
#ifndef UMWS_SERVICE_SIGHT_H
#define UMWS_SERVICE_SIGHT_H

#include <stdbool.h>
#include <stdint.h>

#include "web/turn.h"

/*
 * Ask the database now to commit a write, which it has 3 seconds for. True: it
 * did.
 */
bool	service_ask_ready(struct turn *turn);

/* The same, but for the last 15 seconds by what was found then. */
bool	service_is_ready(struct turn *turn);

/*
 * For how many seconds a row of the audit has waited for its seal; 0: none
 * does. SIGHT_NEVER: nobody seals here, or the database does not say it. Asked
 * once in a minute.
 */
int64_t	service_unsealed_s(struct turn *turn);

/*
 * The share of one address in the own resets of 24 hours, in a million, if that
 * is over half of them: known to the worker whose turn it was to look in the
 * last hour. Else 0.
 */
uint64_t	service_address_share(struct turn *turn);

/* That one was found; resets and total are numbers in text. */
void	service_note_address_share(struct scoreboard *board,
	    const char *resets, const char *total);

#endif
