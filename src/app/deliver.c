/*
 * deliver.c - a pass of the mailer: claim mails, have each sent over one of
 * the connections, and settle it.
 *
 * Knows no SQL, no SMTP and no MIME. One process, one connection to the
 * database, which is asked between the mails; what the server says to any mail
 * the others' judgement sees.
 */
#include "config.h"

#include "app/deliver.h"

#include <assert.h>
#include <string.h>

#include "app/deliver-report.h"
#include "app/deliver-round.h"
#include "app/deliver-turn.h"
#include "app/judge.h"
#include "app/tally.h"
#include "base/log.h"

/* A line for another mail, or NULL. */
static struct line *
free_line(struct round *round)
{
	bool		is_held[SMTP_CONNECTIONS_MAX] = { false };
	unsigned int	i;

	if (round_under_way(round) >= round_width(round))
		return NULL;
	for (i = 0; i < SLOTS_MAX; i++)
		if (round->slots[i].line != NULL)
			is_held[round->slots[i].line - round->lines] = true;
	for (i = 0; i < round->count; i++)
		if (!is_held[i] && !round->lines[i].is_shut)
			return &round->lines[i];
	return NULL;
}

/* It was begun long ago: is it still the newest? */
static bool
is_stale(const struct slot *slot)
{
	return slot->is_made && deliver_mail_fresh_ms(slot) == 0;
}

/* Have a line be ready for the slot's mail. */
static void
slot_ready(struct round *round, struct slot *slot, struct line *line)
{
	slot->line = line;
	slot->state = SLOT_READYING;
	courier_start_ready(line->courier);
	if (courier_is_busy(line->courier))
		turn_settle_all(round);
}

/* Its mail is not to be sent yet: it is due again, and anybody's. */
static void
slot_unmake(struct round *round, struct slot *slot)
{
	deliver_mail_drop(slot);
	round_end_with(round, outbox_settle(round->pass.parts->outbox,
	    &slot->mail.lease, OUTBOX_UNSENT, 0, ""));
	round->is_dry = false;
}

/* Its mail waits for another connection, or goes back. */
static void
slot_give_back(struct round *round, struct slot *slot)
{
	struct outbox	*outbox = round->pass.parts->outbox;

	round_drop(slot);
	if (slot->is_made) {
		slot_unmake(round, slot);
		round->is_moving = true;
	} else if (strcmp(slot->token, round->batch.token) == 0) {
		strcpy(round->batch.ids[--round->next], slot->id);
	} else {
		outbox_release(outbox, slot->token);
	}
}

/* There is no connection: one too many, or is it the server? */
static void
slot_not_ready(struct round *round, struct slot *slot, enum status st)
{
	struct line	*line = slot->line;
	char		 connections[LOG_NUMBER_SIZE];

	slot_give_back(round, slot);
	round->is_moving = true;
	if (round_under_way(round) > 0) {
		line->is_shut = true;
		log_info("smtp-connections", "reply",
		    courier_reply(line->courier), "left",
		    log_number(connections, round_under_way(round)), NULL);
		return;
	}
	courier_tell(line->courier, st);
	if (st == ST_FAIL)
		round->pass.logged = courier_verdict(line->courier).look_at;
	round_end_with(round, st);
}

/* Its line is ready, or not. */
static void
slot_go(struct round *round, struct slot *slot)
{
	enum status	st;

	assert(slot->line != NULL);
	st = courier_result(slot->line->courier);
	if (st != ST_OK) {
		slot_not_ready(round, slot, st);
		return;
	}
	/* A connection may have taken long. */
	if (round_is_over(round) || is_stale(slot)) {
		slot_give_back(round, slot);
		return;
	}
	if (!slot->is_made && !turn_begin(round, slot))
		return;
	slot->order = judge_begin(&round->pass.judge);
	slot->state = SLOT_SENDING;
	deliver_mail_start(slot);
}

/* Give the slot a mail, if there is a line for it. */
static bool
slot_take(struct round *round, struct slot *slot)
{
	struct line	*line = free_line(round);

	if (line == NULL || !turn_take(round, slot))
		return false;
	slot_ready(round, slot, line);
	return true;
}

/* The mail is made: is there a line for it? The oldest comes first. */
static bool
slot_wait(struct round *round, struct slot *slot)
{
	struct line	*line = free_line(round);

	if (round_is_over(round) || is_stale(slot))
		slot_give_back(round, slot);
	else if (line != NULL && slot == round_oldest(round))
		slot_ready(round, slot, line);
	else
		return false;
	return true;
}

/* The server has answered. */
static void
slot_answer(struct round *round, struct slot *slot)
{
	deliver_mail_end(&round->pass, slot, round_under_way(round) > 1);
	round_settle(round, slot);
	/* Before all else the connection has what is made for it. */
	while ((slot = round_oldest(round)) != NULL && slot_wait(round, slot))
		if (slot->line != NULL && !courier_is_busy(slot->line->courier))
			slot_go(round, slot);
}

/* Its line is busy. A mail that was begun for it does not wait so long. */
static void
slot_linger(struct round *round, struct slot *slot)
{
	/* When the line is ready, the begin finds that it has no mail. */
	if (slot->state == SLOT_READYING && is_stale(slot))
		slot_unmake(round, slot);
}

/* Go on with a slot until it has to wait, or has no more to do. */
static void
slot_run(struct round *round, struct slot *slot)
{
	bool	is_moving = true;

	while (is_moving) {
		if (slot->line != NULL &&
		    courier_is_busy(slot->line->courier)) {
			slot_linger(round, slot);
			return;
		}
		switch (slot->state) {
		case SLOT_IDLE:
			is_moving = slot_take(round, slot);
			break;
		case SLOT_WAITING:
			is_moving = slot_wait(round, slot);
			break;
		case SLOT_READYING:
			slot_go(round, slot);
			break;
		case SLOT_SENDING:
			slot_answer(round, slot);
			break;
		}
	}
}

/* So long nothing is to be done but to hear; -1: however long it takes. */
static int
patience_ms(const struct round *round)
{
	const struct slot	*slot;
	int			 least_ms = turn_hold_ms(round), ms;

	for (slot = round->slots; slot < round->slots + SLOTS_MAX; slot++) {
		if (!slot->is_made || slot->state == SLOT_SENDING)
			continue;
		ms = deliver_mail_fresh_ms(slot);
		if (least_ms < 0 || ms < least_ms)
			least_ms = ms;
	}
	return least_ms;
}

static void
run_slots(struct round *round)
{
	unsigned int	i;

	for (i = 0; i < SLOTS_MAX; i++)
		slot_run(round, &round->slots[i]);
}

/* All mails that are due. What is left when the pass ends goes back. */
static void
run(struct round *round)
{
	do {
		round->is_moving = false;
		courier_wait(round->pass.parts->couriers, round->count,
		    patience_ms(round));
		run_slots(round);
		if (turn_ahead(round))
			run_slots(round);
		turn_settle_held(round);
	} while (round->is_moving || round_in_hand(round) > 0);
	if (round->batch.count > 0 &&
	    (round->next < round->batch.count || round->end != ST_OK))
		outbox_release(round->pass.parts->outbox, round->batch.token);
}

/* The pass ends, with st: does somebody have to know? */
static enum status
end_pass(struct pass *pass, enum status st)
{
	enum status	kept = judge_end(&pass->judge, st == ST_OK,
			    pass->logged);

	tally_end(pass->parts->tally, pass->parts->outbox);
	if (st != ST_OK)
		return st;
	if (kept == ST_FAIL || pass->is_key_missing || pass->is_unreadable)
		return ST_FAIL;
	return pass->silent > 0 ? ST_RETRY : kept;
}

enum status
deliver_pass(const struct deliver_options *options,
    const struct deliver_parts *parts)
{
	struct round	round = {
		.pass = { .options = options, .parts = parts,
			.judge = { .outbox = parts->outbox } },
		.count = options->connections
	};
	unsigned int	i;

	assert(round.count > 0 && round.count <= SMTP_CONNECTIONS_MAX);
	for (i = 0; i < round.count; i++)
		round.lines[i].courier = parts->couriers[i];
	if (!parts->is_brief)
		round.end = outbox_probe(parts->outbox);
	if (round.end == ST_OK)
		round.end = deliver_report(&round.pass);
	if (round.end == ST_OK)
		run(&round);
	return end_pass(&round.pass, round.end);
}
