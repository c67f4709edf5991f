/*
 * deliver-round.h - what a pass has in hand: its connections, and the mails on
 * their way. Private to deliver.
 */
#ifndef UMWS_DELIVER_ROUND_H
#define UMWS_DELIVER_ROUND_H

#include <stdbool.h>
#include <stdint.h>

#include "app/deliver-mail.h"
#include "edge/outbox.h"

/* For each connection one mail that is under way, and two that wait for it. */
#define SLOTS_MAX	(3 * SMTP_CONNECTIONS_MAX)

/* The pass, its connections, and the claimed mails that wait for one. */
struct round {
	struct pass		 pass;
	struct line		 lines[SMTP_CONNECTIONS_MAX];
	struct slot		 slots[SLOTS_MAX];
	unsigned int		 count;		/* of lines */
	struct outbox_batch	 batch;
	size_t			 next;		/* of the batch's mails */
	uint64_t		 taken;		/* mails of all batches */
	bool			 is_dry;	/* nothing is due, for now */
	bool			 is_moving;	/* one ended: look again */
	enum status		 end;		/* not ST_OK: no other mail */
};

/* Has something gone wrong, a signal or the time that the pass has ended it? */
bool		round_is_over(const struct round *round);

/* The pass ends with the first thing that is wrong; ST_OK is nothing. */
void		round_end_with(struct round *round, enum status st);

unsigned int	round_count(const struct round *round, enum slot_state state);

/* Mails in hand, and those of them that have a connection. */
unsigned int	round_in_hand(const struct round *round);
unsigned int	round_under_way(const struct round *round);

/* So many connections may be used, as far as they are there. */
unsigned int	round_width(const struct round *round);

/* Of the mails that are made and wait, the one that was due first, or NULL. */
struct slot	*round_oldest(struct round *round);

/* The slot has no mail now, and no line. */
void		round_drop(struct slot *slot);

/*
 * An attempt is over, as slot->attempt says: it is told and counted, and
 * settled; but what was sent stays in slot->sent, to be settled with others.
 */
void		round_settle(struct round *round, struct slot *slot);

#endif
