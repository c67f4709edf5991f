/*
 * test-verdict.c - every reply that can be: none is without a verdict, and
 * words never make it worse. The replies of real servers, row by row, are
 * in tests/system/mail/test_smtp_replies.py.
 */
#include "config.h"

#include "unit.h"

#include "core/verdict.h"

/* How much of the mail is lost by a verdict; more is worse. */
static int
harm(enum fault fault)
{
	return fault == FAULT_MAIL ? 2 : fault == FAULT_DOUBT ? 1 : 0;
}

/* All codes and enhanced codes, with words that each saver knows. */
static void
test_words_only_save(void **state)
{
	static const char *const	words[] = { "Helo command rejected",
		"Sender address rejected", "Client host rejected", "relay",
		"spam", "limit", "blocked by policy", "Recipient", "x" };
	struct verdict_reply		reply = { .words = "" };
	struct verdict			plain, worded;
	size_t				i;
	int				phase;

	(void)state;
	for (phase = PHASE_GREETING; phase <= PHASE_BODY; phase++)
	for (reply.code = 400; reply.code <= 599; reply.code++)
	for (reply.subject = VERDICT_NO_CODE; reply.subject <= 9;
	    reply.subject++)
	for (reply.detail = 0; reply.detail <= 70; reply.detail++) {
		reply.phase = (enum smtp_phase)phase;
		reply.words = "";
		plain = verdict_on(&reply);
		assert_int_not_equal(plain.fault, FAULT_NONE);
		/* Not this mail's before there is one, nor of a 4yz. */
		if (phase < PHASE_MAIL || reply.code < 500)
			assert_int_equal(harm(plain.fault), 0);
		assert_int_equal(plain.about == ABOUT_ALL,
		    phase <= PHASE_MAIL);
		if (harm(plain.fault) == 0)
			continue;
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			reply.words = words[i];
			worded = verdict_on(&reply);
			assert_true(harm(worded.fault) <= harm(plain.fault));
		}
	}
}

/* Whoever must act is told where to look. */
static void
test_settings_are_named(void **state)
{
	struct verdict_reply	reply = { .words = "" };
	struct verdict		verdict;
	int			phase, step = unit_is_long() ? 3 : 27;

	(void)state;
	for (phase = PHASE_GREETING; phase <= PHASE_BODY; phase++)
	for (reply.code = 500; reply.code <= 599; reply.code++)
	for (reply.subject = VERDICT_NO_CODE; reply.subject <= 9;
	    reply.subject++)
	for (reply.detail = 0; reply.detail <= 999; reply.detail += step) {
		reply.phase = (enum smtp_phase)phase;
		verdict = verdict_on(&reply);
		if (verdict.fault != FAULT_SERVER || phase >= PHASE_MAIL)
			assert_non_null(verdict.look_at);
	}
}

/* Words that are in a name say nothing, and those beside it as before. */
static void
test_names_say_nothing(void **state)
{
	static const struct {
		const char	*words;
		enum fault	 fault;
	} cases[] = {
		{ " User unknown", FAULT_MAIL },
		{ " 5.1.1 <relay>: unknown", FAULT_MAIL },
		{ " 5.1.1 <...> host sender.spf.example said: unknown",
		    FAULT_MAIL },
		{ " unknown (mx.relay.example[192.0.2.1])", FAULT_MAIL },
		{ " https://blocked.example/help/limit.html", FAULT_MAIL },
		{ " User unknown in relay recipient table", FAULT_MAIL },
		{ " <...>: Relay access denied", FAULT_RELAY },
		{ " we do not relay", FAULT_RELAY },
		{ " mx.example does not relay for vm.example", FAULT_RELAY },
		{ " Sender unknown", FAULT_SETTING },
		{ " Hourly limit reached", FAULT_SERVER },
		{ " Sending quota used up", FAULT_SERVER },
	};
	struct verdict_reply	reply = { PHASE_RCPT, 550, 1, 1, NULL };
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		reply.words = cases[i].words;
		UNIT_CHECK(cases[i].words,
		    verdict_on(&reply).fault == cases[i].fault);
	}
}

/* A delay stays one; words name the setting, unless it is greylisting. */
static void
test_words_of_a_delay(void **state)
{
	static const struct {
		enum smtp_phase	 phase;
		const char	*words, *look_at;
	} cases[] = {
		{ PHASE_RCPT, " Try again later", NULL },
		{ PHASE_RCPT, " Greylisted, see limit", NULL },
		{ PHASE_RCPT, " Relay access denied", "smtp_url" },
		{ PHASE_RCPT, " Helo command rejected", "smtp_helo" },
		{ PHASE_RCPT, " Sender address rejected", "envelope_from" },
		{ PHASE_MAIL, " Client host rejected", "smtp_url" },
		{ PHASE_MAIL, " too many messages", "smtp_url" },
		{ PHASE_BODY, " unauthenticated", "smtp_user" },
	};
	struct verdict_reply	reply = { PHASE_RCPT, 450, 7, 1, NULL };
	struct verdict		verdict;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		reply.phase = cases[i].phase;
		reply.words = cases[i].words;
		verdict = verdict_on(&reply);
		UNIT_CHECK(cases[i].words, verdict.fault == FAULT_LATER);
		UNIT_CHECK(cases[i].words, (verdict.look_at == NULL) ==
		    (cases[i].look_at == NULL));
		UNIT_CHECK(cases[i].words, verdict.look_at == NULL ||
		    strstr(verdict.look_at, cases[i].look_at) != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_words_only_save),
		UNIT_TEST(test_settings_are_named),
		UNIT_TEST(test_names_say_nothing),
		UNIT_TEST(test_words_of_a_delay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
