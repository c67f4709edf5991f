/*
 * test-logon.c - a dialled PIN from the first question to its word, with the
 * real core and a fake store, gate, lane, board and clock.
 */
#include "config.h"

#include "unit.h"

#include "core/pin.h"
#include "core/unseal.h"
#include "fake-logon.h"

/* Is this the verifier of these digits under these settings? */
static bool
is_made_of(const struct store_candidate *candidate, const char *key_id,
    const char *settings, int64_t user_id, const struct secret *digits)
{
	unsigned char	mac[CRYPTO_MAC_SIZE];
	char		verifier[DERIVE_VERIFIER_SIZE];

	assert_int_equal(pin_key(keyring_find(rings.peppers, key_id), user_id,
	    digits, mac), ST_OK);
	assert_int_equal(derive_verifier(settings, mac, verifier), ST_OK);
	return strcmp(candidate->key_id, key_id) == 0 &&
	    strcmp(candidate->verifier, verifier) == 0;
}

static void
test_words(void **state)
{
	static const struct {
		enum store_logon	verdict;
		const char		*word;
	} rows[] = {
		{ STORE_LOGON_OK, "OK" },
		{ STORE_LOGON_MUST_CHANGE, "CHANGE" },
		{ STORE_LOGON_DENIED, "DENIED" },
		{ STORE_LOGON_LOCKED, "LOCKED" },
		{ STORE_LOGON_VOID, "RESET" },
	};
	struct logon_answer	answer;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		begin();
		db.verdict = rows[i].verdict;
		answer = dial();
		UNIT_CHECK(rows[i].word, strcmp(logon_word_text(answer.word),
		    rows[i].word) == 0);
		UNIT_CHECK(rows[i].word, is_made_of(&db.pin, NEW_ID,
		    SETTINGS(TODAY), USER_ID, &pin));
		UNIT_CHECK(rows[i].word, fake.counters[SCORE_DERIVATIONS] ==
		    1);
		UNIT_CHECK(rows[i].word, db.resets ==
		    (rows[i].verdict == STORE_LOGON_VOID));
		UNIT_CHECK(rows[i].word, db.rehashes == 0);
	}
}

/* Why a PIN that was right must be changed. */
static void
test_why_to_change(void **state)
{
	static const char *const	rows[] = { "first", "expired" };
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		begin();
		db.verdict = STORE_LOGON_MUST_CHANGE;
		db.rule = rows[i];
		UNIT_CHECK(rows[i], strcmp(dial().rule, rows[i]) == 0);
	}
	begin();
	assert_null(dial().rule);
}

/* Locked, or void: nothing is derived, and a due reset is made. */
static void
test_known_before(void **state)
{
	(void)state;
	begin();
	db.plan.verdict = STORE_LOGON_LOCKED;
	assert_int_equal(dial().word, LOGON_LOCKED);
	assert_int_equal(db.resets, 0);
	begin();
	db.plan.verdict = STORE_LOGON_VOID;
	assert_int_equal(dial().word, LOGON_RESET);
	assert_int_equal(db.resets, 1);
	begin();
	db.plan.verdict = STORE_LOGON_VOID;
	db.reset = REFUSAL_STORE_UNAVAILABLE;
	assert_int_equal(dial().word, LOGON_UNAVAILABLE);
	assert_int_equal(fake.enters, 0);
	assert_int_equal(db.settles, 0);
}

/* What is no PIN is neither derived nor asked for. */
static void
test_no_pin(void **state)
{
	const struct secret		none = { 0, "" };
	const struct logon_request	request = { &line, &none, false,
					    &none, POLICY_NONE };
	struct logon_answer		answer;

	(void)state;
	begin();
	logon_try(&parts, &request, &answer);
	assert_int_equal(answer.word, LOGON_DENIED);
	assert_int_equal(db.prepares + db.settles + fake.enters, 0);
}

/* No mailbox, or one without a PIN: the same work, the same each time. */
static void
test_nobody(void **state)
{
	struct store_candidate	first;
	uint64_t		lane;

	(void)state;
	begin();
	db.plan = (struct store_logon_plan){ .tries_left = 5 };
	db.verdict = STORE_LOGON_DENIED;
	assert_int_equal(dial().word, LOGON_DENIED);
	assert_int_equal(fake.counters[SCORE_DERIVATIONS], 1);
	first = db.pin;
	assert_non_null(strstr(first.verifier, TODAY));
	lane = way.lane;
	begin();
	db.plan = (struct store_logon_plan){ .tries_left = 5 };
	(void)wish(&new_pin);
	assert_int_equal(fake.counters[SCORE_DERIVATIONS], 2);
	assert_string_equal(db.pin.verifier, first.verifier);
	/* And a lane of its own, which is no mailbox's. */
	assert_true(way.lane == lane && lane > INT64_MAX);
}

/* Nothing was compared: again, under another id, three times at most. */
static void
test_stale(void **state)
{
	(void)state;
	begin();
	db.settle[0] = db.settle[1] = ST_RETRY;
	assert_int_equal(dial().word, LOGON_OK);
	assert_int_equal(db.prepares, 3);
	assert_string_not_equal(db.ids[0], db.ids[1]);
	begin();
	db.settle[0] = db.settle[1] = db.settle[2] = ST_RETRY;
	assert_int_equal(dial().word, LOGON_UNAVAILABLE);
	assert_int_equal(db.settles, 3);
}

/* What is not known is never told as a word of the mailbox. */
static void
test_unavailable(void **state)
{
	static const enum status	bad[] = { ST_DENIED, ST_UNKNOWN };
	struct logon_answer		answer;
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		begin();
		db.prepare[0] = bad[i];
		answer = dial();
		assert_int_equal(answer.word, LOGON_UNAVAILABLE);
		assert_int_equal(answer.denial.back_off_ms, 59000);
		begin();
		db.settle[0] = bad[i];
		db.verdict = STORE_LOGON_OK;
		assert_int_equal(dial().word, LOGON_UNAVAILABLE);
		assert_int_equal(db.rehashes, 0);
	}
	unit_expect_log("gate-full");
	begin();
	fake.gate = ST_RETRY;
	assert_int_equal(dial().word, LOGON_UNAVAILABLE);
	begin();
	db.verdict = STORE_LOGON_VOID;
	db.reset = REFUSAL_TRANSIENT;
	assert_int_equal(dial().word, LOGON_UNAVAILABLE);
	unit_expect_log("pepper-unknown id=lost");
	begin();
	(void)strcpy(db.plan.setting.key_id, "lost");
	assert_int_equal(dial().word, LOGON_UNAVAILABLE);
	assert_int_equal(db.settles, 0);
}

/* A right PIN is kept by today's settings; a wrong one is not. */
static void
test_rehash(void **state)
{
	static const struct store_setting	olds[] = {
		{ OLD_ID, SETTINGS(TODAY) }, { NEW_ID, SETTINGS("m=8,t=1,p=1") }
	};
	size_t					i;

	(void)state;
	for (i = 0; i < LENGTH(olds); i++) {
		begin();
		db.plan.setting = olds[i];
		db.verdict = STORE_LOGON_DENIED;
		assert_int_equal(dial().word, LOGON_DENIED);
		assert_int_equal(db.rehashes, 0);
		begin();
		db.plan.setting = olds[i];
		db.verdict = STORE_LOGON_MUST_CHANGE;
		assert_int_equal(dial().word, LOGON_CHANGE);
		assert_int_equal(db.rehashes, 1);
		assert_true(is_made_of(&db.old, olds[i].key_id, olds[i].text,
		    USER_ID, &pin));
		assert_string_equal(db.fresh.key_id, NEW_ID);
		assert_non_null(strstr(db.fresh.verifier, TODAY));
		assert_null(strstr(db.fresh.verifier, SALT));
	}
}

/* Both PINs, the notice for this row, and no rule. */
static void
test_change(void **state)
{
	struct seal_row	row = { NULL, USER_ID, "changed",
	    "anna@example.test" };
	struct secret	opened;

	(void)state;
	begin();
	assert_int_equal(wish(&new_pin).word, LOGON_OK);
	assert_int_equal(fake.enters, 1);
	assert_true(is_made_of(&db.pin, NEW_ID, SETTINGS(TODAY), USER_ID,
	    &pin));
	assert_int_equal(db.new.count, 1);
	assert_true(is_made_of(&db.new.candidates[0], NEW_ID, SETTINGS(TODAY),
	    USER_ID, &new_pin));
	assert_string_equal(db.broken, "");
	row.id = db.ids[0];
	assert_int_equal(unseal_pin(rings.secret_keys, &row, &db.sealed,
	    &opened), ST_OK);
	assert_int_equal(opened.len, 1);
	assert_memory_equal(opened.digits, "0", 1);
}

/* Each rule is told by its name and sentence, once the PIN was right. */
static void
test_refused(void **state)
{
	static const struct {
		struct secret		 wanted;
		enum policy_rule	 fault;
		const char		*rule, *broken;
	} rows[] = {
		{ { 6, "123456" }, POLICY_NONE, "common", "common" },
		{ { 4, "9047" }, POLICY_NONE, "length", "length" },
		{ { 6, "020001" }, POLICY_NONE, "extension", "extension" },
		{ { 0, "" }, POLICY_LENGTH, "length", "length" },
		{ { 0, "" }, POLICY_DIGITS, "digits", "digits" },
		{ { 6, "381625" }, POLICY_NONE, "history", "" },
		{ { 6, "381625" }, POLICY_NONE, "pin_locked", "" },
		{ { 6, "123456" }, POLICY_NONE, "pin_locked", "common" },
	};
	struct logon_answer	answer;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		begin();
		db.verdict = STORE_LOGON_REFUSED;
		db.rule = rows[i].rule;
		answer = try_it(true, &rows[i].wanted, rows[i].fault);
		UNIT_CHECK(rows[i].rule, answer.word == LOGON_REFUSED);
		UNIT_CHECK(rows[i].rule, strcmp(answer.rule, rows[i].rule) ==
		    0);
		UNIT_CHECK(rows[i].rule, strlen(answer.sentence) > 10);
		UNIT_CHECK(rows[i].rule, strcmp(db.broken, rows[i].broken) ==
		    0);
		UNIT_CHECK(rows[i].rule, db.new.count ==
		    (rows[i].wanted.len > 0));
		UNIT_CHECK(rows[i].rule, db.rehashes == 0);
	}
	/* Too young, unless it must be changed. */
	begin();
	db.plan.change.policy.min_age_s = 60;
	db.plan.pin_age_s = 59;
	(void)wish(&new_pin);
	assert_string_equal(db.broken, "age");
	begin();
	db.plan.change.policy.min_age_s = 60;
	db.plan.pin_age_s = 59;
	db.plan.is_forced = true;
	(void)wish(&new_pin);
	assert_string_equal(db.broken, "");
	/* To whom the PIN was wrong nothing is told of rules. */
	begin();
	db.verdict = STORE_LOGON_DENIED;
	answer = wish(&rows[0].wanted);
	assert_int_equal(answer.word, LOGON_DENIED);
	assert_null(answer.rule);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_words),
		UNIT_TEST(test_why_to_change),
		UNIT_TEST(test_known_before),
		UNIT_TEST(test_no_pin),
		UNIT_TEST(test_nobody),
		UNIT_TEST(test_stale),
		UNIT_TEST(test_unavailable),
		UNIT_TEST(test_rehash),
		UNIT_TEST(test_change),
		UNIT_TEST(test_refused),
	};

	return cmocka_run_group_tests(tests, logon_group_begin,
	    logon_group_end);
}
