/*
 * test-policy-count.c - the count of what is left, by trying every PIN, and
 * where there are too many of them by trying some.
 */
#include "config.h"

#include "unit.h"

#include <math.h>
#include <time.h>

#include "core/policy.h"

#define SAMPLES	200000

static uint64_t
count(const struct policy *policy)
{
	struct policy_count	left;

	policy_count(policy, &left);
	return left.pins;
}

/* How many of all PINs of min_length digits pass policy_check()? */
static uint64_t
enumerate(const struct policy *policy, const char *extension)
{
	struct secret	pin = { 0 };
	uint64_t	left = 0;
	unsigned int	all = 1;

	for (unsigned int i = 0; i < policy->min_length; i++)
		all *= 10;
	pin.len = policy->min_length;
	for (unsigned int n = 0; n < all; n++) {
		for (unsigned int i = 0, rest = n; i < policy->min_length;
		     i++, rest /= 10)
			pin.digits[i] = (char)('0' + rest % 10);
		left += policy_check(policy, extension, &pin) == POLICY_NONE;
	}
	return left;
}

/*
 * The fewest over every extension of up to max_digits digits, and over one
 * that is longer than the PIN.
 */
static uint64_t
enumerate_worst(const struct policy *policy, unsigned int max_digits)
{
	char		extension[POLICY_EXTENSION_SIZE];
	uint64_t	worst = enumerate(policy, "4930771268358352");
	uint64_t	left;

	for (unsigned int digits = 1, all = 10; digits <= max_digits;
	     digits++, all *= 10) {
		for (unsigned int n = 0; n < all; n++) {
			(void)snprintf(extension, sizeof(extension), "%0*u",
			    (int)digits, n);
			left = enumerate(policy, extension);
			worst = left < worst ? left : worst;
		}
	}
	return worst;
}

static void
test_count_by_trying(void **state)
{
	struct policy	policy;

	(void)state;
	for (unsigned int n = 4; n <= 5; n++) {
		for (int common = 0; common <= 1; common++) {
			policy = (struct policy){ .min_length = n,
				.allow_common = common != 0 };
			assert_int_equal(count(&policy),
			    enumerate_worst(&policy, 6 - n));
		}
	}
	/* Six digits by the extensions that can be worst. */
	policy = (struct policy){ .min_length = 6 };
	assert_int_equal(count(&policy), enumerate_worst(&policy, 1));
}

/* Some machines compute with 53 bits, as valgrind does on all. */
static bool
has_64_bits(void)
{
	volatile long double	large = 0x1p63L;

	return large + 1 != large;
}

static void
test_count_at_the_ends(void **state)
{
	struct policy	policy = { .min_length = 4 };

	(void)state;
	assert_int_equal(count(&policy), 6561 - 9 - 12);
	policy.allow_common = true;
	assert_int_equal(count(&policy), 6561);
	/* Ten digits have one run each way, and it contains every digit. */
	policy = (struct policy){ .min_length = 9 };
	assert_int_equal(count(&policy), 387420489 - 9 - 2);
	policy.min_length = 10;
	assert_true(count(&policy) == UINT64_C(3486784401) - 9);
	policy.min_length = 11;
	assert_true(count(&policy) == UINT64_C(31381059609) - 9);
	policy.min_length = 20;
	assert_true(!has_64_bits() ||
	    count(&policy) == UINT64_C(12157665459056928801) - 9);
	for (policy.min_length = 21; policy.min_length <= POLICY_LENGTH_MAX;
	     policy.min_length++)
		assert_true(count(&policy) == UINT64_MAX);
}

/* Rules of ours at short lengths: each alone, and all together. */
static void
test_count_rules(void **state)
{
	static const struct policy	policies[] = {
		{ .refuse_extension_parts = true },
		{ .refuse_groups = true }, { .refuse_keypad = true },
		{ .refuse_dates = true }, { .refuse_most_used = true },
		{ .min_different = 3 }, { .max_in_a_row = 1 },
		{ .blocked = "7391,7391,1111,73915,0000" },
		{ .refuse_extension_parts = true, .refuse_groups = true,
		    .refuse_keypad = true, .refuse_dates = true,
		    .refuse_most_used = true, .min_different = 3,
		    .max_in_a_row = 2, .blocked = "7391" },
	};
	struct policy_count		left;
	struct policy			policy;

	(void)state;
	for (size_t i = 0; i < sizeof(policies) / sizeof(*policies); i++) {
		policy = policies[i];
		policy.min_length = 4;
		policy_count(&policy, &left);
		assert_true(left.is_exact);
		assert_int_equal(left.pins, enumerate_worst(&policy, 3));
		assert_int_equal(left.pins,
		    (uint64_t)(exp2(left.bits) + 0.5));
	}
	policy = policies[8];
	policy.min_length = 5;
	assert_int_equal(count(&policy), enumerate_worst(&policy, 1));
}

/* Names: never more than what the worst that we can think of leave. */
static void
test_count_names(void **state)
{
	struct policy		policy = { .min_length = 4,
				    .refuse_names = true };
	struct policy_count	left;
	char			word[] = "adgjmptwadgjmptwadgjmptw";

	(void)state;
	policy_count(&policy, &left);
	assert_false(left.is_exact);
	for (size_t i = 0; i < POLICY_WORDS_MAX; i++) {
		for (size_t k = 0; k < sizeof(word) - 1; k++)
			word[k] = "adgjmptw"[(k * (i + 1) + i * 3) % 8];
		policy_forbid_names(&policy, word);
	}
	assert_int_equal(policy.words_count, POLICY_WORDS_MAX);
	assert_true(left.pins <= enumerate_worst(&policy, 1));
	assert_int_equal(count(&policy), left.pins);
}

/*
 * From eight digits on: a sample of PINs without one digit. What is counted
 * is no more than that, less five times what chance makes of the sample.
 */
static void
test_count_bound(void **state)
{
	struct policy		policy = { .refuse_groups = true,
				    .refuse_keypad = true,
				    .refuse_dates = true, .min_different = 4,
				    .max_in_a_row = 1,
				    .refuse_most_used = true };
	struct policy_count	left;
	struct secret		pin;
	unsigned int		seed = (unsigned int)time(NULL);
	double			share, most;

	(void)state;
	print_message("seed %u\n", seed);
	srandom(seed);
	for (policy.min_length = 8; policy.min_length <= POLICY_LENGTH_MAX;
	     policy.min_length += 4) {
		unsigned int	found = 0;

		pin.len = policy.min_length;
		for (unsigned int i = 0; i < SAMPLES; i++) {
			for (size_t k = 0; k < pin.len; k++)
				pin.digits[k] = (char)('1' + random() % 9);
			found += policy_check(&policy, "0", &pin) ==
			    POLICY_NONE;
		}
		share = (double)found / SAMPLES;
		most = log2(share + 5 * sqrt(share / SAMPLES)) +
		    policy.min_length * log2(9);
		policy_count(&policy, &left);
		print_message("%2u digits: at least %.2f bits, at most "
		    "%.2f\n", policy.min_length, left.bits, most);
		assert_true(left.bits > 20 && left.bits <= most);
		assert_true(left.bits > most - 1);
		assert_false(left.is_exact);
	}
}

/* One mailbox, up to a number. */
static void
test_count_up_to(void **state)
{
	struct policy	policy = { .min_length = 4, .refuse_names = true };

	(void)state;
	policy_forbid_names(&policy, "Andrea");
	assert_int_equal(policy_count_up_to(&policy, "20471", 100000),
	    enumerate(&policy, "20471"));
	assert_int_equal(policy_count_up_to(&policy, "", 100000),
	    enumerate(&policy, ""));
	assert_int_equal(policy_count_up_to(&policy, "0", 1000), 1000);
	policy.min_different = 10;
	assert_int_equal(policy_count_up_to(&policy, "", 1), 0);
	policy = (struct policy){ .min_length = POLICY_LENGTH_MAX };
	assert_int_equal(policy_count_up_to(&policy, "0", 5000), 5000);
}

/* What an extension takes is no more than is said, and that is not much. */
static void
test_own_most(void **state)
{
	static const char *const	extensions[] = { "", "0", "7", "11",
	    "42", "123", "999", "1111", "20471", "55555", "1234567" };
	struct policy			policy = { .min_length = 5 };
	uint64_t			all, own, most;
	size_t				i;

	(void)state;
	policy.allow_common = true;
	all = enumerate(&policy, "");
	for (i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		own = enumerate(&policy, extensions[i]);
		most = policy_own_most(&policy, extensions[i]);
		UNIT_CHECK(extensions[i], all - own <= most);
		UNIT_CHECK(extensions[i], most <= 2 * (all - own) + 1 ||
		    strlen(extensions[i]) < 2);
	}
	policy.refuse_extension_parts = true;
	assert_int_equal(policy_own_most(&policy, "20471"), UINT64_MAX);
	assert_int_equal(policy_own_most(&policy, ""), 0);
	policy.refuse_names = true;
	policy_forbid_names(&policy, "Andrea");
	assert_int_equal(policy_own_most(&policy, ""), UINT64_MAX);
	policy = (struct policy){ .min_length = POLICY_LENGTH_MAX };
	assert_int_equal(policy_own_most(&policy, "1"), UINT64_MAX);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_count_by_trying),
		UNIT_TEST(test_count_at_the_ends),
		UNIT_TEST(test_count_rules),
		UNIT_TEST(test_count_names),
		UNIT_TEST(test_count_bound),
		UNIT_TEST(test_count_up_to),
		UNIT_TEST(test_own_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
