/*
 * test-terminal.c - text from outside on a terminal: what could move the cursor
 * or hide text is escaped.
 */
#include "config.h"

#include "unit.h"

#include "base/terminal.h"

static const struct {
	const char	*text;
	const char	*shown;
	const char	*json;
} cases[] = {
	{ "", "", "" },
	{ "anna \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
	    "anna \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80",
	    "anna \xc3\xa4 \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ "a\x1b[31m\n\tb\x7f", "a?[31m??b?",
	    "a\\u001b[31m\\u000a\\u0009b\\u007f" },
	/* C1: CSI in one character, and as the bare byte. */
	{ "a\xc2\x9b""31mb", "a?31mb", "a\\u009b31mb" },
	{ "a\x9b""31mb", "a?31mb", "a?31mb" },
	{ "\xc2\x80\xc2\x9f\xc2\xa0", "??\xc2\xa0",
	    "\\u0080\\u009f\xc2\xa0" },
	/* Overrides, isolates, marks; zero width; separators. */
	{ "a\xe2\x80\xae""b\xe2\x81\xa6""c\xe2\x80\x8f", "a?b?c?",
	    "a\\u202eb\\u2066c\\u200f" },
	{ "a\xe2\x80\x8b\xef\xbb\xbf\xe2\x81\xa0\xe2\x80\xa8", "a????",
	    "a\\u200b\\ufeff\\u2060\\u2028" },
	{ "\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf",
	    "\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf",
	    "\xe2\x80\x90\xe2\x80\xa7\xe2\x80\xaf" },
	{ "\xf3\xa0\x81\x81", "?", "\\udb40\\udc41" },
	/* No UTF-8: overlong, cut short, surrogates, beyond the last. */
	{ "\xc0\x9b\xe0\x82\x9b\xe2\x80", "???????", "???????" },
	{ "\xed\xa0\x80\xf4\x90\x80\x80\xff", "????????", "????????" },
};

static void
check_print(const char *text, void (*print)(FILE *, const char *),
    const char *want)
{
	char	 shown[128] = "";
	FILE	*stream = fmemopen(shown, sizeof(shown) - 1, "w");

	assert_non_null(stream);
	print(stream, text);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(shown, want);
}

static void
test_print(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		check_print(cases[i].text, terminal_print, cases[i].shown);
		check_print(cases[i].text, terminal_print_json,
		    cases[i].json);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
