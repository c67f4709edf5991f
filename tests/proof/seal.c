/* seal.c: the plaintext, whatever length snprintf() says the row has. */
#include "proof.h"

#include "core/seal.c"

int
crypto_generichash_blake2b(unsigned char *out, size_t out_len,
    const unsigned char *in, unsigned long long len,
    const unsigned char *key, size_t key_len)
{
	(void)key;
	(void)key_len;
	__CPROVER_assert(__CPROVER_w_ok(out, out_len), "room for the hash");
	__CPROVER_assert(__CPROVER_r_ok(in, len), "the key is there");
	return 0;
}

char *
sodium_bin2hex(char *const hex, const size_t max,
    const unsigned char *const bin, const size_t len)
{
	__CPROVER_assert(max > 2 * len && __CPROVER_w_ok(hex, max), "room");
	__CPROVER_assert(__CPROVER_r_ok(bin, len), "bytes are there");
	hex[2 * len] = '\0';
	return hex;
}

int
crypto_box_seal(unsigned char *box, const unsigned char *text,
    unsigned long long len, const unsigned char *key)
{
	(void)key;
	__CPROVER_assert(__CPROVER_r_ok(text, len), "the text is there");
	__CPROVER_assert(__CPROVER_w_ok(box, crypto_box_SEALBYTES + len),
	    "room for the box");
	return nondet_bool() ? 0 : -1;
}

/* It writes what fits, and says how long all of it is. */
int
snprintf(char *text, size_t size, const char *format, ...)
{
	(void)format;
	__CPROVER_assert(__CPROVER_w_ok(text, size), "room for the text");
	return nondet_int();
}

int
main(void)
{
	const struct seal_row	row = { "id", 1, "reset", "a@b" };
	struct key		key;
	struct secret		pin;
	struct sealed		blob;

	key.id[sizeof(key.id) - 1] = '\0';
	__CPROVER_assume(pin.len <= SECRET_MAX);
	if (seal_pin(&key, &row, &pin, &blob) == ST_OK)
		assert(blob.len <= SEAL_BLOB_MAX);
	return 0;
}
