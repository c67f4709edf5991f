/*
 * test-username.c - the one form of a login: which logins are the same, which
 * are refused, and that the form of a form is the form.
 */
#include "config.h"

#include "unit.h"

#include <inttypes.h>
#include <time.h>

#include "core/unicode.h"
#include "core/username.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define RANDOM_TEXTS	50000
#define SPEED_ROUNDS	200000

static const struct {
	const char	*text, *name;
}	forms[] = {
	{ "anna", "anna" },
	{ "ANNA", "anna" },
	{ "anna.b-c_d+e'f", "anna.b-c_d+e'f" },
	{ "EXAMPLE\\Anna", "example\\anna" },
	{ "Anna@Example.ORG", "anna@example.org" },
	{ "Anna  B. Clark", "anna  b. clark" },
	{ "host/mail.example@REALM", "host/mail.example@realm" },
	/* capitals, and one character in several forms */
	{ "m\xc3\xbcller", "m\xc3\xbcller" },
	{ "M\xc3\x9cLLER", "m\xc3\xbcller" },
	{ "mu\xcc\x88ller", "m\xc3\xbcller" },
	{ "MU\xcc\x88LLER", "m\xc3\xbcller" },
	{ "\xe2\x84\xabngstrom", "\xc3\xa5ngstrom" },	/* U+212B */
	{ "Stra\xc3\x9f" "e", "strasse" },
	{ "STRASSE", "strasse" },
	{ "\xce\xa3\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x82",
	    "\xcf\x83\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x83" },
	/* fullwidth "Anna", halfwidth KA and voiced mark as GA */
	{ "\xef\xbc\xa1\xef\xbd\x8e\xef\xbd\x8e\xef\xbd\x81", "anna" },
	{ "\xef\xbd\xb6\xef\xbe\x9e", "\xe3\x82\xac" },
	/* right to left, beside a Latin domain; digits of one kind */
	{ "\xd7\x93\xd7\x95\xd7\x93", "\xd7\x93\xd7\x95\xd7\x93" },
	{ "EXAMPLE\\\xd7\x93\xd7\x95\xd7\x93",
	    "example\\\xd7\x93\xd7\x95\xd7\x93" },
	{ "\xd8\xb9\xd9\xa1\xd9\xa2", "\xd8\xb9\xd9\xa1\xd9\xa2" },
	{ "\xe5\xbc\xa0\xe4\xbc\x9f", "\xe5\xbc\xa0\xe4\xbc\x9f" },
};

/* What can be nobody's login, and a word of the reason. */
static const struct {
	const char	*name, *text, *reason;
}	refused[] = {
	{ "empty", "", "empty" },
	{ "blank at the end", "anna ", "ends with a blank" },
	{ "blank at the start", " anna", "begins with a blank" },
	{ "fullwidth blank at the end", "anna\xe3\x80\x80", "ends with" },
	{ "no-break space", "a\xc2\xa0" "b", "U+00A0" },
	{ "line separator", "a\xe2\x80\xa8" "b", "U+2028 as its character 2" },
	{ "tab", "a\tb", "U+0009 as its character 2, a control" },
	{ "DEL", "a\x7f", "U+007F" },
	{ "C1", "a\xc2\x85", "U+0085" },
	{ "zero-width space", "csv3\xe2\x80\x8b", "U+200B as its character 5" },
	{ "joiner", "a\xe2\x80\x8d", "U+200D" },
	{ "right-to-left mark", "a\xe2\x80\x8f", "U+200F" },
	{ "override", "a\xe2\x80\xae" "b", "U+202E" },
	{ "byte-order mark", "\xef\xbb\xbf" "anna", "U+FEFF" },
	{ "soft hyphen", "an\xc2\xadna", "U+00AD" },
	{ "Mongolian vowel separator", "a\xe1\xa0\x8e", "U+180E" },
	{ "Hangul filler", "a\xe3\x85\xa4", "U+3164" },
	{ "variation selector", "a\xef\xb8\x8f", "U+FE0F" },
	{ "tag", "a\xf3\xa0\x81\x81", "U+E0041" },
	{ "private use", "a\xee\x80\x80", "private use" },
	{ "noncharacter", "a\xef\xbf\xbe", "U+FFFE" },
	{ "not assigned", "a\xcd\xb8", "U+0378 as its character 2, not" },
	{ "surrogate", "a\xed\xa0\x80", "UTF-8" },
	{ "Latin-1", "m\xfcller", "UTF-8" },
	{ "overlong", "a\xc0\xaf", "UTF-8" },
	{ "symbol", "a\xe2\x82\xac", "no letter" },
	{ "emoji", "\xf0\x9f\x93\x9e", "no letter" },
	{ "dash", "a\xe2\x80\x93" "b", "no letter" },
	{ "ligature", "\xe2\x85\xa3", "U+2173" },
	{ "middle dot", "l\xc2\xb7l", "not for names" },
	{ "mark first", "\xcc\x88" "a", "combining mark" },
	{ "mark after the domain", "a\\\xcc\x88" "b", "combining mark" },
	{ "two directions", "a\xd7\x93", "Bidi" },
	{ "digits first", "1\xd7\x93", "Bidi" },
	{ "ends left to right", "\xd7\x93" "a", "Bidi" },
	{ "two kinds of digits", "\xd8\xb9\xd9\xa1\xdb\xb1", "another kind" },
};

static void
test_forms(void **state)
{
	char	name[USERNAME_SIZE], reason[USERNAME_REASON_SIZE];
	size_t	i;

	(void)state;
	for (i = 0; i < LENGTH(forms); i++) {
		UNIT_CHECK(forms[i].text, username_normalize(forms[i].text,
		    name, sizeof(name), reason) == ST_OK);
		UNIT_CHECK(forms[i].text, strcmp(name, forms[i].name) == 0);
		UNIT_CHECK(forms[i].text, reason[0] == '\0');
	}
}

static void
test_refused(void **state)
{
	char	name[USERNAME_SIZE], reason[USERNAME_REASON_SIZE];
	size_t	i;

	(void)state;
	for (i = 0; i < LENGTH(refused); i++) {
		UNIT_CHECK(refused[i].name, username_normalize(
		    refused[i].text, name, sizeof(name), reason) == ST_BAD);
		if (strstr(reason, refused[i].reason) == NULL)
			dprintf(unit.stderr_fd, "%s: %s\n", refused[i].name,
			    reason);
		UNIT_CHECK(refused[i].name,
		    strstr(reason, refused[i].reason) != NULL);
		UNIT_CHECK(refused[i].name, name[0] == '\0');
	}
}

/* No more than fits, before and after. */
static void
test_lengths(void **state)
{
	static const char	grows[] = "\xce\x90";	/* as capitals: 3 */
	char			text[5000], name[17];
	char			reason[USERNAME_REASON_SIZE];
	size_t			i;

	(void)state;
	assert_int_equal(username_normalize("0123456789abcdef", name,
	    sizeof(name), reason), ST_OK);
	assert_int_equal(username_normalize("0123456789abcdefg", name,
	    sizeof(name), reason), ST_BAD);
	assert_string_equal(reason, "is too long");
	for (i = 0; i + sizeof(grows) < sizeof(text); i += 2)
		memcpy(text + i, grows, 3);
	assert_int_equal(username_normalize(text, name, sizeof(name),
	    reason), ST_BAD);
	assert_string_equal(reason, "is too long");
	/* A row of marks without end, for the library to put in order. */
	memcpy(text, "a", 1);
	for (i = 1; i + 4 < sizeof(text); i += 2)
		memcpy(text + i, i % 4 == 1 ? "\xcc\x81" : "\xcc\xa3", 3);
	assert_int_equal(username_normalize(text, name, sizeof(name),
	    reason), ST_BAD);
	assert_string_equal(reason, "is too long");
}

static size_t
encode(char *to, uint32_t c)
{
	if (c < 0x80) {
		to[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = (char)(0xc0 | c >> 6);
		to[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		to[0] = (char)(0xe0 | c >> 12);
		to[1] = (char)(0x80 | (c >> 6 & 0x3f));
		to[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	to[0] = (char)(0xf0 | c >> 18);
	to[1] = (char)(0x80 | (c >> 12 & 0x3f));
	to[2] = (char)(0x80 | (c >> 6 & 0x3f));
	to[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

/* The form of a form is the form; true when text was a login at all. */
static bool
check_idempotent(const char *text)
{
	char	one[UNICODE_TEXT_MAX], two[UNICODE_TEXT_MAX];
	char	reason[USERNAME_REASON_SIZE];

	if (username_normalize(text, one, sizeof(one), reason) != ST_OK) {
		assert_true(reason[0] != '\0' && one[0] == '\0');
		return false;
	}
	if (username_normalize(one, two, sizeof(two), reason) != ST_OK ||
	    strcmp(one, two) != 0) {
		dprintf(unit.stderr_fd, "\"%s\" is \"%s\" is \"%s\"\n", text,
		    one, two);
		fail();
	}
	return true;
}

/* Every code point, alone and after a letter. */
static void
test_every_code_point(void **state)
{
	char		text[16];
	uint32_t	c;
	size_t		len, known = 0;

	(void)state;
	for (c = 1; c <= 0x10ffff; c++) {
		len = encode(text, c);
		text[len] = '\0';
		known += check_idempotent(text);
		text[0] = 'E';
		len = encode(text + 1, c) + 1;
		text[len] = '\0';
		(void)check_idempotent(text);
	}
	/* Letters, digits and few others: of some 140,000 that there are. */
	assert_in_range(known, 100000, 300000);
}

/* Texts of characters that fold, compose and write in all directions. */
static void
test_random_texts(void **state)
{
	static const uint32_t	blocks[] = { 0x20, 0x40, 0x60, 0xa0, 0xc0,
				    0x130, 0x1c0, 0x300, 0x340, 0x390, 0x3c0,
				    0x5d0, 0x620, 0x660, 0x930, 0x1100, 0x13a0,
				    0x1e90, 0x1f80, 0x1fb0, 0x2120, 0x3040,
				    0x3090, 0xab70, 0xac00, 0xff20, 0xff60,
				    0xff90, 0x10400, 0x1e900 };
	unsigned int		seed = (unsigned int)time(NULL);
	char			text[64];
	size_t			i, k, len, known = 0;

	(void)state;
	print_message("seed %u\n", seed);
	srandom(seed);
	for (i = 0; i < RANDOM_TEXTS; i++) {
		len = 0;
		for (k = (size_t)random() % 8 + 1; k > 0; k--)
			len += encode(text + len, blocks[(size_t)random() %
			    LENGTH(blocks)] + (uint32_t)random() % 32);
		text[len] = '\0';
		known += check_idempotent(text);
	}
	assert_true(known > RANDOM_TEXTS / 100);
}

static const struct {
	const char	*text, *login, *other;
	bool		 is_stripped;
	enum status	 st;
}	resolved[] = {
	{ "Anna", "anna", "", false, ST_OK },
	{ "EXAMPLE\\Anna", "anna", "example\\anna", true, ST_OK },
	{ "anna@Example.Test", "anna", "anna@example.test", true, ST_OK },
	{ "OTHER\\anna", "other\\anna", "anna", false, ST_OK },
	{ "anna@other", "anna@other", "anna", false, ST_OK },
	{ "EXAMPLE\\anna@example.test", "anna@example.test",
	    "example\\anna@example.test", true, ST_OK },
	{ "B\xc3\x9c\\anna", "anna", "b\xc3\xbc\\anna", true, ST_OK },
	{ "EXAMPLE\\", "", "", true, ST_DENIED },
	{ "@example.test", "", "", true, ST_DENIED },
	{ "", "", "", false, ST_DENIED },
	{ "@", "", "", false, ST_BAD },
	{ "\\", "", "", false, ST_BAD },
	{ "a@", "", "a", false, ST_BAD },
	{ "u\\", "", "", false, ST_BAD },
	{ "\\u", "", "u", false, ST_BAD },
	{ "other\\", "", "", false, ST_BAD },
	{ "other\\@b", "", "", false, ST_BAD },
	{ "a@@b", "", "a@", false, ST_BAD },
	{ "EXAMPLE\\a@", "", "", true, ST_BAD },
	{ "anna @example.test", "", "anna @example.test", true, ST_BAD },
	{ "EXAMPLE\\ anna", "", "example\\ anna", true, ST_BAD },
};

static void
test_resolve(void **state)
{
	struct username	username;
	char		reason[USERNAME_REASON_SIZE];
	enum status	st;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(resolved); i++) {
		st = username_resolve(resolved[i].text,
		    "EXAMPLE,example.test, b\xc3\xbc", &username, reason);
		UNIT_CHECK(resolved[i].text, st == resolved[i].st);
		UNIT_CHECK(resolved[i].text, strcmp(username.login,
		    resolved[i].login) == 0);
		UNIT_CHECK(resolved[i].text, (reason[0] == '\0') ==
		    (st == ST_OK));
		if (st != ST_OK)
			continue;
		UNIT_CHECK(resolved[i].text, strcmp(username.other,
		    resolved[i].other) == 0);
		UNIT_CHECK(resolved[i].text, username.is_stripped ==
		    resolved[i].is_stripped);
	}
}

/* It is asked at every request: far less than a database takes. */
static void
test_speed(void **state)
{
	static const char *const	texts[] = { "EXAMPLE\\Anna.Example",
					    "EXAMPLE\\m\xc3\xbcller" };
	static const int64_t		max_ns[] = { 20000, 200000 };
	struct username			username;
	char				reason[USERNAME_REASON_SIZE];
	struct timespec			begin, end;
	int64_t				ns;
	size_t				i, k;

	(void)state;
	for (i = 0; i < LENGTH(texts); i++) {
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
		for (k = 0; k < SPEED_ROUNDS / (1 + 9 * i); k++)
			assert_int_equal(username_resolve(texts[i],
			    "EXAMPLE,example.test", &username, reason),
			    ST_OK);
		(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
		ns = ((end.tv_sec - begin.tv_sec) * 1000000000 +
		    end.tv_nsec - begin.tv_nsec) / (int64_t)k;
		print_message("%s: %" PRId64 " ns\n", texts[i], ns);
		assert_true(ns < max_ns[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_forms),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_lengths),
		UNIT_TEST(test_every_code_point),
		UNIT_TEST(test_random_texts),
		UNIT_TEST(test_resolve),
		UNIT_TEST(test_speed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
