/*
 * deliver-fake.h - what stands behind app/deliver: a scripted queue and a
 * scripted server, and malloc() that refuses while a mail is composed.
 *
 * Link with -Wl,--wrap=malloc.
 */
#ifndef UMWS_DELIVER_FAKE_H
#define UMWS_DELIVER_FAKE_H

#include "unit.h"

#include "core/seal.h"
#include "edge/outbox.h"
#include "edge/smtp.h"

#define MAILS_MAX	8
#define TRACE_MAX	512	/* bytes of a test's calls */
#define PIN		"493817"
#define NOW		1763758680

/* One queued mail: what the fakes answer, and what became of it. */
struct mail {
	/* The script; all zero is an ordinary mail that is taken. */
	enum status		 begin;
	enum status		 send;
	int			 code;
	enum fault		 fault;	/* of send */
	unsigned int		 unanswered;	/* before this attempt */
	const char		*reply;
	const char		*at;
	const char		*display_name;
	unsigned int		 attempts;	/* 0 means the first */
	enum { SEAL_GOOD, SEAL_DAMAGED, SEAL_OTHER_ROW, SEAL_OTHER_KEY } seal;
	bool			 is_short;	/* of memory, to compose it */
	enum status		 settle;
	bool			 is_again;	/* comes, when to be tried
						 * at once, behind others */

	/* What happened. */
	bool			 is_settled;
	enum outbox_result	 result;
	unsigned int		 retry_s;
	char			 error[OUTBOX_ERROR_MAX + 1];
};

static struct {
	struct mail	 mails[MAILS_MAX];
	size_t		 count;
	size_t		 claimed;	/* mails handed out so far */
	size_t		 current;	/* the begun one */
	enum status	 claim;
	enum status	 ready;
	const char	*missing;
	const char	*unreadable;
	size_t		 stop_after;	/* mails begun; 0: never */
	size_t		 begun;
	bool		 is_short;	/* of memory */
	char		 trace[TRACE_MAX];
	unsigned int	 released;
	size_t		 again[MAILS_MAX];
	size_t		 again_begin, again_end;
} fake;

static struct key	 public_key, other_key;

void	*__real_malloc(size_t size);
void	*__wrap_malloc(size_t size);

void *
__wrap_malloc(size_t size)
{
	return fake.is_short ? NULL : __real_malloc(size);
}

static void
trace(const char *word, size_t mail)
{
	size_t	len = strlen(fake.trace);

	(void)snprintf(fake.trace + len, sizeof(fake.trace) - len, "%s%zu ",
	    word, mail);
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

static void
recipient_of(size_t mail, char recipient[64])
{
	(void)snprintf(recipient, 64, "user%zu@example.test", mail);
}

enum status
outbox_claim(struct outbox *outbox, unsigned int limit,
    struct outbox_batch *batch)
{
	assert_null(outbox);
	batch->count = 0;
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
outbox_release(struct outbox *outbox)
{
	assert_null(outbox);
	fake.released++;
}

/* Seal as the worker would, with what the script wants wrong. */
static void
seal(size_t index, const struct outbox_mail *mail, struct sealed *sealed)
{
	const struct mail	*script = &fake.mails[index];
	const struct secret	 pin = { 6, PIN };
	struct seal_row		 row = { mail->id, mail->user_id, mail->kind,
		mail->recipient };

	if (script->seal == SEAL_OTHER_ROW)
		row.user_id++;
	assert_int_equal(seal_pin(script->seal == SEAL_OTHER_KEY ?
	    &other_key : &public_key, &row, &pin, sealed), ST_OK);
	if (script->seal == SEAL_DAMAGED)
		sealed->bytes[sealed->len - 1] ^= 1;
}

static enum status
begin(const char *id, struct outbox_mail *mail)
{
	static char	 recipient[64], begun_id[CRYPTO_UUID_SIZE];
	size_t		 index = mail_of(id);
	struct mail	*script = &fake.mails[index];

	fake.begun++;
	fake.current = index;
	*mail = (struct outbox_mail){ 0 };
	if (script->begin != ST_OK)
		return script->begin;
	id_of(index, begun_id);
	recipient_of(index, recipient);
	*mail = (struct outbox_mail){
		.id = begun_id,
		.user_id = 7,
		.kind = "reset",
		.recipient = recipient,
		.locale = "en",
		.extension = "20001",
		.display_name = script->display_name == NULL ? "Jane" :
		    script->display_name,
		.access_numbers = "",
		.extra_text = "",
		.attempts = script->attempts == 0 ? 1 : script->attempts,
		.unanswered = script->unanswered,
		.created_at = NOW,
	};
	seal(index, mail, &mail->sealed);
	fake.is_short = script->is_short;
	return ST_OK;
}

static enum status
settle(enum outbox_result result, unsigned int retry_s, const char *error)
{
	struct mail	*script = &fake.mails[fake.current];

	fake.is_short = false;
	assert_false(script->is_settled);
	script->is_settled = !script->is_again || result != OUTBOX_RETRY ||
	    retry_s > 0;
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
outbox_begin(struct outbox *outbox, const char *id, struct outbox_mail *mail)
{
	assert_null(outbox);
	trace("begin", mail_of(id));
	return begin(id, mail);
}

enum status
outbox_begin_next(struct outbox *outbox, const char *id,
    struct outbox_mail *mail)
{
	enum status	st;

	assert_null(outbox);
	trace("next", mail_of(id));
	st = settle(OUTBOX_SENT, 0, "");
	return st != ST_OK ? st : begin(id, mail);
}

enum status
outbox_settle(struct outbox *outbox, enum outbox_result result,
    unsigned int retry_s, const char *error)
{
	assert_null(outbox);
	trace("settle", fake.current);
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
outbox_probe(struct outbox *outbox)
{
	assert_null(outbox);
	return ST_OK;
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

enum status
smtp_ready(struct smtp *smtp)
{
	assert_null(smtp);
	trace("ready", fake.begun);
	return fake.ready;
}

enum status
smtp_send(struct smtp *smtp, const char *recipient, const char *bytes,
    size_t len)
{
	char	expected[64];

	assert_null(smtp);
	trace("send", fake.current);
	recipient_of(fake.current, expected);
	assert_string_equal(recipient, expected);
	assert_non_null(memmem(bytes, len, "\r\n" PIN "\r\n",
	    strlen("\r\n" PIN "\r\n")));
	return fake.mails[fake.current].send;
}

const char *
smtp_reply(const struct smtp *smtp)
{
	assert_null(smtp);
	return fake.mails[fake.current].reply == NULL ? "250 ok" :
	    fake.mails[fake.current].reply;
}

const char *
smtp_at(const struct smtp *smtp)
{
	assert_null(smtp);
	return fake.mails[fake.current].at;
}

struct verdict
smtp_verdict(const struct smtp *smtp)
{
	const struct mail	*script = &fake.mails[fake.current];
	struct verdict		 verdict = { script->fault, NULL, true };

	assert_null(smtp);
	/* A refusal that is nobody else's is one of the mail. */
	if (script->fault == FAULT_NONE && script->code >= 500)
		verdict.fault = script->send == ST_BAD ? FAULT_MAIL :
		    FAULT_SETTING;
	else if (script->fault == FAULT_NONE && script->code >= 400)
		verdict.fault = FAULT_LATER;
	if (verdict.fault > FAULT_MAIL && verdict.fault <= FAULT_SERVER)
		verdict.look_at = "envelope_from";
	return verdict;
}

int
smtp_code(const struct smtp *smtp)
{
	assert_null(smtp);
	return fake.mails[fake.current].code;
}

static bool
is_stopping(void)
{
	return fake.stop_after != 0 && fake.begun >= fake.stop_after;
}

/* Forget the last script; the new one has so many ordinary mails. */
static void
queue(size_t count)
{
	memset(&fake, 0, sizeof(fake));
	fake.count = count;
}

#endif
