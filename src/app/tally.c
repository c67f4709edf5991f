/*
 * tally.c - count the mails of a pass, and tell of them.
 */
#include "config.h"

#include "app/tally.h"

#include <stdbool.h>

#include "base/log.h"

/* One that is tried again in this pass is counted when that is over. */
static void
count(struct tally *tally, const struct attempt *attempt)
{
	tally->attempts++;
	switch (attempt->result) {
	case OUTBOX_SENT:
		tally->sent++;
		break;
	case OUTBOX_RETRY:
	case OUTBOX_DOUBT:
	case OUTBOX_AGAIN:
	case OUTBOX_UNANSWERED:
	case OUTBOX_WITHHELD:
	case OUTBOX_UNSENT:	/* no attempt: it never comes here */
	case OUTBOX_UNREADABLE:
		tally->deferred += attempt->retry_s > 0;
		break;
	case OUTBOX_DEAD:
	case OUTBOX_LONE:
		tally->dead++;
		break;
	}
}

void
tally_attempt(struct tally *tally, const struct outbox_mail *mail,
    const struct attempt *attempt)
{
	static const char *const words[] = {
		[OUTBOX_SENT] = "sent",
		[OUTBOX_RETRY] = "retry",
		[OUTBOX_DOUBT] = "retry",
		[OUTBOX_AGAIN] = "retry",
		[OUTBOX_UNANSWERED] = "unanswered",
		[OUTBOX_WITHHELD] = "withheld",
		[OUTBOX_UNSENT] = "unsent",
		[OUTBOX_UNREADABLE] = "unreadable",
		[OUTBOX_DEAD] = "dead",
		[OUTBOX_LONE] = "dead",
	};
	bool	is_kept = attempt->result != OUTBOX_SENT &&
		    attempt->result != OUTBOX_DEAD &&
		    attempt->result != OUTBOX_LONE;
	char	attempts[LOG_NUMBER_SIZE], retry_s[LOG_NUMBER_SIZE];

	log_info("mail", "id", mail->letter.id, "kind", mail->letter.kind,
	    "result", words[attempt->result],
	    "attempts", log_number(attempts, mail->attempts -
	    (attempt->result == OUTBOX_WITHHELD)),
	    "retry_s", is_kept ? log_number(retry_s, attempt->retry_s) : NULL,
	    "reply", attempt->reply,
	    "at", attempt->result == OUTBOX_SENT ? NULL : attempt->at, NULL);
	count(tally, attempt);
}

void
tally_end(const struct tally *tally, struct outbox *outbox)
{
	char	sent[LOG_NUMBER_SIZE], deferred[LOG_NUMBER_SIZE];
	char	dead[LOG_NUMBER_SIZE], left[LOG_NUMBER_SIZE];
	char	oldest[LOG_NUMBER_SIZE];
	int64_t	waiting, oldest_s;
	bool	is_known;

	if (tally->attempts == 0)
		return;
	is_known = outbox_left(outbox, &waiting, &oldest_s) == ST_OK;
	log_info("pass", "sent", log_number(sent, tally->sent),
	    "deferred", log_number(deferred, tally->deferred),
	    "dead", log_number(dead, tally->dead),
	    "left", is_known ? log_number(left, waiting) : NULL,
	    "oldest_s", is_known && waiting > 0 ?
	    log_number(oldest, oldest_s) : NULL, NULL);
}
