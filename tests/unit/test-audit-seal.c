/*
 * test-audit-seal.c - codes of rows and seals, against Python's hmac.
 */
#include "config.h"

#include "unit.h"

#include "core/audit-seal.h"

#define ROW	"f1b6623ce594ee0a8a3401859aad7309" \
		"bd29b4f1621a5f918d6900834c260989"
#define ROWS	"60866ad065a02d90537d25bdd957db8a" \
		"c1b4ae558c833cf1cfa2f7884532858f"
#define SEAL	"01de56c8be5dc855afc48a04e1242fd7" \
		"e2f044889dc62514dc859d367033d33a"

static struct key	key = { "k", { 0 } };

static void
test_codes(void **state)
{
	const struct audit_seal	seal = { "7", "1700000000000000", "k", "2",
				    "1", "2", "99", "700", "701", "", "aa",
				    "bb" };
	unsigned char		mac[CRYPTO_MAC_SIZE];
	unsigned char		rows[CRYPTO_MAC_SIZE] = { 0 };
	char			hex[AUDIT_MAC_TEXT_SIZE];

	(void)state;
	assert_int_equal(audit_row_mac(&key, "7", 1, "[1, \"x\"]", mac),
	    ST_OK);
	audit_mac_text(mac, hex);
	assert_string_equal(hex, ROW);
	assert_int_equal(audit_rows_add(&key, mac, rows), ST_OK);
	audit_mac_text(rows, hex);
	assert_string_equal(hex, ROWS);
	assert_int_equal(audit_seal_mac(&key, &seal, hex), ST_OK);
	assert_string_equal(hex, SEAL);
}

/* Another place, seal or text is another code. */
static void
test_differ(void **state)
{
	static const struct {
		const char	*seal;
		uint64_t	 place;
		const char	*text;
	} others[] = { { "7", 2, "[]" }, { "8", 1, "[]" }, { "7", 1, "[ ]" } };
	unsigned char	mac[CRYPTO_MAC_SIZE], other[CRYPTO_MAC_SIZE];

	(void)state;
	assert_int_equal(audit_row_mac(&key, "7", 1, "[]", mac), ST_OK);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		assert_int_equal(audit_row_mac(&key, others[i].seal,
		    others[i].place, others[i].text, other), ST_OK);
		assert_memory_not_equal(mac, other, sizeof(mac));
	}
}

static void
test_too_long(void **state)
{
	static char	text[AUDIT_ROW_MAX + 1];
	unsigned char	mac[CRYPTO_MAC_SIZE];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(audit_row_mac(&key, "7", 1, text, mac), ST_BAD);
}

static int
set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(key.bytes); i++)
		key.bytes[i] = (unsigned char)i;
	return crypto_init() == ST_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_codes),
		UNIT_TEST(test_differ),
		UNIT_TEST(test_too_long),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
