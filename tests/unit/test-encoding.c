/*
 * test-encoding.c - halves of pairs, in each form of UTF-16, however the
 * text is cut. Charsets are tried in test-envelope.c.
 */
#include "config.h"

#include "soap/encoding.h"

#include "unit.h"

#define CHUNK_MAX	7	/* bytes; 0 stands for the whole */
#define TEXT_MAX	64	/* bytes */

/* A text in UTF-16; units are written with the big end first. */
struct text {
	char	bytes[TEXT_MAX];
	size_t	len;
	size_t	high;	/* the place of the higher byte: 0 or 1 */
};

static void
text_add(struct text *text, const char *units, size_t len)
{
	assert_true(text->len + len <= TEXT_MAX);
	for (size_t i = 0; i < len; i += 2, text->len += 2) {
		text->bytes[text->len + text->high] = units[i];
		text->bytes[text->len + 1 - text->high] = units[i + 1];
	}
}

/* How much of a text is good, in chunks (0: whole). */
static size_t
good_of(const struct text *text, enum http_charset charset, size_t chunk)
{
	struct encoding	 encoding = { .charset = charset };
	const char	*reason = NULL;
	size_t		 size, good;

	for (size_t at = 0; at < text->len; at += size) {
		size = chunk == 0 || chunk > text->len - at ?
		    text->len - at : chunk;
		reason = encoding_check(&encoding, text->bytes + at, size,
		    &good);
		if (reason != NULL) {
			assert_string_equal(reason,
			    "not well-formed (invalid token)");
			return at + good;
		}
		assert_int_equal(good, size);
	}
	return text->len;
}

static void
test_surrogates(void **state)
{
#define UNITS(units)	units, sizeof(units) - 1
	static const struct {
		const char	*name;
		const char	*units;
		size_t		 len;
		size_t		 good;	/* units */
	} rows[] = {
		{ "pair", UNITS("\xd8\x3d\xde\x00"), 2 },
		{ "pairs", UNITS("\xd8\x00\xdc\x00\xdb\xff\xdf\xff"), 4 },
		{ "high, letter", UNITS("\xd8\x3d\x00z\x00z"), 1 },
		{ "high, high", UNITS("\xd8\x3d\xd8\x3d\xde\x01"), 1 },
		{ "high last", UNITS("\xd8\x3d"), 1 },
		{ "low", UNITS("\xde\x01"), 0 },
		{ "low, high", UNITS("\xde\x01\xd8\x3d"), 0 },
		{ "pair, low", UNITS("\xd8\x3d\xde\x01\xde\x01"), 2 },
		{ "below", UNITS("\xd7\xff\xd7\xd8"), 2 },
		{ "above", UNITS("\xe0\x00\xff\xfd"), 2 },
		{ "low bytes", UNITS("\x00\xd8\x00\xdc\x01\xd8"), 3 },
	};
	struct text	 text;
	char		 name[64];
	size_t		 before, good;

	(void)state;
	for (size_t i = 0; i < 4 * sizeof(rows) / sizeof(rows[0]); i++) {
		text = (struct text){ .high = i % 2 };
		if (i / 2 % 2 == 1)
			text_add(&text, UNITS("\xfe\xff"));
		text_add(&text, UNITS("\x00<"));
		before = text.len;
		text_add(&text, rows[i / 4].units, rows[i / 4].len);
		text_add(&text, UNITS("\x00>"));
		/* Wrong from the higher byte of the unit, wherever it is. */
		good = before + 2 * rows[i / 4].good;
		good += good < before + rows[i / 4].len ||
		    strcmp(rows[i / 4].name, "high last") == 0 ?
		    text.high : 2;
		snprintf(name, sizeof(name), "%s, %zu", rows[i / 4].name,
		    i % 4);
		for (size_t chunk = 0; chunk <= CHUNK_MAX; chunk++) {
			UNIT_CHECK(name, good_of(&text, HTTP_CHARSET_UTF16,
			    chunk) == good);
			UNIT_CHECK(name, good_of(&text, HTTP_CHARSET_NONE,
			    chunk) == good);
		}
	}
}

/* In other encodings the same bytes are not looked at. */
static void
test_other_encodings(void **state)
{
	struct text	text = { 0 };

	(void)state;
	text_add(&text, UNITS("<a>\xd8\xdc\xd8\xdc\xdc</a>"));
	for (size_t chunk = 0; chunk <= CHUNK_MAX; chunk++) {
		assert_int_equal(good_of(&text, HTTP_CHARSET_UTF8, chunk),
		    text.len);
		assert_int_equal(good_of(&text, HTTP_CHARSET_ASCII, chunk),
		    text.len);
		assert_int_equal(good_of(&text, HTTP_CHARSET_NONE, chunk),
		    text.len);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_surrogates),
		UNIT_TEST(test_other_encodings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
