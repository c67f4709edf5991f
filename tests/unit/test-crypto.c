/*
 * test-crypto.c - HMAC by the vectors of RFC 4231, UUIDs by their form,
 * random bytes across fork(2).
 */
#include "config.h"

#include "unit.h"

#include <sys/wait.h>

#include "core/crypto.h"

struct hmac_case {
	const char	*name;		/* of RFC 4231's test case */
	const char	*key;		/* bytes, or one byte repeated */
	size_t		 key_repeat;	/* 0: key as it stands */
	const char	*data;
	size_t		 data_repeat;
	const char	*mac;		/* hex; case 5 is truncated */
};

static const struct hmac_case hmac_cases[] = {
	{ "1", "\x0b", 20, "Hi There", 0,
	    "b0344c61d8db38535ca8afceaf0bf12b"
	    "881dc200c9833da726e9376c2e32cff7" },
	{ "2", "Jefe", 0, "what do ya want for nothing?", 0,
	    "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843" },
	{ "3", "\xaa", 20, "\xdd", 50,
	    "773ea91e36800e46854db8ebd09181a7"
	    "2959098b3ef8c122d9635514ced565fe" },
	{ "4",
	    "\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d"
	    "\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19",
	    0, "\xcd", 50,
	    "82558a389a443c0ea4cc819899f2083a"
	    "85f0faa3e578f8077a2e3ff46729665b" },
	{ "5", "\x0c", 20, "Test With Truncation", 0,
	    "a3b6167473100ee06e0c796c2955552b" },
	{ "6", "\xaa", 131,
	    "Test Using Larger Than Block-Size Key - Hash Key First", 0,
	    "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54" },
	{ "7", "\xaa", 131,
	    "This is a test using a larger than block-size key and a larger "
	    "than block-size data. The key needs to be hashed before being "
	    "used by the HMAC algorithm.",
	    0,
	    "9b09ffa71b942fcb27635fbcd5b0e944"
	    "bfdc63644f0713938a7f51535c3a35e2" },
};

static size_t
expand(const char *text, size_t repeat, char bytes[256])
{
	if (repeat == 0) {
		memcpy(bytes, text, strlen(text));
		return strlen(text);
	}
	memset(bytes, (unsigned char)text[0], repeat);
	return repeat;
}

static void
test_hmac(void **state)
{
	char		key[256], data[256], hex[2 * CRYPTO_MAC_SIZE + 1];
	unsigned char	mac[CRYPTO_MAC_SIZE];
	size_t		key_len, len;

	(void)state;
	for (size_t i = 0; i < sizeof(hmac_cases) / sizeof(*hmac_cases); i++) {
		const struct hmac_case	*c = &hmac_cases[i];

		key_len = expand(c->key, c->key_repeat, key);
		len = expand(c->data, c->data_repeat, data);
		UNIT_CHECK(c->name,
		    crypto_hmac(key, key_len, data, len, mac) == ST_OK);
		for (size_t k = 0; k < sizeof(mac); k++)
			(void)snprintf(hex + 2 * k, 3, "%02x",
			    (unsigned int)mac[k]);
		UNIT_CHECK(c->name,
		    strncmp(hex, c->mac, strlen(c->mac)) == 0);
	}
}

static void
test_uuid(void **state)
{
	char	uuid[CRYPTO_UUID_SIZE], before[CRYPTO_UUID_SIZE] = "";
	bool	has_variant['b' + 1] = { false };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		crypto_uuid(uuid);
		assert_int_equal(strlen(uuid), 36);
		assert_int_equal(strspn(uuid, "0123456789abcdef-"), 36);
		for (int k = 0; k < 36; k++)
			assert_int_equal(uuid[k] == '-',
			    k == 8 || k == 13 || k == 18 || k == 23);
		assert_int_equal(uuid[14], '4');
		assert_non_null(memchr("89ab", uuid[19], 4));
		has_variant[(unsigned char)uuid[19]] = true;
		assert_string_not_equal(uuid, before);
		memcpy(before, uuid, sizeof(uuid));
	}
	assert_true(has_variant['8'] && has_variant['9'] &&
	    has_variant['a'] && has_variant['b']);
}

static void
test_random_fills(void **state)
{
	unsigned char	bytes[66], seen[64] = { 0 };

	(void)state;
	for (int i = 0; i < 16; i++) {
		memset(bytes, 0, sizeof(bytes));
		crypto_random(bytes + 1, 64);
		assert_int_equal(bytes[0], 0);
		assert_int_equal(bytes[65], 0);
		for (int k = 0; k < 64; k++)
			seen[k] |= bytes[k + 1];
	}
	/* A byte that stays zero sixteen times was not filled. */
	for (int k = 0; k < 64; k++)
		assert_int_not_equal(seen[k], 0);
}

/* Two children and their parent must not draw the same bytes. */
static void
test_random_after_fork(void **state)
{
	unsigned char	drawn[3][16];
	int		ends[2], status;

	(void)state;
	crypto_random(drawn[0], sizeof(drawn[0]));
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < 2; i++) {
		pid_t	pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			crypto_random(drawn[0], sizeof(drawn[0]));
			_exit(write(ends[1], drawn[0], sizeof(drawn[0])) !=
			    (ssize_t)sizeof(drawn[0]));
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		assert_int_equal(read(ends[0], drawn[i + 1], 16), 16);
	}
	crypto_random(drawn[0], sizeof(drawn[0]));
	assert_memory_not_equal(drawn[0], drawn[1], 16);
	assert_memory_not_equal(drawn[0], drawn[2], 16);
	assert_memory_not_equal(drawn[1], drawn[2], 16);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
test_init_again(void **state)
{
	(void)state;
	assert_int_equal(crypto_init(), ST_OK);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_hmac),
		UNIT_TEST(test_uuid),
		UNIT_TEST(test_random_fills),
		UNIT_TEST(test_random_after_fork),
		UNIT_TEST(test_init_again),
	};

	if (crypto_init() != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
