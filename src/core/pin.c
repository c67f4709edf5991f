/*
 * pin.c - draw a PIN at random, by rejection, until the policy allows it; and
 * compute its keyed hash.
 *
 * Only here is a PIN drawn. The random bytes it is made of are wiped with
 * the pool they stood in.
 */
#include "config.h"

#include "core/pin.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define POOL_SIZE	32	/* bytes: enough for most candidates at once */
#define BYTES_FAIR	250	/* below it each digit has 25 bytes */

/* Enough for a 64-bit number, a NUL and the digits. */
#define TEXT_SIZE	(21 + SECRET_MAX)

struct pool {
	unsigned char	bytes[POOL_SIZE];
	size_t		left;
};

struct text {
	char	bytes[TEXT_SIZE + 1];
};

static char
draw_digit(struct pool *pool)
{
	unsigned char	byte;

	do {
		if (pool->left == 0) {
			crypto_random(pool->bytes, sizeof(pool->bytes));
			pool->left = sizeof(pool->bytes);
		}
		byte = pool->bytes[--pool->left];
	} while (byte >= BYTES_FAIR);
	return (char)('0' + byte % 10);
}

enum status
pin_generate(const struct policy *policy, const char *extension,
    struct secret *pin)
{
	struct pool	pool = { 0 };
	enum status	st = ST_FAIL;
	unsigned int	tries;
	size_t		i;

	assert(policy->min_length >= POLICY_LENGTH_MIN &&
	    policy->min_length <= POLICY_LENGTH_MAX);
	for (tries = 0; tries < PIN_CANDIDATES_MAX; tries++) {
		for (i = 0; i < policy->min_length; i++)
			pin->digits[i] = draw_digit(&pool);
		pin->len = policy->min_length;
		if (policy_check(policy, extension, pin) == POLICY_NONE) {
			st = ST_OK;
			goto out;
		}
	}
	log_err("pin-not-drawn", "reason", "the policy refused every PIN",
	    "todo", "umwsctl policy set NAME MinPINLength=6", NULL);
	WIPE(pin);
out:
	WIPE(&pool);
	return st;
}

enum status
pin_read(const char *text, struct secret *pin)
{
	size_t	len = strlen(text);

	WIPE(pin);
	if (len == 0 || len > SECRET_MAX || strspn(text, "0123456789") != len)
		return ST_BAD;
	memcpy(pin->digits, text, len);
	pin->len = len;
	return ST_OK;
}

enum status
pin_key(const struct key *pepper, int64_t user_id, const struct secret *pin,
    unsigned char mac[CRYPTO_MAC_SIZE])
{
	struct text	text = { 0 };
	enum status	st;
	size_t		len;

	assert(pin->len <= SECRET_MAX);
	/* The NUL that snprintf() writes is the one between id and digits. */
	len = (size_t)snprintf(text.bytes, sizeof(text.bytes), "%" PRId64,
	    user_id) + 1;
	memcpy(text.bytes + len, pin->digits, pin->len);
	st = crypto_hmac(pepper->bytes, sizeof(pepper->bytes), text.bytes,
	    len + pin->len, mac);
	WIPE(&text);
	return st;
}
