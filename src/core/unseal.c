/*
 * unseal.c - decrypt a sealed PIN, and check that it was sealed for this row
 * of the queue.
 */
#include "config.h"

#include "core/unseal.h"

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#include "base/log.h"

#define HEAD_SIZE	(1 + SEAL_KEY_ID_BYTES)	/* version and key id */

struct plain {
	size_t		len;
	unsigned char	bytes[SEAL_BLOB_MAX];
};

/*
 * The secret key that the blob names. A key that bears this id without
 * being the one must not make good mails look damaged: ST_RETRY, as if it
 * were not held.
 */
static enum status
find_key(const struct keyring *secret_keys, const struct sealed *blob,
    const struct key **secret_key,
    unsigned char public_key[KEYRING_KEY_SIZE])
{
	char	id[SEAL_KEY_ID_SIZE], own_id[SEAL_KEY_ID_SIZE];

	sodium_bin2hex(id, sizeof(id), blob->bytes + 1, SEAL_KEY_ID_BYTES);
	*secret_key = keyring_find(secret_keys, id);
	if (*secret_key == NULL)
		return ST_RETRY;
	own_id[0] = '\0';
	if (crypto_scalarmult_base(public_key, (*secret_key)->bytes) == 0)
		seal_key_id(public_key, own_id);
	if (strcmp(id, own_id) != 0) {
		log_err("mail-key-misnamed", "key", id, "its-own-id", own_id,
		    "todo", "correct the id in mail.key", NULL);
		return ST_RETRY;
	}
	return ST_OK;
}

/* What stands behind the row's names must be digits, and is the PIN. */
static bool
take_pin(const struct plain *plain, size_t start, struct secret *pin)
{
	size_t	i;

	if (plain->len <= start || plain->len - start > SECRET_MAX)
		return false;
	for (i = start; i < plain->len; i++) {
		if (plain->bytes[i] < '0' || plain->bytes[i] > '9')
			return false;
	}
	pin->len = plain->len - start;
	memcpy(pin->digits, plain->bytes + start, pin->len);
	return true;
}

/* Open the box and compare. NULL, or what is wrong with it. */
static const char *
open_box(const struct key *secret_key,
    const unsigned char public_key[KEYRING_KEY_SIZE],
    const struct seal_row *row, const struct sealed *blob, struct secret *pin)
{
	struct plain		 plain = { 0 };
	struct seal_text	 text;
	const char		*wrong = NULL;

	if (crypto_box_seal_open(plain.bytes, blob->bytes + HEAD_SIZE,
		blob->len - HEAD_SIZE, public_key, secret_key->bytes) != 0) {
		wrong = "it does not open";
		goto out;
	}
	plain.len = blob->len - HEAD_SIZE - crypto_box_SEALBYTES;
	if (seal_text(row, &text) != ST_OK || plain.len < text.len ||
	    memcmp(plain.bytes, text.bytes, text.len) != 0)
		wrong = "it belongs to another row";
	else if (!take_pin(&plain, text.len, pin))
		wrong = "it holds no PIN";
out:
	WIPE(&plain);
	return wrong;
}

enum status
unseal_pin(const struct keyring *secret_keys, const struct seal_row *row,
    const struct sealed *blob, struct secret *pin)
{
	unsigned char		 public_key[KEYRING_KEY_SIZE];
	const struct key	*secret_key;
	const char		*wrong;
	enum status		 st;

	WIPE(pin);
	if (blob->len <= HEAD_SIZE + crypto_box_SEALBYTES ||
	    blob->len > SEAL_BLOB_MAX) {
		wrong = "it has a wrong length";
	} else if (blob->bytes[0] != SEAL_VERSION) {
		wrong = "its version is unknown";
	} else {
		st = find_key(secret_keys, blob, &secret_key, public_key);
		if (st != ST_OK)
			return st;
		wrong = open_box(secret_key, public_key, row, blob, pin);
	}
	if (wrong == NULL)
		return ST_OK;
	log_err("unseal-refused", "id", row->id, "reason", wrong, NULL);
	return ST_BAD;
}
