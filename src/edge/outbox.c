/*
 * outbox.c - call the database's functions for the mailer: claim, begin and
 * settle mails, and try again where the database is away.
 *
 * Knows the signatures of sql/code/outbox.sql; opens no sealed PIN.
 */
#include "config.h"

#include "edge/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/outbox-call.h"
#include "edge/outbox-row.h"

#define BEGUN_LEASE_MS	(12 * 60 * 1000)
#define LEASE_MARGIN_MS	(30 * 1000)	/* clocks and commits take time */
#define PATIENCE_MS	(60 * 1000)	/* for what can be done again:
					 * longer than a failover */
#define PROBE_TRIES	4		/* hosts that may hang */
#define KEY_IDS_MAX	1024		/* bytes of an SQL array's text */

static const char	settle_sql[] = "SELECT umws.outbox_settle("
			    "$1::uuid, $2::uuid, $3::text, $4::integer, "
			    "$5::text)";

struct outbox {
	struct db		*db;
	struct buf		 key_ids;	/* {"id","id"} */
	unsigned int		 expired;	/* mails that were named */
};

enum status
outbox_new(struct db *db, const struct keyring *keys, struct outbox **outbox)
{
	struct outbox	*new = calloc(1, sizeof(*new));
	enum status	 st;
	size_t		 i;

	*outbox = NULL;
	if (new == NULL) {
		log_err("no-memory", "for", "outbox", NULL);
		return ST_RETRY;
	}
	new->db = db;
	new->key_ids.max = KEY_IDS_MAX;
	/* Ids consist of letters, digits, '.', '_' and '-': keyring.h. */
	for (i = 0; i < keyring_count(keys); i++) {
		buf_puts(&new->key_ids, i == 0 ? "{\"" : "\",\"");
		buf_puts(&new->key_ids, keyring_at(keys, i)->id);
	}
	buf_puts(&new->key_ids, i == 0 ? "{}" : "\"}");
	*outbox = new;
	st = buf_status(&new->key_ids);
	if (st != ST_OK) {
		log_err("mail-keys-refused", "reason", st == ST_BAD ?
		    "too many" : "no memory", NULL);
		outbox_free(outbox);
	}
	return st == ST_BAD ? ST_FAIL : st;
}

void
outbox_free(struct outbox **outbox)
{
	if (*outbox == NULL)
		return;
	buf_free(&(*outbox)->key_ids);
	free(*outbox);
	*outbox = NULL;
}

const char *
outbox_key_ids(const struct outbox *outbox)
{
	return buf_text(&outbox->key_ids);
}

enum status
outbox_probe(struct outbox *outbox)
{
	struct db_result	*result = NULL;
	enum status		 st;
	int			 tries = 0;

	/* Without an answer, or a lock, the next call goes to another host. */
	do {
		st = db_call(outbox->db, "SELECT umws.write_probe()", NULL, 0,
		    0, &result);
		db_result_free(&result);
	} while ((st == ST_UNKNOWN || st == ST_BUSY) &&
	    ++tries < PROBE_TRIES);
	if (outbox_is_transient(st))
		return ST_RETRY;
	return st == ST_OK ? ST_OK : ST_FAIL;
}

/* Columns of outbox_claim()'s result. */
enum {
	CLAIMED_ID,
	CLAIMED_IS_EXPIRED,
	CLAIMED_LAST_ERROR
};

/* A mail is lost by time, the server's or ours: its user waits for it. */
static void
tell_expired(struct outbox *outbox, const struct db_result *result)
{
	char		text[LOG_NUMBER_SIZE];
	const char	*reason;
	unsigned int	others = 0;
	size_t		i;

	for (i = 0; i < db_rows(result); i++) {
		if (!db_bool(result, i, CLAIMED_IS_EXPIRED))
			continue;
		if (outbox->expired == OUTBOX_EXPIRED_MAX) {
			others++;
			continue;
		}
		outbox->expired++;
		reason = db_text(result, i, CLAIMED_LAST_ERROR);
		log_warn("mail-expired", "id", db_text(result, i, CLAIMED_ID),
		    "reason", reason[0] == '\0' ? "it was never tried, or "
		    "its mailer died" : reason, "todo", "a new reset of its "
		    "mailbox sends another", NULL);
	}
	if (others > 0)
		log_warn("mails-expired", "others", log_number(text, others),
		    "todo", "see umwsctl outbox list", NULL);
}

/* As outbox_claim(); limit 0 takes none. */
static enum status
claim(struct outbox *outbox, unsigned int limit, struct outbox_batch *batch)
{
	static const char	 sql[] =
	    "SELECT id, is_expired, last_error FROM "
	    "umws.outbox_claim($1::text[], $2::integer, $3::uuid)";
	char			 text[LOG_NUMBER_SIZE];
	const char		*params[] = {
		outbox->key_ids.data, log_number(text, limit), batch->token
	};
	struct db_result	*result = NULL;
	enum status		 st;
	size_t			 i;

	batch->count = 0;
	crypto_uuid(batch->token);
	st = outbox_call_once(outbox->db, sql, params, 3, &result);
	if (st != ST_OK)
		goto out;
	tell_expired(outbox, result);
	for (i = 0; i < db_rows(result) && batch->count < OUTBOX_BATCH_MAX;
	    i++)
		if (!db_bool(result, i, CLAIMED_IS_EXPIRED) &&
		    db_copy_text(result, i, CLAIMED_ID,
		    batch->ids[batch->count], sizeof(batch->ids[0])) == ST_OK)
			batch->count++;
out:
	db_result_free(&result);
	return st;
}

enum status
outbox_claim(struct outbox *outbox, unsigned int limit,
    struct outbox_batch *batch)
{
	assert(limit > 0 && limit <= OUTBOX_BATCH_MAX);
	return claim(outbox, limit, batch);
}

void
outbox_release(struct outbox *outbox, const char *token)
{
	const char		*params[] = { token };
	struct db_result	*result = NULL;
	enum status		 st;

	st = outbox_call_once(outbox->db,
	    "SELECT umws.outbox_release($1::uuid)", params, 1, &result);
	if (st == ST_OK)
		db_result_free(&result);
}

/* Take over what outbox_begin() of SQL said of the mail. */
static enum status
take_begun(const char *id, const char *token, int64_t begun_ms,
    struct db_result *row, struct outbox_mail *mail)
{
	if (db_rows(row) != 1 ||
	    strcmp(db_text(row, 0, COLUMN_RESULT), "ok") != 0) {
		db_result_free(&row);
		return ST_DENIED;
	}
	mail->lease.row = row;
	strcpy(mail->lease.id, id);
	strcpy(mail->lease.token, token);
	mail->lease.begun_ms = begun_ms;
	outbox_mail_fill(mail);
	return ST_OK;
}

static enum status
begin_alone(struct outbox *outbox, const char *id, const char *token,
    struct outbox_mail *mail)
{
	const char		*params[] = { id, token, NULL };
	struct db_result	*row = NULL;
	int64_t			 begun_ms = clock_ms();
	bool			 was_unknown;
	enum status		 st;

	/* A begin that is lost would keep the mail waiting for 12 minutes. */
	st = outbox_call_until(outbox->db, outbox_begin_sql, params, 3,
	    begun_ms + PATIENCE_MS, &row, &was_unknown);
	if (st == ST_BAD)
		log_err("begin-refused", "id", id, "reason",
		    db_message(outbox->db), NULL);
	if (st != ST_OK)
		return st;
	return take_begun(id, token, begun_ms, row, mail);
}

/* What a settle's answer means: gone is bad news only if it was sent. */
static void
check_settled(const struct outbox_lease *lease,
    const struct db_result *answer, bool is_sent, bool was_unknown)
{
	bool	is_ok = db_rows(answer) == 1 &&
		    strcmp(db_text(answer, 0, COLUMN_SETTLED), "ok") == 0;

	if (!is_ok && is_sent && !was_unknown)
		log_warn("settle-late", "id", lease->id, "result",
		    "its lease had ended: the user may get a second copy",
		    NULL);
}

/* Until when to try: a lost "sent" is worth all of the lease. */
static int64_t
settle_until_ms(const struct outbox_lease *lease, bool is_sent)
{
	int64_t	until_ms = clock_ms() + PATIENCE_MS;
	int64_t	lease_ms = lease->begun_ms + BEGUN_LEASE_MS - LEASE_MARGIN_MS;

	return is_sent && until_ms < lease_ms ? lease_ms : until_ms;
}

/*
 * Settle a begun mail with patience.
 *
 * is_unknown  whether it may have been settled already
 */
static enum status
settle(struct outbox *outbox, const struct outbox_lease *lease,
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

	st = outbox_call_until(outbox->db, settle_sql, params, 5,
	    settle_until_ms(lease, is_sent), &answer, &was_unknown);
	if (st == ST_OK)
		check_settled(lease, answer, is_sent,
		    is_unknown || was_unknown);
	else
		log_err("settle-failed", "id", lease->id, "result",
		    words[result], "reason", st == ST_BAD ?
		    db_message(outbox->db) : "the database", NULL);
	db_result_free(&answer);
	return st == ST_BAD ? ST_FAIL : st;
}

enum status
outbox_settle(struct outbox *outbox, struct outbox_lease *lease,
    enum outbox_result result, unsigned int retry_s, const char *error)
{
	enum status	st;

	st = settle(outbox, lease, result, retry_s, error, false);
	db_result_free(&lease->row);
	return st;
}

/* Note that one was sent and begin the next, in one call if that can be. */
static enum status
begin_behind(struct outbox *outbox, const char *id, const char *token,
    const struct outbox_lease *sent, struct outbox_mail *mail)
{
	const char		*params[] = { id, token, sent->id };
	struct db_result	*row = NULL;
	int64_t			 begun_ms = clock_ms();
	enum status		 both = ST_BUSY, st;

	if (strcmp(token, sent->token) == 0)
		both = db_call(outbox->db, outbox_begin_sql, params, 3, 0,
		    &row);
	if (both == ST_OK) {
		check_settled(sent, row, true, false);
		return take_begun(id, token, begun_ms, row, mail);
	}
	/* Whatever it was, and be it the next mail: this one is first. */
	st = settle(outbox, sent, OUTBOX_SENT, 0, "", both == ST_UNKNOWN);
	if (st != ST_OK || both == ST_FAIL)
		return st != ST_OK ? st : ST_FAIL;
	return begin_alone(outbox, id, token, mail);
}

enum status
outbox_begin(struct outbox *outbox, const char *id, const char *token,
    struct outbox_lease *sent, struct outbox_mail *mail)
{
	enum status	st;

	assert(strlen(id) < sizeof(mail->lease.id));
	*mail = (struct outbox_mail){ 0 };
	if (sent == NULL)
		return begin_alone(outbox, id, token, mail);
	st = begin_behind(outbox, id, token, sent, mail);
	db_result_free(&sent->row);
	return st;
}

/* A question whose answer is yes or no; no without one. */
static enum status
ask(struct outbox *outbox, const char *sql, const char *const *params,
    size_t count, bool *is_so)
{
	struct db_result	*result = NULL;
	enum status		 st;

	*is_so = false;
	st = outbox_call_once(outbox->db, sql, params, count, &result);
	if (st == ST_OK && db_rows(result) == 1)
		*is_so = db_bool(result, 0, 0);
	db_result_free(&result);
	return st;
}

enum status
outbox_is_alone(struct outbox *outbox, const char *id, bool *is_alone)
{
	const char	*params[] = { id };

	return ask(outbox, "SELECT umws.outbox_is_alone($1::uuid)", params, 1,
	    is_alone);
}

enum status
outbox_give_way(struct outbox *outbox, const char *domain,
    unsigned int retry_s, bool *has_others)
{
	char		 text[LOG_NUMBER_SIZE];
	const char	*params[] = { domain, log_number(text, retry_s) };

	return ask(outbox, "SELECT umws.outbox_give_way($1, $2)", params, 2,
	    has_others);
}

enum status
outbox_vouch(struct outbox *outbox)
{
	struct db_result	*result = NULL;
	enum status		 st;

	st = outbox_call_once(outbox->db, "SELECT umws.outbox_vouch()", NULL,
	    0, &result);
	db_result_free(&result);
	return st;
}

enum status
outbox_left(struct outbox *outbox, int64_t *waiting, int64_t *oldest_s)
{
	struct db_result	*result = NULL;
	enum status		 st;

	*waiting = *oldest_s = 0;
	st = outbox_call_once(outbox->db,
	    "SELECT waiting, oldest_s FROM umws.outbox_left()", NULL, 0,
	    &result);
	if (st == ST_OK && db_rows(result) == 1) {
		*waiting = db_number(result, 0, 0);
		*oldest_s = db_number(result, 0, 1);
	}
	db_result_free(&result);
	return st;
}

/* A query of one column into a list with commas. */
static enum status
list_names(struct outbox *outbox, const char *sql, const char *const *params,
    size_t count, struct buf *names)
{
	struct db_result	*result = NULL;
	enum status		 st;
	size_t			 i;

	st = outbox_call_once(outbox->db, sql, params, count, &result);
	if (st != ST_OK)
		goto out;
	for (i = 0; i < db_rows(result); i++) {
		buf_puts(names, i == 0 ? "" : ",");
		buf_puts(names, db_text(result, i, 0));
	}
out:
	db_result_free(&result);
	return st;
}

enum status
outbox_missing_keys(struct outbox *outbox, struct buf *names)
{
	const char	*params[] = { outbox->key_ids.data };

	return list_names(outbox, "SELECT * FROM "
	    "umws.outbox_missing_keys($1::text[]) ORDER BY 1", params, 1,
	    names);
}

enum status
outbox_unreadable(struct outbox *outbox, struct buf *ids)
{
	return list_names(outbox, "SELECT * FROM umws.outbox_unreadable()",
	    NULL, 0, ids);
}

/* What a pass with one mail asks, of mails that are nobody's. */
static enum status
ask_in_vain(struct outbox *outbox)
{
	static const char	 nobody[] =
	    "00000000-0000-0000-0000-000000000000";
	const char		*settled[] = { nobody, nobody, "again", "0",
		"" };
	const char		*begun[] = { nobody, nobody, NULL };
	struct buf		 names = BUF_INIT(OUTBOX_NAMES_MAX);
	struct outbox_batch	 batch;
	struct db_result	*result = NULL;
	enum status		 st;

	st = outbox_missing_keys(outbox, &names);
	if (st == ST_OK)
		st = outbox_unreadable(outbox, &names);
	if (st == ST_OK)
		st = claim(outbox, 0, &batch);
	if (st == ST_OK)
		st = outbox_call_once(outbox->db, settle_sql, settled, 5,
		    &result);
	db_result_free(&result);
	if (st == ST_OK)
		st = outbox_call_once(outbox->db, outbox_begin_sql, begun, 3,
		    &result);
	db_result_free(&result);
	buf_free(&names);
	return st;
}

void
outbox_warm(struct outbox *outbox)
{
	/* What is asked a second time is prepared: db.h. */
	if (ask_in_vain(outbox) == ST_OK)
		(void)ask_in_vain(outbox);
}
