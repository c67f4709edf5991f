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
#include "edge/clock.h"
#include "deliver-outcomes.h"
#include "fake-deliver.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static struct keyring		*ring;
static struct deliver_options	 options = { 3, 60, 3600, 1 };
static int64_t			 until_ms;	/* of the pass */
static struct message_options	 from = { "Voice mail <umws@example.org>" };

static enum status
run(void)
{
	struct courier			*courier = NULL;
	struct tally			 tally = { 0 };
	const struct deliver_parts	parts = { .keys = ring,
		.couriers = &courier,
		.message = &from, .is_stopping = fake_is_stopping,
		.until_ms = until_ms, .tally = &tally };

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
	fake_queue(3);
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.trace, "ready0 begin0 send0 "
	    "ready1 next1 send1 ready2 next2 send2 settle2 ");
	assert_int_equal(fake.mails[2].result, OUTBOX_SENT);
	assert_string_equal(fake.mails[2].error, "");
	assert_true(is_logged("mail id=0198b7a2-7c1e-4d5f-9a63-000000000002 "
	    "kind=reset result=sent attempts=1 reply=\"250 ok\""));
	assert_false(is_logged(PIN));
	assert_false(is_logged("user2"));
}

static void
test_outcomes(void **state)
{
	size_t	i;

	(void)state;
	unit_expect_log("unseal-refused");
	unit_expect_log("mail-unreadable");
	unit_expect_log("mail-key-missing");
	unit_expect_log("no-memory for=mail");
	unit_expect_log("mail-refused-for-us");
	unit_expect_log("mail-withheld");
	for (i = 0; i < COUNT(outcomes); i++) {
		const struct fake_mail	*mail = &fake.mails[1];
		const char		*name = outcomes[i].name;

		fake_queue(4);
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

/*
 * How mails are settled by what follows them: a sent one with the begin of
 * the next, any other one, and the last of a batch, by itself.
 */
static void
test_settling(void **state)
{
	static const struct {
		const char	*name;
		size_t		 count, stop_after;
		size_t		 odd;	/* the mail that has this script */
		struct fake_mail	 mail;
		const char	*trace;
		enum status	 pass;
	} cases[] = {
		{ "one", 1, 0, 1, { 0 },
		    "ready0 begin0 send0 settle0 ", ST_OK },
		{ "next batch", 4, 0, 1, { 0 },
		    "ready0 begin0 send0 ready1 next1 send1 "
		    "ready2 next2 send2 settle2 ready3 begin3 send3 settle3 ",
		    ST_OK },
		{ "refused", 2, 0, 0, { .send = ST_BAD, .code = 550 },
		    "ready0 begin0 send0 settle0 ready1 begin1 send1 settle1 ",
		    ST_OK },
		{ "next is gone", 3, 0, 1, { .begin = ST_DENIED },
		    "ready0 begin0 send0 ready1 next1 "
		    "ready2 begin2 send2 settle2 ", ST_OK },
		{ "next is damaged", 3, 0, 1, { .begin = ST_BAD },
		    "ready0 begin0 send0 ready1 next1 "
		    "ready2 begin2 send2 settle2 ", ST_OK },
		{ "database away", 3, 0, 0, { .settle = ST_RETRY },
		    "ready0 begin0 send0 ready1 next1 ", ST_RETRY },
		{ "away at the end", 3, 0, 2, { .settle = ST_RETRY },
		    "ready0 begin0 send0 ready1 next1 send1 "
		    "ready2 next2 send2 settle2 ", ST_RETRY },
		{ "stop", 3, 2, 1, { 0 },
		    "ready0 begin0 send0 ready1 next1 send1 settle1 ", ST_OK },
		{ "stop, and away", 3, 2, 1, { .settle = ST_FAIL },
		    "ready0 begin0 send0 ready1 next1 send1 settle1 ",
		    ST_FAIL },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		fake_queue(cases[i].count);
		fake.mails[cases[i].odd] = cases[i].mail;
		fake.stop_after = cases[i].stop_after;
		UNIT_CHECK(cases[i].name, run() == cases[i].pass);
		UNIT_CHECK(cases[i].name,
		    strcmp(fake.trace, cases[i].trace) == 0);
	}
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
		fake_queue(4);
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
		fake_queue(2);
		fake.ready = statuses[i];
		assert_int_equal(run(), statuses[i]);
		assert_string_equal(fake.trace, "ready0 ");
	}
}

static void
test_claim_fails(void **state)
{
	(void)state;
	fake_queue(2);
	fake.claim = ST_RETRY;
	assert_int_equal(run(), ST_RETRY);
	assert_string_equal(fake.trace, "");
	fake_queue(0);
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
	unit_expect_log("mail-refused-for-us");
	for (i = 0; i < COUNT(cases); i++) {
		for (round = 0; round < 50; round++) {
			const struct fake_mail	*mail = &fake.mails[0];

			fake_queue(1);
			fake.mails[0].attempts = cases[i].attempts;
			fake.mails[0].send = ST_RETRY;
			fake.mails[0].code = 451;
			/* What does not end is said. */
			assert_int_equal(run(), cases[i].attempts < 5 ?
			    ST_OK : ST_RETRY);
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
	fake_queue(1);
	fake.mails[0].send = ST_BAD;
	fake.mails[0].code = 554;
	fake.mails[0].reply = "554 5.7.1 no: This is your new PIN: " PIN;
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.mails[0].error, "554");
	assert_false(is_logged(PIN));
	assert_true(is_logged("reply=554"));
}

/* Nor one whose digits lie in a code and an enhanced code. */
static void
test_quoted_pin_in_parts(void **state)
{
	(void)state;
	fake_queue(1);
	fake.mails[0].send = ST_BAD;
	fake.mails[0].code = 549;
	fake.mails[0].reply = "549 3.8.17 no";
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.mails[0].error, "549");
	assert_true(is_logged("reply=549"));
	assert_false(is_logged("3.8.17"));
}

/* A mail without a PIN: nothing of the reply is held back. */
static void
test_no_pin_to_quote(void **state)
{
	(void)state;
	fake_queue(1);
	fake.mails[0].kind = "expiring";
	fake.mails[0].send = ST_RETRY;
	fake.mails[0].code = 450;
	fake.mails[0].reply = "450 4.2.0 Greylisted";
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.mails[0].error, "450 4.2.0 Greylisted");
}

/* Told once in a pass that had a mail taken, and in no other. */
static void
test_vouched(void **state)
{
	(void)state;
	fake_queue(3);
	assert_int_equal(run(), ST_OK);
	assert_int_equal(fake.vouched, 1);
	fake_queue(1);
	fake.mails[0].send = ST_RETRY;
	fake.mails[0].code = 451;
	assert_int_equal(run(), ST_OK);
	assert_int_equal(fake.vouched, 0);
}

/* A connection that is lost at each attempt gives no reply to tell of. */
static void
test_lost_for_hours(void **state)
{
	static const struct {
		unsigned int	 attempts;
		size_t		 others;
		const char	*line;
		enum status	 pass;
	} cases[] = {
		{ 4, 0, NULL, ST_RETRY },
		{ 5, 0, "mail-refused-for-us reply=lost", ST_RETRY },
		{ 7, 1, NULL, ST_OK },
		{ 8, 1, "mail-overdue id=0198b7a2-7c1e-4d5f-9a63-000000000000 "
		    "attempts=8 reply=lost", ST_OK },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (cases[i].line != NULL)
			unit_expect_log(cases[i].line);
		fake_queue(1 + cases[i].others);
		fake.mails[0].attempts = cases[i].attempts;
		fake.mails[0].send = ST_RETRY;
		fake.mails[0].reply = "lost";
		assert_int_equal(run(), cases[i].pass);
	}
}

/* The greeting refuses us as a mail was: one line for the one cause. */
static void
test_one_line_for_one_cause(void **state)
{
	(void)state;
	fake_queue(3);
	fake.mails[1].send = ST_FAIL;
	fake.mails[1].fault = FAULT_SETTING;
	fake.mails[1].about = ABOUT_RECIPIENT;
	fake.ready_after = 2;
	fake.ready = ST_FAIL;
	assert_int_equal(run(), ST_FAIL);
	assert_false(is_logged("mail-refused-for-us"));
	/* Without that other line it is told. */
	unit_expect_log("mail-refused-for-us");
	fake_queue(3);
	fake.mails[1].send = ST_FAIL;
	fake.mails[1].fault = FAULT_SETTING;
	fake.mails[1].about = ABOUT_RECIPIENT;
	assert_int_equal(run(), ST_FAIL);
}

/* The same where the two replies point to different settings. */
static void
test_one_line_for_two_replies(void **state)
{
	(void)state;
	fake_queue(4);
	fake.mails[1].send = ST_FAIL;
	fake.mails[1].fault = FAULT_SETTING;
	fake.mails[1].about = ABOUT_RECIPIENT;
	fake.ready_after = 3;
	fake.ready = ST_FAIL;
	fake.ready_look_at = "smtp_url";
	assert_int_equal(run(), ST_FAIL);
	assert_int_equal(fake.begun, 3);
	assert_false(is_logged("mail-refused-for-us"));
}

/* Enough copies: it is not sent, and no attempt is told of. */
static void
test_withheld(void **state)
{
	(void)state;
	unit_expect_log("mail-withheld");
	fake_queue(1);
	fake.mails[0].unanswered = 4;
	fake.mails[0].attempts = 5;
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.trace, "ready0 begin0 settle0 ");
	assert_true(is_logged("result=withheld attempts=4 "));
}

/* What a reply was to is told where it was no success. */
static void
test_at(void **state)
{
	(void)state;
	fake_queue(2);
	fake.mails[0].at = fake.mails[1].at = "rcpt";
	fake.mails[0].send = ST_BAD;
	fake.mails[0].code = 550;
	fake.mails[0].reply = "550 no";
	assert_int_equal(run(), ST_OK);
	assert_true(is_logged("reply=\"550 no\" at=rcpt\n"));
	assert_true(is_logged("reply=\"250 ok\"\n"));
}

static void
test_stop(void **state)
{
	(void)state;
	fake_queue(4);
	fake.stop_after = 1;
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.trace, "ready0 begin0 send0 settle0 ");
}

/* Its time is over: before the first mail, and not before it. */
static void
test_max_time(void **state)
{
	(void)state;
	fake_queue(2);
	until_ms = clock_ms();
	assert_int_equal(run(), ST_OK);
	assert_string_equal(fake.trace, "");
	until_ms = clock_ms() + 60000;
	assert_int_equal(run(), ST_OK);
	assert_int_equal(fake.begun, 2);
	until_ms = 0;
}

/* The line at the end of a pass that tried a mail. */
static void
test_summary(void **state)
{
	(void)state;
	fake_queue(0);
	assert_int_equal(run(), ST_OK);
	assert_false(is_logged("pass "));
	fake_queue(5);
	fake.mails[1].send = fake.mails[2].send = ST_RETRY;
	fake.mails[1].code = fake.mails[2].code = 451;
	fake.mails[3].send = ST_BAD;
	fake.mails[3].code = 550;
	fake.mails[3].is_again = true;
	assert_int_equal(run(), ST_OK);
	assert_true(is_logged("pass sent=2 deferred=2 dead=1 left=2 "
	    "oldest_s=120\n"));
	/* Without a database to ask. */
	fake_queue(1);
	fake.left = ST_RETRY;
	assert_int_equal(run(), ST_OK);
	assert_true(is_logged("pass sent=1 deferred=0 dead=0\n"));
}

static void
test_missing_keys(void **state)
{
	(void)state;
	unit_expect_log("mail-keys-missing keys=0123456789abcdef,f0");
	fake_queue(1);
	fake.missing = "0123456789abcdef,f0";
	assert_int_equal(run(), ST_FAIL);
	assert_true(fake.mails[0].is_settled);
}

static void
test_unreadable_before(void **state)
{
	(void)state;
	unit_expect_log("mails-unreadable ids=m1,m2");
	fake_queue(1);
	fake.unreadable = "m1,m2";
	assert_int_equal(run(), ST_FAIL);
	assert_true(fake.mails[0].is_settled);
}

static void
test_mail_from(void **state)
{
	struct message_options	good = from;

	(void)state;
	unit_expect_log("mail-from-refused");
	fake_queue(2);
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
	seal_key_pair(&fake_public_key, &secret_key);
	seal_key_pair(&fake_other_key, &unused);
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
		UNIT_TEST(test_settling),
		UNIT_TEST(test_silence),
		UNIT_TEST(test_not_ready),
		UNIT_TEST(test_claim_fails),
		UNIT_TEST(test_back_off),
		UNIT_TEST(test_quoted_pin),
		UNIT_TEST(test_quoted_pin_in_parts),
		UNIT_TEST(test_no_pin_to_quote),
		UNIT_TEST(test_vouched),
		UNIT_TEST(test_lost_for_hours),
		UNIT_TEST(test_one_line_for_one_cause),
		UNIT_TEST(test_one_line_for_two_replies),
		UNIT_TEST(test_withheld),
		UNIT_TEST(test_at),
		UNIT_TEST(test_stop),
		UNIT_TEST(test_max_time),
		UNIT_TEST(test_summary),
		UNIT_TEST(test_missing_keys),
		UNIT_TEST(test_unreadable_before),
		UNIT_TEST(test_mail_from),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
