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

static const struct store_order	order = { .login = "anna",
    .actor = "operator", .reason = "forgot it" };
static const struct store_order	set = { .login = "anna",
    .actor = "operator", .is_set = true };
static const struct secret	chosen = { 6, "904716" };

static struct reset_report
try_one(const struct store_order *given, const struct secret *pin)
{
	struct reset_report	report;

	memset(&report, 0xff, sizeof(report));
	reset_by_order(the_reset, given, pin, &report);
	assert_false(fake.is_inside);
	return report;
}

static struct reset_report
try_order(void)
{
	return try_one(&order, NULL);
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
	assert_int_equal(unseal_pin(rings.secret_keys, &row,
	    &fake.given[0].sealed, &pin), ST_OK);
	assert_int_equal(pin.len, 6);
	WIPE(&pin);
}

/* A first PIN that its user gets is sealed as what it is: welcome. */
static void
test_first(void **state)
{
	static const struct store_order	away = { .login = "anna",
	    .actor = "operator", .reason = "x", .notify = "b@example.test" };
	struct reset_report	report;

	(void)state;
	begin();
	fake.plan.is_first = true;
	report = try_order();
	assert_true(report.is_first);
	assert_string_equal(fake.given[0].reset.kind, "welcome");
	begin();
	fake.plan.is_first = true;
	assert_int_equal(try_one(&away, NULL).denial.refusal, REFUSAL_NONE);
	assert_string_equal(fake.given[0].reset.kind, "admin");
	begin();
	fake.plan.is_first = true;
	assert_int_equal(try_one(&set, &chosen).denial.refusal, REFUSAL_NONE);
	assert_string_equal(fake.given[0].reset.kind, "set");
	begin();
	assert_false(try_order().is_first);
	assert_string_equal(fake.given[0].reset.kind, "admin");
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

/* One that was typed is stored, and its mail does not hold it. */
static void
test_set(void **state)
{
	struct seal_row		row = { NULL, USER_ID, "set",
				    "anna@example.test" };
	struct reset_report	report;
	struct secret		pin;

	(void)state;
	begin();
	report = try_one(&set, &chosen);
	assert_int_equal(report.denial.refusal, REFUSAL_NONE);
	assert_int_equal(report.broken, POLICY_NONE);
	assert_int_equal(fake.given[0].reset.count, 1);
	row.id = fake.given[0].reset_id;
	assert_int_equal(unseal_pin(rings.secret_keys, &row,
	    &fake.given[0].sealed, &pin), ST_OK);
	assert_int_equal(pin.len, 1);
	begin();
	fake.plan.recipient[0] = '\0';
	report = try_one(&set, &chosen);
	assert_int_equal(report.denial.refusal, REFUSAL_NONE);
	assert_string_equal(report.recipient, "");
	assert_null(fake.given[0].reset.sealed);
}

/* Nothing is derived of what breaks a rule; the audit hears of it. */
static void
test_set_refused(void **state)
{
	static const struct secret	common = { 6, "123456" };
	struct secret			long_one = { SECRET_MAX + 1, "1" };
	struct reset_report		report;

	(void)state;
	begin();
	fake.commit[0] = (struct answer){ ST_DENIED, REFUSAL_INVALID_REQUEST,
	    0 };
	fake.word = "refused";
	report = try_one(&set, &common);
	assert_int_equal(report.broken, POLICY_COMMON);
	assert_int_equal(fake.enters, 0);
	assert_string_equal(fake.given[0].reset.rule, "common");
	assert_int_equal(fake.given[0].reset.count, 0);
	assert_string_equal(report.denial.word, "refused");
	begin();
	report = try_one(&set, &long_one);
	assert_int_equal(report.broken, POLICY_LENGTH);
}

/* To another address, and the user is told; the own one is no other. */
static void
test_elsewhere(void **state)
{
	struct store_order	away = order;
	struct seal_row		row = { NULL, USER_ID, "admin",
				    "boss@example.test" };
	struct seal_row		word = { NULL, USER_ID, "elsewhere",
				    "anna@example.test" };
	struct reset_report	report;
	struct secret		pin;

	(void)state;
	begin();
	away.notify = "boss@example.test";
	report = try_one(&away, NULL);
	assert_int_equal(report.denial.refusal, REFUSAL_NONE);
	assert_string_equal(report.recipient, "boss@example.test");
	assert_string_equal(report.told, "anna@example.test");
	row.id = fake.given[0].reset_id;
	assert_int_equal(unseal_pin(rings.secret_keys, &row,
	    &fake.given[0].sealed, &pin), ST_OK);
	assert_int_equal(pin.len, 6);
	word.id = fake.given[0].notice_id;
	assert_int_equal(unseal_pin(rings.secret_keys, &word,
	    &fake.given[0].notice, &pin), ST_OK);
	assert_int_equal(pin.len, 1);
	assert_string_not_equal(row.id, word.id);
	begin();
	away.notify = "anna@example.test";
	report = try_one(&away, NULL);
	assert_string_equal(report.recipient, "anna@example.test");
	assert_string_equal(report.told, "");
	assert_null(fake.given[0].reset.notice);
	WIPE(&pin);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_made),
		UNIT_TEST(test_first),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_again),
		UNIT_TEST(test_set),
		UNIT_TEST(test_set_refused),
		UNIT_TEST(test_elsewhere),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
