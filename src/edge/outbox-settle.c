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

#define SENT		"sent"		/* the result that must not be lost */

const char	outbox_settle_sql[] =
    "SELECT umws.outbox_settle($1::uuid, $2::uuid, $3::text, $4::integer, "
    "$5::text)";

void
outbox_check_settled(const struct outbox_lease *lease, const char *answer)
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

static void
tell_failed(struct db *db, const struct outbox_lease *lease,
    const char *result, enum status st)
{
	log_err("settle-failed", "id", lease->id, "result", result, "reason",
	    st == ST_BAD ? db_message(db) : "the database", NULL);
}

/*
 * until_ms    of clock_ms(), to try again; 0: once
 * is_unknown  whether it may have been settled before this call, or by it
 */
static enum status
call(struct db *db, const struct outbox_lease *lease, const char *result,
    unsigned int retry_s, const char *error, int64_t until_ms,
    bool *is_unknown)
{
	char			 text[LOG_NUMBER_SIZE];
	const char		*params[] = {
		lease->id, lease->token, result, log_number(text, retry_s),
		error
	};
	struct db_result	*answer = NULL;
	bool			 was_unknown;
	enum status		 st;

	st = outbox_call_until(db, outbox_settle_sql, params, 5, until_ms,
	    &answer, &was_unknown);
	*is_unknown |= was_unknown;
	if (st == ST_OK && strcmp(result, SENT) == 0 && !*is_unknown)
		outbox_check_settled(lease, db_rows(answer) == 1 ?
		    db_text(answer, 0, 0) : "");
	*is_unknown |= st == ST_UNKNOWN;
	db_result_free(&answer);
	return st;
}

enum status
outbox_settle_row(struct db *db, const struct outbox_lease *lease,
    enum outbox_result result, unsigned int retry_s, const char *error,
    bool is_unknown)
{
	static const char *const words[] = {
		[OUTBOX_SENT] = SENT,
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
	enum status	st;

	st = call(db, lease, words[result], retry_s, error,
	    settle_until_ms(lease, result == OUTBOX_SENT), &is_unknown);
	if (st != ST_OK)
		tell_failed(db, lease, words[result], st);
	return st == ST_BAD ? ST_FAIL : st;
}

/* Of those that something was in the way of, the one whose lease ends first. */
static struct outbox_want *
first_busy(struct outbox_want *wants, size_t count)
{
	struct outbox_want	*first = NULL;
	size_t			 i;

	for (i = 0; i < count; i++)
		if (wants[i].settled == ST_BUSY && (first == NULL ||
		    wants[i].sent->begun_ms < first->sent->begun_ms))
			first = &wants[i];
	return first;
}

void
outbox_settle_sent(struct db *db, struct outbox_want *wants, size_t count,
    bool is_unknown)
{
	struct outbox_want	*want;
	bool			 is_patient = true, was_unknown;

	for (want = wants; want < wants + count; want++) {
		want->settled = ST_OK;
		if (want->sent == NULL)
			continue;
		was_unknown = is_unknown;
		want->settled = call(db, want->sent, SENT, 0, "", 0,
		    &was_unknown);
		if (want->settled == ST_OK || want->settled == ST_BUSY)
			continue;
		/* Where the database stayed away so long, it may not again. */
		if (is_patient || !outbox_is_transient(want->settled))
			want->settled = outbox_settle_row(db, want->sent,
			    OUTBOX_SENT, 0, "", was_unknown);
		else
			tell_failed(db, want->sent, SENT, want->settled);
		is_patient = is_patient && want->settled != ST_RETRY;
	}
	while ((want = first_busy(wants, count)) != NULL)
		want->settled = outbox_settle_row(db, want->sent, OUTBOX_SENT,
		    0, "", is_unknown);
}
