/*
 * test-pin.c - PINs are uniform over what the policy allows, and made by
 * rejection.
 *
 * Linked with --wrap=crypto_random and --wrap=policy_check, so that a case
 * can script either of them; else the real ones answer.
 */
#include "config.h"

#include "unit.h"

#include "core/crypto.h"
#include "core/pin.h"
#include "core/policy.h"

#define DRAWS		1000000
#define PINS		10000	/* of four digits */

/*
 * Chi-square of 9,976 cells, 9,975 degrees of freedom: above the upper
 * limit with probability 1.3e-7, below the lower one with 1.5e-7.
 */
#define ALLOWED		9976
#define CHI_UPPER	10720.0
#define CHI_LOWER	9270.0

enum {
	RANDOM_REAL = 0,
	RANDOM_BYTE,		/* first the byte, later blocks all of 7 */
	RANDOM_BLOCKS		/* block after block of 0, 1, 2, ... */
};

static struct {
	int		random;
	unsigned char	byte;
	unsigned int	blocks;		/* drawn so far */
	unsigned int	refusals;	/* to answer before POLICY_NONE */
	bool		is_policy_faked;
	unsigned int	checked;
	struct secret	seen[4];	/* the first candidates */
} script;

void			__real_crypto_random(void *bytes, size_t size);
enum policy_rule	__real_policy_check(const struct policy *policy,
			    const char *extension, const struct secret *pin);
void			__wrap_crypto_random(void *bytes, size_t size);
enum policy_rule	__wrap_policy_check(const struct policy *policy,
			    const char *extension, const struct secret *pin);

void
__wrap_crypto_random(void *bytes, size_t size)
{
	switch (script.random) {
	case RANDOM_BYTE:
		memset(bytes, script.blocks == 0 ? script.byte : 7, size);
		break;
	case RANDOM_BLOCKS:
		assert_int_equal(size, 32);
		memset(bytes, (int)script.blocks, size);
		break;
	default:
		__real_crypto_random(bytes, size);
	}
	script.blocks++;
}

enum policy_rule
__wrap_policy_check(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	if (!script.is_policy_faked)
		return __real_policy_check(policy, extension, pin);
	if (script.checked < 4)
		script.seen[script.checked] = *pin;
	return script.checked++ < script.refusals ? POLICY_COMMON : POLICY_NONE;
}

static void
test_rejection(void **state)
{
	struct policy	policy = { .min_length = 4,
	    .allow_common = true };
	struct secret	pin;
	unsigned int	hits[10] = { 0 };

	(void)state;
	for (unsigned int byte = 0; byte < 256; byte++) {
		char	digit = byte < 250 ? (char)('0' + byte % 10) : '7';

		memset(&script, 0, sizeof(script));
		script.random = RANDOM_BYTE;
		script.byte = (unsigned char)byte;
		assert_int_equal(pin_generate(&policy, "", &pin), ST_OK);
		assert_int_equal(pin.len, 4);
		for (size_t i = 0; i < pin.len; i++)
			assert_int_equal(pin.digits[i], digit);
		assert_int_equal(script.blocks, byte < 250 ? 1 : 2);
		if (byte < 250)
			hits[digit - '0']++;
	}
	for (int i = 0; i < 10; i++)
		assert_int_equal(hits[i], 25);
}

/* Check that pin is as many of one digit, then as many of the next. */
static void
check_halves(const struct secret *pin, size_t count, char digit)
{
	assert_int_equal(pin->len, SECRET_MAX);
	for (size_t i = 0; i < SECRET_MAX; i++)
		assert_int_equal(pin->digits[i], digit + (i >= count));
}

static void
test_candidate_redrawn_whole(void **state)
{
	struct policy	policy = { .min_length = SECRET_MAX,
	    .allow_common = true };
	struct secret	pin;

	(void)state;
	memset(&script, 0, sizeof(script));
	script.random = RANDOM_BLOCKS;
	script.is_policy_faked = true;
	script.refusals = 3;
	assert_int_equal(pin_generate(&policy, "", &pin), ST_OK);
	assert_int_equal(script.checked, 4);
	/* Blocks of 32 digits, PINs of 24: none is used twice or lost. */
	check_halves(&script.seen[0], 24, '0');
	check_halves(&script.seen[1], 8, '0');
	check_halves(&script.seen[2], 16, '1');
	check_halves(&script.seen[3], 24, '2');
	check_halves(&pin, 24, '2');
}

static void
test_gives_up(void **state)
{
	struct policy	policy = { .min_length = 6 };
	struct secret	pin, empty = { 0 };

	(void)state;
	memset(&script, 0, sizeof(script));
	script.is_policy_faked = true;
	script.refusals = PIN_CANDIDATES_MAX - 1;
	assert_int_equal(pin_generate(&policy, "", &pin), ST_OK);
	assert_int_equal(script.checked, PIN_CANDIDATES_MAX);

	memset(&script, 0, sizeof(script));
	script.is_policy_faked = true;
	script.refusals = PIN_CANDIDATES_MAX;
	unit_expect_log("pin-not-drawn");
	assert_int_equal(pin_generate(&policy, "", &pin), ST_FAIL);
	assert_int_equal(script.checked, PIN_CANDIDATES_MAX);
	assert_memory_equal(&pin, &empty, sizeof(pin));
}

static unsigned int
number_of(const struct secret *pin)
{
	unsigned int	number = 0;

	for (size_t i = 0; i < pin->len; i++) {
		assert_true(pin->digits[i] >= '0' && pin->digits[i] <= '9');
		number = number * 10 + (unsigned int)(pin->digits[i] - '0');
	}
	return number;
}

static void
test_uniform(void **state)
{
	static unsigned int	hits[PINS];
	struct policy	policy = { .min_length = 4 };
	struct secret		pin = { 4, "" };
	double			mean = (double)DRAWS / ALLOWED, chi = 0;
	unsigned int		allowed = 0;

	(void)state;
	memset(&script, 0, sizeof(script));
	for (unsigned int i = 0; i < DRAWS; i++) {
		assert_int_equal(pin_generate(&policy, "", &pin), ST_OK);
		assert_int_equal(pin.len, 4);
		hits[number_of(&pin)]++;
	}
	for (unsigned int n = 0; n < PINS; n++) {
		char	digits[16];

		(void)snprintf(digits, sizeof(digits), "%04u", n);
		memcpy(pin.digits, digits, 4);
		if (policy_check(&policy, "", &pin) != POLICY_NONE) {
			assert_int_equal(hits[n], 0);
			continue;
		}
		allowed++;
		chi += (hits[n] - mean) * (hits[n] - mean) / mean;
	}
	print_message("chi-square %.1f of %u cells, %d draws of "
		      "getrandom(2), which has no seed\n",
	    chi, allowed, DRAWS);
	assert_int_equal(allowed, ALLOWED);
	assert_true(chi > CHI_LOWER && chi < CHI_UPPER);
}

/* Every length, and extensions that refuse much: none is ever drawn. */
static void
test_none_refused(void **state)
{
	static const char *const	extensions[] = { "", "0", "7", "12",
		"123", "1234", "20001", "4930771268358352" };
	struct secret			pin;

	(void)state;
	memset(&script, 0, sizeof(script));
	for (unsigned int n = POLICY_LENGTH_MIN; n <= POLICY_LENGTH_MAX; n++) {
		for (size_t i = 0; i < 16; i++) {
			struct policy	 policy = {
				.min_length = n,
				.allow_common = i % 2 == 0 };
			const char	*extension = extensions[i / 2];

			for (int k = 0; k < 200; k++) {
				assert_int_equal(
				    pin_generate(&policy, extension, &pin),
				    ST_OK);
				assert_int_equal(pin.len, n);
				assert_int_equal(__real_policy_check(&policy,
						     extension, &pin),
				    POLICY_NONE);
			}
		}
	}
}

/* The values come from Python's hmac module. */
static void
test_key(void **state)
{
	static const unsigned char	expected[CRYPTO_MAC_SIZE] = {
		0x60, 0xca, 0xbc, 0xd5, 0x58, 0xd2, 0xf9, 0x36,
		0xff, 0x63, 0x8c, 0x7e, 0x90, 0xfe, 0xc2, 0x3a,
		0x65, 0xcb, 0xd5, 0x8e, 0x98, 0x23, 0x55, 0x0e,
		0xe5, 0x98, 0xb3, 0x86, 0x75, 0x05, 0x9d, 0x26
	};
	struct key			pepper = { "p", { 0 } };
	struct secret			pin = { 6, "835271" };
	unsigned char			mac[CRYPTO_MAC_SIZE], other[32];

	(void)state;
	for (int i = 0; i < KEYRING_KEY_SIZE; i++)
		pepper.bytes[i] = (unsigned char)i;
	assert_int_equal(pin_key(&pepper, 4711, &pin, mac), ST_OK);
	assert_memory_equal(mac, expected, sizeof(mac));
	/* Id and PIN do not run into each other. */
	pin = (struct secret){ 7, "1835271" };
	assert_int_equal(pin_key(&pepper, 471, &pin, other), ST_OK);
	assert_memory_not_equal(mac, other, sizeof(mac));
	/* The key's id is no part of it; the longest of all fits. */
	(void)strcpy(pepper.id, "other");
	pin = (struct secret){ 6, "835271" };
	assert_int_equal(pin_key(&pepper, 4711, &pin, other), ST_OK);
	assert_memory_equal(mac, other, sizeof(mac));
	pin = (struct secret){ SECRET_MAX, "835271835271835271835271" };
	assert_int_equal(pin_key(&pepper, INT64_MIN, &pin, mac), ST_OK);
}

/* What somebody has entered: digits, 1 to 24, or nothing. */
static void
test_read(void **state)
{
	static const struct {
		const char	*text;
		size_t		 len;
	} rows[] = {
		{ "0", 1 }, { "904716", 6 }, { "012345678901234567890123", 24 },
		{ "0123456789012345678901234", 0 }, { "", 0 }, { " 1", 0 },
		{ "1 ", 0 }, { "-1", 0 }, { "12*3", 0 }, { "12#", 0 },
		{ "abc", 0 }, { "\xd9\xa1", 0 },
	};
	static const struct secret	empty;
	struct secret			pin;
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(&pin, 'x', sizeof(pin));
		UNIT_CHECK(rows[i].text, pin_read(rows[i].text, &pin) ==
		    (rows[i].len > 0 ? ST_OK : ST_BAD));
		UNIT_CHECK(rows[i].text, pin.len == rows[i].len);
		UNIT_CHECK(rows[i].text, memcmp(pin.digits, rows[i].text,
		    rows[i].len) == 0);
		UNIT_CHECK(rows[i].text, rows[i].len > 0 ||
		    memcmp(&pin, &empty, sizeof(pin)) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_rejection),
		UNIT_TEST(test_candidate_redrawn_whole),
		UNIT_TEST(test_gives_up),
		UNIT_TEST(test_uniform),
		UNIT_TEST(test_none_refused),
		UNIT_TEST(test_key),
		UNIT_TEST(test_read),
	};

	if (crypto_init() != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
