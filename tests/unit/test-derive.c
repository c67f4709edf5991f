/*
 * test-derive.c - our verifiers are Argon2id's: libgcrypt, an independent
 * implementation, computes the same on random inputs.
 *
 * libgcrypt in turn is held against the vector of RFC 9106, section 5.3
 * (which has a secret, associated data and four lanes, so crypto_pwhash
 * cannot express it), and both against vectors published in libsodium's
 * test suite. Our own function takes a password of exactly 32 bytes, for
 * which no published vector without secret and data was found; for that
 * libargon2, the reference implementation, was run once.
 */
#include "config.h"

#include "unit.h"

#include <gcrypt.h>
#include <sodium.h>
#include <sys/resource.h>

#include "core/crypto.h"
#include "core/derive.h"

#define RANDOM_INPUTS	24
#define OUT_MAX		256

struct bytes {
	const void	*data;
	size_t		 len;
};

#define NO_BYTES	{ NULL, 0 }

/* Argon2id by libgcrypt. */
static void
gcrypt_argon2id(const struct derive_cost *cost, const struct bytes in[4],
    unsigned char *out, size_t size)
{
	unsigned long	 params[4] = { size, cost->passes, cost->memory_kib,
		cost->lanes };
	gcry_kdf_hd_t	 kdf;

	assert_int_equal(gcry_kdf_open(&kdf, GCRY_KDF_ARGON2,
			     GCRY_KDF_ARGON2ID, params, 4, in[0].data,
			     in[0].len, in[1].data, in[1].len, in[2].data,
			     in[2].len, in[3].data, in[3].len),
	    0);
	assert_int_equal(gcry_kdf_compute(kdf, NULL), 0);
	assert_int_equal(gcry_kdf_final(kdf, size, out), 0);
	gcry_kdf_close(kdf);
}

static void
check_hex(const unsigned char *bytes, size_t len, const char *hex)
{
	char	text[2 * OUT_MAX + 1];

	(void)sodium_bin2hex(text, sizeof(text), bytes, len);
	assert_string_equal(text, hex);
}

/* Password, salt, secret, associated data: RFC 9106, section 5.3. */
static void
test_rfc9106(void **state)
{
	struct derive_cost	 cost = { 32, 3, 4 };
	unsigned char		 fill[4][32], out[32];
	const struct bytes	 in[4] = { { fill[0], 32 }, { fill[1], 16 },
		{ fill[2], 8 }, { fill[3], 12 } };

	(void)state;
	for (int i = 0; i < 4; i++)
		memset(fill[i], i + 1, sizeof(fill[i]));
	gcrypt_argon2id(&cost, in, out, sizeof(out));
	check_hex(out, sizeof(out),
	    "0d640df58d78766c08c037a34a8b53c9"
	    "d01ef0452d75b65eb52520e96b01e659");
}

/* libsodium: test/default/pwhash_argon2id.c and .exp; memory in bytes. */
static const struct {
	const char		*name;
	const char		*password;	/* hex */
	const char		*salt;		/* hex, 16 bytes */
	unsigned int		 passes;
	size_t			 memory;
	size_t			 size;
	const char		*out;		/* hex */
} published[] = {
	{ "first table, seventh row",
	    "b540beb016a5366524d4605156493f98"
	    "74514a5aa58818cd0c6dfffaa9e90205f17b",
	    "44071f6d181561670bda728d43fb79b4", 1, 1631659, 231,
	    "7fb72409b0987f8190c3729710e98c3f80c5a8727d425fdcde7f3644d467fe97"
	    "3f5b5fee683bd3fce812cb9ae5e9921a2d06c2f1905e4e839692f2b934b682f1"
	    "1a2fe2b90482ea5dd234863516dba6f52dc0702d324ec77d860c2e181f84472b"
	    "d7104fedce071ffa93c5309494ad51623d214447a7b2b1462dc7d5d55a1f6fd5"
	    "b54ce024118d86f0c6489d16545aaa87b6689dad9f2fb47fda9894f8e12b87d9"
	    "78b483ccd4cc5fd9595cdc7a818452f915ce2f7df95ec12b1c72e3788d473441"
	    "d884f9748eb14703c21b45d82fd667b85f5b2d98c13303b3fe76285531a826b6"
	    "fc0fe8e3dddecf" },
	{ "first table, fifth row",
	    "4a857e2ee8aa9b6056f2424e84d24a72473378906ee04a46cb05311502d5250b"
	    "82ad86b83c8f20a23dbb74f6da60b0b6ecffd67134d45946ac8ebfb3064294bc"
	    "097d43ced68642bfb8bbbdd0f50b30118f5e",
	    "39d82eef32010b8b79cc5ba88ed539fb", 3, 1432947, 190,
	    "08d8cd330c57e1b4643241d05bb468ba4ee4e932cd0858816be9ef15360b27bb"
	    "d06a87130ee92222be267a29b81f5ae8fe8613324cfc4832dc49387fd0602f1c"
	    "57b4d0f3855db94fb7e12eb05f9a484aed4a4307abf586cd3d55c809bc081541"
	    "e00b682772fb2066504ff935b8ebc551a2083882f874bc0fae68e56848ae34c9"
	    "1097c3bf0cca8e75c0797eef3efde3f75e005815018db3cf7c109a812264c4de"
	    "69dcb22322dbbcfa447f5b00ecd1b04a7be1569c8e556adb7bba48adf81d" },
	{ "third table, third row", "", "6c0f356abb225f2b1ddd66d34739843b", 2,
	    4882 * 1024, 32,
	    "366f1004cfbb447d435e8f6bbe9e5cc0"
	    "a10e38e7c3da0e89bb19578a1a0d7291" },
};

static void
test_published(void **state)
{
	unsigned char	password[128], salt[16], out[2][OUT_MAX];
	size_t		len;

	(void)state;
	for (size_t i = 0; i < sizeof(published) / sizeof(*published); i++) {
		struct derive_cost	cost = {
			(unsigned int)(published[i].memory / 1024),
			published[i].passes, 1
		};
		size_t			size = published[i].size;
		struct bytes		in[4] = { { password, 0 },
			{ salt, sizeof(salt) }, NO_BYTES, NO_BYTES };

		assert_int_equal(sodium_hex2bin(password, sizeof(password),
				     published[i].password,
				     strlen(published[i].password), NULL, &len,
				     NULL),
		    0);
		in[0].len = len;
		assert_int_equal(sodium_hex2bin(salt, sizeof(salt),
				     published[i].salt,
				     strlen(published[i].salt), NULL, &len,
				     NULL),
		    0);
		assert_int_equal(len, sizeof(salt));
		UNIT_CHECK(published[i].name,
		    crypto_pwhash(out[0], size, (const char *)password,
			in[0].len, salt, cost.passes, published[i].memory,
			crypto_pwhash_ALG_ARGON2ID13) == 0);
		check_hex(out[0], size, published[i].out);
		/* libgcrypt 1.10 takes no empty password. */
		if (in[0].len == 0)
			continue;
		gcrypt_argon2id(&cost, in, out[1], size);
		check_hex(out[1], size, published[i].out);
	}
}

/* Computed with libargon2 0~20171227 through Python's argon2-cffi. */
static void
test_reference(void **state)
{
	static const struct {
		unsigned char	 first;		/* of the mac */
		unsigned char	 step;
		const char	*verifier;
	} vectors[] = {
		{ 0, 1,
		    "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
		    "$Wh9osLr23f5wrXrQvVZM1KOPZyVHiejoCpohsDk3N0U" },
		{ 255, 0,
		    "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA"
		    "$rzjvy+fTaI8vTn0SG9uEIUTs7ciFu0HrwewvJC9LCsI" },
		{ 0, 1,
		    "$argon2id$v=19$m=64,t=2,p=1$//79/P/+/fz//v38//79/A"
		    "$HlGx2jtXNsShGHNS4QqVrQ/ihkSQsBYO2y4hdaS38u8" },
		{ 0, 0,
		    "$argon2id$v=19$m=1025,t=3,p=1$AAECAwQFBgcICQoLDA0ODw"
		    "$Jc7JjgeFRS7N9YwHFyjJqVFuWCWeDZEuV/8edlH0sYU" },
	};
	unsigned char	mac[CRYPTO_MAC_SIZE];
	char		settings[DERIVE_VERIFIER_SIZE];
	char		verifier[DERIVE_VERIFIER_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		for (size_t k = 0; k < sizeof(mac); k++)
			mac[k] = (unsigned char)(vectors[i].first +
			    k * vectors[i].step);
		(void)strcpy(settings, vectors[i].verifier);
		*strrchr(settings, '$') = '\0';
		assert_int_equal(derive_verifier(settings, mac, verifier),
		    ST_OK);
		assert_string_equal(verifier, vectors[i].verifier);
	}
}

static unsigned int
random_below(unsigned int limit)
{
	unsigned int	number;

	crypto_random(&number, sizeof(number));
	return number % limit;
}

static void
test_against_libgcrypt(void **state)
{
	unsigned char	mac[CRYPTO_MAC_SIZE], salt[DERIVE_SALT_SIZE];
	unsigned char	hash[DERIVE_HASH_SIZE];
	char		settings[DERIVE_SETTINGS_SIZE], text[44];
	char		verifier[DERIVE_VERIFIER_SIZE];
	char		expected[DERIVE_VERIFIER_SIZE];

	(void)state;
	for (int i = 0; i < RANDOM_INPUTS; i++) {
		struct derive_cost	cost = { 8 + random_below(2048),
			1 + random_below(6), 1 };
		const struct bytes	in[4] = { { mac, sizeof(mac) },
			{ salt, sizeof(salt) }, NO_BYTES, NO_BYTES };

		crypto_random(mac, sizeof(mac));
		crypto_random(salt, sizeof(salt));
		derive_settings_new(&cost, salt, settings);
		assert_int_equal(derive_verifier(settings, mac, verifier),
		    ST_OK);
		gcrypt_argon2id(&cost, in, hash, sizeof(hash));
		(void)sodium_bin2base64(text, sizeof(text), hash, sizeof(hash),
		    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
		(void)snprintf(expected, sizeof(expected), "%s$%s", settings,
		    text);
		/* A failure shows cost and salt; the mac is random, and gone
		 * with this process. */
		assert_string_equal(verifier, expected);
		/* libsodium's own check takes the string as well. */
		assert_int_equal(crypto_pwhash_str_verify(verifier,
				     (const char *)mac, sizeof(mac)),
		    0);
	}
}

static void
test_settings(void **state)
{
	static const struct derive_cost	costs[] = { { 7168, 5, 1 }, { 8, 1, 1 },
		{ 1048576, 1000, 1 }, { 1024, 10, 1 } };
	unsigned char			salt[DERIVE_SALT_SIZE];
	unsigned char			read_salt[DERIVE_SALT_SIZE];
	char				settings[DERIVE_SETTINGS_SIZE];
	struct derive_cost		cost;

	(void)state;
	for (size_t i = 0; i < sizeof(costs) / sizeof(*costs); i++) {
		crypto_random(salt, sizeof(salt));
		derive_settings_new(&costs[i], salt, settings);
		assert_int_equal(derive_settings_parse(settings, &cost,
				     read_salt),
		    ST_OK);
		assert_memory_equal(&cost, &costs[i], sizeof(cost));
		assert_memory_equal(salt, read_salt, sizeof(salt));
	}
	memcpy(salt, "somesaltsomesalt", sizeof(salt));
	derive_settings_new(&costs[0], salt, settings);
	assert_string_equal(settings,
	    "$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHRzb21lc2FsdA");
}

#define SALT	"$c29tZXNhbHRzb21lc2FsdA"

static void
test_settings_refused(void **state)
{
	static const char *const	refused[] = {
		"",
		"$",
		"argon2id$v=19$m=7168,t=5,p=1" SALT,
		"$argon2i$v=19$m=7168,t=5,p=1" SALT,
		"$argon2d$v=19$m=7168,t=5,p=1" SALT,
		"$scrypt$v=19$m=7168,t=5,p=1" SALT,
		"$argon2id$v=16$m=7168,t=5,p=1" SALT,
		"$argon2id$m=7168,t=5,p=1" SALT,
		"$argon2id$v=19$m=7168,t=5" SALT,
		"$argon2id$v=19$t=5,m=7168,p=1" SALT,
		"$argon2id$v=19$m=7168,t=5,p=2" SALT,
		"$argon2id$v=19$m=7168,t=5,p=0" SALT,
		"$argon2id$v=19$m=7,t=5,p=1" SALT,
		"$argon2id$v=19$m=0,t=5,p=1" SALT,
		"$argon2id$v=19$m=1048577,t=5,p=1" SALT,
		"$argon2id$v=19$m=4294967304,t=5,p=1" SALT,
		"$argon2id$v=19$m=18446744073709551624,t=5,p=1" SALT,
		"$argon2id$v=19$m=7168,t=0,p=1" SALT,
		"$argon2id$v=19$m=7168,t=1001,p=1" SALT,
		"$argon2id$v=19$m=7168,t=4294967297,p=1" SALT,
		"$argon2id$v=19$m=07168,t=5,p=1" SALT,
		"$argon2id$v=19$m=+7168,t=5,p=1" SALT,
		"$argon2id$v=19$m=-7168,t=5,p=1" SALT,
		"$argon2id$v=19$m= 7168,t=5,p=1" SALT,
		"$argon2id$v=19$m=7168 ,t=5,p=1" SALT,
		"$argon2id$v=19$m=,t=5,p=1" SALT,
		"$argon2id$v=19$m=7168,t=5,p=1,keyid=x" SALT,
		"$argon2id$v=19$m=7168,t=5,p=1",
		"$argon2id$v=19$m=7168,t=5,p=1$",
		"$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHQ",
		"$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHRzb21lc2Fsd",
		"$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHRzb21lc2FsdCE",
		"$argon2id$v=19$m=7168,t=5,p=1" SALT "==",
		"$argon2id$v=19$m=7168,t=5,p=1" SALT "\n",
		"$argon2id$v=19$m=7168,t=5,p=1" SALT " ",
		"$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHRzb21lc2Fsd-",
		/* Bits behind the last byte: another text for the same salt. */
		"$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHRzb21lc2FsdB",
		/* A whole verifier is no settings. */
		"$argon2id$v=19$m=8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
		"$DX3dFRQm7pqMS3S5ZtAxteKim3bfiQJhGg8GrIOtdtI",
	};
	static const unsigned char	mac[CRYPTO_MAC_SIZE];
	struct derive_cost		cost;
	unsigned char			salt[DERIVE_SALT_SIZE];
	char				verifier[DERIVE_VERIFIER_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		UNIT_CHECK(refused[i],
		    derive_settings_parse(refused[i], &cost, salt) == ST_BAD);
		memset(verifier, 'x', sizeof(verifier));
		UNIT_CHECK(refused[i],
		    derive_verifier(refused[i], mac, verifier) == ST_BAD);
		UNIT_CHECK(refused[i], verifier[0] == '\0');
	}
}

/* Without the memory that the cost asks for, the same may work later. */
static void
test_no_memory(void **state)
{
	static const unsigned char	mac[CRYPTO_MAC_SIZE];
	static const char		settings[] =
	    "$argon2id$v=19$m=1048576,t=1,p=1" SALT;
	char				verifier[DERIVE_VERIFIER_SIZE] = "x";
	struct rlimit			limit, old;

	(void)state;
	/* A sanitizer's shadow memory does not fit below any limit. */
	if (__sanitizer_set_report_fd != NULL)
		skip();
	assert_int_equal(getrlimit(RLIMIT_AS, &old), 0);
	limit = old;
	limit.rlim_cur = 512 * 1024 * 1024;
	assert_int_equal(setrlimit(RLIMIT_AS, &limit), 0);
	unit_expect_log("derive-failed");
	assert_int_equal(derive_verifier(settings, mac, verifier), ST_RETRY);
	assert_int_equal(setrlimit(RLIMIT_AS, &old), 0);
	assert_string_equal(verifier, "");
}

static void
test_init_again(void **state)
{
	(void)state;
	assert_int_equal(derive_init(), ST_OK);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_rfc9106),
		UNIT_TEST(test_published),
		UNIT_TEST(test_reference),
		UNIT_TEST(test_against_libgcrypt),
		UNIT_TEST(test_settings),
		UNIT_TEST(test_settings_refused),
		UNIT_TEST(test_no_memory),
		UNIT_TEST(test_init_again),
	};

	if (crypto_init() != ST_OK || derive_init() != ST_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
