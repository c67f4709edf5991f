/*
 * test-seal.c - sealing and opening PINs: a sealed PIN opens only with its key
 * and for its row.
 */
#include "config.h"

#include "unit.h"

#include <sodium.h>

#include "core/crypto.h"
#include "core/seal.h"
#include "core/unseal.h"

#define HEAD_SIZE	(1 + SEAL_KEY_ID_BYTES)

static const struct seal_row	row = {
	"0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77", 4711, "reset",
	"anna@example.test"
};
static const struct secret	pin = { 6, "835271" };

/* One pair of keys for all tests, and the ring that holds the secret one. */
static struct key		public_key, secret_key;
static struct keyring		*ring;

static void
ring_of(const struct key *first, const struct key *second,
    struct keyring **made)
{
	char		 text[2 * KEYRING_LINE_SIZE] = "";
	unsigned int	 line;
	const char	*reason;

	keyring_line(first, text);
	if (second != NULL)
		keyring_line(second, text + strlen(text));
	assert_int_equal(keyring_parse(text, strlen(text), made, &line,
			     &reason),
	    ST_OK);
}

static int
group_begin(void **state)
{
	(void)state;
	if (crypto_init() != ST_OK)
		return -1;
	seal_key_pair(&public_key, &secret_key);
	ring_of(&secret_key, NULL, &ring);
	return 0;
}

static int
group_end(void **state)
{
	(void)state;
	keyring_free(&ring);
	return 0;
}

static void
check_refused(const char *name, const struct keyring *keys,
    const struct seal_row *for_row, const struct sealed *blob,
    enum status expected)
{
	struct secret	opened = { 3, "999" }, empty = { 0 };
	enum status	st;

	st = unseal_pin(keys, for_row, blob, &opened);
	UNIT_CHECK(name, st == expected);
	UNIT_CHECK(name, memcmp(&opened, &empty, sizeof(empty)) == 0);
}

static void
check_opens(const struct keyring *keys, const struct seal_row *for_row,
    const struct sealed *blob, const struct secret *expected)
{
	struct secret	opened = { 3, "999" };

	assert_int_equal(unseal_pin(keys, for_row, blob, &opened), ST_OK);
	assert_int_equal(opened.len, expected->len);
	assert_memory_equal(opened.digits, expected->digits, expected->len);
}

/* The values come from Python's hashlib.blake2b(digest_size=8). */
static void
test_key_id(void **state)
{
	unsigned char	bytes[KEYRING_KEY_SIZE] = { 0 };
	char		id[SEAL_KEY_ID_SIZE];

	(void)state;
	seal_key_id(bytes, id);
	assert_string_equal(id, "c50d124a8aaf41a1");
	for (int i = 0; i < KEYRING_KEY_SIZE; i++)
		bytes[i] = (unsigned char)i;
	seal_key_id(bytes, id);
	assert_string_equal(id, "40f68f4ad24e575b");
}

static void
test_key_pair(void **state)
{
	unsigned char	derived[KEYRING_KEY_SIZE];
	struct key	other[2];
	char		id[SEAL_KEY_ID_SIZE];

	(void)state;
	seal_key_id(public_key.bytes, id);
	assert_string_equal(public_key.id, id);
	assert_string_equal(secret_key.id, id);
	assert_int_equal(crypto_scalarmult_base(derived, secret_key.bytes), 0);
	assert_memory_equal(derived, public_key.bytes, sizeof(derived));
	seal_key_pair(&other[0], &other[1]);
	assert_memory_not_equal(&other[0], &public_key, sizeof(public_key));
	assert_memory_not_equal(&other[1], &secret_key, sizeof(secret_key));
}

static void
test_round_trip(void **state)
{
	struct sealed	blob, again;
	char		id[SEAL_KEY_ID_SIZE];

	(void)state;
	assert_int_equal(seal_pin(&public_key, &row, &pin, &blob), ST_OK);
	check_opens(ring, &row, &blob, &pin);
	assert_int_equal(blob.bytes[0], SEAL_VERSION);
	(void)sodium_bin2hex(id, sizeof(id), blob.bytes + 1,
	    SEAL_KEY_ID_BYTES);
	assert_string_equal(id, public_key.id);
	assert_null(memmem(blob.bytes, blob.len, pin.digits, pin.len));
	assert_null(memmem(blob.bytes, blob.len, row.recipient, 4));
	/* Sealing twice gives two blobs that cannot be told to be alike. */
	assert_int_equal(seal_pin(&public_key, &row, &pin, &again), ST_OK);
	assert_int_equal(again.len, blob.len);
	assert_memory_not_equal(again.bytes + HEAD_SIZE,
	    blob.bytes + HEAD_SIZE, 32);
}

static void
test_sizes(void **state)
{
	char		address[256];
	struct seal_row	longest = { row.id, INT64_MIN, "temporary", address };
	struct secret	long_pin = { SECRET_MAX, "835271835271835271835271" };
	struct secret	short_pin = { 1, "7" };
	struct sealed	blob;

	(void)state;
	memset(address, 'a', 254);
	address[254] = '\0';
	assert_int_equal(seal_pin(&public_key, &longest, &long_pin, &blob),
	    ST_OK);
	assert_true(blob.len <= SEAL_BLOB_MAX);
	check_opens(ring, &longest, &blob, &long_pin);
	assert_int_equal(seal_pin(&public_key, &row, &short_pin, &blob),
	    ST_OK);
	check_opens(ring, &row, &blob, &short_pin);
}

static void
test_fields_too_long(void **state)
{
	char			address[SEAL_TEXT_MAX + 1];
	struct seal_row		long_row = row;
	struct seal_text	text;
	struct sealed		blob;
	size_t			rest;

	(void)state;
	assert_int_equal(seal_text(&row, &text), ST_OK);
	rest = SEAL_TEXT_MAX - (text.len - strlen(row.recipient));
	long_row.recipient = address;
	memset(address, 'a', sizeof(address));
	address[rest] = '\0';
	assert_int_equal(seal_pin(&public_key, &long_row, &pin, &blob), ST_OK);
	check_opens(ring, &long_row, &blob, &pin);
	address[rest] = 'a';
	address[rest + 1] = '\0';
	unit_expect_log("a field is too long");
	assert_int_equal(seal_pin(&public_key, &long_row, &pin, &blob),
	    ST_FAIL);
	assert_int_equal(blob.len, 0);
}

static void
test_other_rows(void **state)
{
	static const struct {
		const char	*name;
		struct seal_row	 row;
	} cases[] = {
		{ "id",
		    { "0198b7a2-7c1e-4d5f-9a63-2f4be0c11d78", 4711, "reset",
			"anna@example.test" } },
		{ "empty id", { "", 4711, "reset", "anna@example.test" } },
		{ "user",
		    { "0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77", 4712, "reset",
			"anna@example.test" } },
		{ "kind",
		    { "0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77", 4711, "auto",
			"anna@example.test" } },
		{ "recipient",
		    { "0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77", 4711, "reset",
			"anna@example.tes" } },
		{ "longer recipient",
		    { "0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77", 4711, "reset",
			"anna@example.test835271" } },
		{ "much longer recipient",
		    { "0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77", 4711, "reset",
			"anna@example.test835271835271835271835271" } },
		{ "case of recipient",
		    { "0198b7a2-7c1e-4d5f-9a63-2f4be0c11d77", 4711, "reset",
			"Anna@example.test" } },
	};
	struct sealed	blob;

	(void)state;
	assert_int_equal(seal_pin(&public_key, &row, &pin, &blob), ST_OK);
	unit_expect_log("it belongs to another row");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		check_refused(cases[i].name, ring, &cases[i].row, &blob,
		    ST_BAD);
}

/* One bit at a time, the lowest and the highest of every byte. */
static void
test_damaged(void **state)
{
	struct sealed	blob;
	char		name[48];

	(void)state;
	assert_int_equal(seal_pin(&public_key, &row, &pin, &blob), ST_OK);
	unit_expect_log("its version is unknown");
	unit_expect_log("it does not open");
	for (size_t i = 0; i < blob.len; i++) {
		enum status	expected = ST_BAD;

		/* Within the key id it names a key that we do not hold. */
		if (i >= 1 && i < HEAD_SIZE)
			expected = ST_RETRY;
		for (unsigned int bit = 1; bit <= 0x80; bit *= 0x80) {
			(void)snprintf(name, sizeof(name), "byte %zu ^ %02x",
			    i, bit);
			blob.bytes[i] ^= (unsigned char)bit;
			check_refused(name, ring, &row, &blob, expected);
			blob.bytes[i] ^= (unsigned char)bit;
		}
	}
	check_opens(ring, &row, &blob, &pin);
}

static void
test_truncated(void **state)
{
	struct sealed	blob;
	size_t		len;
	char		name[48];

	(void)state;
	assert_int_equal(seal_pin(&public_key, &row, &pin, &blob), ST_OK);
	unit_expect_log("it has a wrong length");
	unit_expect_log("it does not open");
	len = blob.len;
	for (blob.len = 0; blob.len < len; blob.len++) {
		(void)snprintf(name, sizeof(name), "%zu bytes", blob.len);
		check_refused(name, ring, &row, &blob, ST_BAD);
	}
	blob.len = len + 1;
	blob.bytes[len] = 0;
	check_refused("one byte more", ring, &row, &blob, ST_BAD);
	blob.len = SEAL_BLOB_MAX + 1;
	check_refused("too long", ring, &row, &blob, ST_BAD);
	blob.len = SIZE_MAX;
	check_refused("far too long", ring, &row, &blob, ST_BAD);
}

static void
test_other_keys(void **state)
{
	struct key	 other_public, other_secret, misnamed;
	struct keyring	*other = NULL, *both = NULL, *wrong = NULL;
	struct sealed	 blob;

	(void)state;
	seal_key_pair(&other_public, &other_secret);
	ring_of(&other_secret, NULL, &other);
	ring_of(&other_secret, &secret_key, &both);
	assert_int_equal(seal_pin(&public_key, &row, &pin, &blob), ST_OK);
	check_refused("unknown key", other, &row, &blob, ST_RETRY);
	check_opens(both, &row, &blob, &pin);

	/* Another key under this key's name must not void good mails. */
	misnamed = other_secret;
	memcpy(misnamed.id, secret_key.id, sizeof(misnamed.id));
	ring_of(&misnamed, NULL, &wrong);
	unit_expect_log("mail-key-misnamed");
	check_refused("misnamed key", wrong, &row, &blob, ST_RETRY);

	misnamed = other_public;
	memcpy(misnamed.id, public_key.id, sizeof(misnamed.id));
	unit_expect_log("this is not the key's own id");
	assert_int_equal(seal_pin(&misnamed, &row, &pin, &blob), ST_FAIL);
	assert_int_equal(blob.len, 0);
	keyring_free(&other);
	keyring_free(&both);
	keyring_free(&wrong);
}

/*
 * Whoever has the public key can seal anything; the key id of one pair on
 * the box of another is one such thing, no PIN at the end another.
 */
static void
test_forged(void **state)
{
	static const struct secret	ends[] = {
		{ 0, "" },
		{ 6, "83527a" },
		{ 6, "83527\0" },
		{ 6, " 35271" },
	};
	unsigned char			plain[SEAL_TEXT_MAX + 2 * SECRET_MAX];
	struct seal_text		text;
	struct sealed			blob, other;
	struct key			keys[2];

	(void)state;
	assert_int_equal(seal_pin(&public_key, &row, &pin, &blob), ST_OK);
	assert_int_equal(seal_text(&row, &text), ST_OK);
	memcpy(plain, text.bytes, text.len);
	unit_expect_log("it holds no PIN");
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		memcpy(plain + text.len, ends[i].digits, ends[i].len);
		assert_int_equal(crypto_box_seal(blob.bytes + HEAD_SIZE, plain,
				     text.len + ends[i].len, public_key.bytes),
		    0);
		blob.len = HEAD_SIZE + crypto_box_SEALBYTES + text.len +
		    ends[i].len;
		check_refused(ends[i].digits, ring, &row, &blob, ST_BAD);
	}
	memset(plain + text.len, '7', SECRET_MAX + 1);
	assert_int_equal(crypto_box_seal(blob.bytes + HEAD_SIZE, plain,
			     text.len + SECRET_MAX + 1, public_key.bytes),
	    0);
	blob.len = HEAD_SIZE + crypto_box_SEALBYTES + text.len + SECRET_MAX + 1;
	check_refused("25 digits", ring, &row, &blob, ST_BAD);

	seal_key_pair(&keys[0], &keys[1]);
	assert_int_equal(seal_pin(&keys[0], &row, &pin, &other), ST_OK);
	memcpy(other.bytes, blob.bytes, HEAD_SIZE);
	unit_expect_log("it does not open");
	check_refused("another key's box", ring, &row, &other, ST_BAD);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_key_id),
		UNIT_TEST(test_key_pair),
		UNIT_TEST(test_round_trip),
		UNIT_TEST(test_sizes),
		UNIT_TEST(test_fields_too_long),
		UNIT_TEST(test_other_rows),
		UNIT_TEST(test_damaged),
		UNIT_TEST(test_truncated),
		UNIT_TEST(test_other_keys),
		UNIT_TEST(test_forged),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
