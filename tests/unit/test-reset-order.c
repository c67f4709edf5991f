/*
 * test-reset-order.c - a reset that an operator orders: another kind of mail,
 * and what the operator is told.
 */
#include "config.h"

#include "unit.h"

#include "app/reset.h"
#include "core/crypto.h"
#include "core/unseal.h"
#include "fake-store.h"

#define USER_ID	4711

static struct keyring	*peppers, *mail_keys, *secret_keys;
static struct reset	*the_reset;

static int
group_begin(void **state)
{
	static const struct reset_options	options = { { 8, 2, 1 },
	    TIMEOUT_MS };
	struct reset_parts			parts = { .slot = SLOT };
	struct key				public_key, secret_key;

	(void)state;
	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return -1;
	peppers = ring_of("p:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	seal_key_pair(&public_key, &secret_key);
	mail_keys = ring_of_key(&public_key);
	secret_keys = ring_of_key(&secret_key);
	if (peppers == NULL || mail_keys == NULL || secret_keys == NULL)
		return -1;
	parts.peppers = peppers;
	parts.mail_keys = mail_keys;
	return reset_new(&options, &parts, &the_reset) == ST_OK ? 0 : -1;
}

static int
group_end(void **state)
{
	(void)state;
	reset_free(&the_reset);
	keyring_free(&secret_keys);
	keyring_free(&mail_keys);
	keyring_free(&peppers);
	return 0;
}

static const struct store_order	order = { .login = "anna",
    .actor = "operator", .reason = "forgot it" };

static struct reset_report
try_order(void)
{
	struct reset_report	report;

	memset(&report, 0xff, sizeof(report));
	reset_by_order(the_reset, &order, &report);
	assert_false(fake.is_inside);
	return report;
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

/* The mailer can open it. */
static void
test_made(void **state)
{
	struct seal_row		row = { NULL, USER_ID, "admin",
				    "anna@example.test" };
	struct reset_report	report;
	struct secret		pin;

	(void)state;
	begin();
	report = try_order();
	assert_int_equal(report.denial.refusal, REFUSAL_NONE);
	assert_ptr_equal(fake.order, &order);
	assert_string_equal(report.recipient, "anna@example.test");
	assert_string_equal(report.id, fake.given[0].reset_id);
	row.id = fake.given[0].reset_id;
	assert_int_equal(unseal_pin(secret_keys, &row, &fake.given[0].sealed,
	    &pin), ST_OK);
	assert_int_equal(pin.len, 6);
	WIPE(&pin);
}

/* The word of the database is for the operator; nothing is derived. */
static void
test_refused(void **state)
{
	struct reset_report	report;

	(void)state;
	begin();
	fake.prepare[0] = (struct answer){ ST_DENIED, REFUSAL_PIN_LOCKED, 0 };
	fake.word = "pin_locked";
	report = try_order();
	assert_int_equal(report.denial.refusal, REFUSAL_PIN_LOCKED);
	assert_string_equal(report.denial.word, "pin_locked");
	assert_string_equal(report.id, "");
	assert_int_equal(fake.enters, 0);
	assert_int_equal(fake.commits, 0);
}

/* A lost race is run again, a lost answer asked for; without one, unknown. */
static void
test_again(void **state)
{
	(void)state;
	begin();
	fake.commit[0] = (struct answer){ ST_RETRY, REFUSAL_BUSY, 1000 };
	fake.commit[1] = (struct answer){ ST_UNKNOWN, REFUSAL_TRANSIENT, 0 };
	assert_int_equal(try_order().denial.refusal, REFUSAL_NONE);
	assert_int_equal(fake.prepares, 2);
	assert_int_equal(fake.outcomes, 1);
	assert_string_equal(fake.asked_id, fake.given[1].reset_id);
	begin();
	fake.commit[0] = (struct answer){ ST_UNKNOWN, REFUSAL_TRANSIENT, 0 };
	fake.outcome[0] = fake.commit[0];
	assert_int_equal(try_order().denial.refusal, REFUSAL_TRANSIENT);
	assert_int_equal(fake.commits, 1);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_made),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_again),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
