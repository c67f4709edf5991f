/*
 * outbox.c - call the database's functions for the mailer: claim mails, and
 * what else is asked of them; edge/outbox-begin and edge/outbox-settle have
 * what comes before and behind a mail's sending.
 *
 * Knows the signatures of sql/code/outbox.sql; opens no sealed PIN.
 */
#include "config.h"

#include "edge/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "edge/outbox-begin.h"
#include "edge/outbox-call.h"
#include "edge/outbox-row.h"
#include "edge/outbox-settle.h"

#define PROBE_TRIES	4		/* hosts that may hang */
#define KEY_IDS_MAX	1024		/* bytes of an SQL array's text */

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

enum status
outbox_settle(struct outbox *outbox, struct outbox_lease *lease,
    enum outbox_result result, unsigned int retry_s, const char *error)
{
	enum status	st;

	st = outbox_settle_row(outbox->db, lease, result, retry_s, error,
	    false);
	db_result_free(&lease->rows);
	return st;
}

enum status
outbox_begin(struct outbox *outbox, struct outbox_want *wants, size_t count)
{
	size_t	i;

	assert(count > 0 && count <= OUTBOX_WANTS_MAX);
	outbox_begin_rows(outbox->db, wants, count);
	for (i = 0; i < count; i++)
		if (wants[i].sent != NULL)
			db_result_free(&wants[i].sent->rows);
	for (i = 0; i < count && wants[i].settled == ST_OK; i++)
		continue;
	return i < count ? wants[i].settled : ST_OK;
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
	const char		*settled[] = { OUTBOX_NOBODY, OUTBOX_NOBODY,
		"again", "0", "" };
	const char		*begun[] = { "{}", "{}", "{}", "{}" };
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
		st = outbox_call_once(outbox->db, outbox_settle_sql, settled,
		    5, &result);
	db_result_free(&result);
	if (st == ST_OK)
		st = outbox_call_once(outbox->db, outbox_begin_sql, begun, 4,
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
