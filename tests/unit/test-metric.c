/*
 * test-metric.c - lines of Prometheus' text format, to the byte.
 */
#include "config.h"

#include "unit.h"

#include "core/metric.h"

#define TEXT_MAX	4096	/* bytes of one test's text */

static void
test_quoted(void **state)
{
	const struct {
		const char	*value;
		const char	*text;
	} rows[] = {
		{ "", "\"\"" }, { "phone", "\"phone\"" },
		{ "EXAMPLE\\phone", "\"EXAMPLE\\\\phone\"" },
		{ "a\"b\nc", "\"a\\\"b\\nc\"" },
		{ "t\xc3\xa9l", "\"t\xc3\xa9l\"" },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf	buf = BUF_INIT(TEXT_MAX);

		metric_quoted(&buf, rows[i].value);
		assert_string_equal(buf_text(&buf), rows[i].text);
		buf_free(&buf);
	}
}

/* Buckets are told with all that are below them, bounds as Prometheus does. */
static void
test_histogram(void **state)
{
	const uint64_t	bounds_us[] = { 2500, 1000000, 12050000 };
	const uint64_t	within[] = { 1, 0, 2, 4 };
	struct buf	buf = BUF_INIT(TEXT_MAX);

	(void)state;
	metric_head(&buf, "x_seconds", "histogram", "Times.");
	metric_histogram(&buf, "x_seconds", NULL, bounds_us, within, 3,
	    61000007);
	metric_histogram(&buf, "x_seconds", "a=\"b\"", bounds_us, within, 3,
	    0);
	assert_string_equal(buf_text(&buf),
	    "# HELP x_seconds Times.\n"
	    "# TYPE x_seconds histogram\n"
	    "x_seconds_bucket{le=\"0.0025\"} 1\n"
	    "x_seconds_bucket{le=\"1.0\"} 1\n"
	    "x_seconds_bucket{le=\"12.05\"} 3\n"
	    "x_seconds_bucket{le=\"+Inf\"} 7\n"
	    "x_seconds_sum 61.000007\n"
	    "x_seconds_count 7\n"
	    "x_seconds_bucket{a=\"b\",le=\"0.0025\"} 1\n"
	    "x_seconds_bucket{a=\"b\",le=\"1.0\"} 1\n"
	    "x_seconds_bucket{a=\"b\",le=\"12.05\"} 3\n"
	    "x_seconds_bucket{a=\"b\",le=\"+Inf\"} 7\n"
	    "x_seconds_sum{a=\"b\"} 0.000000\n"
	    "x_seconds_count{a=\"b\"} 7\n");
	buf_free(&buf);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_quoted),
		UNIT_TEST(test_histogram),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
