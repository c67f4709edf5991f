/*
 * derive.h - the slow hash of a PIN: Argon2id (RFC 9106) as a PHC string.
 *
 * Settings are a PHC string without its last field, the hash:
 *	$argon2id$v=19$m=7168,t=5,p=1$c29tZXNhbHQ...
 * A verifier is the whole string. Any Argon2 implementation can check it.
 * The only place where a verifier is computed.
 */
#ifndef UMWS_DERIVE_H
#define UMWS_DERIVE_H

#include "base/status.h"
#include "core/crypto.h"

#define DERIVE_SETTINGS_SIZE	80	/* bytes, with the NUL */
#define DERIVE_VERIFIER_SIZE	128	/* bytes, with the NUL */
#define DERIVE_SALT_SIZE	16	/* bytes */
#define DERIVE_HASH_SIZE	32	/* bytes */

struct derive_cost {
	unsigned int	memory_kib;	/* Argon2's m, 8..1048576 */
	unsigned int	passes;		/* Argon2's t, 1..1000 */
	unsigned int	lanes;		/* Argon2's p: libsodium has 1 only */
};

/* Check the library and the CPU. ST_FAIL (logged) when it is unusable. */
enum status	derive_init(void) MUSTCHECK;

/* Write the settings for this cost with a fresh salt. */
void	derive_settings_new(const struct derive_cost *cost,
	    const unsigned char salt[DERIVE_SALT_SIZE],
	    char settings[DERIVE_SETTINGS_SIZE]);

/*
 * Read settings back. ST_OK, or ST_BAD when they are not ours to compute
 * (another algorithm, version or number of lanes, or out of range).
 */
enum status	derive_settings_parse(const char *settings,
		    struct derive_cost *cost,
		    unsigned char salt[DERIVE_SALT_SIZE]) MUSTCHECK;

/*
 * Derive the verifier of a keyed PIN under these settings. Costs
 * memory_kib of memory and most of a reset's time.
 *
 * mac       from pin_key(); its bytes are the password of Argon2id
 * verifier  the PHC string; "" unless ST_OK
 *
 * Returns ST_OK; ST_BAD for settings that do not parse; ST_RETRY (logged)
 * when the memory cannot be had.
 */
enum status	derive_verifier(const char *settings,
		    const unsigned char mac[CRYPTO_MAC_SIZE],
		    char verifier[DERIVE_VERIFIER_SIZE]) MUSTCHECK;

#endif
