/*
 * test-text.c - numbers and durations in and out, JSON's escapes.
 */
#include "config.h"

#include "unit.h"

#include "base/text.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static void
test_numbers(void **state)
{
	static const struct {
		const char	*text;
		bool		 is_number;
		uint64_t	 number;
		const char	*end;
	} rows[] = {
		{ "0", true, 0, "" },
		{ "007x", true, 7, "x" },
		{ "999999999", true, 999999999, "" },
		{ "123456789,5", true, 123456789, ",5" },
		{ "1000000000", false, 0, NULL },
		{ "0000000001", false, 0, NULL },
		{ "", false, 0, NULL },
		{ "-1", false, 0, NULL },
		{ "+1", false, 0, NULL },
		{ " 1", false, 0, NULL },
		{ "\xd9\xa1", false, 0, NULL },
	};
	const char	*end;
	uint64_t	 number;
	size_t		 i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		UNIT_CHECK(rows[i].text, text_number(rows[i].text, &number,
		    &end) == rows[i].is_number);
		UNIT_CHECK(rows[i].text, !rows[i].is_number ||
		    (number == rows[i].number &&
		    strcmp(end, rows[i].end) == 0));
	}
}

static void
test_sizes(void **state)
{
	static const struct {
		const char	*text;
		bool		 is_number;
		uint64_t	 number;
	} rows[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "999999999999999999", true, 999999999999999999 },
		{ "1000000000000000000", false, 0 },
		{ "0000000000000000001", false, 0 },
		{ "", false, 0 },
		{ "7x", false, 0 },
		{ "7 ", false, 0 },
		{ " 7", false, 0 },
		{ "-7", false, 0 },
		{ "+7", false, 0 },
	};
	uint64_t	number;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		UNIT_CHECK(rows[i].text, text_size(rows[i].text, &number) ==
		    rows[i].is_number);
		UNIT_CHECK(rows[i].text, number == rows[i].number);
	}
}

static const struct {
	const char	*text;
	enum text_unit	 smallest;
	enum text_unit	 largest;
	bool		 is_one;
	uint64_t	 ms;
	const char	*printed;
} durations[] = {
	{ "0ms", TEXT_MILLISECONDS, TEXT_HOURS, true, 0, "0ms" },
	{ "0d", TEXT_SECONDS, TEXT_DAYS, true, 0, "0s" },
	{ "500ms", TEXT_MILLISECONDS, TEXT_HOURS, true, 500, "500ms" },
	{ "1500ms", TEXT_MILLISECONDS, TEXT_HOURS, true, 1500, "1500ms" },
	{ "60s", TEXT_MILLISECONDS, TEXT_HOURS, true, 60000, "1m" },
	{ "90s", TEXT_SECONDS, TEXT_DAYS, true, 90000, "90s" },
	{ "24h", TEXT_MILLISECONDS, TEXT_HOURS, true, 86400000, "24h" },
	{ "24h", TEXT_SECONDS, TEXT_DAYS, true, 86400000, "1d" },
	{ "999999999d", TEXT_SECONDS, TEXT_DAYS, true,
	    UINT64_C(86399999913600000), "999999999d" },
	{ "1d", TEXT_MILLISECONDS, TEXT_HOURS, false, 0, NULL },
	{ "1000ms", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
	{ "30", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
	{ "30S", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
	{ "30 s", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
	{ "30ss", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
	{ "s", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
	{ "", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
	{ "1.5h", TEXT_SECONDS, TEXT_DAYS, false, 0, NULL },
};

static void
test_durations(void **state)
{
	char		printed[TEXT_DURATION_SIZE];
	uint64_t	ms;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(durations); i++) {
		UNIT_CHECK(durations[i].text, text_duration(
		    durations[i].text, durations[i].smallest,
		    durations[i].largest, &ms) == durations[i].is_one);
		UNIT_CHECK(durations[i].text, ms == durations[i].ms);
		UNIT_CHECK(durations[i].text, !durations[i].is_one ||
		    strcmp(text_duration_print(ms, durations[i].smallest,
		    durations[i].largest, printed),
		    durations[i].printed) == 0);
	}
}

static void
test_json(void **state)
{
	char		escape[TEXT_ESCAPE_SIZE];
	struct buf	json = BUF_INIT(256);

	(void)state;
	text_json_escape(0x1f600, escape);
	assert_string_equal(escape, "\\ud83d\\ude00");
	text_json_escape(0x10ffff, escape);
	assert_string_equal(escape, "\\udbff\\udfff");
	text_json_escape(0xffff, escape);
	assert_string_equal(escape, "\\uffff");
	text_json_string(&json, "");
	text_json_string(&json, "a\"\\/\x01\n\x1f\x7f\xc3\xa4");
	assert_int_equal(buf_status(&json), ST_OK);
	assert_string_equal(buf_text(&json), "\"\"\"a\\\"\\\\/\\u0001\\u000a"
	    "\\u001f\x7f\xc3\xa4\"");
	buf_free(&json);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_numbers),
		UNIT_TEST(test_sizes),
		UNIT_TEST(test_durations),
		UNIT_TEST(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
