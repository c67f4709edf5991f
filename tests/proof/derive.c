/* derive.c: the settings of a verifier, from any text. */
#include "proof.h"

#include "core/derive.c"

/* What libsodium writes fits, or it refuses. */
int
sodium_base642bin(unsigned char *const bin, const size_t max,
    const char *const text, const size_t len, const char *const ignore,
    size_t *const bin_len, const char **const end, const int variant)
{
	(void)ignore;
	(void)end;
	(void)variant;
	__CPROVER_assert(__CPROVER_w_ok(bin, max), "room for the bytes");
	__CPROVER_assert(__CPROVER_r_ok(text, len), "the text is there");
	*bin_len = nondet_size();
	__CPROVER_assume(*bin_len <= max);
	return nondet_bool() ? 0 : -1;
}

int
main(void)
{
	char			bytes[BOUND + 1];
	unsigned char		salt[DERIVE_SALT_SIZE];
	struct derive_cost	cost;

	if (derive_settings_parse(any_text(bytes), &cost, salt) == ST_OK)
		assert(cost.lanes == 1 && cost.memory_kib >= MEMORY_MIN &&
		    cost.memory_kib <= MEMORY_MAX);
	return 0;
}
