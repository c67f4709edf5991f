/*
 * test-reset-automatic.c - a reset that failed logons have made due: another
 * kind of mail, and made once by whomever.
 */
#include "config.h"

#include "unit.h"

#include "app/reset.h"
#include "core/crypto.h"
#include "core/unseal.h"
#include "fake-store.h"

#define USER_ID	4711

static struct rings	 rings;
static struct reset	*the_reset;

static int
group_begin(void **state)
{
	static const struct reset_options	options = { { 8, 2, 1 },
	    TIMEOUT_MS };
	struct reset_parts			parts = { .slot = SLOT };

	(void)state;
	if (!rings_begin(&rings,
	    "p:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"))
		return -1;
	parts.peppers = rings.peppers;
	parts.mail_keys = rings.mail_keys;
	return reset_new(&options, &parts, &the_reset) == ST_OK ? 0 : -1;
}

static int
group_end(void **state)
{
	(void)state;
	reset_free(&the_reset);
	rings_end(&rings);
	return 0;
}

static struct outcome
try_reset(void)
{
	struct outcome	outcome;

	memset(&outcome, 0xff, sizeof(outcome));
	reset_automatic(the_reset, &caller, USER_ID, fake.deadline_ms,
	    &outcome);
	assert_false(fake.is_inside);
	return outcome;
}

static void
begin(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.now_ms = 1000;
	fake.deadline_ms = fake.now_ms + TIMEOUT_MS;
	fake.plan = (struct store_plan){ .user_id = USER_ID, .basis = "basis",
	    .recipient = "anna@example.test", .policy = { .min_length = 6 } };
}

static void
test_made(void **state)
{
	struct seal_row	row = { NULL, USER_ID, "auto", "anna@example.test" };
	struct secret	pin;

	(void)state;
	begin();
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	assert_true(fake.given[0].plan.is_automatic);
	row.id = fake.given[0].reset_id;
	assert_int_equal(unseal_pin(rings.secret_keys, &row,
	    &fake.given[0].sealed, &pin), ST_OK);
	assert_int_equal(pin.len, 6);
	assert_int_equal(fake.counters[SCORE_RESETS], 1);
	WIPE(&pin);
}

/* Somebody else has made it, before we began or while we were at it. */
static void
test_made_by_another(void **state)
{
	static const struct answer	done = { ST_DENIED, REFUSAL_NONE, 0 };

	(void)state;
	begin();
	fake.prepare[0] = done;
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	assert_int_equal(fake.enters, 0);
	begin();
	fake.commit[0] = done;
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	assert_int_equal(fake.commits, 1);
	assert_int_equal(fake.counters[SCORE_RESETS], 0);
}

/* A lost race is run again, and a lost answer asked for. */
static void
test_again(void **state)
{
	(void)state;
	begin();
	fake.commit[0] = (struct answer){ ST_RETRY, REFUSAL_BUSY, 1000 };
	fake.commit[1] = (struct answer){ ST_UNKNOWN, REFUSAL_TRANSIENT, 0 };
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	assert_int_equal(fake.prepares, 2);
	assert_int_equal(fake.outcomes, 1);
	assert_int_equal(fake.counters[SCORE_RESETS], 1);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_made),
		UNIT_TEST(test_made_by_another),
		UNIT_TEST(test_again),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
