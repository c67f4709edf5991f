/*
 * test-brand.c - names and colours of a house: what is none, and that whatever
 * the colour is, its text and its lines can be seen.
 */
#include "config.h"

#include "unit.h"

#include "core/brand.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define AA		4.5	/* WCAG 2.1, 1.4.3 */
#define LINE		3.0	/* 1.4.11 */
#define TEN		"0123456789"
#define LONG		TEN TEN TEN TEN TEN TEN TEN

static void
test_colors(void **state)
{
	static const char *const	colors[] = { "#000000", "#ffffff",
	    "#1A56b0", "#ABCDEF" };
	static const char *const	others[] = { "", "#", "#fff", "navy",
	    "1a56b0", "#1a56b", "#1a56b00", "#1a56bg", " #1a56b0",
	    "#1a56b0 ", "#1a56b0;", "#-1a56b", "# 1a56b", "#0x1a56",
	    "#1a5\xef\xbc\x91", "rgb(0,0,0)", "#1a56b0\n" };
	size_t				i;

	(void)state;
	for (i = 0; i < COUNT(colors); i++)
		UNIT_CHECK(colors[i], brand_is_color(colors[i]));
	for (i = 0; i < COUNT(others); i++)
		UNIT_CHECK(others[i], !brand_is_color(others[i]));
}

static void
test_contrast(void **state)
{
	static const struct {
		const char	*one, *other;
		int		 hundredths;	/* as W3C's examples have it */
	} rows[] = {
		{ "#000000", "#ffffff", 2100 }, { "#ffffff", "#000000", 2100 },
		{ "#777777", "#ffffff", 448 }, { "#767676", "#ffffff", 454 },
		{ "#ff0000", "#ffffff", 400 }, { "#0000ff", "#ffffff", 859 },
		{ "#ffff00", "#ffffff", 107 }, { "#123456", "#123456", 100 },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		UNIT_CHECK(rows[i].one, (int)(100 * brand_contrast(
		    rows[i].one, rows[i].other) + 0.5) == rows[i].hundredths);
}

/* Every 17th of each channel, and so both ends of all: 4096 colours. */
static void
test_any_color_is_read(void **state)
{
	static const char	digits[] = "0123456789abcdef";
	struct brand		brand;
	char			color[] = "#rrggbb";
	size_t			i, k;

	(void)state;
	for (i = 0; i < 16 * 16 * 16; i++) {
		for (k = 0; k < 3; k++)
			color[1 + 2 * k] = color[2 + 2 * k] =
			    digits[i >> (4 * k) & 0xf];
		brand_init(&brand, color, "");
		assert_true(brand.has_color);
		assert_string_equal(brand.color, color);
		UNIT_CHECK(color, brand_contrast(color, brand.text) >= AA);
		UNIT_CHECK(color, brand_contrast(brand.line, "#ffffff") >=
		    LINE && brand_contrast(brand.line, "#eef2f9") >= LINE);
		UNIT_CHECK(color, brand_contrast(brand.dark_line,
		    "#282d37") >= LINE);
		/* One that is seen as it is stays so. */
		if (brand_contrast(color, "#eef2f9") >= LINE)
			assert_string_equal(brand.line, color);
		if (brand_contrast(color, "#282d37") >= LINE)
			assert_string_equal(brand.dark_line, color);
	}
}

static void
test_names(void **state)
{
	static const char *const	good[] = { "", "Example", "B\xc3\xbcro "
	    "& Co. <KG>", "\xe5\x90\x8d\xe5\x89\x8d", "4711", "\"x\"",
	    "\xd8\xb4\xd8\xb1\xda\xa9\xd8\xaa", "\xd9\x85\xdb\x8c\xe2\x80"
	    "\x8c\xd8\xae" };
	static const char *const	bad[] = { "a\nb", "a\r\nBcc: x@y",
	    "\t", " a", "a ", " ", "a\x7f", "a\xc2\x85", "a\xe2\x80\xa8",
	    "a\342\200\256b", "a\xe2\x81\xa6", "a\xe2\x80\x8f",
	    "a\xe2\x80\x8b", "\xc2\xa0", "\xff", "a\xed\xa0\x80",
	    "\xef\xbf\xbf", "\xf3\xa0\x80\x81", "\xee\x80\x80" };
	size_t				i;

	(void)state;
	for (i = 0; i < COUNT(good); i++)
		UNIT_CHECK(good[i], brand_name_fault(good[i]) == NULL);
	for (i = 0; i < COUNT(bad); i++)
		UNIT_CHECK(bad[i], brand_name_fault(bad[i]) != NULL);
}

/* Whoever has stored it. */
static void
test_taken(void **state)
{
	static const char *const	none[] = { "", "red", "#1a56b0;x:y",
	    "\"><script>", "#fff" };
	struct brand			brand;
	size_t				i;

	(void)state;
	for (i = 0; i < COUNT(none); i++) {
		brand_init(&brand, none[i], "<b>&\"'");
		UNIT_CHECK(none[i], !brand.has_color);
		assert_string_equal(brand.color, BRAND_COLOR);
		assert_string_equal(brand.line, BRAND_COLOR);
		assert_string_equal(brand.text, "#ffffff");
		assert_string_equal(brand.name, "<b>&\"'");
	}
	brand_init(&brand, "#1A56B0", "a\r\nBcc:\x1f x\xe2\x80\xae\xff");
	assert_true(brand.has_color);
	assert_string_equal(brand.color, "#1a56b0");
	assert_string_equal(brand.name, "a  Bcc:  x\xef\xbf\xbd\xef\xbf"
	    "\xbd");
	brand_init(&brand, "", LONG LONG LONG LONG);
	assert_string_equal(brand.name, LONG LONG LONG TEN TEN TEN TEN "012");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_colors),
		UNIT_TEST(test_contrast),
		UNIT_TEST(test_any_color_is_read),
		UNIT_TEST(test_names),
		UNIT_TEST(test_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
