/* pin.c: a PIN from any text, and its keyed hash. */
#include "proof.h"

#include "core/pin.c"

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
	if (pin_key(&pepper, user_id, &pin, mac) != ST_OK)
		return;
}
