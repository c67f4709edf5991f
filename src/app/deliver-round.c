/*
 * deliver-round.c - what a pass has in hand, and how an attempt ends.
 */
#include "config.h"

#include "app/deliver-round.h"

#include "app/judge.h"
#include "app/tally.h"
#include "edge/clock.h"

/*
 * A pass begins with one connection; another one comes with each so many mails
 * that were taken without trouble. Few mails need no more than one, and what is
 * wrong with all of them is found out by one after the other.
 */
#define MAILS_PER_CONNECTION	8

bool
round_is_over(const struct round *round)
{
	const struct deliver_parts	*parts = round->pass.parts;

	return round->end != ST_OK || parts->is_stopping() ||
	    (parts->until_ms != 0 && clock_ms() >= parts->until_ms);
}

void
round_end_with(struct round *round, enum status st)
{
	if (round->end == ST_OK)
		round->end = st;
}

unsigned int
round_count(const struct round *round, enum slot_state state)
{
	unsigned int	i, count = 0;

	for (i = 0; i < SLOTS_MAX; i++)
		count += round->slots[i].state == state;
	return count;
}

unsigned int
round_in_hand(const struct round *round)
{
	return SLOTS_MAX - round_count(round, SLOT_IDLE);
}

unsigned int
round_under_way(const struct round *round)
{
	return round_count(round, SLOT_READYING) +
	    round_count(round, SLOT_SENDING);
}

unsigned int
round_width(const struct round *round)
{
	return 1 + round->pass.steady / MAILS_PER_CONNECTION;
}

struct slot *
round_oldest(struct round *round)
{
	struct slot	*slot, *oldest = NULL;

	for (slot = round->slots; slot < round->slots + SLOTS_MAX; slot++)
		if (slot->state == SLOT_WAITING && (oldest == NULL ||
		    slot->number < oldest->number))
			oldest = slot;
	return oldest;
}

void
round_drop(struct slot *slot)
{
	slot->state = SLOT_IDLE;
	slot->line = NULL;
}

/*
 * What ends the pass may be about one domain: its mails make room for those to
 * others, if some are due. Nothing else is under way, as none was taken yet.
 */
static bool
has_others(struct round *round, const struct attempt *attempt)
{
	struct outbox	*outbox = round->pass.parts->outbox;
	bool		 has = false;

	if (!attempt->is_domains || round_under_way(round) > 0)
		return false;
	outbox_release(outbox, round->batch.token);
	round->batch.count = round->next = 0;
	return outbox_give_way(outbox, round->pass.judge.domain,
	    round->pass.options->retry_min_s, &has) == ST_OK && has;
}

void
round_settle(struct round *round, struct slot *slot)
{
	const struct attempt	*attempt = &slot->attempt;

	tally_attempt(round->pass.parts->tally, &slot->mail, attempt);
	round_drop(slot);
	/* Something may be due again. */
	round->is_dry = false;
	round->is_moving = true;
	if (attempt->result == OUTBOX_SENT) {
		slot->sent = slot->mail.lease;
		slot->sent_ms = clock_ms();
	} else {
		round_end_with(round, outbox_settle(round->pass.parts->outbox,
		    &slot->mail.lease, attempt->result, attempt->retry_s,
		    attempt->reply));
	}
	if (attempt->pass != ST_OK && !has_others(round, attempt))
		round_end_with(round, attempt->pass);
}
