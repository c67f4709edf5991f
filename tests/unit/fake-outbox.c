/*
 * fake-outbox.c - edge/outbox without a database: mails that a script tells,
 * sealed as the worker would.
 */
#include "config.h"

#include "fake-deliver.h"

#include "unit.h"

#include "core/seal.h"

struct fake_deliver	fake;
struct key		fake_public_key, fake_other_key;

void	*__real_malloc(size_t size);
void	*__wrap_malloc(size_t size);

void *
__wrap_malloc(size_t size)
{
	return fake.is_short ? NULL : __real_malloc(size);
}

void
fake_trace(const char *word, size_t mail)
{
	size_t	len = strlen(fake.trace);

	(void)snprintf(fake.trace + len, sizeof(fake.trace) - len, "%s%zu ",
	    word, mail);
}

void
fake_recipient(size_t mail, char recipient[FAKE_RECIPIENT_SIZE])
{
	(void)snprintf(recipient, FAKE_RECIPIENT_SIZE, "user%zu@example.test",
	    mail);
}

bool
fake_is_stopping(void)
{
	return fake.stop_after != 0 && fake.begun >= fake.stop_after;
}

void
fake_queue(size_t count)
{
	memset(&fake, 0, sizeof(fake));
	fake.count = count;
}

static void
id_of(size_t mail, char id[CRYPTO_UUID_SIZE])
{
	(void)snprintf(id, CRYPTO_UUID_SIZE,
	    "0198b7a2-7c1e-4d5f-9a63-%012u", (unsigned int)mail % 1000);
}

static size_t
mail_of(const char *id)
{
	return (size_t)strtoul(id + 24, NULL, 10);
}

enum status
outbox_claim(struct outbox *outbox, unsigned int limit,
    struct outbox_batch *batch)
{
	assert_null(outbox);
	batch->count = 0;
	strcpy(batch->token, "token");
	if (fake.claim != ST_OK)
		return fake.claim;
	while (batch->count < limit && fake.claimed < fake.count)
		id_of(fake.claimed++, batch->ids[batch->count++]);
	while (batch->count < limit && fake.again_begin < fake.again_end)
		id_of(fake.again[fake.again_begin++],
		    batch->ids[batch->count++]);
	return ST_OK;
}

void
outbox_release(struct outbox *outbox, const char *token)
{
	assert_null(outbox);
	assert_string_equal(token, "token");
	fake.released++;
}

/* Seal as the worker would, with what the script wants wrong. */
static void
seal(size_t index, const struct outbox_mail *mail, struct sealed *sealed)
{
	const struct fake_mail	*script = &fake.mails[index];
	const struct secret	 pin = { 6, PIN };
	struct seal_row		 row = { mail->letter.id, mail->user_id,
		mail->letter.kind, mail->letter.recipient };

	if (script->seal == SEAL_OTHER_ROW)
		row.user_id++;
	assert_int_equal(seal_pin(script->seal == SEAL_OTHER_KEY ?
	    &fake_other_key : &fake_public_key, &row, &pin, sealed), ST_OK);
	if (script->seal == SEAL_DAMAGED)
		sealed->bytes[sealed->len - 1] ^= 1;
}

static enum status
begin(const char *id, struct outbox_mail *mail)
{
	static char	 recipient[FAKE_RECIPIENT_SIZE];
	static char	 begun_id[CRYPTO_UUID_SIZE];
	size_t		 index = mail_of(id);
	struct fake_mail	*script = &fake.mails[index];

	fake.begun++;
	fake.current = index;
	*mail = (struct outbox_mail){ 0 };
	if (script->begin != ST_OK)
		return script->begin;
	id_of(index, begun_id);
	fake_recipient(index, recipient);
	*mail = (struct outbox_mail){
		.letter = {
			.id = begun_id,
			.kind = script->kind == NULL ? "reset" :
			    script->kind,
			.recipient = recipient,
			.locale = "en",
			.extension = "20001",
			.display_name = script->display_name == NULL ?
			    "Jane" : script->display_name,
			.access_numbers = "",
			.contact = "",
			.extra_text = "",
			.brand_name = "",
			.brand_color = "",
			.created_at = NOW,
		},
		.user_id = 7,
		.attempts = script->attempts == 0 ? 1 : script->attempts,
		.unanswered = script->unanswered,
		.doubted_s = script->doubted_s,
		/* That there is one is all that is looked at. */
		.lease.rows = (struct db_result *)&fake,
	};
	strcpy(mail->lease.id, id);
	if (!letter_is_open(&mail->letter))
		seal(index, mail, &mail->sealed);
	fake.is_short = script->is_short;
	return ST_OK;
}

static enum status
settle(enum outbox_result result, unsigned int retry_s, const char *error)
{
	struct fake_mail	*script = &fake.mails[fake.current];

	fake.is_short = false;
	assert_false(script->is_settled);
	script->is_settled = !script->is_again ||
	    (result != OUTBOX_RETRY && result != OUTBOX_DOUBT &&
	    result != OUTBOX_AGAIN) || retry_s > 0;
	if (!script->is_settled) {
		assert_true(fake.again_end < MAILS_MAX);
		fake.again[fake.again_end++] = fake.current;
	}
	script->result = result;
	script->retry_s = retry_s;
	(void)snprintf(script->error, sizeof(script->error), "%s", error);
	return script->settle;
}

enum status
outbox_begin(struct outbox *outbox, struct outbox_want *wants, size_t count)
{
	struct outbox_want	*want = wants;

	assert_null(outbox);
	assert_int_equal(count, 1);
	want->st = want->settled = ST_OK;
	if (want->id == NULL) {
		fake_trace("settle", mail_of(want->sent->id));
	} else {
		assert_string_equal(want->token, "token");
		fake_trace(want->sent == NULL ? "begin" : "next",
		    mail_of(want->id));
	}
	if (want->sent != NULL) {
		assert_int_equal(mail_of(want->sent->id), fake.current);
		want->sent->rows = NULL;
		want->st = want->settled = settle(OUTBOX_SENT, 0, "");
	}
	if (want->st == ST_OK && want->id != NULL)
		want->st = begin(want->id, want->mail);
	return want->settled;
}

enum status
outbox_settle(struct outbox *outbox, struct outbox_lease *lease,
    enum outbox_result result, unsigned int retry_s, const char *error)
{
	assert_null(outbox);
	assert_int_equal(mail_of(lease->id), fake.current);
	lease->rows = NULL;
	fake_trace("settle", fake.current);
	return settle(result, retry_s, error);
}

enum status
outbox_is_alone(struct outbox *outbox, const char *id, bool *is_alone)
{
	size_t	i;

	assert_null(outbox);
	assert_int_equal(mail_of(id), fake.current);
	*is_alone = true;
	for (i = 0; i < fake.count; i++)
		if (i != fake.current && !fake.mails[i].is_settled)
			*is_alone = false;
	return ST_OK;
}

enum status
outbox_give_way(struct outbox *outbox, const char *domain,
    unsigned int retry_s, bool *has_others)
{
	assert_null(outbox);
	assert_true(*domain != '\0' && retry_s > 0);
	*has_others = false;
	return ST_OK;
}

enum status
outbox_vouch(struct outbox *outbox)
{
	assert_null(outbox);
	fake.vouched++;
	return ST_OK;
}

enum status
outbox_probe(struct outbox *outbox)
{
	assert_null(outbox);
	return ST_OK;
}

enum status
outbox_left(struct outbox *outbox, int64_t *waiting, int64_t *oldest_s)
{
	size_t	i;

	assert_null(outbox);
	*waiting = *oldest_s = 0;
	for (i = 0; i < fake.count; i++)
		*waiting += !fake.mails[i].is_settled ||
		    (fake.mails[i].result != OUTBOX_SENT &&
		    fake.mails[i].result != OUTBOX_DEAD &&
		    fake.mails[i].result != OUTBOX_LONE);
	*oldest_s = *waiting * 60;
	return fake.left;
}

enum status
outbox_missing_keys(struct outbox *outbox, struct buf *names)
{
	assert_null(outbox);
	if (fake.missing != NULL)
		buf_puts(names, fake.missing);
	return ST_OK;
}

enum status
outbox_unreadable(struct outbox *outbox, struct buf *ids)
{
	assert_null(outbox);
	if (fake.unreadable != NULL)
		buf_puts(ids, fake.unreadable);
	return ST_OK;
}
