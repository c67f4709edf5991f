/*
 * seal.c - encrypt a PIN to the mailer's public key (libsodium's sealed box).
 * Opening one is in unseal.c, which the worker does not link.
 */
#include "config.h"

#include "core/seal.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "core/crypto.h"

#define HEAD_SIZE	(1 + SEAL_KEY_ID_BYTES)	/* version and key id */

static_assert(HEAD_SIZE + crypto_box_SEALBYTES + SEAL_TEXT_MAX + SECRET_MAX <=
	SEAL_BLOB_MAX,
    "the longest plaintext fits a blob");
static_assert(crypto_box_PUBLICKEYBYTES == KEYRING_KEY_SIZE &&
	crypto_box_SECRETKEYBYTES == KEYRING_KEY_SIZE,
    "a key of a keyring is a key of a box");

struct plain {
	unsigned char	bytes[SEAL_TEXT_MAX + SECRET_MAX];
};

struct key_id {
	unsigned char	bytes[SEAL_KEY_ID_BYTES];
};

const struct secret	seal_no_pin = { 1, "0" };

/*
 * BLAKE2b is defined for 1 to 64 bytes of output; libsodium recommends 16
 * or more where collisions matter. Here the id only tells an operator's few
 * keys apart.
 */
static void
hash_key(const unsigned char public_key[KEYRING_KEY_SIZE], struct key_id *id)
{
	int	failed;

	failed = crypto_generichash_blake2b(id->bytes, sizeof(id->bytes),
	    public_key, KEYRING_KEY_SIZE, NULL, 0);
	assert(failed == 0);
	(void)failed;
}

void
seal_key_id(const unsigned char public_key[KEYRING_KEY_SIZE],
    char id[SEAL_KEY_ID_SIZE])
{
	struct key_id	hash;

	hash_key(public_key, &hash);
	sodium_bin2hex(id, SEAL_KEY_ID_SIZE, hash.bytes, sizeof(hash.bytes));
}

void
seal_key_pair(struct key *public_key, struct key *secret_key)
{
	int	failed;

	memset(public_key, 0, sizeof(*public_key));
	memset(secret_key, 0, sizeof(*secret_key));
	crypto_random(secret_key->bytes, sizeof(secret_key->bytes));
	failed = crypto_scalarmult_base(public_key->bytes, secret_key->bytes);
	assert(failed == 0);
	(void)failed;
	seal_key_id(public_key->bytes, public_key->id);
	memcpy(secret_key->id, public_key->id, sizeof(secret_key->id));
}

bool
seal_public_half(const struct key *secret_key, struct key *public_key)
{
	memset(public_key, 0, sizeof(*public_key));
	if (crypto_scalarmult_base(public_key->bytes, secret_key->bytes) != 0)
		return false;
	seal_key_id(public_key->bytes, public_key->id);
	return strcmp(public_key->id, secret_key->id) == 0;
}

enum status
seal_text(const struct seal_row *row, struct seal_text *text)
{
	int	len;

	text->len = 0;
	len = snprintf((char *)text->bytes, sizeof(text->bytes),
	    "umws1%c%s%c%" PRId64 "%c%s%c%s", 0, row->id, 0, row->user_id, 0,
	    row->kind, 0, row->recipient);
	/* The NUL that snprintf() writes at the end is part of the text. */
	if (len < 0 || (size_t)len >= sizeof(text->bytes))
		return ST_BAD;
	text->len = (size_t)len + 1;
	return ST_OK;
}

static void
log_failure(const struct seal_row *row, const struct key *public_key,
    const char *reason)
{
	log_err("seal-failed", "id", row->id, "key", public_key->id, "reason",
	    reason, NULL);
}

enum status
seal_pin(const struct key *public_key, const struct seal_row *row,
    const struct secret *pin, struct sealed *blob)
{
	struct seal_text	text;
	struct plain		plain = { 0 };
	char			id[SEAL_KEY_ID_SIZE];
	struct key_id		hash;
	enum status		st = ST_FAIL;

	assert(pin->len <= SECRET_MAX);
	blob->len = 0;
	seal_key_id(public_key->bytes, id);
	if (strcmp(id, public_key->id) != 0) {
		log_failure(row, public_key, "this is not the key's own id");
		goto out;
	}
	if (seal_text(row, &text) != ST_OK) {
		log_failure(row, public_key, "a field is too long");
		goto out;
	}
	memcpy(plain.bytes, text.bytes, text.len);
	memcpy(plain.bytes + text.len, pin->digits, pin->len);
	hash_key(public_key->bytes, &hash);
	blob->bytes[0] = SEAL_VERSION;
	memcpy(blob->bytes + 1, hash.bytes, sizeof(hash.bytes));
	if (crypto_box_seal(blob->bytes + HEAD_SIZE, plain.bytes,
		text.len + pin->len, public_key->bytes) != 0) {
		log_failure(row, public_key, "crypto_box_seal failed");
		goto out;
	}
	blob->len = HEAD_SIZE + crypto_box_SEALBYTES + text.len + pin->len;
	st = ST_OK;
out:
	WIPE(&plain);
	return st;
}

enum status
seal_nothing(const struct key *public_key, const struct seal_row *row,
    struct sealed *blob)
{
	return seal_pin(public_key, row, &seal_no_pin, blob);
}
