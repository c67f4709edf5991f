/*
 * deliver-turn.c - claim mails, begin some while others are under way, and
 * settle those that were sent with them.
 *
 * A call costs a round trip and a durable commit, for one mail or for several.
 */
#include "config.h"

#include "app/deliver-turn.h"

#include <string.h>

#include "edge/clock.h"

/*
 * What was sent is held for so long, for others to be begun with it. While it
 * is, a crash means a second copy.
 */
#define HOLD_MS		100

_Static_assert(SLOTS_MAX <= OUTBOX_WANTS_MAX, "all slots in one call");

/* Is a mail under way that no other one may be with? */
static bool
has_lone(const struct round *round)
{
	unsigned int	i;

	for (i = 0; i < SLOTS_MAX; i++)
		if (round->slots[i].state != SLOT_IDLE &&
		    round->slots[i].is_lone)
			return true;
	return false;
}

/* See that there is a claimed mail; false when none is due, or we end. */
static bool
has_mail(struct round *round)
{
	const struct pass	*pass = &round->pass;

	if (round->next < round->batch.count)
		return true;
	/* The next mail of a user is claimed when the last one is settled. */
	turn_settle_all(round);
	if (round->is_dry || round->end != ST_OK)
		return false;
	round_end_with(round, outbox_claim(pass->parts->outbox,
	    pass->options->batch, &round->batch));
	round->next = 0;
	round->is_dry = round->batch.count == 0;
	return round->end == ST_OK && !round->is_dry;
}

bool
turn_take(struct round *round, struct slot *slot)
{
	const char	*id;

	if (round_is_over(round) || has_lone(round) || !has_mail(round))
		return false;
	id = round->batch.ids[round->next];
	slot->is_lone = judge_knows(&round->pass.judge, id);
	if (slot->is_lone && round_in_hand(round) > 0)
		return false;
	strcpy(slot->id, id);
	strcpy(slot->token, round->batch.token);
	slot->number = round->taken++;
	round->next++;
	return true;
}

/* The database has said whether a mail may leave. */
static void
note_begun(struct round *round, struct slot *slot, enum status st)
{
	if (st == ST_OK && deliver_mail_make(&round->pass, slot))
		return;
	if (st == ST_OK)
		round_settle(round, slot);
	else
		round_drop(slot);
	if (st != ST_OK && st != ST_DENIED && st != ST_BAD)
		round_end_with(round, st);
}

/* All in one call: mails that are begun, or only what their slots have sent. */
static void
turn(struct round *round, struct slot *const *slots, size_t count,
    bool is_begin)
{
	struct outbox_want	wants[SLOTS_MAX] = { { 0 } };
	size_t			i;

	for (i = 0; i < count; i++) {
		if (slots[i]->sent.rows != NULL)
			wants[i].sent = &slots[i]->sent;
		if (is_begin) {
			wants[i].id = slots[i]->id;
			wants[i].token = slots[i]->token;
			wants[i].mail = &slots[i]->mail;
		}
	}
	round_end_with(round, outbox_begin(round->pass.parts->outbox, wants,
	    count));
	for (i = 0; is_begin && i < count; i++)
		note_begun(round, slots[i], wants[i].st);
}

bool
turn_begin(struct round *round, struct slot *slot)
{
	turn(round, &slot, 1, true);
	return slot->is_made;
}

/*
 * So many mails may be made now: none while half of the quick connections
 * have one that waits, else so many that each has two.
 */
static unsigned int
room(const struct round *round)
{
	unsigned int	i, quick = 0, waiting;

	if (round_width(round) == 1)
		return 0;
	for (i = 0; i < SLOTS_MAX; i++)
		quick += deliver_mail_is_quick(&round->slots[i]);
	waiting = round_count(round, SLOT_WAITING);
	return 2 * waiting > quick ? 0 : 2 * quick - waiting;
}

/* An idle slot, one that has sent a mail before others; or NULL. */
static struct slot *
idle_slot(struct round *round)
{
	struct slot	*slot, *found = NULL;

	for (slot = round->slots; slot < round->slots + SLOTS_MAX; slot++)
		if (slot->state == SLOT_IDLE && (found == NULL ||
		    (found->sent.rows == NULL && slot->sent.rows != NULL)))
			found = slot;
	return found;
}

bool
turn_ahead(struct round *round)
{
	struct slot	*slots[SLOTS_MAX], *slot;
	unsigned int	 wanted = room(round);
	size_t		 count = 0;

	/* Of one claim: between two all that was sent is to be settled. */
	while (count < wanted &&
	    (count == 0 || round->next < round->batch.count) &&
	    (slot = idle_slot(round)) != NULL && turn_take(round, slot)) {
		slot->state = SLOT_WAITING;
		slots[count++] = slot;
	}
	if (count > 0)
		turn(round, slots, count, true);
	return count > 0;
}

void
turn_settle_all(struct round *round)
{
	struct slot	*slots[SLOTS_MAX], *slot;
	size_t		 count = 0;

	for (slot = round->slots; slot < round->slots + SLOTS_MAX; slot++)
		if (slot->sent.rows != NULL)
			slots[count++] = slot;
	if (count > 0)
		turn(round, slots, count, false);
}

void
turn_settle_held(struct round *round)
{
	if (turn_hold_ms(round) == 0 || round->is_dry ||
	    round_oldest(round) == NULL || round_is_over(round))
		turn_settle_all(round);
}

int
turn_hold_ms(const struct round *round)
{
	const struct slot	*slot;
	int64_t			 now_ms = clock_ms(), ms, least_ms = -1;

	for (slot = round->slots; slot < round->slots + SLOTS_MAX; slot++) {
		if (slot->sent.rows == NULL)
			continue;
		ms = slot->sent_ms + HOLD_MS - now_ms;
		if (ms < 0)
			ms = 0;
		if (least_ms < 0 || ms < least_ms)
			least_ms = ms;
	}
	return (int)least_ms;
}
