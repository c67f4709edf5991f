/*
 * crypto.h - randomness and HMAC. The only user of libgcrypt.
 *
 * Call crypto_init() first, once per process.
 */
#ifndef UMWS_CRYPTO_H
#define UMWS_CRYPTO_H

#include <stddef.h>

#include "base/status.h"

#define CRYPTO_MAC_SIZE		32	/* bytes of HMAC-SHA-256, RFC 2104 */
#define CRYPTO_UUID_SIZE	37	/* bytes of a UUID's text and NUL */

/* Check and initialise libgcrypt. ST_FAIL (logged) when it is unusable. */
enum status	crypto_init(void) MUSTCHECK;

/* Fill size bytes from GCRY_STRONG_RANDOM. */
void	crypto_random(void *bytes, size_t size);

/* A random UUID, version 4 (RFC 9562, section 5.4), in lower case. */
void	crypto_uuid(char uuid[CRYPTO_UUID_SIZE]);

/*
 * HMAC-SHA-256 of size bytes under a key of key_size bytes.
 * ST_FAIL (logged) when libgcrypt refuses; mac is then all zero.
 */
enum status	crypto_hmac(const void *key, size_t key_size,
		    const void *bytes, size_t size,
		    unsigned char mac[CRYPTO_MAC_SIZE]) MUSTCHECK;

#endif
