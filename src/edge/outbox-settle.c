/*
 * outbox-settle.c - note the end of an attempt, for as long as that may take.
 */
#include "config.h"

#include "edge/outbox-settle.h"

#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/outbox-call.h"

#define BEGUN_LEASE_MS	(12 * 60 * 1000)
#define LEASE_MARGIN_MS	(30 * 1000)	/* clocks and commits take time */

const char	outbox_settle_sql[] =
    "SELECT umws.outbox_settle($1::uuid, $2::uuid, $3::text, $4::integer, "
    "$5::text)";

void
outbox_settled_sent(const struct outbox_lease *lease, const char *answer)
{
	if (strcmp(answer, "ok") != 0)
		log_warn("settle-late", "id", lease->id, "result",
		    "its lease had ended: the user may get a second copy",
		    NULL);
}

/* Until when to try: a lost "sent" is worth all of the lease. */
static int64_t
settle_until_ms(const struct outbox_lease *lease, bool is_sent)
{
	int64_t	until_ms = clock_ms() + OUTBOX_PATIENCE_MS;
	int64_t	lease_ms = lease->begun_ms + BEGUN_LEASE_MS - LEASE_MARGIN_MS;

	return is_sent && until_ms < lease_ms ? lease_ms : until_ms;
}

enum status
outbox_settle_row(struct db *db, const struct outbox_lease *lease,
    enum outbox_result result, unsigned int retry_s, const char *error,
    bool is_unknown)
{
	static const char *const words[] = {
		[OUTBOX_SENT] = "sent",
		[OUTBOX_RETRY] = "retry",
		[OUTBOX_DOUBT] = "doubt",
		[OUTBOX_AGAIN] = "again",
		[OUTBOX_UNANSWERED] = "unanswered",
		[OUTBOX_WITHHELD] = "withheld",
		[OUTBOX_UNSENT] = "unsent",
		[OUTBOX_UNREADABLE] = "unreadable",
		[OUTBOX_DEAD] = "dead",
		[OUTBOX_LONE] = "lone",
	};
	char			 text[LOG_NUMBER_SIZE];
	const char		*params[] = {
		lease->id, lease->token, words[result],
		log_number(text, retry_s), error
	};
	bool			 is_sent = result == OUTBOX_SENT, was_unknown;
	struct db_result	*answer = NULL;
	enum status		 st;

	st = outbox_call_until(db, outbox_settle_sql, params, 5,
	    settle_until_ms(lease, is_sent), &answer, &was_unknown);
	if (st != ST_OK)
		log_err("settle-failed", "id", lease->id, "result",
		    words[result], "reason", st == ST_BAD ?
		    db_message(db) : "the database", NULL);
	else if (is_sent && !is_unknown && !was_unknown)
		outbox_settled_sent(lease, db_rows(answer) == 1 ?
		    db_text(answer, 0, 0) : "");
	db_result_free(&answer);
	return st == ST_BAD ? ST_FAIL : st;
}
