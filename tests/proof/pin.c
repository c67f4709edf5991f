/* pin.c: a PIN from any text, from any randomness, and its keyed hash. */
#include "proof.h"

#include "core/pin.h"

/* A policy may refuse what is drawn, but not so often. */
#undef PIN_CANDIDATES_MAX
#define PIN_CANDIDATES_MAX	3

#include "core/pin.c"

/* Any bytes, but of two in a row one is fair. */
void
crypto_random(void *bytes, size_t size)
{
	unsigned char	*byte = bytes;
	size_t		 i;

	__CPROVER_assert(__CPROVER_w_ok(bytes, size), "room for the bytes");
	for (i = 0; i < size; i++) {
		byte[i] = nondet_byte();
		__CPROVER_assume(i % 2 == 0 || byte[i] < BYTES_FAIR);
	}
}

enum policy_rule
policy_check(const struct policy *policy, const char *extension,
    const struct secret *pin)
{
	(void)extension;
	assert(pin->len == policy->min_length);
	return nondet_bool() ? POLICY_NONE : POLICY_COMMON;
}

enum status
crypto_hmac(const void *key, size_t key_size, const void *bytes, size_t size,
    unsigned char mac[CRYPTO_MAC_SIZE])
{
	__CPROVER_assert(__CPROVER_r_ok(key, key_size), "the key is there");
	__CPROVER_assert(__CPROVER_r_ok(bytes, size), "the text is there");
	__CPROVER_assert(__CPROVER_w_ok(mac, CRYPTO_MAC_SIZE), "room");
	return nondet_bool() ? ST_OK : ST_FAIL;
}

/* A number of 64 bits. */
int
snprintf(char *text, size_t size, const char *format, ...)
{
	size_t	len = nondet_size();

	(void)format;
	__CPROVER_assume(len >= 1 && len <= 20);
	__CPROVER_assert(len < size && __CPROVER_w_ok(text, size),
	    "room for the number");
	text[len] = '\0';
	return (int)len;
}

void
entered(void)
{
	char		bytes[BOUND + 1];
	struct secret	pin;

	if (pin_read(any_text(bytes), &pin) == ST_OK)
		assert(pin.len > 0 && pin.len <= SECRET_MAX);
}

void
key(void)
{
	struct key	pepper;
	struct secret	pin;
	unsigned char	mac[CRYPTO_MAC_SIZE];
	int64_t		user_id;

	__CPROVER_assume(pin.len <= SECRET_MAX);
	(void)pin_key(&pepper, user_id, &pin, mac);
}

void
digit(void)
{
	struct pool	pool;
	size_t		i;
	char		digit;

	__CPROVER_assume(pool.left <= POOL_SIZE);
	for (i = 1; i < POOL_SIZE; i += 2)
		__CPROVER_assume(pool.bytes[i] < BYTES_FAIR);
	digit = draw_digit(&pool);
	assert(digit >= '0' && digit <= '9');
	assert(pool.left < POOL_SIZE);
}

/* What digit() proves. */
char
model_draw_digit(struct pool *pool)
{
	assert(pool->left <= POOL_SIZE);
	pool->left = nondet_size();
	__CPROVER_assume(pool->left < POOL_SIZE);
	return (char)('0' + nondet_byte() % 10);
}

void
drawn(void)
{
	struct policy	policy;
	struct secret	pin;

	__CPROVER_assume(policy.min_length >= POLICY_LENGTH_MIN &&
	    policy.min_length <= POLICY_LENGTH_MAX);
	if (pin_generate(&policy, "", &pin) == ST_OK)
		assert(pin.len == policy.min_length);
}
