/*
 * test-store.c - how answers of the database become results and refusals.
 *
 * A fake db answers from a script and keeps what it was asked. The schema
 * check is the real one.
 */
#include "config.h"

#include "unit.h"

#include "fake-db.h"
#include "policy-text.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define STRING_OF(number)	#number
#define STRING(number)	STRING_OF(number)
#define OURS		STRING(UMWS_SCHEMA_VERSION)
#define SLOW_MS		2000	/* of a call that ran into its deadline */
#define FAR_OFF		"1000000"	/* no schema has come so far */

/* Every word of reset_prepare, _commit and _outcome, and one that is none. */
static void
test_words(void **state)
{
	static const struct {
		const char	*word, *ms;
		enum status	 st;
		enum refusal	 refusal;
		uint64_t	 back_off_ms;
	} cases[] = {
		{ "ok", NULL, ST_OK, REFUSAL_NONE, 0 },
		{ "not_enabled", NULL, ST_DENIED, REFUSAL_NOT_ENABLED, 0 },
		{ "pin_locked", NULL, ST_DENIED, REFUSAL_PIN_LOCKED, 0 },
		{ "busy", "73500", ST_DENIED, REFUSAL_BUSY, 73500 },
		{ "busy", "1", ST_DENIED, REFUSAL_BUSY, 1 },
		{ "busy", NULL, ST_DENIED, REFUSAL_BUSY, 1000 },
		{ "stale", NULL, ST_RETRY, REFUSAL_BUSY, 1000 },
		{ "history", NULL, ST_RETRY, REFUSAL_BUSY, 1000 },
		{ "abandoned", NULL, ST_RETRY, REFUSAL_STORE_UNAVAILABLE, 0 },
		{ "key_unknown", NULL, ST_DENIED, REFUSAL_INTERNAL, 0 },
		{ "begun", NULL, ST_DENIED, REFUSAL_INTERNAL, 0 },
		{ "", NULL, ST_DENIED, REFUSAL_INTERNAL, 0 },
		{ "OK", NULL, ST_DENIED, REFUSAL_INTERNAL, 0 },
	};
	struct ended	o;
	size_t		i;

	(void)state;
	unit_expect_log("mail-key-unknown");
	unit_expect_log("result-unknown word=begun");
	unit_expect_log("result-unknown word=OK");
	unit_expect_log("result-unknown word=\"\"");
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake_says((struct answer){ ST_OK,
		    { cases[i].word, cases[i].ms } });
		o = call_commit();
		check_denial(cases[i].word, &o, cases[i].st,
		    cases[i].refusal, cases[i].back_off_ms);
		if (cases[i].ms != NULL)
			continue;	/* the outcome has no back-off */
		fake_reset();
		fake_says((struct answer){ ST_OK, { cases[i].word, "0" } });
		o = call_outcome();
		check_denial(cases[i].word, &o, cases[i].st,
		    cases[i].refusal, cases[i].back_off_ms);
	}
}

static void
test_prepare_words(void **state)
{
	static const struct {
		const char	*word, *ms;
		enum refusal	 refusal;
		uint64_t	 back_off_ms;
	} cases[] = {
		{ "not_enabled", NULL, REFUSAL_NOT_ENABLED, 0 },
		{ "pin_locked", NULL, REFUSAL_PIN_LOCKED, 0 },
		{ "busy", "3599999", REFUSAL_BUSY, 3599999 },
		{ "perhaps", NULL, REFUSAL_INTERNAL, 0 },
	};
	struct ended	o;
	size_t		i;

	(void)state;
	unit_expect_log("result-unknown word=perhaps");
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake_says((struct answer){ ST_OK,
		    { cases[i].word, cases[i].ms } });
		o = call_prepare();
		check_denial(cases[i].word, &o, ST_DENIED, cases[i].refusal,
		    cases[i].back_off_ms);
	}
}

/* What a call that failed means depends on whether it may have written. */
static void
test_statuses(void **state)
{
	static const struct {
		const char	*name;
		enum status	 st;
		enum refusal	 read, write;
		enum status	 wrote;
	} cases[] = {
		{ "busy", ST_BUSY, REFUSAL_BUSY, REFUSAL_BUSY,
		    ST_DENIED },
		{ "retry", ST_RETRY, REFUSAL_STORE_UNAVAILABLE,
		    REFUSAL_STORE_UNAVAILABLE, ST_DENIED },
		{ "unknown", ST_UNKNOWN, REFUSAL_STORE_UNAVAILABLE,
		    REFUSAL_TRANSIENT, ST_UNKNOWN },
		{ "fail", ST_FAIL, REFUSAL_INTERNAL, REFUSAL_INTERNAL,
		    ST_DENIED },
	};
	struct ended	o;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake.call_ms = SLOW_MS;
		fake_says((struct answer){ cases[i].st, { NULL } });
		o = call_prepare();
		check_denial(cases[i].name, &o, ST_DENIED, cases[i].read,
		    1000);
		fake_reset();
		fake.call_ms = SLOW_MS;
		fake_says((struct answer){ cases[i].st, { NULL } });
		o = call_is_enabled();
		check_denial(cases[i].name, &o, ST_DENIED, cases[i].read,
		    1000);
		UNIT_CHECK(cases[i].name, !o.is_enabled);
		fake_reset();
		fake_says((struct answer){ cases[i].st, { NULL } });
		o = call_commit();
		check_denial(cases[i].name, &o, cases[i].wrote,
		    cases[i].write, 1000);
		fake_reset();
		fake_says((struct answer){ cases[i].st, { NULL } });
		UNIT_CHECK(cases[i].name,
		    !store_is_writable(store, DEADLINE_MS));
	}
}

/* Input that the database refuses: a login that is no text is nobody's. */
static void
test_refused_input(void **state)
{
	struct ended	o;

	(void)state;
	unit_expect_log("database-refused");
	fake_reset();
	fake_says((struct answer){ ST_BAD, { NULL } });
	fake.is_text_error = true;
	o = call_prepare();
	check_denial("prepare", &o, ST_DENIED, REFUSAL_NOT_ENABLED, 0);
	fake_reset();
	fake_says((struct answer){ ST_BAD, { NULL } });
	o = call_prepare();
	check_denial("prepare, else", &o, ST_DENIED, REFUSAL_INTERNAL, 0);
	fake_reset();
	fake_says((struct answer){ ST_BAD, { NULL } });
	fake.is_text_error = true;
	o = call_is_enabled();
	check_denial("is-enabled", &o, ST_OK, REFUSAL_NONE, 0);
	assert_false(o.is_enabled);
	fake_reset();
	fake_says((struct answer){ ST_BAD, { NULL } });
	o = call_commit();
	check_denial("commit", &o, ST_DENIED, REFUSAL_INTERNAL, 0);
}

static void
test_is_enabled(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_OK, { "t" } });
	o = call_is_enabled();
	assert_true(o.st == ST_OK && o.is_enabled);
	assert_string_equal(fake.params[0], "anna");
	assert_int_equal(fake.deadline_ms, DEADLINE_MS);
	fake_reset();
	fake_says((struct answer){ ST_OK, { "f" } });
	o = call_is_enabled();
	assert_true(o.st == ST_OK && !o.is_enabled);
	fake_reset();
	fake_says((struct answer){ ST_OK, { "2025-01-01 00:00:00+00" } });
	assert_true(store_is_writable(store, DEADLINE_MS));
	assert_non_null(strstr(fake.sql[0], "umws.write_probe()"));
}

/* A plan, whole, from a row; and the question as it was asked. */
static void
test_plan(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_OK,
	    { "ok", NULL, "4711", BASIS, "anna@example.test", "20001",
	    RULES("6", "t"),
	    "p2:" SALT_2 " p1:" SALT_1 } });
	o = call_prepare();
	assert_int_equal(o.st, ST_OK);
	assert_int_equal(o.plan.user_id, 4711);
	assert_string_equal(o.plan.basis, BASIS);
	assert_string_equal(o.plan.recipient, "anna@example.test");
	assert_string_equal(o.plan.extension, "20001");
	assert_int_equal(o.plan.policy.min_length, 6);
	assert_true(o.plan.policy.allow_common);
	assert_int_equal(o.plan.count, 2);
	assert_string_equal(o.plan.settings[0].key_id, "p2");
	assert_string_equal(o.plan.settings[0].text, SALT_2);
	assert_string_equal(o.plan.settings[1].key_id, "p1");
	assert_string_equal(o.plan.settings[1].text, SALT_1);
	assert_int_equal(fake.counts[0], 3);
	assert_string_equal(fake.params[0], "anna");
	assert_string_equal(fake.params[1], "192.0.2.7");
	assert_string_equal(fake.params[2], "request-1");
	assert_int_equal(fake.deadline_ms, DEADLINE_MS);
	assert_int_equal(fake.results, 0);
}

#define KEY_32		"k2345678901234567890123456789012"
#define TEXT_79		"$a" TEN TEN TEN TEN TEN TEN TEN "1234567"

/* Plans at the limits of their fields, and one step past each. */
static void
test_plan_limits(void **state)
{
	static char	longest[STORE_BASIS_SIZE];
	static char	longer[STORE_BASIS_SIZE + 1];
	static const struct {
		const char	*name, *basis, *length, *extension;
		const char	*parameters;
		int		 count;	/* of parameters; -1: refused */
	} cases[] = {
		{ "none yet", BASIS, "4", "", "", 0 },
		{ "longest", longest, "24", TEN TEN, KEY_32 ":" TEXT_79, 1 },
		{ "four", BASIS, "6", "1", "a:$ b:$ c:$ d:$", 4 },
		{ "five", BASIS, "6", "1", "a:$ b:$ c:$ d:$ e:$", -1 },
		{ "key id", BASIS, "6", "1", KEY_32 "3:" SALT_1, -1 },
		{ "settings", BASIS, "6", "1", "a:" TEXT_79 "8", -1 },
		{ "second", BASIS, "6", "1", "a:$ b:" TEXT_79 "8", -1 },
		{ "no colon", BASIS, "6", "1", SALT_1, -1 },
		{ "colon after", BASIS, "6", "1", "a b:$", -1 },
		{ "basis", longer, "6", "1", "", -1 },
		{ "extension", BASIS, "6", TEN TEN "1", "", -1 },
		{ "short", BASIS, "3", "1", "", -1 },
		{ "long", BASIS, "25", "1", "", -1 },
		{ "negative", BASIS, "-1", "1", "", -1 },
	};
	char		rules[POLICY_RULES_SIZE];
	struct ended	o;
	size_t		i;

	(void)state;
	memset(longest, 'b', sizeof(longest) - 1);
	memset(longer, 'b', sizeof(longer) - 1);
	unit_expect_log("plan-unreadable user=anna");
	unit_expect_log("policy-unreadable");
	for (i = 0; i < LENGTH(cases); i++) {
		(void)snprintf(rules, sizeof(rules), RULES("%s", "f"),
		    cases[i].length);
		fake_reset();
		fake_says((struct answer){ ST_OK,
		    { "ok", NULL, "1", cases[i].basis, "a@b",
		    cases[i].extension, rules, cases[i].parameters } });
		o = call_prepare();
		check_denial(cases[i].name, &o, cases[i].count < 0 ?
		    ST_DENIED : ST_OK, REFUSAL_INTERNAL, 0);
		if (cases[i].count >= 0)
			UNIT_CHECK(cases[i].name,
			    o.plan.count == (size_t)cases[i].count);
	}
}

/* A recipient of 254 bytes fits; one more is refused, never cut. */
static void
test_plan_recipient(void **state)
{
	char		recipient[STORE_RECIPIENT_SIZE + 1];
	struct ended	o;

	(void)state;
	unit_expect_log("plan-unreadable");
	memset(recipient, 'a', sizeof(recipient));
	recipient[STORE_RECIPIENT_SIZE - 1] = '\0';
	fake_reset();
	fake_says((struct answer){ ST_OK,
	    { "ok", NULL, "1", BASIS, recipient, "",
	    RULES("6", "f"), "" } });
	o = call_prepare();
	assert_int_equal(o.st, ST_OK);
	assert_string_equal(o.plan.recipient, recipient);
	recipient[STORE_RECIPIENT_SIZE - 1] = 'a';
	recipient[STORE_RECIPIENT_SIZE] = '\0';
	fake_reset();
	fake_says((struct answer){ ST_OK,
	    { "ok", NULL, "1", BASIS, recipient, "",
	    RULES("6", "f"), "" } });
	o = call_prepare();
	check_denial("255", &o, ST_DENIED, REFUSAL_INTERNAL, 0);
}

/* The ten parameters of reset_commit, in the order of its signature. */
static void
test_commit_parameters(void **state)
{
	static const char *const	expected[] = { RESET_ID, "4711",
	    "anna", "192.0.2.7", "request-1", BASIS, "{\"p2\",\"p1\"}",
	    "{\"" SALT_2 "$aGFzaDI\",\"" SALT_1 "$aGFzaDE\"}",
	    "00112233aabbccdd", "\\x01abff" };
	struct ended			o;
	size_t				i;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", NULL } });
	o = call_commit();
	assert_int_equal(o.st, ST_OK);
	assert_non_null(strstr(fake.sql[0], "umws.reset_commit($1, $2, $3,"
	    " $4, $5, $6, $7, $8, $9, $10)"));
	assert_int_equal(fake.counts[0], LENGTH(expected));
	assert_int_equal(fake.deadline_ms, DEADLINE_MS);
	for (i = 0; i < LENGTH(expected); i++) {
		UNIT_CHECK(expected[i], !fake.is_null[i]);
		assert_string_equal(fake.params[i], expected[i]);
	}
}

/* The largest reset that can be: five candidates of full length. */
static void
test_commit_largest(void **state)
{
	struct sealed		sealed = { .len = SEAL_BLOB_MAX };
	struct store_reset	reset = { .reset_id = RESET_ID,
	    .count = STORE_CANDIDATES_MAX, .mail_key_id = "0011",
	    .sealed = &sealed };
	struct denial		denial;
	size_t			i;

	(void)state;
	for (i = 0; i < reset.count; i++) {
		memset(reset.candidates[i].key_id, 'k',
		    sizeof(reset.candidates[i].key_id) - 1);
		memset(reset.candidates[i].verifier, 'v',
		    sizeof(reset.candidates[i].verifier) - 1);
	}
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", NULL } });
	assert_int_equal(store_commit(store, &caller, &some_plan, &reset,
	    DEADLINE_MS, &denial), ST_OK);
	assert_int_equal(strlen(fake.params[6]), 1 + STORE_CANDIDATES_MAX *
	    (KEYRING_ID_SIZE - 1 + 3));
	assert_int_equal(strlen(fake.params[7]), 1 + STORE_CANDIDATES_MAX *
	    (DERIVE_VERIFIER_SIZE - 1 + 3));
	assert_int_equal(strlen(fake.params[9]), 2 + 2 * SEAL_BLOB_MAX);
}

/* What is no address is no reason to fail: it is nobody's. */
static void
test_addresses(void **state)
{
	static const struct {
		const char	*address;
		bool		 is_kept;
	} cases[] = {
		{ "192.0.2.7", true },
		{ "2001:db8::1", true },
		{ "::ffff:192.0.2.7", true },
		{ "", false },
		{ "unix:", false },
		{ "192.0.2", false },
		{ "192.0.2.7:80", false },
		{ "192.0.2.7/24", false },
		{ "fe80::1%eth0", false },
		{ "'; --", false },
		{ "localhost", false },
	};
	struct store_caller	who = { "anna", NULL, "request-1", "",
				    false, NULL, NULL };
	struct store_plan	plan;
	struct denial		denial;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake_says((struct answer){ ST_OK, { "not_enabled" } });
		who.address = cases[i].address;
		UNIT_CHECK(cases[i].address, store_prepare(store, &who,
		    DEADLINE_MS, &plan, &denial) == ST_DENIED);
		UNIT_CHECK(cases[i].address,
		    fake.is_null[1] == !cases[i].is_kept);
		if (cases[i].is_kept)
			assert_string_equal(fake.params[1], who.address);
	}
}

/* A new connection: is there a schema, and if so which? */
static void
fake_begins(struct answer answer)
{
	fake.is_connected = false;
	if (answer.st == ST_OK && answer.cells[1] != NULL)
		fake_says((struct answer){ ST_OK, { "t" } });
	fake_says(answer);
}

/* A connection that ends as it is used: what does no harm is said again. */
static void
test_sudden_end(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_UNKNOWN, { NULL } });
	fake_begins((struct answer){ ST_OK, { OURS, "1" } });
	fake.is_connected = true;
	fake_says((struct answer){ ST_OK, { "t" } });
	o = call_is_enabled();
	check_denial("sudden", &o, ST_OK, REFUSAL_NONE, 0);
	assert_true(o.is_enabled);
	/* Not when it was new: then the database itself is in trouble. */
	fake_reset();
	fake_begins((struct answer){ ST_OK, { OURS, "1" } });
	fake_says((struct answer){ ST_UNKNOWN, { NULL } });
	o = call_is_enabled();
	check_denial("new", &o, ST_DENIED, REFUSAL_STORE_UNAVAILABLE, 1000);
	/* And never a commit: it may have happened. */
	fake_reset();
	fake_says((struct answer){ ST_UNKNOWN, { NULL } });
	o = call_commit();
	check_denial("commit", &o, ST_UNKNOWN, REFUSAL_TRANSIENT, 1000);
}

/* A new connection is asked for its schema before anything else. */
static void
test_schema_first(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake_begins((struct answer){ ST_OK, { OURS, "1" } });
	fake_says((struct answer){ ST_OK, { "ok", NULL } });
	o = call_commit();
	check_denial("new", &o, ST_OK, REFUSAL_NONE, 0);
	assert_non_null(strstr(fake.sql[1], "FROM umws.schema_info()"));
	assert_non_null(strstr(fake.sql[2], "umws.reset_commit("));
}

/* A schema that does not fit ends the call, and nothing was written. */
static void
test_schema_refused(void **state)
{
	static const struct {
		const char	*name;
		struct answer	 answer;
		enum refusal	 refusal;
	} cases[] = {
		{ "older", { ST_OK, { "0", "0" } }, REFUSAL_INTERNAL },
		{ "far newer", { ST_OK, { FAR_OFF, FAR_OFF } },
		    REFUSAL_INTERNAL },
		{ "missing", { ST_OK, { "f" } }, REFUSAL_INTERNAL },
		{ "away", { ST_RETRY, { NULL } },
		    REFUSAL_STORE_UNAVAILABLE },
		{ "lost", { ST_UNKNOWN, { NULL } },
		    REFUSAL_STORE_UNAVAILABLE },
		{ "busy", { ST_BUSY, { NULL } },
		    REFUSAL_STORE_UNAVAILABLE },
	};
	struct ended	o;
	size_t		i;

	(void)state;
	unit_expect_log("schema-refused database=0 oldest-program=0");
	unit_expect_log("schema-refused database=" FAR_OFF);
	unit_expect_log("schema-missing");
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake_begins(cases[i].answer);
		o = call_prepare();
		check_denial(cases[i].name, &o, ST_DENIED, cases[i].refusal,
		    1000);
		fake_reset();
		fake_begins(cases[i].answer);
		o = call_commit();
		check_denial(cases[i].name, &o, ST_DENIED, cases[i].refusal,
		    1000);
		fake_reset();
		fake_begins(cases[i].answer);
		UNIT_CHECK(cases[i].name,
		    !store_is_writable(store, DEADLINE_MS));
	}
}

/* A newer schema that still serves this program is fine. */
static void
test_schema_newer(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake_begins((struct answer){ ST_OK, { FAR_OFF, OURS } });
	fake_says((struct answer){ ST_OK, { "pin_locked", NULL } });
	o = call_prepare();
	check_denial("newer", &o, ST_DENIED, REFUSAL_PIN_LOCKED, 0);
}

/* The outcome is asked for again while the database does not say. */
static void
test_outcome_insists(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake.is_connected = false;
	fake_says((struct answer){ ST_RETRY, { NULL } });	/* schema */
	fake_begins((struct answer){ ST_OK, { OURS, OURS } });
	fake_says((struct answer){ ST_BUSY, { NULL } });	/* locked */
	fake_says((struct answer){ ST_OK, { "ok", "0" } });
	o = call_outcome();
	check_denial("insists", &o, ST_OK, REFUSAL_NONE, 0);
	assert_non_null(strstr(fake.sql[4], "umws.reset_outcome($1, $2, $3)"));
	assert_string_equal(fake.params[0], RESET_ID);
	assert_string_equal(fake.params[1], "4711");
	assert_string_equal(fake.params[2], "anna");
	assert_int_equal(fake.deadline_ms, DEADLINE_MS);
}

/* No answer until the deadline, or never one: unknown it stays. */
static void
test_outcome_unknown(void **state)
{
	static const struct {
		const char	*name;
		enum status	 st;
		int64_t		 call_ms;
		size_t		 calls;
	} cases[] = {
		{ "away", ST_RETRY, DEADLINE_MS / 2, 2 },
		{ "locked", ST_BUSY, DEADLINE_MS / 2, 2 },
		{ "lost", ST_UNKNOWN, DEADLINE_MS / 2, 2 },
		{ "late", ST_BUSY, 2 * DEADLINE_MS, 1 },
		{ "rights", ST_FAIL, 1, 1 },
	};
	struct ended	o;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake.call_ms = cases[i].call_ms;
		fake_says((struct answer){ cases[i].st, { NULL } });
		if (cases[i].calls > 1)
			fake_says((struct answer){ cases[i].st, { NULL } });
		o = call_outcome();
		check_denial(cases[i].name, &o, ST_UNKNOWN,
		    REFUSAL_TRANSIENT, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_words),
		UNIT_TEST(test_prepare_words),
		UNIT_TEST(test_statuses),
		UNIT_TEST(test_refused_input),
		UNIT_TEST(test_is_enabled),
		UNIT_TEST(test_plan),
		UNIT_TEST(test_plan_limits),
		UNIT_TEST(test_plan_recipient),
		UNIT_TEST(test_commit_parameters),
		UNIT_TEST(test_commit_largest),
		UNIT_TEST(test_addresses),
		UNIT_TEST(test_sudden_end),
		UNIT_TEST(test_schema_first),
		UNIT_TEST(test_schema_refused),
		UNIT_TEST(test_schema_newer),
		UNIT_TEST(test_outcome_insists),
		UNIT_TEST(test_outcome_unknown),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
