/*
 * test-buf.c - a buffer grows to its maximum and no further, and once
 * broken stays so until it is reset.
 */
#include "config.h"

#include "unit.h"

#include "base/buf.h"

static void
test_grow(void **state)
{
	struct buf	buf = BUF_INIT(100000);
	char		expected[100001];

	(void)state;
	assert_string_equal(buf_text(&buf), "");
	/* Pieces of every size, over many doublings. */
	for (size_t i = 0, piece = 1; i < 100000; piece = piece % 977 + 1) {
		if (piece > 100000 - i)
			piece = 100000 - i;
		for (size_t k = i; k < i + piece; k++)
			expected[k] = (char)('a' + k % 26);
		buf_append(&buf, expected + i, piece);
		i += piece;
		assert_int_equal(buf.len, i);
		assert_true(buf.size > buf.len);
		assert_int_equal(buf_text(&buf)[i], '\0');
	}
	expected[100000] = '\0';
	assert_int_equal(buf_status(&buf), ST_OK);
	assert_string_equal(buf_text(&buf), expected);
	buf_free(&buf);
	assert_null(buf.data);
	assert_string_equal(buf_text(&buf), "");
	buf_puts(&buf, "again");
	assert_string_equal(buf_text(&buf), "again");
	buf_free(&buf);
	buf_free(&buf);
}

static void
test_maximum(void **state)
{
	static const size_t	maxima[] = { 1, 2, 7, 255, 256, 257, 511, 512,
		1000 };
	char			bytes[1001];

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	for (size_t i = 0; i < sizeof(maxima) / sizeof(*maxima); i++) {
		struct buf	buf = BUF_INIT(maxima[i]);

		/* Byte by byte: the NUL needs room at every length. */
		for (size_t len = 1; len <= maxima[i]; len++) {
			buf_append(&buf, bytes, 1);
			assert_true(buf.size > buf.len);
		}
		assert_int_equal(buf_status(&buf), ST_OK);
		buf_append(&buf, bytes, 0);
		buf_puts(&buf, "");
		assert_int_equal(buf_status(&buf), ST_OK);
		buf_append(&buf, bytes, 1);
		assert_int_equal(buf_status(&buf), ST_BAD);
		assert_int_equal(buf.len, maxima[i]);
		buf_free(&buf);
		assert_int_equal(buf_status(&buf), ST_OK);
		buf_append(&buf, bytes, maxima[i] + 1);
		assert_int_equal(buf_status(&buf), ST_BAD);
		assert_int_equal(buf.len, 0);
		buf_free(&buf);
	}
}

static void
test_broken_sticks(void **state)
{
	struct buf	buf = BUF_INIT(10);

	(void)state;
	buf_puts(&buf, "12345");
	buf_puts(&buf, "678901");
	assert_int_equal(buf_status(&buf), ST_BAD);
	/* It would fit, but a hole in the middle would not show. */
	buf_puts(&buf, "6");
	buf_printf(&buf, "%d", 7);
	assert_string_equal(buf_text(&buf), "12345");
	assert_int_equal(buf_status(&buf), ST_BAD);
	buf_append(&buf, "x", SIZE_MAX);
	assert_int_equal(buf_status(&buf), ST_BAD);
	buf_reset(&buf);
	assert_int_equal(buf_status(&buf), ST_OK);
	assert_string_equal(buf_text(&buf), "");
	buf_append(&buf, "x", SIZE_MAX);
	assert_int_equal(buf_status(&buf), ST_BAD);
	buf_reset(&buf);
	buf_puts(&buf, "1234567890");
	assert_int_equal(buf_status(&buf), ST_OK);
	assert_string_equal(buf_text(&buf), "1234567890");
	buf_free(&buf);
}

static void
test_printf(void **state)
{
	struct buf	buf = BUF_INIT(600);
	char		text[301];

	(void)state;
	memset(text, 'y', 300);
	text[300] = '\0';
	buf_printf(&buf, "%s", "");
	assert_string_equal(buf_text(&buf), "");
	buf_printf(&buf, "a%db%s", -1, "c");
	buf_printf(&buf, "%s", text);
	assert_int_equal(buf.len, 305);
	assert_memory_equal(buf_text(&buf), "a-1bcyyy", 8);
	/* To the last byte, and one more. */
	buf_printf(&buf, "%295s", "z");
	assert_int_equal(buf_status(&buf), ST_OK);
	assert_int_equal(buf.len, 600);
	assert_int_equal(buf_text(&buf)[599], 'z');
	buf_printf(&buf, "%c", '!');
	assert_int_equal(buf_status(&buf), ST_BAD);
	assert_int_equal(buf.len, 600);
	buf_free(&buf);
}

/* A NUL is a byte like others. */
static void
test_binary(void **state)
{
	struct buf	buf = BUF_INIT(8);

	(void)state;
	buf_append(&buf, "a\0b", 3);
	buf_append(&buf, "\0\xff", 2);
	assert_int_equal(buf.len, 5);
	assert_memory_equal(buf.data, "a\0b\0\xff", 6);
	buf_free(&buf);
}

static void
test_reset_wipes(void **state)
{
	struct buf	buf = BUF_INIT(1000);

	(void)state;
	buf_puts(&buf, "835271");
	assert_non_null(memmem(buf.data, buf.size, "835271", 6));
	buf_reset(&buf);
	assert_non_null(buf.data);
	for (size_t i = 0; i < buf.size; i++)
		assert_int_equal(buf.data[i], 0);
	buf_free(&buf);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_grow),
		UNIT_TEST(test_maximum),
		UNIT_TEST(test_broken_sticks),
		UNIT_TEST(test_printf),
		UNIT_TEST(test_binary),
		UNIT_TEST(test_reset_wipes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
