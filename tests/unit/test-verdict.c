/*
 * test-verdict.c - every reply that can be: none is without a verdict, and
 * words never make it worse. The replies of real servers, row by row, are
 * in tests/system/test_smtp_replies.py.
 */
#include "config.h"

#include "unit.h"

#include "core/verdict.h"

/* How much of the mail is lost by a verdict; more is worse. */
static int
harm(enum fault fault)
{
	return fault == FAULT_MAIL ? 3 : fault == FAULT_CONTENT ? 2 :
	    fault == FAULT_DOUBT ? 1 : 0;
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
		assert_int_equal(plain.is_for_all, phase <= PHASE_MAIL);
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
	int			phase;

	(void)state;
	for (phase = PHASE_GREETING; phase <= PHASE_BODY; phase++)
	for (reply.code = 500; reply.code <= 599; reply.code++)
	for (reply.subject = VERDICT_NO_CODE; reply.subject <= 9;
	    reply.subject++)
	for (reply.detail = 0; reply.detail <= 999; reply.detail += 3) {
		reply.phase = (enum smtp_phase)phase;
		verdict = verdict_on(&reply);
		if (verdict.fault != FAULT_MAIL &&
		    verdict.fault != FAULT_SERVER)
			assert_non_null(verdict.look_at);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_words_only_save),
		UNIT_TEST(test_settings_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
