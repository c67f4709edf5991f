/*
 * test-idn.c - domains as A-labels: which have one, and which are refused.
 */
#include "config.h"

#include "unit.h"

#include <locale.h>

#include "core/idn.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define LABEL_63	"a23456789012345678901234567890123456789012345678901" \
			"234567890123"

static const struct {
	const char	*utf8;
	const char	*ascii;		/* NULL: refused */
} domains[] = {
	{ "example.org", "example.org" },
	{ "Example.ORG", "Example.ORG" },
	{ "localhost", "localhost" },
	{ "r3---sn.example", "r3---sn.example" },
	{ "a_b.example", "a_b.example" },
	{ LABEL_63 ".example", LABEL_63 ".example" },
	{ "b\xc3\xbc" "cher.example", "xn--bcher-kva.example" },
	{ "B\xc3\x9c" "CHER.Example", "xn--bcher-kva.example" },
	{ "bu\xcc\x88" "cher.example", "xn--bcher-kva.example" },
	/* Letters of their own: the sharp s and the final sigma. */
	{ "stra\xc3\x9f" "e.example", "xn--strae-oqa.example" },
	{ "\xce\xb2\xcf\x8c\xce\xbb\xce\xbf\xcf\x82.example",
	    "xn--nxasmm1c.example" },
	{ "\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88",
	    "xn--r8jz45g.xn--zckzah" },
	{ "b\xc3\xbc" "cher\xe3\x80\x82" "example", "xn--bcher-kva.example" },
	{ "", NULL },
	{ ".", NULL },
	{ "a..example", NULL },
	{ "example.", NULL },
	{ ".example", NULL },
	{ "-a.example", NULL },
	{ "a-.example", NULL },
	{ "a b.example", NULL },
	{ "a@b.example", NULL },
	{ "a" LABEL_63 ".example", NULL },
	{ LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63, NULL },
	{ "b\xfc" "cher.example", NULL },
	{ "-b\xc3\xbc" "cher.example", NULL },
	{ "b\xc3\xbc" "cher..example", NULL },
	{ "b\xc3\xbc" "cher.example.", NULL },
	{ "\xf0\x9f\x92\xa9\xe2\x80\x8d.example", NULL },
	{ "a\xe2\x80\x8b.b\xe2\x80\x8c.example", NULL },
	{ "\xd7\x90" "a.example", NULL },
};

static void
test_domains(void **state)
{
	char		ascii[IDN_DOMAIN_SIZE];
	enum status	st;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(domains); i++) {
		const char	*wanted = domains[i].ascii;

		st = idn_domain(domains[i].utf8, ascii, sizeof(ascii));
		UNIT_CHECK(domains[i].utf8,
		    st == (wanted == NULL ? ST_BAD : ST_OK));
		UNIT_CHECK(domains[i].utf8,
		    strcmp(ascii, wanted == NULL ? "" : wanted) == 0);
	}
	assert_int_equal(idn_domain("example", ascii, 8), ST_OK);
	assert_int_equal(idn_domain("example", ascii, 7), ST_BAD);
}

static void
test_addresses(void **state)
{
	static const struct {
		const char	*utf8;
		const char	*ascii;
	} cases[] = {
		{ "anna@b\xc3\xbc" "cher.example",
		    "anna@xn--bcher-kva.example" },
		{ "J\xc3\xb6rg@example.org", "J\xc3\xb6rg@example.org" },
		{ "a@[192.0.2.1]", "a@[192.0.2.1]" },
		{ "a@", NULL },
		{ "a", NULL },
		{ "a@b..c", NULL },
	};
	char		ascii[IDN_ADDRESS_SIZE];
	enum status	st;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		const char	*wanted = cases[i].ascii;

		st = idn_address(cases[i].utf8, ascii, sizeof(ascii));
		UNIT_CHECK(cases[i].utf8,
		    st == (wanted == NULL ? ST_BAD : ST_OK));
		UNIT_CHECK(cases[i].utf8,
		    strcmp(ascii, wanted == NULL ? "" : wanted) == 0);
	}
	assert_int_equal(idn_address("a@b", ascii, 4), ST_OK);
	assert_int_equal(idn_address("a@b", ascii, 3), ST_BAD);
}

/* No locale changes anything. */
static void
test_locale(void **state)
{
	(void)state;
	(void)setlocale(LC_ALL, "C.UTF-8");
	test_domains(state);
	(void)setlocale(LC_ALL, "C");
	test_domains(state);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_domains),
		UNIT_TEST(test_addresses),
		UNIT_TEST(test_locale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
