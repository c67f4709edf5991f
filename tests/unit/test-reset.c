/*
 * test-reset.c - a reset from the first question to the commit, with the
 * real core and a fake store, gate, board and clock.
 *
 * The fake store keeps what it was given. The sealed PIN is opened with the
 * mailer's key afterwards, and everything else is held against it.
 */
#include "config.h"

#include "unit.h"

#include <fcntl.h>

#include "app/reset.h"
#include "core/crypto.h"
#include "core/pin.h"
#include "core/unseal.h"
#include "fake-store.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define NEW_ID		"p-2025"
#define OLD_ID		"p-2024"
#define OLD_SALT	"MDEyMzQ1Njc4OWFiY2RlZg"
#define OTHER_SALT	"ZmVkY2JhOTg3NjU0MzIxMA"
#define SETTINGS(cost, salt)	"$argon2id$v=19$" cost "$" salt
#define TODAY		"m=8,t=2,p=1"
#define CURRENT		{ NEW_ID, SETTINGS(TODAY, OLD_SALT) }

static const struct derive_cost	cost = { 8, 2, 1 };

static struct rings	 rings;
static struct reset	*the_reset;

static struct reset *
reset_of(const struct keyring *public_keys)
{
	const struct reset_options	 options = { cost, TIMEOUT_MS };
	const struct reset_parts	 parts = { .slot = SLOT,
	    .peppers = rings.peppers, .mail_keys = public_keys };
	struct reset			*made;

	return reset_new(&options, &parts, &made) == ST_OK ? made : NULL;
}

static int
group_begin(void **state)
{
	(void)state;
	if (!rings_begin(&rings,
	    NEW_ID ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	    OLD_ID ":AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"))
		return -1;
	memory_fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	the_reset = reset_of(rings.mail_keys);
	return the_reset == NULL || memory_fd < 0 ? -1 : 0;
}

static int
group_end(void **state)
{
	(void)state;
	(void)close(memory_fd);
	reset_free(&the_reset);
	rings_end(&rings);
	return the_reset == NULL ? 0 : -1;
}

/* A mailbox whose history has these settings; every call says ok. */
static void
fake_reset(const struct store_setting *settings, size_t count)
{
	size_t	i;

	memset(&fake, 0, sizeof(fake));
	fake.now_ms = 1000;
	fake.deadline_ms = fake.now_ms + TIMEOUT_MS;
	fake.plan = (struct store_plan){ .user_id = 4711, .basis = "basis",
	    .recipient = "anna@example.test", .extension = "20001",
	    .policy = { .min_length = 6 }, .count = count };
	for (i = 0; i < count; i++)
		fake.plan.settings[i] = settings[i];
}

static struct outcome
try_reset(void)
{
	struct outcome	outcome;

	memset(&outcome, 0xff, sizeof(outcome));
	reset_pin(the_reset, &caller, &outcome);
	assert_false(fake.is_inside);
	return outcome;
}

/* Open what was sealed in a commit: it must be for this very row. */
static void
open_sealed(const char *name, const struct commit *given, struct secret *pin)
{
	const struct seal_row	row = { given->reset_id, fake.plan.user_id,
	    "reset", fake.plan.recipient };

	UNIT_CHECK(name, unseal_pin(rings.secret_keys, &row, &given->sealed,
	    pin) == ST_OK);
	UNIT_CHECK(name, strcmp(given->mail_key_id,
	    keyring_at(rings.mail_keys, 0)->id) == 0);
}

/* Every candidate is the sealed PIN under the settings that it names. */
static void
check_candidates(const char *name, const struct commit *given)
{
	const struct store_candidate	*candidate;
	unsigned char			 mac[CRYPTO_MAC_SIZE];
	char				 settings[DERIVE_VERIFIER_SIZE];
	char				 verifier[DERIVE_VERIFIER_SIZE];
	const struct key		*pepper;
	struct secret			 pin;
	size_t				 i;

	open_sealed(name, given, &pin);
	UNIT_CHECK(name, pin.len == fake.plan.policy.min_length);
	UNIT_CHECK(name, policy_check(&fake.plan.policy, fake.plan.extension,
	    &pin) == POLICY_NONE);
	for (i = 0; i < given->reset.count; i++) {
		candidate = &given->reset.candidates[i];
		pepper = keyring_find(rings.peppers, candidate->key_id);
		UNIT_CHECK(name, pepper != NULL);
		assert_int_equal(pin_key(pepper, fake.plan.user_id, &pin,
		    mac), ST_OK);
		(void)strcpy(settings, candidate->verifier);
		*strrchr(settings, '$') = '\0';
		UNIT_CHECK(name, derive_verifier(settings, mac, verifier) ==
		    ST_OK);
		UNIT_CHECK(name,
		    strcmp(verifier, candidate->verifier) == 0);
	}
}

/* Was the candidate derived under this setting of the history? */
static bool
is_under(const struct store_candidate *candidate,
    const struct store_setting *setting)
{
	size_t	len = strlen(setting->text);

	return strcmp(candidate->key_id, setting->key_id) == 0 &&
	    strncmp(candidate->verifier, setting->text, len) == 0 &&
	    candidate->verifier[len] == '$';
}

/* The part before the salt says what a verifier of today costs. */
static bool
is_of_today(const struct store_candidate *candidate)
{
	static const char	head[] = SETTINGS(TODAY, "");

	return strcmp(candidate->key_id, NEW_ID) == 0 &&
	    strncmp(candidate->verifier, head, strlen(head)) == 0;
}

/* A mailbox without a PIN gets a salt of its own, another one each time. */
static void
test_new_mailbox(void **state)
{
	struct store_candidate	first;
	size_t			head = strlen(SETTINGS(TODAY, ""));

	(void)state;
	fake_reset(NULL, 0);
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	assert_int_equal(fake.commits, 1);
	assert_int_equal(fake.given[0].reset.count, 1);
	check_candidates("new", &fake.given[0]);
	first = fake.given[0].reset.candidates[0];
	assert_true(is_of_today(&first));
	fake_reset(NULL, 0);
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	assert_memory_not_equal(first.verifier + head,
	    fake.given[0].reset.candidates[0].verifier + head,
	    strlen(OLD_SALT));
}

/* Settings of the history and what is derived: which first, how many. */
static void
test_settings(void **state)
{
	static const struct {
		const char		*name;
		size_t			 count, derived;
		struct store_setting	 settings[STORE_SETTINGS_MAX];
	} cases[] = {
		{ "same", 1, 1, { CURRENT } },
		{ "same and older", 3, 3, { CURRENT,
		    { OLD_ID, SETTINGS(TODAY, OTHER_SALT) },
		    { NEW_ID, SETTINGS("m=16,t=1,p=1", OTHER_SALT) } } },
		{ "memory", 1, 2,
		    { { NEW_ID, SETTINGS("m=16,t=2,p=1", OLD_SALT) } } },
		{ "passes", 1, 2,
		    { { NEW_ID, SETTINGS("m=8,t=3,p=1", OLD_SALT) } } },
		{ "pepper", 1, 2, { { OLD_ID, SETTINGS(TODAY, OLD_SALT) } } },
		{ "current but older", 2, 3,
		    { { OLD_ID, SETTINGS(TODAY, OLD_SALT) }, CURRENT } },
		{ "most", 4, 5, { { OLD_ID, SETTINGS(TODAY, OLD_SALT) },
		    { OLD_ID, SETTINGS("m=8,t=1,p=1", OLD_SALT) },
		    { NEW_ID, SETTINGS("m=8,t=1,p=1", OLD_SALT) },
		    { NEW_ID, SETTINGS(TODAY, OTHER_SALT) } } },
	};
	const struct store_reset	*reset = &fake.given[0].reset;
	size_t				 i, j, fresh;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset(cases[i].settings, cases[i].count);
		UNIT_CHECK(cases[i].name,
		    try_reset().denial.refusal == REFUSAL_NONE);
		UNIT_CHECK(cases[i].name, reset->count == cases[i].derived);
		UNIT_CHECK(cases[i].name,
		    fake.counters[SCORE_DERIVATIONS] == cases[i].derived &&
		    fake.observed[SCORE_TIME_DERIVATION] ==
		    cases[i].derived);
		UNIT_CHECK(cases[i].name, is_of_today(&reset->candidates[0]));
		fresh = cases[i].derived - cases[i].count;
		for (j = 0; j < cases[i].count; j++)
			UNIT_CHECK(cases[i].name,
			    is_under(&reset->candidates[fresh + j],
			    &cases[i].settings[j]));
		UNIT_CHECK(cases[i].name, fresh == 0 || strstr(
		    reset->candidates[0].verifier, OLD_SALT) == NULL);
		check_candidates(cases[i].name, &fake.given[0]);
		UNIT_CHECK(cases[i].name, fake.enters == 1);
		UNIT_CHECK(cases[i].name, fake.leaves == 1);
	}
}

/* History that cannot be derived again ends the reset before it begins. */
static void
test_underivable(void **state)
{
	static const struct {
		const char		*name, *log;
		size_t			 count;
		struct store_setting	 settings[2];
	} cases[] = {
		{ "pepper gone", "pepper-unknown id=p-2023", 1,
		    { { "p-2023", SETTINGS(TODAY, OLD_SALT) } } },
		{ "older pepper gone", "pepper-unknown id=p-2023", 2,
		    { CURRENT, { "p-2023", SETTINGS(TODAY, OLD_SALT) } } },
		{ "algorithm", "settings-refused", 1,
		    { { NEW_ID, "$argon2i$v=19$" TODAY "$" OLD_SALT } } },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		unit_expect_log(cases[i].log);
		fake_reset(cases[i].settings, cases[i].count);
		UNIT_CHECK(cases[i].name,
		    try_reset().denial.refusal == REFUSAL_INTERNAL);
		UNIT_CHECK(cases[i].name, fake.commits == 0);
		UNIT_CHECK(cases[i].name, fake.enters == 1);
		UNIT_CHECK(cases[i].name, fake.leaves == 1);
	}
}

/* No place at the gate in time: busy, and nothing was derived. */
static void
test_gate_full(void **state)
{
	struct outcome	outcome;

	(void)state;
	unit_expect_log("gate-full");
	fake_reset(NULL, 0);
	fake.gate = ST_RETRY;
	outcome = try_reset();
	assert_int_equal(outcome.denial.refusal, REFUSAL_BUSY);
	assert_int_equal(outcome.denial.back_off_ms, 1000);
	assert_int_equal(fake.leaves, 0);
	assert_int_equal(fake.commits, 0);
	assert_int_equal(fake.counters[SCORE_DERIVATIONS], 0);
	assert_int_equal(fake.counters[SCORE_RESETS], 0);
	assert_int_equal(fake.counters[SCORE_GATE_TIMEOUTS], 1);
	assert_int_equal(fake.observed[SCORE_TIME_GATE], 1);
	assert_int_equal(fake.observed[SCORE_TIME_DERIVATION], 0);
}

/* What the first question is refused with is what the caller hears. */
static void
test_prepare_refused(void **state)
{
	static const struct answer	cases[] = {
		{ ST_DENIED, REFUSAL_NOT_ENABLED, 0 },
		{ ST_DENIED, REFUSAL_PIN_LOCKED, 0 },
		{ ST_DENIED, REFUSAL_BUSY, 73500 },
		{ ST_DENIED, REFUSAL_STORE_UNAVAILABLE, 0 },
		{ ST_DENIED, REFUSAL_INTERNAL, 0 },
	};
	struct outcome	outcome;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset(NULL, 0);
		fake.prepare[0] = cases[i];
		outcome = try_reset();
		assert_int_equal(outcome.denial.refusal, cases[i].refusal);
		if (cases[i].refusal == REFUSAL_BUSY)
			assert_int_equal(outcome.denial.back_off_ms, 73500);
		assert_int_equal(fake.prepares, 1);
		assert_int_equal(fake.enters, 0);
		assert_int_equal(fake.commits, 0);
	}
}

#define OK	{ ST_OK, REFUSAL_NONE, 0 }
#define STALE	{ ST_RETRY, REFUSAL_BUSY, 1000 }
#define LOST	{ ST_UNKNOWN, REFUSAL_TRANSIENT, 1000 }
#define GONE	{ ST_RETRY, REFUSAL_STORE_UNAVAILABLE, 1000 }
#define LOCKED	{ ST_DENIED, REFUSAL_PIN_LOCKED, 0 }

/* What commits and outcomes say, one after the other, and what comes of it. */
static void
test_tries(void **state)
{
	static const struct {
		const char	*name;
		struct answer	 commit[4], outcome[4];
		size_t		 commits, outcomes;
		int64_t		 commit_ms;
		enum refusal	 refusal;
	} cases[] = {
		{ "ok", { OK }, { OK }, 1, 0, 0, REFUSAL_NONE },
		{ "denied", { LOCKED }, { OK }, 1, 0, 0, REFUSAL_PIN_LOCKED },
		{ "once", { STALE, OK }, { OK }, 2, 0, 0, REFUSAL_NONE },
		{ "twice", { STALE, STALE, OK }, { OK }, 3, 0, 0,
		    REFUSAL_NONE },
		{ "thrice", { STALE, STALE, STALE, OK }, { OK }, 3, 0, 0,
		    REFUSAL_BUSY },
		{ "then denied", { STALE, LOCKED }, { OK }, 2, 0, 0,
		    REFUSAL_PIN_LOCKED },
		{ "too late", { STALE, OK }, { OK }, 1, 0, TIMEOUT_MS,
		    REFUSAL_BUSY },
		{ "lost, ok", { LOST }, { OK }, 1, 1, 0, REFUSAL_NONE },
		{ "lost, denied", { LOST }, { LOCKED }, 1, 1, 0,
		    REFUSAL_PIN_LOCKED },
		{ "lost, stale", { LOST, OK }, { STALE }, 2, 1, 0,
		    REFUSAL_NONE },
		{ "lost, gone", { LOST, OK }, { GONE }, 2, 1, 0,
		    REFUSAL_NONE },
		{ "lost, gone late", { LOST, OK }, { GONE }, 1, 1,
		    TIMEOUT_MS, REFUSAL_STORE_UNAVAILABLE },
		{ "lost, lost", { LOST, OK }, { LOST }, 1, 1, 0,
		    REFUSAL_TRANSIENT },
		{ "lost, gone, lost", { LOST, LOST }, { GONE, LOST }, 2, 2, 0,
		    REFUSAL_TRANSIENT },
	};
	struct outcome	outcome;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset(NULL, 0);
		memcpy(fake.commit, cases[i].commit, sizeof(cases[i].commit));
		memcpy(fake.outcome, cases[i].outcome,
		    sizeof(cases[i].outcome));
		fake.commit_ms = cases[i].commit_ms;
		outcome = try_reset();
		UNIT_CHECK(cases[i].name,
		    outcome.denial.refusal == cases[i].refusal);
		if (outcome.denial.refusal == REFUSAL_BUSY)
			UNIT_CHECK(cases[i].name,
			    outcome.denial.back_off_ms == 1000);
		UNIT_CHECK(cases[i].name, fake.commits == cases[i].commits);
		UNIT_CHECK(cases[i].name, fake.prepares == fake.commits);
		UNIT_CHECK(cases[i].name, fake.outcomes == cases[i].outcomes);
		UNIT_CHECK(cases[i].name, fake.outcomes == 0 || strcmp(
		    fake.asked_id, fake.given[fake.outcomes - 1].reset_id) ==
		    0);
		UNIT_CHECK(cases[i].name, fake.counters[SCORE_RESETS] ==
		    (cases[i].refusal == REFUSAL_NONE));
	}
}

/* Each try has a PIN, a seal and an id of its own. */
static void
test_tries_differ(void **state)
{
	struct secret	first, second;

	(void)state;
	fake_reset(NULL, 0);
	fake.plan.policy.min_length = SECRET_MAX;
	fake.commit[0] = (struct answer)STALE;
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	assert_int_equal(fake.commits, 2);
	check_candidates("first", &fake.given[0]);
	check_candidates("second", &fake.given[1]);
	assert_string_not_equal(fake.given[0].reset_id,
	    fake.given[1].reset_id);
	open_sealed("first", &fake.given[0], &first);
	open_sealed("second", &fake.given[1], &second);
	assert_memory_not_equal(&first, &second, sizeof(first));
}

/* A mail key that does not bear its own id seals nothing. */
static void
test_mail_key_unusable(void **state)
{
	struct keyring	*ring = ring_of("0011223344556677:"
	    "CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk=\n");
	struct reset	*other = reset_of(ring);
	struct outcome	 outcome;

	(void)state;
	assert_non_null(other);
	unit_expect_log("seal-failed");
	fake_reset(NULL, 0);
	reset_pin(other, &caller, &outcome);
	assert_int_equal(outcome.denial.refusal, REFUSAL_INTERNAL);
	assert_int_equal(fake.commits, 0);
	reset_free(&other);
	keyring_free(&ring);
}

/*
 * The address sanitizer may keep variables elsewhere than on the stack, to
 * find their use after a return (clang does as of 15): not where a snapshot
 * is to find them, and for longer than the program would.
 */
const char	*__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_stack_use_after_return=0";
}

static bool
is_in(const struct snapshot *snapshot, const void *bytes, size_t len)
{
	return memmem(snapshot->bytes, snapshot->len, bytes, len) != NULL;
}

/*
 * The PIN is gone when the store is called, and after the answer: from the
 * stack and the heap, and from the memory of the libraries. 24 digits do not
 * come twice by chance. Its keyed hash is gone too. A mark shows that the
 * snapshots hold what they must.
 */
static void
test_pin_wiped(void **state)
{
	struct snapshot	at_commit = { malloc(MEMORY_MAX), 0 };
	struct snapshot	after = { malloc(MEMORY_MAX), 0 };
	volatile char	mark[] = "a mark on the stack";
	unsigned char	mac[CRYPTO_MAC_SIZE];
	struct secret	pin;

	(void)state;
	assert_true(at_commit.bytes != NULL && after.bytes != NULL);
	fake_reset(NULL, 0);
	fake.plan.policy.min_length = SECRET_MAX;
	fake.at_commit = &at_commit;
	list_regions();
	assert_int_equal(try_reset().denial.refusal, REFUSAL_NONE);
	take_snapshot(&after);
	open_sealed("wiped", &fake.given[0], &pin);
	assert_int_equal(pin.len, SECRET_MAX);
	assert_true(is_in(&at_commit, (const char *)mark, sizeof(mark)));
	assert_true(is_in(&after, (const char *)mark, sizeof(mark)));
	assert_false(is_in(&at_commit, pin.digits, pin.len));
	assert_false(is_in(&after, pin.digits, pin.len));
	assert_int_equal(pin_key(keyring_at(rings.peppers, 0),
	    fake.plan.user_id, &pin, mac), ST_OK);
	assert_false(is_in(&at_commit, mac, sizeof(mac)));
	assert_false(is_in(&after, mac, sizeof(mac)));
	free(at_commit.bytes);
	free(after.bytes);
}

/* The one run of digits that has come since before: the PIN. */
static void
find_pin(const struct snapshot *now, const struct snapshot *before,
    struct secret *pin)
{
	size_t	i, digits = 0;

	pin->len = 0;
	for (i = 0; i < now->len && pin->len == 0; i++) {
		digits = now->bytes[i] >= '0' && now->bytes[i] <= '9' ?
		    digits + 1 : 0;
		if (digits != SECRET_MAX)
			continue;
		memcpy(pin->digits, &now->bytes[i + 1 - SECRET_MAX],
		    SECRET_MAX);
		if (!is_in(before, pin->digits, SECRET_MAX))
			pin->len = SECRET_MAX;
	}
}

/* The same when the reset ends early: seen at the gate, gone afterwards. */
static void
test_pin_wiped_early(void **state)
{
	static const struct store_setting	settings[] = { CURRENT,
	    { "p-2023", SETTINGS(TODAY, OLD_SALT) } };
	struct snapshot				before, at_gate, after;
	struct secret				pin;

	(void)state;
	unit_expect_log("pepper-unknown");
	before = (struct snapshot){ malloc(MEMORY_MAX), 0 };
	at_gate = (struct snapshot){ malloc(MEMORY_MAX), 0 };
	after = (struct snapshot){ malloc(MEMORY_MAX), 0 };
	assert_true(before.bytes != NULL && at_gate.bytes != NULL &&
	    after.bytes != NULL);
	fake_reset(settings, LENGTH(settings));
	fake.plan.policy.min_length = SECRET_MAX;
	fake.at_gate = &at_gate;
	list_regions();
	take_snapshot(&before);
	assert_int_equal(try_reset().denial.refusal, REFUSAL_INTERNAL);
	take_snapshot(&after);
	find_pin(&at_gate, &before, &pin);
	assert_int_equal(pin.len, SECRET_MAX);
	assert_false(is_in(&after, pin.digits, pin.len));
	free(before.bytes);
	free(at_gate.bytes);
	free(after.bytes);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_new_mailbox),
		UNIT_TEST(test_settings),
		UNIT_TEST(test_underivable),
		UNIT_TEST(test_gate_full),
		UNIT_TEST(test_prepare_refused),
		UNIT_TEST(test_tries),
		UNIT_TEST(test_tries_differ),
		UNIT_TEST(test_mail_key_unusable),
		UNIT_TEST(test_pin_wiped),
		UNIT_TEST(test_pin_wiped_early),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
