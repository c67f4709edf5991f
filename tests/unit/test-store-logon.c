/*
 * test-store-logon.c - logons and changes: what the database is asked, what
 * its answers mean, and a call whose answer is lost.
 */
#include "config.h"

#include "unit.h"

#include "edge/store-logon.h"
#include "fake-db.h"
#include "policy-text.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define STRING_OF(number)	#number
#define STRING(number)	STRING_OF(number)
#define OURS		STRING(UMWS_SCHEMA_VERSION)

static const struct store_line	line = { "phone", "192.0.2.7", "request-1",
    "20001", "anna", "+43", "7" };

static enum status
prepare(bool is_change, struct store_logon_plan *plan, struct denial *denial)
{
	return store_logon_prepare(store, &line, is_change, DEADLINE_MS, plan,
	    denial);
}

/* Settle a try of this plan. */
static enum status
settle(bool is_change, const struct store_logon_plan *plan, size_t count,
    enum store_logon *verdict, char rule[STORE_RULE_SIZE],
    struct denial *denial)
{
	const struct sealed		sealed = { 2, { 0x01, 0xab } };
	const struct store_candidate	pin = { "p1", SALT_1 "$b2xk" };
	const struct store_reset	new = { .reset_id = RESET_ID,
	    .count = count, .candidates = { { "p2", SALT_2 "$bmV3" } },
	    .mail_key_id = "00112233aabbccdd", .sealed = &sealed,
	    .kind = "changed" };
	const struct store_logon_try	try = { RESET_ID, &plan->setting, &pin,
	    is_change, count == 0 && is_change ? "digits" : NULL, &new };

	return store_logon_settle(store, &line, plan, &try, TRY_MS,
	    DEADLINE_MS, verdict, rule, denial);
}

static void
test_prepare(void **state)
{
	struct store_logon_plan	plan;
	struct denial		denial;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", NULL, NULL, "4711",
	    "p1:" SALT_1, "5" } });
	assert_int_equal(prepare(false, &plan, &denial), ST_OK);
	assert_int_equal(plan.verdict, STORE_LOGON_OK);
	assert_int_equal(plan.user_id, 4711);
	assert_int_equal(plan.tries_left, 5);
	assert_true(plan.has_pin);
	assert_string_equal(plan.setting.key_id, "p1");
	assert_string_equal(plan.setting.text, SALT_1);
	assert_int_equal(fake.counts[0], 6);
	assert_string_equal(fake.params[0], "logon");
	assert_string_equal(fake.params[1], "20001");
	assert_string_equal(fake.params[2], "anna");
	assert_string_equal(fake.params[3], "phone");
	assert_string_equal(fake.params[4], "192.0.2.7");
	assert_string_equal(fake.params[5], "request-1");
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", NULL, NULL, "4711",
	    "p1:" SALT_1, "5", BASIS, "anna@example.test", "20001",
	    RULES("6", "f"), "p1:" SALT_1 " p2:" SALT_2, "Jane Doe", "anna",
	    "61", "t" } });
	assert_int_equal(prepare(true, &plan, &denial), ST_OK);
	assert_string_equal(fake.params[0], "change");
	assert_string_equal(plan.change.basis, BASIS);
	assert_string_equal(plan.change.recipient, "anna@example.test");
	assert_int_equal(plan.change.count, 2);
	assert_int_equal(plan.change.policy.min_length, 6);
	assert_int_equal(plan.change.policy.words_count, 3);
	assert_int_equal(plan.pin_age_s, 61);
	assert_true(plan.is_forced);
}

/* Nobody, no PIN, locked, void: with what comes of them. */
static void
test_prepare_others(void **state)
{
	static const struct {
		struct answer		 answer;
		enum store_logon	 verdict;
		int64_t			 user_id;
	} rows[] = {
		{ { ST_OK, { "ok", NULL, NULL, NULL, "", "5" } },
		    STORE_LOGON_OK, 0 },
		{ { ST_OK, { "ok", NULL, NULL, "1", "", "15" } },
		    STORE_LOGON_OK, 1 },
		{ { ST_OK, { "locked_out", NULL, NULL, "1", "" } },
		    STORE_LOGON_LOCKED, 1 },
		{ { ST_OK, { "reset_due", NULL, NULL, "1", "" } },
		    STORE_LOGON_VOID, 1 },
	};
	struct store_logon_plan	plan;
	struct denial		denial;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		fake_says(rows[i].answer);
		assert_int_equal(prepare(false, &plan, &denial), ST_OK);
		assert_int_equal(plan.verdict, rows[i].verdict);
		assert_int_equal(plan.user_id, rows[i].user_id);
		assert_false(plan.has_pin);
	}
	/* A change of nobody's has no policy to read. */
	fake_reset();
	fake_says(rows[0].answer);
	assert_int_equal(prepare(true, &plan, &denial), ST_OK);
}

static void
test_prepare_refused(void **state)
{
	static const struct {
		struct answer	answer;
		enum refusal	refusal;
		uint64_t	back_off_ms;
	} rows[] = {
		{ { ST_OK, { "busy", "59001", "t" } }, REFUSAL_BUSY, 59001 },
		{ { ST_OK, { "maybe" } }, REFUSAL_INTERNAL, 0 },
		{ { ST_OK, { "ok", NULL, NULL, "1", "nonsense", "5" } },
		    REFUSAL_INTERNAL, 0 },
		{ { ST_OK, { "ok", NULL, NULL, "1", "p1:a p2:b", "5" } },
		    REFUSAL_INTERNAL, 0 },
		{ { ST_OK, { "ok", NULL, NULL, "1", "", "0" } },
		    REFUSAL_INTERNAL, 0 },
		{ { ST_RETRY, { NULL } }, REFUSAL_STORE_UNAVAILABLE, 0 },
		{ { ST_BUSY, { NULL } }, REFUSAL_BUSY, 1000 },
		{ { ST_BAD, { NULL } }, REFUSAL_INTERNAL, 0 },
	};
	struct store_logon_plan	plan;
	struct denial		denial;
	size_t			i;

	(void)state;
	unit_expect_log("logon-failures account=phone");
	unit_expect_log("result-unknown word=maybe");
	unit_expect_log("plan-unreadable mailbox=20001");
	unit_expect_log("database-refused");
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		fake_says(rows[i].answer);
		assert_int_equal(prepare(false, &plan, &denial), ST_DENIED);
		assert_int_equal(denial.refusal, rows[i].refusal);
		if (rows[i].back_off_ms != 0)
			assert_int_equal(denial.back_off_ms,
			    rows[i].back_off_ms);
	}
}

static void
test_settle(void **state)
{
	static const struct {
		const char		*word;
		enum status		 st;
		enum store_logon	 verdict;
	} rows[] = {
		{ "ok", ST_OK, STORE_LOGON_OK },
		{ "must_change", ST_OK, STORE_LOGON_MUST_CHANGE },
		{ "denied", ST_OK, STORE_LOGON_DENIED },
		{ "voided", ST_OK, STORE_LOGON_VOID },
		{ "locked", ST_OK, STORE_LOGON_LOCKED },
		{ "locked_out", ST_OK, STORE_LOGON_LOCKED },
		{ "refused", ST_OK, STORE_LOGON_REFUSED },
		{ "stale", ST_RETRY, STORE_LOGON_OK },
		{ "key_unknown", ST_DENIED, STORE_LOGON_OK },
	};
	const struct store_logon_plan	plan = { .user_id = 4711, .has_pin =
	    true, .setting = { "p1", SALT_1 }, .change = { .basis = BASIS } };
	enum store_logon		verdict;
	char				rule[STORE_RULE_SIZE];
	struct denial			denial;
	size_t				i;

	(void)state;
	unit_expect_log("mail-key-unknown");
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		fake_says((struct answer){ ST_OK, { rows[i].word, "history",
		    NULL } });
		UNIT_CHECK(rows[i].word, settle(true, &plan, 1, &verdict,
		    rule, &denial) == rows[i].st);
		if (rows[i].st != ST_OK)
			continue;
		UNIT_CHECK(rows[i].word, verdict == rows[i].verdict);
		UNIT_CHECK(rows[i].word, strcmp(rule, "history") == 0);
	}
	assert_int_equal(fake.counts[0], 18);
	assert_int_equal(fake.deadline_ms, TRY_MS);
}

/* All of what is sent, with and without a new PIN. */
static void
test_settle_parameters(void **state)
{
	static const char *const	change[] = { RESET_ID, "change",
	    "20001", "anna", "phone", "192.0.2.7", "+43", "7", "request-1",
	    "4711", "p1:" SALT_1, "p1:" SALT_1 "$b2xk", BASIS, NULL,
	    "{\"p2\"}", "{\"" SALT_2 "$bmV3\"}", "00112233aabbccdd",
	    "\\x01ab" };
	const struct store_logon_plan	plan = { .user_id = 4711, .has_pin =
	    true, .setting = { "p1", SALT_1 }, .change = { .basis = BASIS } };
	const struct store_logon_plan	nobody = { .user_id = 0 };
	enum store_logon		verdict;
	char				rule[STORE_RULE_SIZE];
	struct denial			denial;
	size_t				i;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok" } });
	assert_int_equal(settle(true, &plan, 1, &verdict, rule, &denial),
	    ST_OK);
	for (i = 0; i < LENGTH(change); i++) {
		assert_int_equal(fake.is_null[i], change[i] == NULL);
		if (change[i] != NULL)
			assert_string_equal(fake.params[i], change[i]);
	}
	fake_reset();
	fake_says((struct answer){ ST_OK, { "denied" } });
	assert_int_equal(settle(true, &nobody, 0, &verdict, rule, &denial),
	    ST_OK);
	assert_true(fake.is_null[9]);
	assert_string_equal(fake.params[10], "");
	assert_string_equal(fake.params[13], "digits");
	assert_string_equal(fake.params[14], "{}");
	assert_string_equal(fake.params[15], "{}");
	fake_reset();
	fake_says((struct answer){ ST_OK, { "denied" } });
	assert_int_equal(settle(false, &plan, 0, &verdict, rule, &denial),
	    ST_OK);
	assert_string_equal(fake.params[1], "logon");
	for (i = 12; i < 18; i++)
		assert_true(fake.is_null[i] || i == 14 || i == 15);
}

/* A lost answer: the same call with the same id, until there is one. */
static void
test_settle_lost(void **state)
{
	const struct store_logon_plan	plan = { .user_id = 4711 };
	enum store_logon		verdict;
	char				rule[STORE_RULE_SIZE];
	struct denial			denial;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_UNKNOWN, { NULL } });
	fake_says((struct answer){ ST_RETRY, { NULL } });	/* schema */
	fake_says((struct answer){ ST_OK, { "t" } });
	fake_says((struct answer){ ST_OK, { OURS, OURS, "on" } });
	fake_says((struct answer){ ST_OK, { "voided" } });
	assert_int_equal(settle(false, &plan, 0, &verdict, rule, &denial),
	    ST_OK);
	assert_int_equal(verdict, STORE_LOGON_VOID);
	assert_string_equal(fake.sql[4], fake.sql[0]);
	assert_string_equal(fake.params[0], RESET_ID);
	assert_int_equal(fake.deadline_ms, DEADLINE_MS);
	fake_reset();
	fake.call_ms = DEADLINE_MS / 2;
	fake_says((struct answer){ ST_UNKNOWN, { NULL } });
	fake_says((struct answer){ ST_BUSY, { NULL } });
	assert_int_equal(settle(false, &plan, 0, &verdict, rule, &denial),
	    ST_UNKNOWN);
	assert_int_equal(denial.refusal, REFUSAL_TRANSIENT);
}

static void
test_rehash(void **state)
{
	const struct store_candidate	old = { "p1", SALT_1 "$b2xk" };
	const struct store_candidate	new = { "p2", SALT_2 "$bmV3" };

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_OK, { "t" } });
	assert_int_equal(store_pin_rehash(store, 4711, &old, &new,
	    DEADLINE_MS), ST_OK);
	assert_string_equal(fake.params[0], "4711");
	assert_string_equal(fake.params[1], "p1:" SALT_1 "$b2xk");
	assert_string_equal(fake.params[2], "p2");
	assert_string_equal(fake.params[3], SALT_2 "$bmV3");
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_prepare),
		UNIT_TEST(test_prepare_others),
		UNIT_TEST(test_prepare_refused),
		UNIT_TEST(test_settle),
		UNIT_TEST(test_settle_parameters),
		UNIT_TEST(test_settle_lost),
		UNIT_TEST(test_rehash),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
