/*
 * outbox-begin.c - begin mails and note that others were sent, in one call if
 * that can be, else one after the other.
 */
#include "config.h"

#include "edge/outbox-begin.h"

#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/outbox-call.h"
#include "edge/outbox-row.h"
#include "edge/outbox-settle.h"

/* The parameters of outbox_begin() of SQL. */
enum array {
	ARRAY_IDS,
	ARRAY_TOKENS,
	ARRAY_SENT,
	ARRAY_SENT_TOKENS,
	ARRAY_COUNT
};

#define ARRAY_SIZE	(OUTBOX_WANTS_MAX * CRYPTO_UUID_SIZE + 2)

/* A UUID's text has no character that an array's would quote. */
static const char *
word(const struct outbox_want *want, enum array array)
{
	const char	*words[ARRAY_COUNT] = { want->id, want->token };

	if (want->sent != NULL) {
		words[ARRAY_SENT] = want->sent->id;
		words[ARRAY_SENT_TOKENS] = want->sent->token;
	}
	return words[array] == NULL ? OUTBOX_NOBODY : words[array];
}

static void
print_array(const struct outbox_want *wants, size_t count, enum array array,
    char text[ARRAY_SIZE])
{
	char	*end = text;
	size_t	 i;

	assert(count > 0 && count <= OUTBOX_WANTS_MAX);
	for (i = 0; i < count; i++) {
		*end++ = i == 0 ? '{' : ',';
		end = stpcpy(end, word(&wants[i], array));
	}
	(void)strcpy(end, "}");
}

/* Take over what outbox_begin() of SQL said of the mail. */
static void
take_begun(struct outbox_want *want, struct db_result *rows, size_t row,
    int64_t begun_ms)
{
	struct outbox_lease	*lease;

	want->st = ST_OK;
	if (want->id == NULL)
		return;
	lease = &want->mail->lease;
	if (strcmp(db_text(rows, row, COLUMN_RESULT), "ok") != 0) {
		want->st = ST_DENIED;
		return;
	}
	lease->rows = db_result_share(rows);
	assert(strlen(want->id) < sizeof(lease->id));
	strcpy(lease->id, want->id);
	strcpy(lease->token, want->token);
	lease->begun_ms = begun_ms;
	outbox_mail_fill(want->mail, row);
}

/*
 * All of them, in one call.
 *
 * until_ms  of clock_ms(), to try again; 0: another way is left
 */
static enum status
begin(struct db *db, struct outbox_want *wants, size_t count, int64_t until_ms)
{
	char			 arrays[ARRAY_COUNT][ARRAY_SIZE];
	const char		*params[ARRAY_COUNT];
	struct db_result	*rows = NULL;
	int64_t			 begun_ms = clock_ms();
	bool			 was_unknown;
	enum status		 st;
	size_t			 i;

	for (i = 0; i < ARRAY_COUNT; i++) {
		print_array(wants, count, (enum array)i, arrays[i]);
		params[i] = arrays[i];
	}
	st = outbox_call_until(db, outbox_begin_sql, params, ARRAY_COUNT,
	    until_ms, &rows, &was_unknown);
	assert(st != ST_OK || db_rows(rows) == count);
	for (i = 0; st == ST_OK && i < count; i++) {
		if (wants[i].sent != NULL)
			outbox_check_settled(wants[i].sent,
			    db_text(rows, i, COLUMN_SETTLED));
		take_begun(&wants[i], rows, i, begun_ms);
	}
	db_result_free(&rows);
	return st;
}

static void
begin_alone(struct db *db, struct outbox_want *want, int64_t until_ms)
{
	struct outbox_want	only = *want;

	only.sent = NULL;
	want->st = begin(db, &only, 1, until_ms);
	if (want->st == ST_OK)
		want->st = only.st;
	else if (want->st == ST_BAD)
		log_err("begin-refused", "id", want->id, "reason",
		    db_message(db), NULL);
}

/*
 * A begin that is lost would keep its mail waiting for 12 minutes. So all have
 * some patience together: where the database is away at once, where something
 * is in the way of one, a lock, when the others have been tried.
 */
static void
begin_each(struct db *db, struct outbox_want *wants, size_t count)
{
	int64_t			 until_ms = clock_ms() + OUTBOX_PATIENCE_MS;
	struct outbox_want	*want;
	int			 round;

	for (round = 0; round < 2; round++) {
		for (want = wants; want < wants + count; want++) {
			if (want->id == NULL || want->st != ST_BUSY ||
			    clock_ms() >= until_ms)
				continue;
			begin_alone(db, want, round == 0 ? 0 : until_ms);
			if (round == 0 && (want->st == ST_RETRY ||
			    want->st == ST_UNKNOWN))
				begin_alone(db, want, until_ms);
		}
	}
	for (want = wants; want < wants + count; want++)
		if (outbox_is_transient(want->st))
			want->st = ST_RETRY;
}

/*
 * Each by itself, those that were sent first: whatever it was that all
 * together came to, and be it one of the mails that are to be begun.
 */
static void
each(struct db *db, struct outbox_want *wants, size_t count,
    enum status together)
{
	enum status	st = ST_OK;
	size_t		i;

	outbox_settle_sent(db, wants, count, together == ST_UNKNOWN);
	for (i = 0; i < count && st == ST_OK; i++)
		st = wants[i].settled;
	if (st == ST_OK && together == ST_FAIL)
		st = ST_FAIL;
	for (i = 0; i < count; i++)
		wants[i].st = st != ST_OK ? st : wants[i].id == NULL ?
		    ST_OK : ST_BUSY;
	if (st == ST_OK)
		begin_each(db, wants, count);
}

void
outbox_begin_rows(struct db *db, struct outbox_want *wants, size_t count)
{
	enum status	st = ST_BUSY;
	size_t		i;

	for (i = 0; i < count; i++) {
		wants[i].settled = ST_OK;
		if (wants[i].id != NULL)
			*wants[i].mail = (struct outbox_mail){ 0 };
	}
	if (count > 1 || (wants[0].id != NULL && wants[0].sent != NULL))
		st = begin(db, wants, count, 0);
	if (st != ST_OK)
		each(db, wants, count, st);
}
