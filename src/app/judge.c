/*
 * judge.c - decide whether a refused mail is dead, kept or tried later, by
 * what the mail server said to the other mails of the pass.
 *
 * A server can refuse everybody in words that are about one recipient: a
 * wrong smtp_url, its directory gone, a quota that begins in the middle of a
 * pass. What tells the two apart is a mail that is taken between.
 */
#include "config.h"

#include "app/judge.h"

#include <string.h>

#include "base/log.h"

/*
 * With none taken before, so many mails refused for what may be our fault
 * end a pass; and so many whose recipients are said not to be there.
 */
#define DOUBTS_MAX	2
#define STRANGERS_MAX	20

/*
 * One mail alone that is put off is greylisted as a rule, for minutes. At
 * this attempt (about a quarter of an hour with the usual retry_min) it no
 * longer is.
 */
#define USUAL_ATTEMPTS	5

#define WHY		"smtp_url, and the log of the mail server there"

/* Once in a pass: which setting a refusal points to. */
static void
tell(struct judge *judge, const char *reply, const char *at,
    const char *look_at)
{
	if (!judge->is_told)
		log_err("mail-refused-for-us", "reply", reply, "at", at,
		    "look_at", look_at == NULL ? WHY : look_at,
		    "result", "such mails are kept", NULL);
	judge->is_told = true;
}

/* The mail is kept for what somebody must mend, and the pass says so. */
static void
keep(struct judge *judge, const struct verdict *verdict,
    const struct attempt *attempt, enum status why)
{
	if (judge->kept != ST_FAIL)
		judge->kept = why;
	tell(judge, attempt->reply, attempt->at, verdict->look_at);
}

void
judge_taken(struct judge *judge)
{
	judge->taken++;
	judge->doubts = 0;
}

void
judge_missed(struct judge *judge, const char *id)
{
	if (judge->first[0] == '\0')
		strcpy(judge->first, id);
	else if (strcmp(judge->first, id) != 0)
		judge->is_many = true;
}

/* Is there no other mail to ask? When the database is away: who knows. */
static bool
is_alone(struct judge *judge, const char *id)
{
	bool	is_alone = false;

	return !judge->is_many &&
	    outbox_is_alone(judge->outbox, id, &is_alone) == ST_OK &&
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

/*
 * Refused for the first time in this pass: try it again behind the others.
 * Without any that was taken, a few such refusals are enough.
 */
static void
judge_first(struct judge *judge, const struct outbox_mail *mail,
    const struct verdict *verdict, struct attempt *attempt)
{
	if (judge->refused == JUDGE_REFUSED_MAX)
		return;
	strcpy(judge->mails[judge->refused].id, mail->letter.id);
	judge->mails[judge->refused++].taken = judge->taken;
	if (verdict->fault != FAULT_MAIL)
		judge->doubts++;
	if (judge->taken > 0 || (judge->doubts < DOUBTS_MAX &&
	    judge->refused < STRANGERS_MAX)) {
		attempt->retry_s = 0;
		return;
	}
	attempt->pass = ST_FAIL;
	keep(judge, verdict, attempt, ST_FAIL);
}

/* Either it is this mail, or it is us. */
static void
judge_doubt(struct judge *judge, const struct outbox_mail *mail,
    const struct verdict *verdict, struct attempt *attempt)
{
	int	place = find(judge, mail->letter.id);
	bool	is_own;

	if (place < 0)
		is_own = verdict->fault == FAULT_MAIL &&
		    is_alone(judge, mail->letter.id);
	else
		is_own = verdict->fault != FAULT_RELAY &&
		    judge->taken > judge->mails[place].taken;
	if (is_own)
		attempt->result = OUTBOX_DEAD;
	else if (place < 0)
		judge_first(judge, mail, verdict, attempt);
	else
		keep(judge, verdict, attempt, ST_FAIL);
}

/* Our setting, or the server's trouble with it: end, unless others get by. */
static void
judge_setting(struct judge *judge, const struct verdict *verdict,
    enum status why, struct attempt *attempt)
{
	keep(judge, verdict, attempt, why);
	if (judge->taken == 0 || verdict->is_for_all)
		attempt->pass = judge->kept;
}

/* Put off: said at the end of the pass, if then no mail was taken. */
static void
judge_later(struct judge *judge, const struct outbox_mail *mail,
    const struct verdict *verdict, const struct attempt *attempt)
{
	if (verdict->look_at != NULL || mail->attempts >= USUAL_ATTEMPTS)
		judge->is_overdue = true;
	if (judge->is_put_off &&
	    (judge->look_at != NULL || verdict->look_at == NULL))
		return;
	judge->is_put_off = true;
	judge->look_at = verdict->look_at;
	judge->at = attempt->at;
	strcpy(judge->reply, attempt->reply);
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
	case FAULT_ADDRESS:
		keep(judge, verdict, attempt, ST_FAIL);
		break;
	case FAULT_SETTING:
		judge_setting(judge, verdict, ST_FAIL, attempt);
		break;
	case FAULT_SERVER:
		if (verdict->look_at != NULL)
			judge_setting(judge, verdict, ST_RETRY, attempt);
		else
			judge_later(judge, mail, verdict, attempt);
		break;
	case FAULT_LATER:
		judge_later(judge, mail, verdict, attempt);
		break;
	case FAULT_NONE:
		break;
	}
}

enum status
judge_end(struct judge *judge)
{
	if (judge->taken == 0 && judge->is_put_off &&
	    (judge->is_many || judge->is_overdue)) {
		tell(judge, judge->reply, judge->at, judge->look_at);
		if (judge->kept == ST_OK)
			judge->kept = ST_RETRY;
	}
	return judge->kept;
}
