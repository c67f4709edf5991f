/*
 * test-deliver.c - a pass over a scripted queue and a scripted server.
 *
 * outbox and smtp are fakes behind the real headers; sealing, unsealing and
 * composing are real.
 */
#include "config.h"

#include "unit.h"

#include <limits.h>

#include "app/deliver.h"
#include "core/seal.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
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
	const char		*reply;
	const char		*display_name;
	unsigned int		 attempts;	/* 0 means the first */
	enum { SEAL_GOOD, SEAL_DAMAGED, SEAL_OTHER_ROW, SEAL_OTHER_KEY } seal;
	enum status		 settle;

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
	size_t		 stop_after;	/* mails begun; 0: never */
	size_t		 begun;
	char		 trace[TRACE_MAX];
	unsigned int	 released;
} fake;

static struct key		 public_key, other_key;
static struct keyring		*ring;
static struct deliver_options	 options = { 3, 60, 3600 };
static struct message_options	 from = { "Voice mail <umws@example.org>" };

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

enum status
outbox_begin(struct outbox *outbox, const char *id, struct outbox_mail *mail)
{
	static char	 recipient[64], begun_id[CRYPTO_UUID_SIZE];
	size_t		 index = mail_of(id);
	struct mail	*script = &fake.mails[index];

	assert_null(outbox);
	trace("begin", index);
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
		.created_at = NOW,
	};
	seal(index, mail, &mail->sealed);
	return ST_OK;
}

enum status
outbox_settle(struct outbox *outbox, enum outbox_result result,
    unsigned int retry_s, const char *error)
{
	struct mail	*script = &fake.mails[fake.current];

	assert_null(outbox);
	trace("settle", fake.current);
	assert_false(script->is_settled);
	script->is_settled = true;
	script->result = result;
	script->retry_s = retry_s;
	(void)snprintf(script->error, sizeof(script->error), "%s", error);
	return script->settle;
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

static enum status
run(void)
{
	const struct deliver_parts	parts = { NULL, NULL, ring, &from,
		is_stopping };

	return deliver_pass(&options, &parts);
}

/* Does the captured log hold this? */
static bool
is_logged(const char *text)
{
	static char	log[65536];
	ssize_t		len;

	len = pread(STDERR_FILENO, log, sizeof(log) - 1, 0);
	assert_true(len >= 0);
	return memmem(log, (size_t)len, text, strlen(text)) != NULL;
}

static void
test_order(void **state)
{
	(void)state;
	queue(3);
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.trace, "ready0 begin0 send0 settle0 "
	    "ready1 begin1 send1 settle1 ready2 begin2 send2 settle2 ");
	assert_int_equal(fake.mails[2].result, OUTBOX_SENT);
	assert_string_equal(fake.mails[2].error, "");
	assert_true(is_logged("mail id=0198b7a2-7c1e-4d5f-9a63-000000000002 "
	    "kind=reset result=sent attempts=1 reply=\"250 ok\""));
	assert_false(is_logged(PIN));
	assert_false(is_logged("user2"));
}

/* What becomes of a mail in the middle, and that the next one is tried. */
static const struct {
	const char		*name;
	struct mail		 mail;
	bool			 is_settled;
	enum outbox_result	 result;
	unsigned int		 retry_min_s, retry_max_s;
	enum status		 pass;
	bool			 goes_on;
} outcomes[] = {
	{ "550", { .send = ST_BAD, .code = 550, .reply = "550 no" },
	    true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "450", { .send = ST_RETRY, .code = 450, .reply = "450 no" },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
	{ "421", { .send = ST_RETRY, .code = 421, .reply = "421 no" },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
	{ "silence", { .send = ST_RETRY, .reply = "timeout" },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
	{ "other connection", { .send = ST_DENIED, .code = 421 },
	    true, OUTBOX_RETRY, 0, 0, ST_OK, true },
	{ "our fault", { .send = ST_FAIL, .code = 530 },
	    true, OUTBOX_RETRY, 60, 67, ST_FAIL, false },
	{ "gone", { .begin = ST_DENIED },
	    false, OUTBOX_SENT, 0, 0, ST_OK, true },
	{ "row refused", { .begin = ST_BAD },
	    false, OUTBOX_SENT, 0, 0, ST_OK, true },
	{ "database away", { .begin = ST_RETRY },
	    false, OUTBOX_SENT, 0, 0, ST_RETRY, false },
	{ "schema", { .begin = ST_FAIL },
	    false, OUTBOX_SENT, 0, 0, ST_FAIL, false },
	{ "settle lost", { .settle = ST_RETRY },
	    true, OUTBOX_SENT, 0, UINT_MAX, ST_RETRY, false },
	{ "name", { .display_name = "A\r\nBcc: b@c.test" },
	    true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "damaged", { .seal = SEAL_DAMAGED },
	    true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "other row", { .seal = SEAL_OTHER_ROW },
	    true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "other key", { .seal = SEAL_OTHER_KEY },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
};

static void
test_outcomes(void **state)
{
	size_t	i;

	(void)state;
	unit_expect_log("unseal-refused");
	unit_expect_log("mail-key-missing");
	for (i = 0; i < COUNT(outcomes); i++) {
		const struct mail	*mail = &fake.mails[1];
		const char		*name = outcomes[i].name;

		queue(4);
		fake.mails[1] = outcomes[i].mail;
		UNIT_CHECK(name, run() == outcomes[i].pass);
		UNIT_CHECK(name, mail->is_settled == outcomes[i].is_settled);
		UNIT_CHECK(name, mail->result == outcomes[i].result);
		UNIT_CHECK(name, mail->retry_s >= outcomes[i].retry_min_s &&
		    mail->retry_s <= outcomes[i].retry_max_s);
		UNIT_CHECK(name, fake.released ==
		    (outcomes[i].goes_on ? 0 : 1));
		UNIT_CHECK(name, fake.mails[0].is_settled);
		UNIT_CHECK(name,
		    fake.mails[3].is_settled == outcomes[i].goes_on);
		UNIT_CHECK(name, (mail->error[0] != '\0') ==
		    (mail->is_settled && mail->result != OUTBOX_SENT));
	}
	assert_false(is_logged(PIN));
}

/* The server falls silent: after two mails in a row it is believed. */
static void
test_silence(void **state)
{
	static const struct {
		const char	*name;
		bool		 is_silent[4];
		enum status	 pass;
		size_t		 begun;
	} cases[] = {
		{ "none", { false, false, false, false }, ST_OK, 4 },
		{ "one", { true, false, false, false }, ST_OK, 4 },
		{ "every other", { true, false, true, false }, ST_OK, 4 },
		{ "two", { true, true, false, false }, ST_RETRY, 2 },
		{ "two later", { false, true, true, false }, ST_RETRY, 3 },
		{ "last", { false, false, false, true }, ST_RETRY, 4 },
	};
	size_t	i, mail;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		queue(4);
		for (mail = 0; mail < 4; mail++)
			if (cases[i].is_silent[mail])
				fake.mails[mail].send = ST_RETRY;
		UNIT_CHECK(cases[i].name, run() == cases[i].pass);
		UNIT_CHECK(cases[i].name, fake.begun == cases[i].begun);
	}
}

static void
test_not_ready(void **state)
{
	static const enum status	statuses[] = { ST_RETRY, ST_FAIL };
	size_t				i;

	(void)state;
	for (i = 0; i < COUNT(statuses); i++) {
		queue(2);
		fake.ready = statuses[i];
		assert_int_equal(run(), statuses[i]);
		assert_string_equal(fake.trace, "ready0 ");
	}
}

static void
test_claim_fails(void **state)
{
	(void)state;
	queue(2);
	fake.claim = ST_RETRY;
	assert_int_equal(run(), ST_RETRY);
	assert_string_equal(fake.trace, "");
	queue(0);
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.trace, "");
}

static void
test_back_off(void **state)
{
	static const struct {
		const char	*name;
		unsigned int	 attempts, min, max;
	} cases[] = {
		{ "first", 1, 60, 67 },
		{ "second", 2, 120, 135 },
		{ "sixth", 6, 1920, 2160 },
		{ "seventh", 7, 3150, 3600 },
		{ "hundredth", 100, 3150, 3600 },
		{ "last", UINT_MAX, 3150, 3600 },
	};
	bool		is_varied = false;
	unsigned int	round, first = 0;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		for (round = 0; round < 50; round++) {
			const struct mail	*mail = &fake.mails[0];

			queue(1);
			fake.mails[0].attempts = cases[i].attempts;
			fake.mails[0].send = ST_RETRY;
			fake.mails[0].code = 451;
			assert_int_equal(run(), ST_OK);
			UNIT_CHECK(cases[i].name,
			    mail->retry_s >= cases[i].min &&
			    mail->retry_s <= cases[i].max);
			first = round == 0 ? mail->retry_s : first;
			is_varied = is_varied || mail->retry_s != first;
		}
	}
	assert_true(is_varied);
}

/* A server that quotes the mail brings no PIN into log or row. */
static void
test_quoted_pin(void **state)
{
	(void)state;
	queue(1);
	fake.mails[0].send = ST_BAD;
	fake.mails[0].code = 554;
	fake.mails[0].reply = "554 5.7.1 no: This is your new PIN: " PIN;
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.mails[0].error, "554");
	assert_false(is_logged(PIN));
	assert_true(is_logged("reply=554"));
}

static void
test_stop(void **state)
{
	(void)state;
	queue(4);
	fake.stop_after = 1;
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.trace, "ready0 begin0 send0 settle0 ");
}

static void
test_missing_keys(void **state)
{
	(void)state;
	unit_expect_log("mail-keys-missing keys=0123456789abcdef,f0");
	queue(1);
	fake.missing = "0123456789abcdef,f0";
	assert_int_equal(run(), ST_FAIL);
	assert_true(fake.mails[0].is_settled);
}

static void
test_mail_from(void **state)
{
	struct message_options	good = from;

	(void)state;
	unit_expect_log("mail-from-refused");
	queue(2);
	from.from = "nobody";
	assert_int_equal(run(), ST_FAIL);
	from = good;
	assert_int_equal(fake.mails[0].result, OUTBOX_RETRY);
	assert_false(fake.mails[1].is_settled);
}

static int
group_begin(void **state)
{
	struct key	secret_key, unused;
	char		text[KEYRING_LINE_SIZE];
	unsigned int	line;
	const char	*reason;

	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	message_init();
	seal_key_pair(&public_key, &secret_key);
	seal_key_pair(&other_key, &unused);
	keyring_line(&secret_key, text);
	return keyring_parse(text, strlen(text), &ring, &line, &reason) ==
	    ST_OK ? 0 : -1;
}

static int
group_end(void **state)
{
	(void)state;
	keyring_free(&ring);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_order),
		UNIT_TEST(test_outcomes),
		UNIT_TEST(test_silence),
		UNIT_TEST(test_not_ready),
		UNIT_TEST(test_claim_fails),
		UNIT_TEST(test_back_off),
		UNIT_TEST(test_quoted_pin),
		UNIT_TEST(test_stop),
		UNIT_TEST(test_missing_keys),
		UNIT_TEST(test_mail_from),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
