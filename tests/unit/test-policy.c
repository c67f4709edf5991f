/*
 * test-policy.c - every rule by a table, and the count of what is left by
 * trying every PIN.
 */
#include "config.h"

#include "unit.h"

#include "core/policy.h"
#include "policy-text.h"

/* Room for a PIN longer than a struct secret can hold, to be refused. */
static void
make_pin(const char *digits, struct secret *pin)
{
	memset(pin, 0, sizeof(*pin));
	pin->len = strlen(digits);
	memcpy(pin->digits, digits,
	    pin->len < SECRET_MAX ? pin->len : SECRET_MAX);
}

struct check_case {
	const char		*pin;
	const char		*extension;
	unsigned int		 min_length;
	bool			 allow_common;
	enum policy_rule	 rule;
};

static const struct check_case check_cases[] = {
	/* Length comes first, whatever else is wrong. */
	{ "", "", 4, false, POLICY_LENGTH },
	{ "123", "", 4, false, POLICY_LENGTH },
	{ "83527", "", 6, false, POLICY_LENGTH },
	{ "8352", "", 4, false, POLICY_NONE },
	{ "835271", "", 4, false, POLICY_NONE },
	{ "835271835271835271835271", "", 24, false, POLICY_NONE },
	{ "8352718352718352718352713", "", 24, false, POLICY_LENGTH },
	{ "8352718352718352718352713", "", 4, true, POLICY_LENGTH },
	/* Digits only. */
	{ "83a2", "", 4, false, POLICY_DIGITS },
	{ "835 ", "", 4, true, POLICY_DIGITS },
	{ "-352", "", 4, true, POLICY_DIGITS },
	{ "/352", "", 4, true, POLICY_DIGITS },
	{ "835:", "", 4, true, POLICY_DIGITS },
	{ "83\xb2", "", 3, true, POLICY_DIGITS },
	/* Runs and repetitions, wholly. */
	{ "1234", "", 4, false, POLICY_COMMON },
	{ "0123", "", 4, false, POLICY_COMMON },
	{ "6789", "", 4, false, POLICY_COMMON },
	{ "4321", "", 4, false, POLICY_COMMON },
	{ "3210", "", 4, false, POLICY_COMMON },
	{ "9876", "", 4, false, POLICY_COMMON },
	{ "65432", "", 4, false, POLICY_COMMON },
	{ "0123456789", "", 4, false, POLICY_COMMON },
	{ "9876543210", "", 4, false, POLICY_COMMON },
	{ "0000", "", 4, false, POLICY_COMMON },
	{ "1111", "", 4, false, POLICY_COMMON },
	{ "999999999999999999999999", "", 4, false, POLICY_COMMON },
	/* No wrap from 9 to 0, no other step, no part of the PIN. */
	{ "7890", "", 4, false, POLICY_NONE },
	{ "0987", "", 4, false, POLICY_NONE },
	{ "8901", "", 4, false, POLICY_NONE },
	{ "1357", "", 4, false, POLICY_NONE },
	{ "12345678901", "", 4, false, POLICY_NONE },
	{ "12340", "", 4, false, POLICY_NONE },
	{ "01235", "", 4, false, POLICY_NONE },
	{ "91234", "", 4, false, POLICY_NONE },
	{ "1112", "", 4, false, POLICY_NONE },
	{ "2111", "", 4, false, POLICY_NONE },
	{ "1212", "", 4, false, POLICY_NONE },
	/* AllowCommonPatterns lets them through, */
	{ "1234", "", 4, true, POLICY_NONE },
	{ "4321", "", 4, true, POLICY_NONE },
	{ "1111", "", 4, true, POLICY_NONE },
	/* but not the extension. */
	{ "1234", "1234", 4, true, POLICY_EXTENSION },
	{ "1111", "1", 4, true, POLICY_EXTENSION },
	{ "1234", "1234", 4, false, POLICY_COMMON },
	/* The PIN is a suffix of the extension. */
	{ "8352", "8352", 4, false, POLICY_EXTENSION },
	{ "8352", "18352", 4, false, POLICY_EXTENSION },
	{ "8352", "4930771268358352", 4, false, POLICY_EXTENSION },
	{ "8352", "83520", 4, false, POLICY_NONE },
	{ "8352", "83521", 4, false, POLICY_NONE },
	{ "8352", "183527", 4, false, POLICY_NONE },
	{ "8352", "2538", 4, false, POLICY_NONE },
	/* The PIN contains the extension: front, middle, end. */
	{ "835271", "8352", 4, false, POLICY_EXTENSION },
	{ "835271", "527", 4, false, POLICY_EXTENSION },
	{ "835271", "271", 4, false, POLICY_EXTENSION },
	{ "835271", "5", 4, false, POLICY_EXTENSION },
	{ "835271", "6", 4, false, POLICY_NONE },
	{ "835271", "537", 4, false, POLICY_NONE },
	{ "835271", "8353", 4, false, POLICY_NONE },
};

static void
test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(check_cases) / sizeof(*check_cases);
	     i++) {
		const struct check_case	*c = &check_cases[i];
		struct policy		 policy = {
			.min_length = c->min_length,
			.allow_common = c->allow_common };
		struct secret		 pin;
		char			 name[80];

		make_pin(c->pin, &pin);
		(void)snprintf(name, sizeof(name), "%s/%s/%u/%d", c->pin,
		    c->extension, c->min_length, c->allow_common);
		UNIT_CHECK(name,
		    policy_check(&policy, c->extension, &pin) == c->rule);
	}
}

static void
test_words(void **state)
{
	static const struct {
		enum policy_rule	 rule;
		const char		*name;
	} words[] = {
		{ POLICY_NONE, "none" },
		{ POLICY_LENGTH, "length" },
		{ POLICY_DIGITS, "digits" },
		{ POLICY_COMMON, "common" },
		{ POLICY_EXTENSION, "extension" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char	*sentence;

		assert_string_equal(policy_rule_name(words[i].rule),
		    words[i].name);
		sentence = policy_rule_sentence(words[i].rule);
		UNIT_CHECK(words[i].name, strlen(sentence) > 10);
		UNIT_CHECK(words[i].name,
		    sentence[strlen(sentence) - 1] == '.');
	}
}

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
	assert_true(
	    count(&policy) == UINT64_C(12157665459056928801) - 9);
	for (policy.min_length = 21; policy.min_length <= POLICY_LENGTH_MAX;
	     policy.min_length++)
		assert_true(count(&policy) == UINT64_MAX);
}

/* Rules as the database hands them out, before all others, and near misses of
 * them. */
static const struct {
	const char	*rules;
	enum status	 st;
	unsigned int	 min_length;
	bool		 allow_common;
} parse_cases[] = {
	{ "min_pin_length=6 allow_common_patterns=f", ST_OK, 6,
	    false },
	{ "min_pin_length=4 allow_common_patterns=t", ST_OK, 4,
	    true },
	{ "allow_common_patterns=t min_pin_length=24", ST_OK, 24,
	    true },
	{ "min_pin_length=06 allow_common_patterns=f", ST_OK, 6,
	    false },
	/* One is missing, or there are none. */
	{ "", ST_BAD, 0, false },
	{ "min_pin_length=6", ST_BAD, 0, false },
	{ "allow_common_patterns=t", ST_BAD, 0, false },
	/* Of a later schema: a rule that this program cannot keep. */
	{ "min_pin_length=6 allow_common_patterns=f min_distinct=3",
	    ST_BAD, 0, false },
	{ "min_distinct=3 min_pin_length=6 allow_common_patterns=f",
	    ST_BAD, 0, false },
	{ "MIN_PIN_LENGTH=6 allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_lengt=6 allow_common_patterns=f", ST_BAD, 0,
	    false },
	/* Twice, even if both say the same. */
	{ "min_pin_length=6 min_pin_length=6 allow_common_patterns=f",
	    ST_BAD, 0, false },
	/* Values that cannot be. */
	{ "min_pin_length=3 allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=25 allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length= allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=-6 allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=+6 allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=6x allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=6=6 allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=4294967302 allow_common_patterns=f",
	    ST_BAD, 0, false },
	{ "min_pin_length=6 allow_common_patterns=", ST_BAD, 0,
	    false },
	{ "min_pin_length=6 allow_common_patterns=true", ST_BAD, 0,
	    false },
	{ "min_pin_length=6 allow_common_patterns=1", ST_BAD, 0,
	    false },
	/* Blanks: one between two, none elsewhere. */
	{ " min_pin_length=6 allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=6  allow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length=6 allow_common_patterns=f ", ST_BAD, 0,
	    false },
	{ "min_pin_length=6\nallow_common_patterns=f", ST_BAD, 0,
	    false },
	{ "min_pin_length =6 allow_common_patterns=f", ST_BAD, 0,
	    false },
};

static void
test_parse(void **state)
{
	struct policy	policy;
	char		rules[POLICY_RULES_SIZE];
	size_t		i;

	(void)state;
	unit_expect_log("policy-unreadable rules=\"min_pin_length=6 "
	    "allow_common_patterns=f min_distinct=3" OTHER_RULES "\" "
	    "at=\"min_distinct=3" OTHER_RULES "\" "
	    "reason=\"unknown: is this program older than the schema?\"");
	unit_expect_log("at=allow_common_patterns reason=missing");
	unit_expect_log("at=min_pin_length reason=missing");
	unit_expect_log("reason=\"given twice\"");
	unit_expect_log("reason=\"no value that it may have\"");
	unit_expect_log("policy-unreadable");
	for (i = 0; i < sizeof(parse_cases) / sizeof(parse_cases[0]); i++) {
		memset(&policy, 0xff, sizeof(policy));
		(void)snprintf(rules, sizeof(rules), "%s" OTHER_RULES,
		    parse_cases[i].rules);
		UNIT_CHECK(parse_cases[i].rules,
		    policy_parse(rules, &policy) == parse_cases[i].st);
		UNIT_CHECK(parse_cases[i].rules,
		    policy.min_length == parse_cases[i].min_length &&
		    policy.allow_common == parse_cases[i].allow_common);
	}
	assert_true(policy_is_rule("min_pin_length") &&
	    policy_is_rule("allow_common_patterns"));
	assert_false(policy_is_rule("min_pin_lengt") ||
	    policy_is_rule("min_pin_length6") || policy_is_rule("") ||
	    policy_is_rule("pin_history_count"));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_parse),
		UNIT_TEST(test_check),
		UNIT_TEST(test_words),
		UNIT_TEST(test_count_by_trying),
		UNIT_TEST(test_count_at_the_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
