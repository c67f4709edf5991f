/*
 * test-address.c - mail addresses that are accepted, and those that are refused
 * with which reason; and language tags.
 */
#include "config.h"

#include "unit.h"

#include "core/address.h"
#include "core/locale.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define TEN		"0123456789"
#define LABEL_60	TEN TEN TEN TEN TEN TEN
#define LABEL_63	LABEL_60 "abc"
#define LOCAL_64	LABEL_60 "abcd"

/* NULL: it is one. Else a part of the reason. */
static const struct {
	const char	*text, *reason;
}	cases[] = {
	{ "a@b", NULL },
	{ "umws@localhost", NULL },
	{ "anna@example.test", NULL },
	{ "Anna.B+c_d-e'f#g!h$i%j&k*l/m=n?o^p`q{r|s}t~@example.test", NULL },
	{ "-a-@example.test", NULL },
	{ "a.-b@example.test", NULL },
	{ "1@2.test", NULL },
	{ "a@1.2.3.test", NULL },
	{ "a@xn--bcher-kva.example", NULL },
	{ "a@XN--BCHER-KVA.example", NULL },
	{ "a@mail.xn--strae-oqa.example", NULL },
	{ "a@xn--r8jz45g.xn--zckzah", NULL },
	{ "a@b--c.test", NULL },
	{ "a@b--c.xn--bcher-kva.test", NULL },
	{ "a@xn--a.test", "no A-label" },
	{ "a@b.xn--.test", "'-' at an end" },
	{ "a@b.XN--a.test", "no A-label" },
	{ "anna@b\xc3\xbc" "cher.example", NULL },
	{ "anna@bu\xcc\x88" "cher.example", NULL },
	{ "m\xc3\xbcller@example.test", NULL },
	{ LOCAL_64 "@" LABEL_63 ".test", NULL },
	{ "", "empty" },
	{ "anna", "no '@'" },
	{ "a@b@c", "two '@'" },
	{ "@b", "nothing before" },
	{ "a@", "no domain" },
	{ "a@example.test.", "ends with a dot" },
	{ "a@example..test", "two dots" },
	{ "a@.example.test", "right after the '@'" },
	{ "a@.", "right after the '@'" },
	{ ".a@example.test", "dot at the start" },
	{ "a.@example.test", "before the '@'" },
	{ "a..b@example.test", "two dots" },
	{ "a@-example-.test", "'-' at an end" },
	{ "a@example-.test", "'-' at an end" },
	{ "a@b.-test", "'-' at an end" },
	{ "a@ex_ample.test", "letters, digits" },
	{ "a@ex!ample.test", "letters, digits" },
	{ "a@192.0.2.1", "ends with a number" },
	{ "a@7", "ends with a number" },
	{ "a@[192.0.2.1]", "U+005B" },
	{ "\"a b\"@example.test", "U+0022" },
	{ "a b@example.test", "U+0020 as its character 2, a blank" },
	{ "a@example.test ", "U+0020" },
	{ "a@example.test\n", "U+000A" },
	{ "A <a@example.test>", "U+0020" },
	{ "a@example.test\xe2\x80\x8b", "U+200B as its character 15" },
	{ "\xef\xbb\xbf" "a@example.test", "U+FEFF as its character 1" },
	{ "a\xe2\x80\xa8@example.test", "U+2028" },
	{ "a@ex\xc2\xad" "ample.test", "U+00AD" },
	{ "a\xc2\xa0@example.test", "U+00A0" },
	{ "a@\xe2\x80\xae" "tset.test", "U+202E" },
	{ "a\xee\x80\x80@example.test", "U+E000" },
	{ "a\xcd\xb8@example.test", "U+0378" },
	{ "m\xfcller@example.test", "UTF-8" },
	{ "a@\xe2\x98\x8e.-\xc3\xa4.test", "A-label" },
	{ LOCAL_64 "e@example.test", "64 bytes" },
	{ "a@" LABEL_63 "d.test", "63 bytes" },
	{ "a@" LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63,
	    "254 bytes" },
};

static void
test_cases(void **state)
{
	char		reason[ADDRESS_REASON_SIZE];
	enum status	st;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		st = address_check(cases[i].text, reason);
		if (cases[i].reason == NULL) {
			UNIT_CHECK(cases[i].text, st == ST_OK);
			UNIT_CHECK(cases[i].text, reason[0] == '\0');
			continue;
		}
		UNIT_CHECK(cases[i].text, st == ST_BAD);
		if (strstr(reason, cases[i].reason) == NULL)
			dprintf(unit.stderr_fd, "%s: %s\n", cases[i].text,
			    reason);
		UNIT_CHECK(cases[i].text,
		    strstr(reason, cases[i].reason) != NULL);
	}
}

/* What can be written, whatever its maker thought of it. */
static void
test_plain(void **state)
{
	static const struct {
		const char	*text;
		bool		 is_plain;
	} rows[] = {
		{ "a@b", true },
		{ "a..b@example_.test", true },
		{ "a@[192.0.2.1]", true },
		{ "a@[IPv6:2001:db8::1]", true },
		{ "\xc3\xa4@\xc3\xa4.test", true },
		{ "", false },
		{ "@", false },
		{ "a@", false },
		{ "@b", false },
		{ "a", false },
		{ "a@b@c", false },
		{ "a@b c", false },
		{ "a@b>", false },
		{ "<a@b", false },
		{ "a@b\r\nDATA", false },
		{ "a\x7f@b", false },
		{ "a\xc2\x85@b", false },
		{ "a\xff@b", false },
		{ "\"a\"@b", false },
		{ "a(b)@c", false },
		{ "a,b@c", false },
		{ "a;b@c", false },
		{ "a\\@c", false },
		{ "[a]@c", false },
		{ "a:b@c", false },
		{ "a@b:c", false },
		{ "a@b.[c]", false },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++)
		UNIT_CHECK(rows[i].text,
		    address_is_plain(rows[i].text) == rows[i].is_plain);
}

/* The address of umws.conf's mail_from. */
static void
test_senders(void **state)
{
	static const struct {
		const char	*mailbox;
		const char	*address;	/* NULL: none */
	} rows[] = {
		{ "umws@example.test", "umws@example.test" },
		{ "Voice mail <umws@example.test>", "umws@example.test" },
		{ "<umws@localhost>", "umws@localhost" },
		{ "\"a <b\" <umws@b\xc3\xbc" "cher.test>",
		    "umws@b\xc3\xbc" "cher.test" },
		{ "", NULL },
		{ "<", NULL },
		{ "<>", NULL },
		{ "Voice mail <>", NULL },
		{ "Voice mail umws@example.test", NULL },
		{ "<umws@example.test> Voice mail", NULL },
		{ "b\xc3\xbc" "cher@example.test", NULL },
		{ "umws", NULL },
		{ "umws@-example.test", NULL },
		{ LOCAL_64 "e@example.test", NULL },
	};
	const char	*address;
	size_t		 i, len;
	bool		 is_one;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		is_one = address_of_sender(rows[i].mailbox, &address, &len);
		UNIT_CHECK(rows[i].mailbox,
		    is_one == (rows[i].address != NULL));
		UNIT_CHECK(rows[i].mailbox, !is_one ||
		    (strlen(rows[i].address) == len &&
		    memcmp(rows[i].address, address, len) == 0));
	}
}

static void
test_locales(void **state)
{
	static const char *const	known[] = { "en", "EN", "de", "de-AT",
	    "de-CH-1996", "zh-Hant-TW", "pt-br", "fi", "gsw-CH", "en-x-house",
	    "sr-Latn-RS", "frr", "iw", "in-ID", "ji", "jw", "mo",
	    "es-419", "en-001", "sq-XK", "de-1901", "ca-ES-valencia",
	    "zh-yue-Hant-HK", "sl-rozaj-biske-1994", "de-DE-u-co-phonebk",
	    "en-a-bbb-x-a-ccc", "EN-us-U-ISLAMCAL-X-DE", "de-x-DE-DE" };
	static const char *const	unknown[] = { "", "german", "xx",
	    "xx-klingon", "e", "eng", "en_GB", "en-", "-en", "en--GB", "12",
	    "en-GB-", "en-abcdefghi", "en GB", " en", "i-klingon", "de\n",
	    "tlh", "ix", "de-DE-DE", "de-x", "de-DE-x", "en-ZZ", "en-QM",
	    "en-XA", "en-999", "en-12", "en-1", "de-AT-Latn", "de-Latn-Latn",
	    "de-DE-1996-1996", "sl-rozaj-ROZAJ", "en-u", "en-u-x-a",
	    "en-u-co-u-ca", "de-a", "de-DE-abc", "de-1996-DE", "en-a-b",
	    "en-x-abcdefgh-abcdefgh-abcdefgh-abcd", "d\xc3\xa9" };
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(known); i++)
		UNIT_CHECK(known[i], locale_is_known(known[i]));
	for (i = 0; i < LENGTH(unknown); i++)
		UNIT_CHECK(unknown[i], !locale_is_known(unknown[i]));
}

static void
test_locales_written(void **state)
{
	static const char *const	rows[][2] = { { "DE", "de" },
	    { "de-at", "de-AT" }, { "PT-BR", "pt-BR" },
	    { "ZH-hANT-tw", "zh-Hant-TW" }, { "es-419", "es-419" },
	    { "zh-yue-hant-hk", "zh-yue-Hant-HK" },
	    { "ca-es-VALENCIA", "ca-ES-valencia" },
	    { "EN-us-U-CA-islm-X-DE-abcd", "en-US-u-ca-islm-x-de-abcd" },
	    { "en-x-ABCDEFGH-ABCDEFGH-ABCDEFGH-abc",
	      "en-x-abcdefgh-abcdefgh-abcdefgh-abc" } };
	char				form[LOCALE_TAG_SIZE];
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		UNIT_CHECK(rows[i][0], locale_is_known(rows[i][0]));
		locale_format(rows[i][0], form);
		UNIT_CHECK(rows[i][0], strcmp(form, rows[i][1]) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_cases),
		UNIT_TEST(test_plain),
		UNIT_TEST(test_senders),
		UNIT_TEST(test_locales),
		UNIT_TEST(test_locales_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
