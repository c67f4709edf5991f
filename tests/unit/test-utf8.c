/*
 * test-utf8.c - every character there and back, and every kind of byte
 * sequence that is none, whole and byte by byte.
 */
#include "config.h"

#include "unit.h"

#include "base/utf8.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static bool
is_character(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

static void
test_every_character(void **state)
{
	char		bytes[UTF8_MAX + 1];
	uint32_t	c, back;
	size_t		len;

	(void)state;
	for (c = 1; c <= 0x110000; c++) {
		memset(bytes, 0, sizeof(bytes));
		len = utf8_encode(c, bytes);
		assert_int_equal(utf8_decode(bytes, &back),
		    is_character(c) ? len : 1);
		assert_int_equal(back, is_character(c) ? c : UTF8_NONE);
	}
}

static const struct {
	const char	*text;
	size_t		 count;
	bool		 is_valid;
	bool		 is_ascii;
} texts[] = {
	{ "", 0, true, true },
	{ "anna\x01\x7f", 6, true, true },
	{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 3, true, false },
	{ "\xc2\x80\xdf\xbf", 2, true, false },
	{ "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf", 4, true,
	    false },
	{ "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 2, true, false },
	/* Alone, overlong, cut short, surrogates, beyond the last. */
	{ "\x80", 1, false, false },
	{ "a\xbf", 2, false, false },
	{ "\xc0\x80", 2, false, false },
	{ "\xc1\xbf", 2, false, false },
	{ "\xe0\x9f\xbf", 3, false, false },
	{ "\xf0\x8f\xbf\xbf", 4, false, false },
	{ "\xc3", 1, false, false },
	{ "\xe2\x82", 2, false, false },
	{ "\xf0\x9f\x98", 3, false, false },
	{ "\xc3" "a", 2, false, false },
	{ "\xe2\x82\xc3\xa4", 3, false, false },
	{ "\xed\xa0\x80", 3, false, false },
	{ "\xed\xbf\xbf", 3, false, false },
	{ "\xf4\x90\x80\x80", 4, false, false },
	{ "\xf5\x80\x80\x80", 4, false, false },
	{ "\xfe", 1, false, false },
	{ "\xff", 1, false, false },
};

/* Does the whole text come through byte by byte, and end there? */
static bool
takes(const char *text)
{
	struct utf8_reader	reader = { 0 };

	for (; *text != '\0'; text++) {
		if (!utf8_take(&reader, (unsigned char)*text))
			return false;
	}
	return reader.left == 0;
}

static void
test_texts(void **state)
{
	char	name[16];
	size_t	i;

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		(void)snprintf(name, sizeof(name), "text %zu", i);
		UNIT_CHECK(name, utf8_count(texts[i].text) == texts[i].count);
		UNIT_CHECK(name, utf8_is_valid(texts[i].text) ==
		    texts[i].is_valid);
		UNIT_CHECK(name, takes(texts[i].text) == texts[i].is_valid);
		UNIT_CHECK(name, utf8_is_ascii(texts[i].text) ==
		    texts[i].is_ascii);
	}
}

/* A NUL is a character, but not one in the middle of another. */
static void
test_nul(void **state)
{
	struct utf8_reader	reader = { 0 };
	uint32_t		c;

	(void)state;
	assert_int_equal(utf8_decode("", &c), 1);
	assert_int_equal(c, 0);
	assert_true(utf8_take(&reader, 0));
	assert_true(utf8_take(&reader, 0xc3));
	assert_int_equal(reader.left, 1);
	assert_false(utf8_take(&reader, 0));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_every_character),
		UNIT_TEST(test_texts),
		UNIT_TEST(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
