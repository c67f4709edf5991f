/*
 * deliver-turn.h - what a pass asks the database between mails: which come
 * next, may they leave, and that those before them were sent; for as many in
 * one call as can be. Private to deliver.
 */
#ifndef UMWS_DELIVER_TURN_H
#define UMWS_DELIVER_TURN_H

#include <stdbool.h>

#include "app/deliver-round.h"

/*
 * Give an idle slot a claimed mail, which is neither begun nor made; its state
 * is the caller's to set. False when none is due, or none may come now.
 */
bool	turn_take(struct round *round, struct slot *slot);

/*
 * Is the slot's mail still wanted? Then it is begun and made; false: it is not
 * to be sent, and the slot is idle. What it has sent is settled in any case.
 */
bool	turn_begin(struct round *round, struct slot *slot);

/*
 * Where the server is quick, have mails ready for when it has answered: begun
 * and made, in SLOT_WAITING. False when none was wanted, or there is none.
 */
bool	turn_ahead(struct round *round);

/* Settle all that was sent. */
void	turn_settle_all(struct round *round);

/*
 * Settle what is not worth waiting for mails to be begun with it, because none
 * will be soon; and in how many milliseconds what is held is to be settled at
 * the latest, -1: nothing is.
 */
void	turn_settle_held(struct round *round);
int	turn_hold_ms(const struct round *round);

#endif
