/*
 * pin.h - a fresh voicemail PIN, and the keyed hash its verifier is made of.
 *
 * Knows the policy and randomness; knows nothing of SOAP, SQL or mail.
 */
#ifndef UMWS_PIN_H
#define UMWS_PIN_H

#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"
#include "core/crypto.h"
#include "core/keyring.h"
#include "core/policy.h"

#define PIN_CANDIDATES_MAX	100000	/* draws before pin_generate gives up */

/*
 * Draw policy->min_length digits into *pin, uniformly over the PINs that
 * policy_check() allows for this extension. Digits come by rejection, never
 * by modulo; refused candidates are thrown away whole.
 *
 * pin  the caller owns it and must WIPE() it on every path.
 *
 * Returns ST_OK, or ST_FAIL (logged) when 100,000 candidates were refused;
 * *pin is then empty.
 */
enum status	pin_generate(const struct policy *policy,
		    const char *extension, struct secret *pin) MUSTCHECK;

/*
 * Read a PIN that somebody has entered: 1 to SECRET_MAX digits and nothing
 * else. ST_OK, or ST_BAD and *pin is empty. The caller must WIPE() *pin.
 */
enum status	pin_read(const char *text, struct secret *pin) MUSTCHECK;

/*
 * HMAC-SHA-256 under the pepper over: the user id in decimal, a NUL, the
 * digits. This, not the PIN, is what Argon2id gets as its password.
 *
 * Returns ST_OK, or ST_FAIL (logged). The caller must WIPE() mac.
 */
enum status	pin_key(const struct key *pepper, int64_t user_id,
		    const struct secret *pin,
		    unsigned char mac[CRYPTO_MAC_SIZE]) MUSTCHECK;

#endif
