/*
 * test-policy.c - every rule by a table of examples, and the text that rules
 * are read from.
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

/* Exchange's patterns allowed, all rules off but for this one. */
static void
make_policy(const char *rule, struct policy *policy)
{
	static const char	all[] = RULES("4", "t");
	char			text[POLICY_RULES_SIZE];
	const char		*at = all;
	size_t			 name_len = strcspn(rule, "=") + 1;

	if (*rule != '\0') {
		for (at = all; strncmp(at, rule, name_len) != 0; at++)
			assert_true(*at != '\0');
	}
	(void)snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - all), all,
	    rule, *rule == '\0' ? at : at + strcspn(at, " "));
	assert_int_equal(policy_parse(text, policy), ST_OK);
}

#define PARTS	"refuse_extension_parts=t"
#define THREE	"min_different_digits=3"
#define TWICE	"max_digit_in_a_row=2"
#define GROUPS	"refuse_repeated_groups=t"
#define KEYPAD	"refuse_keypad_lines=t"
#define DATES	"refuse_dates=t"
#define NAMES	"refuse_names=t"
#define USED	"refuse_most_used=t"
#define FOUR_24	"777777777777777777777777"

/* Each rule alone; name is a login or a display name. */
static const struct {
	const char		*rule, *pin, *extension, *name;
	enum policy_rule	 broken;
} rule_cases[] = {
	/* The last four digits of the extension, or its three. */
	{ PARTS, "734567", "", "", POLICY_NONE },
	{ PARTS, "734567", "13456", "", POLICY_EXTENSION_PARTS },
	{ PARTS, "765437", "13456", "", POLICY_EXTENSION_PARTS },
	{ PARTS, "734507", "13456", "", POLICY_NONE },
	{ PARTS, "713407", "13456", "", POLICY_NONE },
	{ PARTS, "6543", "13456", "", POLICY_EXTENSION_PARTS },
	{ PARTS, "7804", "408", "", POLICY_EXTENSION_PARTS },
	{ PARTS, "7084", "408", "", POLICY_NONE },
	{ PARTS, "7408", "408", "", POLICY_EXTENSION },
	{ PARTS, "7484", "84", "", POLICY_EXTENSION },
	{ PARTS, "7485", "84", "", POLICY_NONE },
	{ PARTS, "7395", "8", "", POLICY_NONE },
	{ PARTS, "739152739152739152736543", "13456", "",
	    POLICY_EXTENSION_PARTS },
	{ "", "765437", "13456", "", POLICY_NONE },
	/* Three different digits. */
	{ THREE, "7777", "", "", POLICY_DIFFERENT },
	{ THREE, "7373", "", "", POLICY_DIFFERENT },
	{ THREE, "7371", "", "", POLICY_NONE },
	{ THREE, FOUR_24, "", "", POLICY_DIFFERENT },
	{ THREE, "777777777777777777777713", "", "", POLICY_NONE },
	{ "min_different_digits=10", "9012345678", "", "", POLICY_NONE },
	{ "min_different_digits=10", "901234567", "", "", POLICY_DIFFERENT },
	{ "", "7777", "", "", POLICY_NONE },
	/* At most twice in a row. */
	{ TWICE, "7735", "", "", POLICY_NONE },
	{ TWICE, "7773", "", "", POLICY_IN_A_ROW },
	{ TWICE, "3777", "", "", POLICY_IN_A_ROW },
	{ TWICE, "773773", "", "", POLICY_NONE },
	{ TWICE, "137771", "", "", POLICY_IN_A_ROW },
	{ TWICE, "739152739152739152739111", "", "", POLICY_IN_A_ROW },
	{ "max_digit_in_a_row=1", "7733", "", "", POLICY_IN_A_ROW },
	{ "max_digit_in_a_row=1", "7373", "", "", POLICY_NONE },
	{ "max_digit_in_a_row=23", FOUR_24, "", "", POLICY_IN_A_ROW },
	{ "max_digit_in_a_row=24", FOUR_24, "", "", POLICY_NONE },
	/* One group and nothing else. */
	{ GROUPS, "408408", "", "", POLICY_GROUPS },
	{ GROUPS, "123123", "", "", POLICY_GROUPS },
	{ GROUPS, "7373", "", "", POLICY_GROUPS },
	{ GROUPS, "737373", "", "", POLICY_GROUPS },
	{ GROUPS, "77777", "", "", POLICY_GROUPS },
	{ GROUPS, "73915739157391573915", "", "", POLICY_GROUPS },
	{ GROUPS, "739152739152739152739152", "", "", POLICY_GROUPS },
	{ GROUPS, "4084081", "", "", POLICY_NONE },
	{ GROUPS, "408409", "", "", POLICY_NONE },
	{ GROUPS, "40840", "", "", POLICY_NONE },
	/* Lines of keys and the corners, anywhere. */
	{ KEYPAD, "2580", "", "", POLICY_KEYPAD },
	{ KEYPAD, "0852", "", "", POLICY_KEYPAD },
	{ KEYPAD, "159753", "", "", POLICY_KEYPAD },
	{ KEYPAD, "9518", "", "", POLICY_KEYPAD },
	{ KEYPAD, "7537", "", "", POLICY_KEYPAD },
	{ KEYPAD, "3579", "", "", POLICY_KEYPAD },
	{ KEYPAD, "4147", "", "", POLICY_KEYPAD },
	{ KEYPAD, "0456", "", "", POLICY_KEYPAD },
	{ KEYPAD, "1397", "", "", POLICY_KEYPAD },
	{ KEYPAD, "7931", "", "", POLICY_KEYPAD },
	{ KEYPAD, "9713", "", "", POLICY_KEYPAD },
	{ KEYPAD, "403179", "", "", POLICY_KEYPAD },
	{ KEYPAD, "1379", "", "", POLICY_NONE },
	{ KEYPAD, "1937", "", "", POLICY_NONE },
	{ KEYPAD, "1350", "", "", POLICY_NONE },
	{ KEYPAD, "0840", "", "", POLICY_NONE },
	{ KEYPAD, "0963", "", "", POLICY_KEYPAD },
	{ KEYPAD, "0908", "", "", POLICY_NONE },
	{ KEYPAD, "4862", "", "", POLICY_NONE },
	/* Years at either end; days of the calendar, wholly. */
	{ DATES, "1987", "", "", POLICY_DATES },
	{ DATES, "2026", "", "", POLICY_DATES },
	{ DATES, "1887", "", "", POLICY_NONE },
	{ DATES, "2187", "", "", POLICY_NONE },
	{ DATES, "198766", "", "", POLICY_DATES },
	{ DATES, "661987", "", "", POLICY_DATES },
	{ DATES, "6198766", "", "", POLICY_NONE },
	{ DATES, "31121987", "", "", POLICY_DATES },
	{ DATES, "19871231", "", "", POLICY_DATES },
	{ DATES, "3112", "", "", POLICY_DATES },
	{ DATES, "1231", "", "", POLICY_DATES },
	{ DATES, "2902", "", "", POLICY_DATES },
	{ DATES, "3002", "", "", POLICY_NONE },
	{ DATES, "3104", "", "", POLICY_NONE },
	{ DATES, "0031", "", "", POLICY_NONE },
	{ DATES, "3113", "", "", POLICY_NONE },
	{ DATES, "311299", "", "", POLICY_DATES },
	{ DATES, "123199", "", "", POLICY_DATES },
	{ DATES, "991231", "", "", POLICY_DATES },
	{ DATES, "993112", "", "", POLICY_NONE },
	{ DATES, "310999", "", "", POLICY_NONE },
	{ DATES, "31129", "", "", POLICY_NONE },
	{ DATES, "739152739152739152732026", "", "", POLICY_DATES },
	/* Words of four letters and more, and parts of them. */
	{ NAMES, "526363", "", "Jan Doe", POLICY_NAMES },
	{ NAMES, "253926", "", "Alexander", POLICY_NAMES },
	{ NAMES, "539263", "", "alexander", POLICY_NAMES },
	{ NAMES, "2633720", "", "Andrea M.", POLICY_NONE },
	{ NAMES, "263732", "", "Andrea M.", POLICY_NAMES },
	{ NAMES, "193447", "", "Wei\xc3\x9f", POLICY_NONE },
	{ NAMES, "193477", "", "Wei\xc3\x9f", POLICY_NAMES },
	{ NAMES, "468355", "", "M\xc3\x9cLLER", POLICY_NONE },
	{ NAMES, "685537", "", "M\xc3\x9cLLER", POLICY_NAMES },
	{ NAMES, "685537", "", "Mu\xcc\x88ller", POLICY_NAMES },
	{ NAMES, "685537", "", "\xef\xbc\xad\xef\xbd\x95ller",
	    POLICY_NAMES },
	{ NAMES, "153610", "", "j.doe", POLICY_NONE },
	{ NAMES, "153631", "", "j.doe", POLICY_NAMES },
	{ NAMES, "3630", "", "doe", POLICY_NONE },
	{ NAMES, "2255", "", "\xd0\x90\xd0\x91 \xff 42", POLICY_NONE },
	{ NAMES, "7377", "", "", POLICY_NONE },
	{ NAMES, "9999", "", "wxyz", POLICY_NAMES },
	{ NAMES, "2537", "", "a\xe2\x80\x99lers", POLICY_NAMES },
	{ "", "253926", "", "Alexander", POLICY_NONE },
	/* The most used, and a list of one's own. */
	{ USED, "1234", "", "", POLICY_MOST_USED },
	{ USED, "5683", "", "", POLICY_MOST_USED },
	{ USED, "9999", "", "", POLICY_MOST_USED },
	{ USED, "0000", "", "", POLICY_MOST_USED },
	{ USED, "159753", "", "", POLICY_MOST_USED },
	{ USED, "1235", "", "", POLICY_NONE },
	{ USED, "12345", "", "", POLICY_NONE },
	{ USED, "1234567", "", "", POLICY_NONE },
	{ "", "1234", "", "", POLICY_NONE },
	{ "blocked_pins=7391,739152", "7391", "", "", POLICY_BLOCKED },
	{ "blocked_pins=7391,739152", "739152", "", "", POLICY_BLOCKED },
	{ "blocked_pins=7391,739152", "73915", "", "", POLICY_NONE },
	{ "blocked_pins=7391,739152", "9152", "", "", POLICY_NONE },
	{ "blocked_pins=777777777777777777777777", FOUR_24, "", "",
	    POLICY_BLOCKED },
};

static void
test_rules(void **state)
{
	struct policy	policy;
	struct secret	pin;
	char		name[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rule_cases) / sizeof(*rule_cases);
	     i++) {
		make_policy(rule_cases[i].rule, &policy);
		policy_forbid_names(&policy, rule_cases[i].name);
		make_pin(rule_cases[i].pin, &pin);
		(void)snprintf(name, sizeof(name), "%s/%s/%s/%s",
		    rule_cases[i].rule, rule_cases[i].pin,
		    rule_cases[i].extension, rule_cases[i].name);
		UNIT_CHECK(name, policy_check(&policy,
		    rule_cases[i].extension, &pin) == rule_cases[i].broken);
	}
}

/* Every rule that refuses is named, in order; what is no PIN, once. */
static void
test_explain(void **state)
{
	struct policy		policy = { .min_length = 6,
				    .refuse_keypad = true,
				    .refuse_most_used = true,
				    .min_different = 3, .max_in_a_row = 2 };
	struct policy_verdict	verdict;
	struct secret		pin;

	(void)state;
	make_pin("1111", &pin);
	policy_explain(&policy, "11", &pin, &verdict);
	assert_int_equal(verdict.count, 6);
	assert_int_equal(verdict.rules[0], POLICY_LENGTH);
	assert_int_equal(verdict.rules[1], POLICY_COMMON);
	assert_int_equal(verdict.rules[2], POLICY_EXTENSION);
	assert_int_equal(verdict.rules[3], POLICY_DIFFERENT);
	assert_int_equal(verdict.rules[4], POLICY_IN_A_ROW);
	assert_int_equal(verdict.rules[5], POLICY_MOST_USED);
	make_pin("11a111", &pin);
	policy_explain(&policy, "11", &pin, &verdict);
	assert_int_equal(verdict.count, 1);
	assert_int_equal(verdict.rules[0], POLICY_DIGITS);
	make_pin("", &pin);
	policy_explain(&policy, "11", &pin, &verdict);
	assert_int_equal(verdict.count, 1);
	assert_int_equal(verdict.rules[0], POLICY_LENGTH);
	make_pin("1111111111111111111111111", &pin);
	policy_explain(&policy, "11", &pin, &verdict);
	assert_int_equal(verdict.count, 1);
	assert_int_equal(verdict.rules[0], POLICY_LENGTH);
	make_pin("739152", &pin);
	policy_explain(&policy, "20", &pin, &verdict);
	assert_int_equal(verdict.count, 0);
}

/* A change by its user waits; one that is due does not. */
static void
test_age(void **state)
{
	struct policy	policy;

	(void)state;
	make_policy("min_pin_age_s=86400", &policy);
	assert_int_equal(policy_check_age(&policy, 0, false), POLICY_AGE);
	assert_int_equal(policy_check_age(&policy, 86399, false), POLICY_AGE);
	assert_int_equal(policy_check_age(&policy, 86400, false),
	    POLICY_NONE);
	assert_int_equal(policy_check_age(&policy, -5, false), POLICY_AGE);
	assert_int_equal(policy_check_age(&policy, 0, true), POLICY_NONE);
	make_policy("", &policy);
	assert_int_equal(policy_check_age(&policy, 0, false), POLICY_NONE);
}

/* More words than are kept, and longer ones. */
static void
test_many_words(void **state)
{
	struct policy	policy;
	struct secret	pin;
	char		name[8 * 300 + 1] = "";

	(void)state;
	make_policy(NAMES, &policy);
	for (size_t i = 0; i < 300; i++)
		(void)strcpy(name + 8 * i, "aaaaaaa ");
	policy_forbid_names(&policy, name);
	assert_int_equal(policy.words_count, POLICY_WORDS_MAX);
	make_policy(NAMES, &policy);
	memset(name, 'w', sizeof(name) - 1);
	policy_forbid_names(&policy, name);
	assert_int_equal(policy.words_count, 1);
	assert_int_equal(policy.words[0].len, SECRET_MAX);
	make_pin("999999999999999999999999", &pin);
	assert_int_equal(policy_check(&policy, "", &pin), POLICY_NAMES);
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
		{ POLICY_EXTENSION_PARTS, "extension_parts" },
		{ POLICY_DIFFERENT, "different" },
		{ POLICY_IN_A_ROW, "in_a_row" },
		{ POLICY_GROUPS, "groups" },
		{ POLICY_KEYPAD, "keypad" },
		{ POLICY_DATES, "dates" },
		{ POLICY_NAMES, "names" },
		{ POLICY_MOST_USED, "most_used" },
		{ POLICY_BLOCKED, "blocked" },
		{ POLICY_HISTORY, "history" },
		{ POLICY_AGE, "age" },
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

/* The list is sorted, and no more than the list is refused. */
static void
test_most_used(void **state)
{
	struct policy	policy;
	struct secret	pin;
	char		path[1024], line[256], last[8] = "", digits[8];
	const char	*at;
	unsigned int	listed = 0, refused = 0;
	FILE		*file;

	(void)state;
	make_policy(USED, &policy);
	(void)snprintf(path, sizeof(path), "%s/src/core/policy-most-used.c",
	    getenv("srcdir") == NULL ? ".." : getenv("srcdir"));
	file = fopen(path, "r");
	UNIT_CHECK(path, file != NULL);
	while (fgets(line, sizeof(line), file) != NULL) {
		for (at = line; sscanf(at, "%*[\t ,]\"%7[0-9]\"", digits) ==
		     1; at = strchr(strchr(at, '"') + 1, '"') + 1) {
			UNIT_CHECK(digits, strlen(digits) == 4 ||
			    strlen(digits) == 6);
			UNIT_CHECK(digits, strcmp(last, digits) < 0 ||
			    strlen(last) < strlen(digits));
			make_pin(digits, &pin);
			UNIT_CHECK(digits, policy_check(&policy, "", &pin) ==
			    POLICY_MOST_USED);
			(void)strcpy(last, digits);
			listed++;
		}
	}
	(void)fclose(file);
	for (unsigned int i = 0; i < 1000000 + 10000; i++) {
		(void)snprintf(digits, sizeof(digits), i < 1000000 ? "%06u" :
		    "%04u", i < 1000000 ? i : i - 1000000);
		make_pin(digits, &pin);
		refused += policy_check(&policy, "", &pin) != POLICY_NONE;
	}
	assert_int_equal(listed, refused);
	assert_true(listed >= 40);
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
		UNIT_TEST(test_rules),
		UNIT_TEST(test_explain),
		UNIT_TEST(test_age),
		UNIT_TEST(test_many_words),
		UNIT_TEST(test_words),
		UNIT_TEST(test_most_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
