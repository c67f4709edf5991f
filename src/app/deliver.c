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

#include "app/deliver-mail.h"
#include "app/deliver-report.h"
#include "app/judge.h"
#include "app/tally.h"
#include "base/log.h"
#include "edge/clock.h"

/*
 * A pass begins with one connection; another one comes with each so many mails
 * that were taken without trouble. Few mails need no more than one, and what is
 * wrong with all of them is found out by one after the other.
 */
#define MAILS_PER_CONNECTION	8

/*
 * After so many, too, the next mails are begun and composed while the server
 * takes those before them.
 */
#define SLOTS_MAX		(2 * SMTP_CONNECTIONS_MAX)

/* The pass, its connections, and the claimed mails that wait for one. */
struct round {
	struct pass		 pass;
	struct line		 lines[SMTP_CONNECTIONS_MAX];
	struct slot		 slots[SLOTS_MAX];
	unsigned int		 count;		/* of lines */
	struct outbox_batch	 batch;
	size_t			 next;		/* of the batch's mails */
	bool			 is_dry;	/* nothing is due, for now */
	bool			 is_moving;	/* one ended: look again */
	enum status		 end;		/* not ST_OK: no other mail */
};

/* Has a signal, or the time that the pass has, ended it? */
static bool
is_stopping(const struct round *round)
{
	const struct deliver_parts	*parts = round->pass.parts;

	return parts->is_stopping() ||
	    (parts->until_ms != 0 && clock_ms() >= parts->until_ms);
}

static unsigned int
count_in(const struct round *round, enum slot_state state)
{
	unsigned int	i, count = 0;

	for (i = 0; i < SLOTS_MAX; i++)
		count += round->slots[i].state == state;
	return count;
}

static unsigned int
count_in_hand(const struct round *round)
{
	return SLOTS_MAX - count_in(round, SLOT_IDLE);
}

/* Connections that have a mail. */
static unsigned int
count_under_way(const struct round *round)
{
	return count_in(round, SLOT_READYING) + count_in(round, SLOT_SENDING);
}

/* The pass ends with the first thing that is wrong. */
static void
end_with(struct round *round, enum status st)
{
	if (round->end == ST_OK)
		round->end = st;
}

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

/* So many connections may be used, as far as they are there. */
static unsigned int
width(const struct round *round)
{
	return 1 + round->pass.steady / MAILS_PER_CONNECTION;
}

/* A line for another mail, or NULL. */
static struct line *
free_line(struct round *round)
{
	bool		is_held[SMTP_CONNECTIONS_MAX] = { false };
	unsigned int	i;

	if (count_under_way(round) >= width(round))
		return NULL;
	for (i = 0; i < SLOTS_MAX; i++)
		if (round->slots[i].line != NULL)
			is_held[round->slots[i].line - round->lines] = true;
	for (i = 0; i < round->count; i++)
		if (!is_held[i] && !round->lines[i].is_shut)
			return &round->lines[i];
	return NULL;
}

/* May a mail be made for when a line is free? One for each that is quick. */
static bool
may_make(const struct round *round)
{
	unsigned int	i, quick = 0;

	for (i = 0; i < SLOTS_MAX; i++)
		quick += deliver_mail_is_quick(&round->slots[i]);
	return width(round) > 1 && count_in(round, SLOT_WAITING) < quick;
}

/* Nobody follows the one that was sent: note that by itself. */
static void
settle_sent(struct round *round, struct slot *slot)
{
	if (slot->sent.row == NULL)
		return;
	end_with(round, outbox_settle(round->pass.parts->outbox, &slot->sent,
	    OUTBOX_SENT, 0, ""));
}

/* See that there is a claimed mail; false when none is due, or we end. */
static bool
has_mail(struct round *round, struct slot *slot)
{
	const struct pass	*pass = &round->pass;

	if (round->next < round->batch.count)
		return true;
	settle_sent(round, slot);
	if (round->is_dry || round->end != ST_OK)
		return false;
	end_with(round, outbox_claim(pass->parts->outbox,
	    pass->options->batch, &round->batch));
	round->next = 0;
	round->is_dry = round->batch.count == 0;
	return round->end == ST_OK && !round->is_dry;
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
		settle_sent(round, slot);
}

/* It has no mail now, and no line. */
static void
slot_end(struct slot *slot)
{
	slot->state = SLOT_IDLE;
	slot->line = NULL;
}

/* Its mail is not to be sent yet: it is due again, and anybody's. */
static void
slot_unmake(struct round *round, struct slot *slot)
{
	deliver_mail_drop(slot);
	end_with(round, outbox_settle(round->pass.parts->outbox,
	    &slot->mail.lease, OUTBOX_UNSENT, 0, ""));
	round->is_dry = false;
}

/* Its mail waits for another connection, or goes back. */
static void
slot_give_back(struct round *round, struct slot *slot)
{
	struct outbox	*outbox = round->pass.parts->outbox;

	slot_end(slot);
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
	if (count_under_way(round) > 0) {
		line->is_shut = true;
		log_info("smtp-connections", "reply",
		    courier_reply(line->courier), "left",
		    log_number(connections, count_under_way(round)), NULL);
		return;
	}
	courier_tell(line->courier, st);
	if (st == ST_FAIL)
		round->pass.logged = courier_verdict(line->courier).look_at;
	end_with(round, st);
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

	if (!attempt->is_domains || count_under_way(round) > 0)
		return false;
	outbox_release(outbox, round->batch.token);
	round->batch.count = round->next = 0;
	return outbox_give_way(outbox, round->pass.judge.domain,
	    round->pass.options->retry_min_s, &has) == ST_OK && has;
}

/* An attempt is over. What was sent is settled with the next one's begin. */
static void
slot_settle(struct round *round, struct slot *slot)
{
	const struct attempt	*attempt = &slot->attempt;

	tally_attempt(round->pass.parts->tally, &slot->mail, attempt);
	slot_end(slot);
	/* Something may be due again. */
	round->is_dry = false;
	round->is_moving = true;
	if (attempt->result == OUTBOX_SENT)
		slot->sent = slot->mail.lease;
	else
		end_with(round, outbox_settle(round->pass.parts->outbox,
		    &slot->mail.lease, attempt->result, attempt->retry_s,
		    attempt->reply));
	if (attempt->pass != ST_OK && !has_others(round, attempt))
		end_with(round, attempt->pass);
}

/* Is the mail still wanted? Then it is made; false: it is not to be sent. */
static bool
slot_begin(struct round *round, struct slot *slot)
{
	enum status	st;

	st = outbox_begin(round->pass.parts->outbox, slot->id, slot->token,
	    slot->sent.row != NULL ? &slot->sent : NULL, &slot->mail);
	if (st == ST_OK && deliver_mail_make(&round->pass, slot))
		return true;
	if (st == ST_OK)
		slot_settle(round, slot);
	else
		slot_end(slot);
	if (st != ST_OK && st != ST_DENIED && st != ST_BAD)
		end_with(round, st);
	return false;
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
	if (round->end != ST_OK || is_stopping(round) || is_stale(slot)) {
		slot_give_back(round, slot);
		return;
	}
	if (!slot->is_made && !slot_begin(round, slot))
		return;
	slot->order = judge_begin(&round->pass.judge);
	slot->state = SLOT_SENDING;
	deliver_mail_start(slot);
}

/* Give the slot a mail, to go now or to be made meanwhile. */
static bool
slot_take(struct round *round, struct slot *slot)
{
	struct line	*line = free_line(round);
	const char	*id;

	if (round->end != ST_OK || is_stopping(round) || has_lone(round) ||
	    (line == NULL && !may_make(round)) || !has_mail(round, slot))
		return false;
	id = round->batch.ids[round->next];
	slot->is_lone = judge_knows(&round->pass.judge, id);
	if (slot->is_lone && count_in_hand(round) > 0)
		return false;
	strcpy(slot->id, id);
	strcpy(slot->token, round->batch.token);
	round->next++;
	if (line != NULL)
		slot_ready(round, slot, line);
	else if (slot_begin(round, slot))
		slot->state = SLOT_WAITING;
	return true;
}

/* The mail is made: is there a line for it? */
static bool
slot_wait(struct round *round, struct slot *slot)
{
	struct line	*line = free_line(round);

	if (round->end != ST_OK || is_stopping(round) || is_stale(slot))
		slot_give_back(round, slot);
	else if (line != NULL)
		slot_ready(round, slot, line);
	else
		return false;
	return true;
}

/* The server has answered. */
static void
slot_answer(struct round *round, struct slot *slot)
{
	unsigned int	i;

	deliver_mail_end(&round->pass, slot, count_under_way(round) > 1);
	slot_settle(round, slot);
	/* Before all else the connection has what is made for it. */
	for (i = 0; i < SLOTS_MAX; i++) {
		slot = &round->slots[i];
		if (slot->state == SLOT_WAITING && slot_wait(round, slot) &&
		    slot->line != NULL && !courier_is_busy(slot->line->courier))
			slot_go(round, slot);
	}
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
			if (!is_moving)
				settle_sent(round, slot);
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
	int			 least_ms = -1, ms;

	for (slot = round->slots; slot < round->slots + SLOTS_MAX; slot++) {
		if (!slot->is_made || slot->state == SLOT_SENDING)
			continue;
		ms = deliver_mail_fresh_ms(slot);
		if (least_ms < 0 || ms < least_ms)
			least_ms = ms;
	}
	return least_ms;
}

/* All mails that are due. What is left when the pass ends goes back. */
static void
run(struct round *round)
{
	struct courier *const	*couriers = round->pass.parts->couriers;
	unsigned int		 i;

	do {
		round->is_moving = false;
		courier_wait(couriers, round->count, patience_ms(round));
		for (i = 0; i < SLOTS_MAX; i++)
			slot_run(round, &round->slots[i]);
	} while (round->is_moving || count_in_hand(round) > 0);
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
