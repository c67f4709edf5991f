/*
 * judge.c - decide whether a refused mail is dead, kept or tried later, by
 * what the mail server said to the other mails of the pass.
 *
 * A server can refuse everybody in words that are about one recipient: a
 * wrong smtp_url, its directory gone, a quota that begins in the middle of a
 * pass. What tells the two apart is a mail that is taken between. It can also
 * refuse one mail and take the next for reasons of its own, as a limit does:
 * then many mails are refused, or another one in the next pass.
 */
#include "config.h"

#include "app/judge.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"

/*
 * With none taken before, so many mails refused for what may be our fault
 * end a pass; and so many whose recipients are said not to be there.
 */
#define DOUBTS_MAX	2
#define STRANGERS_MAX	20

/*
 * So many mails of a pass may be refused and die of it: of a hundred that
 * were taken, so many more; but always the number behind. Unknown recipients
 * come in heaps, as after an import with mistakes.
 */
#define DOUBTS_PERCENT		10
#define DOUBTS_FEW		1
#define NAMED_FEW		3	/* in doubt, about a recipient */
#define STRANGERS_PERCENT	100
#define STRANGERS_FEW		3

/*
 * One mail alone that is put off is greylisted as a rule, for minutes. At
 * this attempt (about a quarter of an hour with the usual retry_min) it no
 * longer is. At the later one it has waited for two hours.
 */
#define USUAL_ATTEMPTS	5
#define LATE_ATTEMPTS	8

#define WHY		"smtp_url, and the log of the mail server there"

static void
note(struct judge_note *note, const char *reply, const char *at,
    const char *look_at)
{
	note->is_set = true;
	note->look_at = look_at;
	note->at = at;
	strcpy(note->reply, reply);
}

/* The mail is kept for what somebody must mend, and the pass will say so. */
static void
keep(struct judge *judge, const struct verdict *verdict,
    const struct attempt *attempt, enum status why)
{
	if (judge->kept != ST_FAIL)
		judge->kept = why;
	if (!judge->ours.is_set)
		note(&judge->ours, attempt->reply, attempt->at,
		    verdict->look_at);
}

/*
 * The pass ends, for what this mail has heard; unless it may be about its
 * domain, and another domain has not been asked.
 */
static void
end_pass(struct judge *judge, const struct outbox_mail *mail,
    enum about about, enum status why, struct attempt *attempt)
{
	const char	*at = strrchr(mail->letter.recipient, '@');

	attempt->pass = why;
	if (judge->taken > 0 || about == ABOUT_ALL || at == NULL ||
	    judge->domain[0] != '\0' || why != ST_FAIL)
		return;
	(void)snprintf(judge->domain, sizeof(judge->domain), "%s", at + 1);
	attempt->is_domains = true;
	judge->doubts = 0;
}

unsigned int
judge_begin(struct judge *judge)
{
	return ++judge->begun;
}

void
judge_taken(struct judge *judge, const struct outbox_mail *mail,
    unsigned int order)
{
	judge->taken++;
	if (judge->newest < order)
		judge->newest = order;
	judge->doubts = 0;
	if (judge->taken == 1)
		(void)snprintf(judge->taken_by, sizeof(judge->taken_by), "%s",
		    mail->letter.recipient);
	else if (strcasecmp(judge->taken_by, mail->letter.recipient) != 0)
		judge->is_taken_by_many = true;
}

/* Did the pass take a mail of another recipient? */
static bool
is_witnessed(const struct judge *judge, const struct outbox_mail *mail)
{
	return judge->is_taken_by_many || (judge->taken > 0 &&
	    strcasecmp(judge->taken_by, mail->letter.recipient) != 0);
}

void
judge_missed(struct judge *judge, const char *id)
{
	if (judge->first[0] == '\0')
		strcpy(judge->first, id);
	else if (strcmp(judge->first, id) != 0)
		judge->is_many = true;
}

/* Tell the outbox, once, that mails are taken. */
static void
vouch(struct judge *judge)
{
	if (judge->taken > 0 && !judge->is_vouched)
		judge->is_vouched = outbox_vouch(judge->outbox) == ST_OK;
}

/* Is there no other mail to ask? When the database is away: who knows. */
static bool
is_alone(struct judge *judge, const char *id)
{
	bool	is_alone = false;

	if (judge->is_many)
		return false;
	vouch(judge);
	return outbox_is_alone(judge->outbox, id, &is_alone) == ST_OK &&
	    is_alone;
}

/* The mail's place among those that were refused in this pass, or -1. */
static int
find(const struct judge *judge, const char *id)
{
	unsigned int	i;

	for (i = 0; i < judge->refused; i++)
		if (strcmp(judge->mails[i].id, id) == 0)
			return (int)i;
	return -1;
}

bool
judge_knows(const struct judge *judge, const char *id)
{
	return find(judge, id) >= 0;
}

/* Are more refused than can be at fault, beside those that were taken? */
static bool
is_too_many(const struct judge *judge, unsigned int refused,
    unsigned int percent, unsigned int few)
{
	uint64_t	most = (uint64_t)judge->taken * percent / 100;

	return refused > (most > few ? most : few);
}

/* Refused for the second time in this pass: is it this mail's own fault? */
static bool
is_own(const struct judge *judge, unsigned int place,
    const struct verdict *verdict)
{
	bool	is_named = verdict->about == ABOUT_RECIPIENT;

	if (judge->newest <= judge->mails[place].begun ||
	    judge->mails[place].fault == FAULT_RELAY)
		return false;
	switch (verdict->fault) {
	case FAULT_MAIL:
		return !is_too_many(judge, judge->strangers,
		    STRANGERS_PERCENT, STRANGERS_FEW);
	case FAULT_DOUBT:
		return (is_named || judge->mails[place].is_old) &&
		    !is_too_many(judge, judge->in_doubt, DOUBTS_PERCENT,
		    is_named ? NAMED_FEW : DOUBTS_FEW);
	case FAULT_NONE:
	case FAULT_RELAY:
	case FAULT_SETTING:
	case FAULT_SERVER:
	case FAULT_LATER:
		return false;
	}
	return false;
}

/*
 * Refused for the first time in this pass: try it again behind the others.
 * Without any that was taken, a few such refusals are enough.
 */
static void
judge_first(struct judge *judge, const struct outbox_mail *mail,
    const struct verdict *verdict, struct attempt *attempt)
{
	unsigned int	place = judge->refused;

	judge->strangers += verdict->fault == FAULT_MAIL;
	judge->in_doubt += verdict->fault == FAULT_DOUBT;
	if (place == JUDGE_REFUSED_MAX)
		return;
	strcpy(judge->mails[place].id, mail->letter.id);
	judge->mails[place].begun = judge->begun;
	judge->mails[place].fault = verdict->fault;
	judge->mails[place].is_old = mail->doubted_s >= JUDGE_DOUBT_S;
	judge->refused++;
	if (verdict->fault != FAULT_MAIL)
		judge->doubts++;
	if (judge->taken > 0 || (judge->doubts < DOUBTS_MAX &&
	    judge->refused < STRANGERS_MAX)) {
		attempt->retry_s = 0;
		return;
	}
	keep(judge, verdict, attempt, ST_FAIL);
	end_pass(judge, mail, verdict->about, ST_FAIL, attempt);
}

/* Either it is this mail, or it is us. */
static void
judge_doubt(struct judge *judge, const struct outbox_mail *mail,
    const struct verdict *verdict, struct attempt *attempt)
{
	int	place = find(judge, mail->letter.id);

	if (verdict->fault == FAULT_DOUBT)
		attempt->result = is_witnessed(judge, mail) ? OUTBOX_DOUBT :
		    OUTBOX_AGAIN;
	if (place < 0 && verdict->fault == FAULT_MAIL &&
	    is_alone(judge, mail->letter.id))
		attempt->result = OUTBOX_LONE;
	else if (place < 0)
		judge_first(judge, mail, verdict, attempt);
	else if (is_own(judge, (unsigned int)place, verdict))
		attempt->result = OUTBOX_DEAD;
	else
		keep(judge, verdict, attempt, ST_FAIL);
}

/* Our setting, or the server's trouble with it: end, unless others get by. */
static void
judge_setting(struct judge *judge, const struct outbox_mail *mail,
    const struct verdict *verdict, enum status why, struct attempt *attempt)
{
	keep(judge, verdict, attempt, why);
	if (judge->taken == 0 || verdict->about == ABOUT_ALL)
		end_pass(judge, mail, verdict->about, judge->kept, attempt);
}

/* Put off: said at the end of the pass, if then no mail was taken. */
static void
judge_later(struct judge *judge, const struct outbox_mail *mail,
    const char *look_at, const struct attempt *attempt)
{
	if (look_at != NULL || mail->attempts >= USUAL_ATTEMPTS)
		judge->is_overdue = true;
	if (mail->attempts >= LATE_ATTEMPTS && judge->late.id[0] == '\0') {
		strcpy(judge->late.id, mail->letter.id);
		judge->late.attempts = mail->attempts;
		strcpy(judge->late.reply, attempt->reply);
	}
	if (!judge->put_off.is_set ||
	    (judge->put_off.look_at == NULL && look_at != NULL))
		note(&judge->put_off, attempt->reply, attempt->at, look_at);
}

void
judge_silent(struct judge *judge, const struct outbox_mail *mail,
    const struct attempt *attempt)
{
	judge_later(judge, mail, NULL, attempt);
}

void
judge_refused(struct judge *judge, const struct outbox_mail *mail,
    const struct verdict *verdict, struct attempt *attempt)
{
	switch (verdict->fault) {
	case FAULT_MAIL:
	case FAULT_DOUBT:
	case FAULT_RELAY:
		judge_doubt(judge, mail, verdict, attempt);
		break;
	case FAULT_SETTING:
		judge_setting(judge, mail, verdict, ST_FAIL, attempt);
		break;
	case FAULT_SERVER:
		if (verdict->look_at != NULL)
			judge_setting(judge, mail, verdict, ST_RETRY,
			    attempt);
		else
			judge_later(judge, mail, verdict->look_at, attempt);
		break;
	case FAULT_LATER:
		judge_later(judge, mail, verdict->look_at, attempt);
		break;
	case FAULT_NONE:
		break;
	}
}

/*
 * Which setting a refusal points to, unless that has been said. A connection
 * that is refused behind it is refused for the same, as a rule, in whatever
 * words; a mail that has a cause of its own besides comes again.
 */
static void
tell(const struct judge_note *note, const char *logged)
{
	if (logged != NULL)
		return;
	log_err("mail-refused-for-us", "reply", note->reply, "at", note->at,
	    "look_at", note->look_at == NULL ? WHY : note->look_at,
	    "result", "such mails are kept", NULL);
}

/* Others get by, so it is no err; its user still waits for it. */
static void
tell_late(const struct judge *judge)
{
	char	attempts[LOG_NUMBER_SIZE];

	log_warn("mail-overdue", "id", judge->late.id, "attempts",
	    log_number(attempts, judge->late.attempts), "reply",
	    judge->late.reply, "todo", "look into the mail server's log", NULL);
}

enum status
judge_end(struct judge *judge, bool is_through, const char *logged)
{
	const struct judge_note	*why = &judge->ours;

	if (is_through)
		vouch(judge);
	if (!why->is_set && judge->taken == 0 && judge->put_off.is_set &&
	    (judge->is_overdue || (is_through && judge->is_many)))
		why = &judge->put_off;
	if (why->is_set) {
		tell(why, logged);
		if (judge->kept == ST_OK)
			judge->kept = ST_RETRY;
	} else if (judge->late.id[0] != '\0') {
		tell_late(judge);
	}
	return judge->kept;
}
