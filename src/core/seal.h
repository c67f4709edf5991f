/*
 * seal.h - seal a PIN so that only the mailer can read it.
 *
 * libsodium's sealed box (X25519, XSalsa20-Poly1305) to the mailer's public
 * key. The plaintext names the row it belongs to, so that a blob moved to
 * another row is refused by unseal.h:
 *
 *	umws1 NUL id NUL user_id NUL kind NUL recipient NUL PIN
 *
 * A blob is: version byte 1, 8 bytes of key id, the box.
 */
#ifndef UMWS_SEAL_H
#define UMWS_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "core/keyring.h"

#define SEAL_VERSION		1
#define SEAL_KEY_ID_BYTES	8	/* in a blob; 16 hex digits in text */
#define SEAL_KEY_ID_SIZE	17	/* bytes of the text with its NUL */
#define SEAL_BLOB_MAX		512	/* bytes */
#define SEAL_TEXT_MAX		400	/* bytes of plaintext before the PIN */

/* The row a sealed PIN belongs to. Strings are borrowed. */
struct seal_row {
	const char	*id;		/* uuid, lower case */
	int64_t		 user_id;
	const char	*kind;		/* "reset", ... */
	const char	*recipient;	/* mail address, up to 254 bytes */
};

struct sealed {
	size_t		len;			/* bytes in use */
	unsigned char	bytes[SEAL_BLOB_MAX];
};

/*
 * The id of a public key: BLAKE2b-64 of it as 16 lower-case hex digits.
 * Key files and the table mail_key name mail keys by it.
 */
void	seal_key_id(const unsigned char public_key[KEYRING_KEY_SIZE],
	    char id[SEAL_KEY_ID_SIZE]);

/*
 * Make a fresh pair; both keys get the public key's id. Here, not in
 * unseal.h, because an operator's tool makes keys and opens nothing.
 */
void	seal_key_pair(struct key *public_key, struct key *secret_key);

/*
 * The public half of a secret key, under its own id. False when the secret key
 * bears another id, or is none.
 */
bool	seal_public_half(const struct key *secret_key, struct key *public_key);

/* The plaintext up to the PIN: what names the row. No secret. */
struct seal_text {
	size_t		len;			/* bytes in use */
	unsigned char	bytes[SEAL_TEXT_MAX];
};

/* Write it. ST_BAD when the fields of row do not fit; text->len is then 0. */
enum status	seal_text(const struct seal_row *row, struct seal_text *text)
		    MUSTCHECK;

/*
 * Seal pin for row to public_key.
 * Returns ST_OK, or ST_FAIL (logged) when the fields of row do not fit a
 * blob, or public_key does not carry its own id; blob->len is then 0.
 */
enum status	seal_pin(const struct key *public_key,
		    const struct seal_row *row, const struct secret *pin,
		    struct sealed *blob) MUSTCHECK;

/* A digit that means nothing: it stands for the PIN where a mail has none. */
extern const struct secret	seal_no_pin;

/*
 * Seal seal_no_pin, so that only its mailer can send the mail. As seal_pin().
 */
enum status	seal_nothing(const struct key *public_key,
		    const struct seal_row *row, struct sealed *blob) MUSTCHECK;

#endif
