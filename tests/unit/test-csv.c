/*
 * test-csv.c - rows, the lines they start on, and every refusal; each file
 * is fed whole and in chunks of 1 to 7 bytes.
 */
#include "config.h"

#include "unit.h"

#include "base/buf.h"
#include "core/csv.h"

#define SHOWN_MAX	4096	/* bytes of the rows of one case as text */
#define CHUNK_MAX	7	/* bytes */

/*
 * A row is shown as "line:field|field;". A refusal ends it with
 * "!line:reason", of which the case gives the beginning.
 */
struct csv_case {
	const char	*name;
	const char	*text;
	const char	*shown;
};

static const struct csv_case cases[] = {
	{ "empty", "", "" },
	{ "byte-order mark alone", "\xef\xbb\xbf", "" },
	{ "one row", "a,b\n", "1:a|b;" },
	{ "no line end", "a,b", "1:a|b;" },
	{ "CRLF", "a,b\r\nc,d\r\n", "1:a|b;2:c|d;" },
	{ "CR", "a\rb\r", "1:a;2:b;" },
	{ "empty lines", "\n\na\n\r\n\nb\n", "3:a;6:b;" },
	{ "byte-order mark", "\xef\xbb\xbf" "a,b\nc,d", "1:a|b;2:c|d;" },
	{ "two marks", "\xef\xbb\xbf\xef\xbb\xbf" "a",
	    "!1:a second byte-order mark" },
	{ "mark and another text", "\xef\xbb\xbf\xef\xbf\xbd,x",
	    "1:\xef\xbf\xbd|x;" },
	{ "mark and half a mark", "\xef\xbb\xbf\xef\xbb",
	    "!1:invalid UTF-8: save the file as \"CSV UTF-8\"" },
	{ "UTF-16, little-endian", "\xff\xfe" "a", "!1:this is UTF-16" },
	{ "UTF-16, big-endian", "\xfe\xff", "!1:this is UTF-16" },
	{ "mark inside", "a\xef\xbb\xbf" "b", "1:a\xef\xbb\xbf" "b;" },
	{ "other text with the mark's first byte", "\xef\xbf\xbd,x",
	    "1:\xef\xbf\xbd|x;" },
	{ "empty fields", ",,\n\"\",x,\n", "1:||;2:|x|;" },
	{ "white space stays", " a , b\t\n \n", "1: a | b\t;2: ;" },
	{ "quotes", "\"a,\"\"b\"\"\",c", "1:a,\"b\"|c;" },
	{ "line end in a field", "a,\"x\ny\r\nz\"\nb,c\n",
	    "1:a|x\ny\r\nz;4:b|c;" },
	{ "UTF-8", "\xc3\xa9,\xe2\x82\xac,\xf0\x9f\x93\x9e",
	    "1:\xc3\xa9|\xe2\x82\xac|\xf0\x9f\x93\x9e;" },
	{ "quote in a field", "ok\na\"b,c\n", "1:ok;!2:malformed quoting" },
	{ "text after a quote", "\"a\"b\n", "!1:malformed quoting" },
	{ "blank after a quote", "x\n\"a\" ,b\n",
	    "1:x;!2:malformed quoting" },
	{ "semicolons", "\"a\";\"b\"\n", "1:a|b;" },
	{ "semicolons after a mark", "\xef\xbb\xbf\"a\";\"b\"\r\n",
	    "1:a|b;" },
	{ "tabs, some quoted", "a\t\"b\"\n", "1:a|b;" },
	{ "semicolons, commas in quotes", "\"a,b,c\";d\n1,2;3\n",
	    "1:a,b,c|d;2:1,2|3;" },
	{ "the first line with a text says it", "\n,,\n;;;\na\tb\nc;d\te,f\n",
	    "2:,,;3:;;;;4:a|b;5:c;d|e,f;" },
	{ "as many of each", "a,b;c\n", "1:a|b;c;" },
	{ "none, then some", "a\nb;c\n", "1:a;2:b;c;" },
	{ "a line end in the header", "\"a\nb\";c\nd;e\n", "1:a\nb|c;3:d|e;" },
	{ "others later", "a,b\n\"c\";\"d\"\n",
	    "1:a|b;!2:malformed quoting, or columns that are parted by ano" },
	{ "commas later", "a;b\n\"c\",\"d\"\n",
	    "1:a|b;!2:malformed quoting, or columns that are parted by ano" },
	{ "open quote", "a\n\"b,c\nd\n", "1:a;!2:a quote in this row never" },
	{ "open quote at the end", "a,\"", "!1:a quote in this row never" },
	{ "Latin-1", "a\nb,caf\xe9\n", "1:a;!2:invalid UTF-8" },
	{ "Latin-1 at the end", "a\nb,caf\xe9", "1:a;!2:invalid UTF-8" },
	{ "Latin-1 in a quoted field's second line", "a,\"b\nc\xe9\"\n",
	    "!2:invalid UTF-8" },
	{ "overlong", "\xc0\xaf", "!1:invalid UTF-8" },
	{ "overlong in three", "\xe0\x80\xaf", "!1:invalid UTF-8" },
	{ "overlong in four", "\xf0\x80\x80\xaf", "!1:invalid UTF-8" },
	{ "surrogate", "\xed\xa0\x80", "!1:invalid UTF-8" },
	{ "above Unicode", "\xf4\x90\x80\x80", "!1:invalid UTF-8" },
	{ "far above Unicode", "\xf8\x88\x80\x80\x80", "!1:invalid UTF-8" },
	{ "half a mark", "\xef\xbb", "!1:invalid UTF-8" },
	{ "half a mark, then text", "\xef\xbb" "a", "!1:invalid UTF-8" },
	{ "32 fields", ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,",
	    "1:|||||||||||||||||||||||||||||||;" },
	{ "33 fields", "a\n,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\n",
	    "1:a;!2:the row has more than 32" }
};

static enum status
show_row(void *context, const struct csv_row *row)
{
	struct buf	*shown = context;
	size_t		 i;

	buf_printf(shown, "%u:", row->line);
	for (i = 0; i < row->count; i++)
		buf_printf(shown, "%s%s", i == 0 ? "" : "|", row->fields[i]);
	buf_puts(shown, ";");
	return ST_OK;
}

/* Read len bytes of text, chunk by chunk, into shown. */
static void
read_text(const char *text, size_t len, size_t chunk, struct buf *shown)
{
	struct csv_reader	*reader = NULL;
	enum status		 st;
	size_t			 i, n;

	assert_int_equal(csv_reader_new(show_row, shown, &reader), ST_OK);
	st = ST_OK;
	for (i = 0; i < len && st == ST_OK; i += n) {
		n = len - i < chunk ? len - i : chunk;
		st = csv_reader_feed(reader, text + i, n);
	}
	if (st == ST_OK)
		st = csv_reader_finish(reader);
	if (st == ST_BAD) {
		buf_printf(shown, "!%u:%s", csv_reader_line(reader),
		    csv_reader_reason(reader));
		assert_int_equal(csv_reader_feed(reader, "a", 1), ST_BAD);
		assert_int_equal(csv_reader_finish(reader), ST_BAD);
	}
	csv_reader_free(&reader);
	assert_null(reader);
}

static void
test_cases(void **state)
{
	struct buf	shown = BUF_INIT(SHOWN_MAX);
	size_t		i, chunk, len;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		len = strlen(cases[i].text);
		for (chunk = 0; chunk <= CHUNK_MAX; chunk++) {
			buf_reset(&shown);
			read_text(cases[i].text, len,
			    chunk == 0 ? len + 1 : chunk, &shown);
			if (strncmp(buf_text(&shown), cases[i].shown,
			    strlen(cases[i].shown)) != 0)
				dprintf(unit.stderr_fd, "got %s\n",
				    buf_text(&shown));
			UNIT_CHECK(cases[i].name, strncmp(buf_text(&shown),
			    cases[i].shown, strlen(cases[i].shown)) == 0);
			UNIT_CHECK(cases[i].name, strchr(cases[i].shown,
			    '!') != NULL ||
			    strlen(buf_text(&shown)) ==
			    strlen(cases[i].shown));
		}
	}
	buf_free(&shown);
}

static void
test_nul(void **state)
{
	struct buf	shown = BUF_INIT(SHOWN_MAX);

	(void)state;
	read_text("a\nb\0c\n", 6, 6, &shown);
	assert_string_equal(buf_text(&shown), "1:a;!2:a NUL byte");
	buf_free(&shown);
}

/* A field of len bytes, as it is and quoted. */
static void
check_field(size_t len, bool is_quoted, bool is_fine)
{
	struct buf	text = BUF_INIT(8192), shown = BUF_INIT(8192);
	size_t		i;

	buf_puts(&text, is_quoted ? "x,\"" : "x,");
	for (i = 0; i < len; i++)
		buf_puts(&text, is_quoted ? "\"\"" : "a");
	buf_puts(&text, is_quoted ? "\",y\n" : ",y\n");
	read_text(buf_text(&text), text.len, 100, &shown);
	if (is_fine)
		assert_int_equal(shown.len, len + strlen("1:x||y;"));
	else
		assert_memory_equal(buf_text(&shown), "!1:a field is longer",
		    20);
	buf_free(&text);
	buf_free(&shown);
}

static void
test_field_limit(void **state)
{
	(void)state;
	check_field(CSV_FIELD_BYTES_MAX, false, true);
	check_field(CSV_FIELD_BYTES_MAX, true, true);
	check_field(CSV_FIELD_BYTES_MAX + 1, false, false);
	check_field(CSV_FIELD_BYTES_MAX + 1, true, false);
	check_field(3 * CSV_FIELD_BYTES_MAX, false, false);
}

/* Of a header that does not end, and of one that is told what parts it. */
static void
test_delimiter(void **state)
{
	struct csv_reader	*reader = NULL;
	struct buf		 shown = BUF_INIT(65536);
	struct buf		 text = BUF_INIT(65536);
	size_t			 i;

	(void)state;
	buf_puts(&text, "a;b;\"");
	for (i = 0; i < 40000; i++)
		buf_puts(&text, ",");
	read_text(buf_text(&text), text.len, 1000, &shown);
	assert_memory_equal(buf_text(&shown), "!1:a field is longer", 20);
	buf_reset(&shown);
	assert_int_equal(csv_reader_new(show_row, &shown, &reader), ST_OK);
	csv_reader_part_by(reader, ',');
	assert_int_equal(csv_reader_feed(reader, "a;b;c,d\n", 8), ST_OK);
	assert_int_equal(csv_reader_finish(reader), ST_OK);
	assert_string_equal(buf_text(&shown), "1:a;b;c|d;");
	csv_reader_free(&reader);
	buf_free(&shown);
	buf_free(&text);
}

/* What is written is read as the same. */
static void
test_field(void **state)
{
	static const char *const	fields[] = { "", "a", "a,b", "a\"b",
	    "\"", "a\r\nb", " a", "a ", "=1+1", "a;b", "\tx", "007",
	    "\xc3\xa4" };
	struct buf			line = BUF_INIT(4096);
	struct buf			shown = BUF_INIT(4096);
	struct buf			wanted = BUF_INIT(4096);
	size_t				i;

	(void)state;
	buf_puts(&line, "h,h\r\n");
	buf_puts(&wanted, "1:h|h;2:x");
	buf_puts(&line, "x");
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		buf_puts(&line, ",");
		csv_field(&line, fields[i]);
		buf_printf(&wanted, "|%s", fields[i]);
	}
	buf_puts(&line, "\r\n");
	buf_puts(&wanted, ";");
	assert_non_null(strstr(buf_text(&line), ",a,\"a,b\",\"a\"\"b\","));
	assert_non_null(strstr(buf_text(&line), ",=1+1,"));
	read_text(buf_text(&line), line.len, 7, &shown);
	assert_string_equal(buf_text(&shown), buf_text(&wanted));
	buf_free(&line);
	buf_free(&shown);
	buf_free(&wanted);
}

static enum status
refuse_second(void *context, const struct csv_row *row)
{
	unsigned int	*rows = context;

	(void)row;
	return ++*rows == 2 ? ST_DENIED : ST_OK;
}

/* What the callback returns ends the reading, and comes back. */
static void
test_callback(void **state)
{
	struct csv_reader	*reader = NULL;
	unsigned int		 rows = 0;

	(void)state;
	assert_int_equal(csv_reader_new(refuse_second, &rows, &reader),
	    ST_OK);
	assert_int_equal(csv_reader_feed(reader, "a\nb\nc\n", 6), ST_DENIED);
	assert_int_equal(csv_reader_feed(reader, "d\n", 2), ST_DENIED);
	assert_int_equal(csv_reader_finish(reader), ST_DENIED);
	assert_null(csv_reader_reason(reader));
	assert_int_equal(rows, 2);
	csv_reader_free(&reader);
	csv_reader_free(&reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(test_cases),
		UNIT_TEST(test_nul),
		UNIT_TEST(test_field_limit),
		UNIT_TEST(test_delimiter),
		UNIT_TEST(test_field),
		UNIT_TEST(test_callback),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
