/*
 * crypto.c - random bytes, HMAC-SHA-256 and UUIDs by libgcrypt.
 *
 * Random bytes come from the system's generator (getrandom(2)) through
 * libgcrypt: it has no pool of our own that a core dump could tell the next
 * PIN from, it cannot repeat itself after fork(2), and it is twenty times as
 * fast as the pool.
 */
#include "config.h"

#include "core/crypto.h"

#include <gcrypt.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"

#define GCRYPT_NEEDED	"1.10.0"
#define SECMEM_SIZE	32768	/* bytes of locked memory for HMAC contexts */
#define UUID_BYTES	16

static void
log_failure(const char *event, gcry_error_t error)
{
	log_err(event, "library", "libgcrypt", "reason",
	    gcry_strerror(error), NULL);
}

enum status
crypto_init(void)
{
	gcry_error_t	error;

	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
		return ST_OK;
	/* The generator's type can be chosen before the library starts only. */
	(void)gcry_control(GCRYCTL_SET_PREFERRED_RNG_TYPE,
	    GCRY_RNG_TYPE_SYSTEM);
	if (gcry_check_version(GCRYPT_NEEDED) == NULL) {
		log_err("crypto-unusable", "library", "libgcrypt", "version",
		    gcry_check_version(NULL), "needed", GCRYPT_NEEDED, NULL);
		return ST_FAIL;
	}
	/*
	 * Under a low RLIMIT_MEMLOCK this memory cannot be locked, and the
	 * library says so by an error and a line on stderr. It is wiped all
	 * the same, and the service works.
	 */
	(void)gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
	(void)gcry_control(GCRYCTL_INIT_SECMEM, SECMEM_SIZE, 0);
	error = gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	if (error != 0) {
		log_failure("crypto-unusable", error);
		return ST_FAIL;
	}
	return ST_OK;
}

void
crypto_random(void *bytes, size_t size)
{
	gcry_randomize(bytes, size, GCRY_STRONG_RANDOM);
}

void
crypto_uuid(char uuid[CRYPTO_UUID_SIZE])
{
	static const char	hex[] = "0123456789abcdef";
	unsigned char		bytes[UUID_BYTES];
	char			*text = uuid;
	size_t			i;

	crypto_random(bytes, sizeof(bytes));
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);	/* version 4 */
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);	/* variant */
	for (i = 0; i < sizeof(bytes); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*text++ = '-';
		*text++ = hex[bytes[i] >> 4];
		*text++ = hex[bytes[i] & 0x0f];
	}
	*text = '\0';
}

enum status
crypto_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
    unsigned char mac[CRYPTO_MAC_SIZE])
{
	gcry_md_hd_t	md = NULL;
	gcry_error_t	error;

	memset(mac, 0, CRYPTO_MAC_SIZE);
	error = gcry_md_open(&md, GCRY_MD_SHA256,
	    GCRY_MD_FLAG_HMAC | GCRY_MD_FLAG_SECURE);
	if (error == 0)
		error = gcry_md_setkey(md, key, key_size);
	if (error != 0) {
		log_failure("hmac-failed", error);
		goto out;
	}
	gcry_md_write(md, bytes, size);
	memcpy(mac, gcry_md_read(md, GCRY_MD_SHA256), CRYPTO_MAC_SIZE);
out:
	gcry_md_close(md);	/* wipes its copy of key and text */
	return error == 0 ? ST_OK : ST_FAIL;
}
