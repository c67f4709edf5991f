/*
 * derive.c - hash a PIN with Argon2id (libsodium's crypto_pwhash), and write
 * and parse the PHC string of a verifier.
 *
 * crypto_pwhash_str() would draw a salt of its own; ours is the user's, so
 * that a history of PINs costs one derivation. The string is written by us
 * and read strictly: only what derive_settings_new() writes is accepted, so
 * equal settings are equal strings.
 */
#include "config.h"

#include "core/derive.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/secret.h"

#define MEMORY_MIN	8	/* KiB; RFC 9106, section 3.1 */
#define MEMORY_MAX	1048576
#define PASSES_MIN	1
#define PASSES_MAX	1000
#define PREFIX		"$argon2id$v=19$m="

#define BASE64		sodium_base64_VARIANT_ORIGINAL_NO_PADDING
#define SALT_TEXT_SIZE	sodium_base64_ENCODED_LEN(DERIVE_SALT_SIZE, BASE64)
#define HASH_TEXT_SIZE	sodium_base64_ENCODED_LEN(DERIVE_HASH_SIZE, BASE64)

struct hash {
	unsigned char	bytes[DERIVE_HASH_SIZE];
};

static enum status
hash_mac(const struct derive_cost *cost,
    const unsigned char salt[DERIVE_SALT_SIZE],
    const unsigned char mac[CRYPTO_MAC_SIZE], struct hash *hash)
{
	if (crypto_pwhash(hash->bytes, sizeof(hash->bytes), (const char *)mac,
		CRYPTO_MAC_SIZE, salt, cost->passes,
		(size_t)cost->memory_kib * 1024,
		crypto_pwhash_ALG_ARGON2ID13) != 0) {
		log_err("derive-failed", "library", "libsodium", "reason",
		    strerror(errno), "todo",
		    "give the workers memory, or lower kdf or derivations",
		    NULL);
		WIPE(hash);
		return ST_RETRY;
	}
	return ST_OK;
}

/*
 * libsodium picks its code by the CPU it finds. One small hash, whose value
 * libargon2 gives too, shows that the pick computes Argon2id here and now.
 */
enum status
derive_init(void)
{
	static const char		 expected[] =
	    PREFIX "8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg"
	    "$DX3dFRQm7pqMS3S5ZtAxteKim3bfiQJhGg8GrIOtdtI";
	static const char		 settings[] =
	    PREFIX "8,t=1,p=1$MDEyMzQ1Njc4OWFiY2RlZg";
	static const unsigned char	 mac[CRYPTO_MAC_SIZE] = { 0, 1, 2, 3, 4,
		5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
		22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
	char				 verifier[DERIVE_VERIFIER_SIZE];

	if (sodium_init() < 0) {
		log_err("derive-unusable", "library", "libsodium", "reason",
		    "sodium_init failed", NULL);
		return ST_FAIL;
	}
	if (derive_verifier(settings, mac, verifier) != ST_OK ||
	    strcmp(verifier, expected) != 0) {
		log_err("derive-unusable", "library", "libsodium", "reason",
		    "wrong result of the self-test", "version",
		    sodium_version_string(), NULL);
		return ST_FAIL;
	}
	return ST_OK;
}

static bool
cost_is_ours(const struct derive_cost *cost)
{
	return cost->memory_kib >= MEMORY_MIN &&
	    cost->memory_kib <= MEMORY_MAX && cost->passes >= PASSES_MIN &&
	    cost->passes <= PASSES_MAX && cost->lanes == 1;
}

void
derive_settings_new(const struct derive_cost *cost,
    const unsigned char salt[DERIVE_SALT_SIZE],
    char settings[DERIVE_SETTINGS_SIZE])
{
	char	text[SALT_TEXT_SIZE];

	assert(cost_is_ours(cost));
	sodium_bin2base64(text, sizeof(text), salt, DERIVE_SALT_SIZE, BASE64);
	(void)snprintf(settings, DERIVE_SETTINGS_SIZE,
	    PREFIX "%u,t=%u,p=%u$%s", cost->memory_kib, cost->passes,
	    cost->lanes, text);
}

/*
 * Read a number as we write it (no sign, no leading zero, at most seven
 * digits) and the text that must follow. NULL when it is not there.
 */
static const char *
parse_number(const char *text, const char *follows, unsigned int *number)
{
	const char	*first = text;

	*number = 0;
	for (; *text >= '0' && *text <= '9' && text - first < 7; text++)
		*number = *number * 10 + (unsigned int)(*text - '0');
	if (text == first || *first == '0' ||
	    strncmp(text, follows, strlen(follows)) != 0)
		return NULL;
	return text + strlen(follows);
}

enum status
derive_settings_parse(const char *settings, struct derive_cost *cost,
    unsigned char salt[DERIVE_SALT_SIZE])
{
	const char	*text = settings;
	size_t		 len = 0;

	memset(cost, 0, sizeof(*cost));
	memset(salt, 0, DERIVE_SALT_SIZE);
	if (strncmp(text, PREFIX, strlen(PREFIX)) != 0)
		return ST_BAD;
	text = parse_number(text + strlen(PREFIX), ",t=", &cost->memory_kib);
	if (text != NULL)
		text = parse_number(text, ",p=", &cost->passes);
	if (text != NULL)
		text = parse_number(text, "$", &cost->lanes);
	if (text == NULL || !cost_is_ours(cost))
		return ST_BAD;
	if (sodium_base642bin(salt, DERIVE_SALT_SIZE, text, strlen(text), NULL,
		&len, NULL, BASE64) != 0 || len != DERIVE_SALT_SIZE)
		return ST_BAD;
	return ST_OK;
}

enum status
derive_verifier(const char *settings, const unsigned char mac[CRYPTO_MAC_SIZE],
    char verifier[DERIVE_VERIFIER_SIZE])
{
	struct derive_cost	cost;
	struct hash		hash = { 0 };
	unsigned char		salt[DERIVE_SALT_SIZE];
	char			text[HASH_TEXT_SIZE];
	enum status		st;

	memset(verifier, 0, DERIVE_VERIFIER_SIZE);
	st = derive_settings_parse(settings, &cost, salt);
	if (st != ST_OK)
		return st;
	st = hash_mac(&cost, salt, mac, &hash);
	if (st != ST_OK)
		return st;
	sodium_bin2base64(text, sizeof(text), hash.bytes, sizeof(hash.bytes),
	    BASE64);
	(void)snprintf(verifier, DERIVE_VERIFIER_SIZE, "%s$%s", settings, text);
	WIPE(&hash);
	WIPE(&text);
	return ST_OK;
}
