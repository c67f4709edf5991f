/*
 * test-policy-draw.c - every rule on a million PINs: the share that it
 * removes of all there are, and that none which is drawn by it breaks it. The
 * rows that it prints are those of doc/policy.md.
 *
 * Linked with --wrap=crypto_random: the random bytes have a seed, which is
 * printed; UMWS_SEED gives another.
 */
#include "config.h"

#include "unit.h"

#include <time.h>

#include "base/buf.h"
#include "core/crypto.h"
#include "core/pin.h"
#include "core/policy.h"

#define DRAWS		1000000
#define EXTENSION	"20471"
#define LOGIN		"m.weiss@example.test"
#define NAME		"Andrea Wei\xc3\x9f"

void	__wrap_crypto_random(void *bytes, size_t size);

static uint64_t	random_state;

/* xorshift64*: G. Marsaglia 2003, S. Vigna 2014. */
static uint64_t
random_next(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * UINT64_C(0x2545f4914f6cdd1d);
}

void
__wrap_crypto_random(void *bytes, size_t size)
{
	unsigned char	*byte = bytes;

	while (size-- > 0)
		*byte++ = (unsigned char)(random_next() >> 56);
}

static void
seed(void)
{
	const char	*given = getenv("UMWS_SEED");

	random_state = given != NULL ? strtoull(given, NULL, 10) :
	    (uint64_t)time(NULL);
	print_message("UMWS_SEED=%llu\n", (unsigned long long)random_state);
	random_state = random_state * 2 + 1;
}

/*
 * The policy with this one rule, as the database would write it: what can be
 * refused is, three different digits are asked for, a row ends after one,
 * and a list has one PIN in it.
 */
static void
policy_of(enum policy_rule rule, unsigned int length, struct policy *policy)
{
	struct buf			 text = BUF_INIT(POLICY_RULES_SIZE);
	const struct policy_setting	*setting;
	const char			*value;
	size_t				 i;

	for (i = 0; i < POLICY_RULES; i++) {
		setting = policy_rule_setting((enum policy_rule)i);
		if (setting == NULL)
			continue;
		value = setting->type == POLICY_BOOL ? "f" :
		    setting->type == POLICY_PINS ? "" : "0";
		if (i == POLICY_COMMON)
			value = rule == POLICY_COMMON ? "f" : "t";
		else if (i == (size_t)rule)
			value = setting->type == POLICY_BOOL ? "t" :
			    setting->type == POLICY_PINS ? "7391,739152" :
			    i == POLICY_IN_A_ROW ? "2" : "3";
		buf_printf(&text, "%s%s=", text.len == 0 ? "" : " ",
		    setting->column);
		if (i == POLICY_LENGTH)
			buf_printf(&text, "%u", length);
		else
			buf_puts(&text, value);
	}
	assert_int_equal(policy_parse(buf_text(&text), policy), ST_OK);
	buf_free(&text);
	policy_forbid_names(policy, LOGIN);
	policy_forbid_names(policy, NAME);
}

static const char *
extension_of(enum policy_rule rule)
{
	return rule == POLICY_EXTENSION || rule == POLICY_EXTENSION_PARTS ?
	    EXTENSION : "";
}

/* How many of all PINs break the rule? */
static unsigned int
count_removed(enum policy_rule rule, unsigned int length)
{
	struct policy	policy;
	struct secret	pin = { .len = length };
	unsigned int	all = 1, count = 0, i, rest, k;

	policy_of(rule, length, &policy);
	for (i = 0; i < length; i++)
		all *= 10;
	for (i = 0; i < all; i++) {
		for (k = 0, rest = i; k < length; k++, rest /= 10)
			pin.digits[k] = (char)('0' + rest % 10);
		count += policy_check(&policy, extension_of(rule), &pin) !=
		    POLICY_NONE;
	}
	return count;
}

/* How many of those that are drawn by a rule break it? */
static unsigned int
draw_by(enum policy_rule rule, unsigned int length, unsigned int draws)
{
	struct policy	policy;
	struct secret	pin;
	unsigned int	i, broken = 0;

	policy_of(rule, length, &policy);
	for (i = 0; i < draws; i++) {
		assert_int_equal(pin_generate(&policy, extension_of(rule),
		    &pin), ST_OK);
		assert_int_equal(pin.len, length);
		broken += policy_check(&policy, extension_of(rule), &pin) !=
		    POLICY_NONE;
	}
	return broken;
}

/* Does the document have this line? */
static bool
is_documented(const char *line)
{
	const char	*srcdir = getenv("srcdir");
	char		 path[4096], read[256];
	bool		 is_there = false;
	FILE		*file;

	(void)snprintf(path, sizeof(path), "%s/doc/policy.md",
	    srcdir == NULL ? "." : srcdir);
	file = fopen(path, "r");
	assert_non_null(file);
	while (!is_there && fgets(read, sizeof(read), file) != NULL)
		is_there = strcmp(read, line) == 0;
	(void)fclose(file);
	return is_there;
}

static void
test_draw(void **state)
{
	enum policy_rule	rule;
	char			line[256];
	unsigned int		four, six;
	bool			is_documented_all = true;
	size_t			i;

	(void)state;
	seed();
	for (i = POLICY_LENGTH; i < POLICY_HISTORY; i++) {
		rule = (enum policy_rule)i;
		four = draw_by(rule, 4, DRAWS / 10);
		six = draw_by(rule, 6, DRAWS);
		(void)snprintf(line, sizeof(line), "| %s | %.2f %% | %.4f %% |"
		    " %u | %u |\n", policy_rule_name(rule),
		    count_removed(rule, 4) / 1e2,
		    count_removed(rule, 6) / 1e4, DRAWS, four + six);
		print_message("%s", line);
		is_documented_all = is_documented_all && is_documented(line);
		UNIT_CHECK(policy_rule_name(rule), four + six == 0);
	}
	assert_true(is_documented_all);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
