/*
 * test-letter-languages.c - each language as a whole letter, which locale gets
 * which, and how wide a line is for its reader.
 */
#include "config.h"

#include "unit.h"

#include "base/utf8.h"
#include "core/character.h"
#include "core/letter-language.h"
#include "core/letter.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define PIN		"493817"
#define SUBJECT_MAX	256	/* bytes, as core/message has it */

#define CASE_FAIL(...)						\
	do {							\
		dprintf(unit.stderr_fd, __VA_ARGS__);		\
		fail();						\
	} while (0)

static const struct secret pin = { 6, PIN };
static const char *const kinds[] = {
	"reset", "auto", "admin", "elsewhere", "set", "changed"
};

static struct letter
letter_in(const char *locale)
{
	return (struct letter){
		.id = "123e4567-e89b-42d3-a456-426614174000",
		.kind = "reset",
		.recipient = "jane@example.test",
		.locale = locale,
		.extension = "20001",
		.display_name = "Jane Doe",
		.access_numbers = "+43 1 5550100",
		.extra_text = "",
		.is_locked_out = true,
		.must_change = true,
		.created_at = 1761986400,	/* 2025-11-01 08:40 UTC */
		.temporary_until = 1764363480,
	};
}

static unsigned int
columns_of(const char *line)
{
	unsigned int	columns = 0;
	uint32_t	c;

	while (*line != '\0') {
		line += utf8_decode(line, &c);
		columns += character_columns(c);
	}
	return columns;
}

static void
test_lookup(void **state)
{
	static const struct {
		const char	*locale, *tag;	/* NULL: none */
	} cases[] = {
		{ "en", "en" },		{ "en-GB", "en" },
		{ "EN_us", "en" },	{ "de", "de" },
		{ "de-AT", "de" },	{ "de-AT-1996", "de" },
		{ "de-x-private", "de" }, { "de-DE-u-co-phonebk", "de" },
		{ "pt", "pt-BR" },	{ "pt-BR", "pt-BR" },
		{ "pt_br", "pt-BR" },	{ "pt-PT", "pt-BR" },
		{ "zh", "zh-Hans" },	{ "zh-CN", "zh-Hans" },
		{ "zh-SG", "zh-Hans" },	{ "zh-Hans-HK", "zh-Hans" },
		{ "zh-Latn", "zh-Hans" },
		{ "zh-TW", NULL },	{ "zh_tw", NULL },
		{ "zh-Hant", NULL },	{ "zh-Hant-CN", NULL },
		{ "zh-HK", NULL },	{ "zh-TW-x-a", NULL },
		{ "ar-EG", "ar" },	{ "ja-JP", "ja" },
		{ "sv-SE", NULL },	{ "arn", NULL },
		{ "d", NULL },		{ "", NULL },
		{ "-", NULL },		{ "-de", NULL },
	};
	const struct letter_language	*language;
	size_t				 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		language = letter_language_of(cases[i].locale);
		if ((language == NULL) != (cases[i].tag == NULL) ||
		    (language != NULL &&
		    strcmp(language->tag, cases[i].tag) != 0))
			CASE_FAIL("%s: %s\n", cases[i].locale,
			    language == NULL ? "none" : language->tag);
		assert_int_equal(letter_speaks(cases[i].locale),
		    cases[i].tag != NULL);
	}
}

/* Lines hold their width, and exactly one is the PIN. */
static void
check_text(const struct letter *letter)
{
	struct buf	 buf = BUF_INIT(LETTER_MAX);
	char		*line, *rest;
	int		 pins = 0;

	assert_int_equal(letter_text(letter, &pin, &buf), ST_OK);
	assert_true(utf8_is_valid(buf_text(&buf)));
	for (rest = buf.data; (line = strsep(&rest, "\n")) != NULL;) {
		pins += strcmp(line, PIN) == 0;
		if (columns_of(line) > 72)
			CASE_FAIL("%s: %u columns: %s\n", letter->locale,
			    columns_of(line), line);
	}
	assert_int_equal(pins, letter_has_pin(letter) ? 1 : 0);
	buf_free(&buf);
}

static void
check_html(const struct letter *letter, const struct letter_language *language)
{
	struct buf	buf = BUF_INIT(LETTER_MAX);
	char		opening[64];
	const char	*isolated = "<bdi dir=\"ltr\"><strong id=pin>" PIN
	    "</strong></bdi>";

	assert_int_equal(letter_html(letter, &pin, &buf), ST_OK);
	(void)snprintf(opening, sizeof(opening), "<html lang=\"%s\"%s>",
	    language->tag, language->is_right_to_left ? " dir=\"rtl\"" : "");
	if (strstr(buf_text(&buf), opening) == NULL ||
	    (strstr(buf_text(&buf), isolated) != NULL) !=
	    (language->is_right_to_left && letter_has_pin(letter)))
		CASE_FAIL("%s: %s\n", language->tag, buf_text(&buf));
	buf_free(&buf);
}

static void
test_letters(void **state)
{
	const struct letter_language *const	*language;
	struct letter				 letter;
	struct buf	subject = BUF_INIT(SUBJECT_MAX);
	size_t					 i;

	(void)state;
	for (language = letter_languages; *language != NULL; language++)
		for (i = 0; i < COUNT(kinds); i++) {
			letter = letter_in((*language)->tag);
			letter.kind = kinds[i];
			check_text(&letter);
			check_html(&letter, *language);
			assert_int_equal(letter_subject(&letter, &subject),
			    ST_OK);
			buf_free(&subject);
		}
}

/* Marks of direction stand around numbers of right to left, nowhere else. */
static void
check_marks(const struct letter_language *language, int i)
{
	const char	*text = language->sentences[i];
	unsigned int	 marks = 0, due;
	uint32_t	 c;

	assert_true(utf8_is_valid(text));
	due = language->is_right_to_left && (strstr(text, "{access}") != NULL ||
	    strstr(text, "{extension}") != NULL) ? 2 : 0;
	while (*text != '\0') {
		text += utf8_decode(text, &c);
		marks += c == 0x200e;
		assert_false(character_misleads(c));
		assert_false(c == 0x200f || c == 0x61c);
	}
	if (marks != due)
		CASE_FAIL("%s, sentence %d: %u marks\n", language->tag, i,
		    marks);
}

static void
test_marks(void **state)
{
	const struct letter_language *const	*language;
	int					 i;

	(void)state;
	for (language = letter_languages; *language != NULL; language++) {
		for (i = 0; i < SENTENCE_COUNT; i++)
			check_marks(*language, i);
		if (columns_of((*language)->sentences[SENTENCE_LOCKED]) > 72)
			CASE_FAIL("%s: locked, too wide\n", (*language)->tag);
	}
}

/* A date in a subject, as the language writes it. */
static void
test_dates(void **state)
{
	static const struct {
		const char	*locale, *date;
	} cases[] = {
		{ "en", "1 November 2025, 08:40 UTC" },
		{ "de-AT", "1. November 2025 um 08:40 Uhr (UTC)" },
		{ "fr", "1er novembre 2025 à 08:40 (UTC)" },
		{ "es", "1 de noviembre de 2025, 08:40 (UTC)" },
		{ "it", "1º novembre 2025, ore 08:40 (UTC)" },
		{ "nl", "1 november 2025, 08:40 uur (UTC)" },
		{ "pt", "1º de novembro de 2025, 08:40 (UTC)" },
		{ "pl", "1 listopada 2025 r., 08:40 (UTC)" },
		{ "ru", "1 ноября 2025 г., 08:40 (UTC)" },
		{ "ja", "2025年11月1日 08:40 (UTC)" },
		{ "zh-CN", "2025年11月1日 08:40 (UTC)" },
		{ "ar", "1 نوفمبر 2025، الساعة 08:40 (UTC)" },
	};
	struct letter	letter;
	struct buf	subject = BUF_INIT(SUBJECT_MAX);
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		letter = letter_in(cases[i].locale);
		assert_int_equal(letter_subject(&letter, &subject), ST_OK);
		if (strstr(buf_text(&subject), cases[i].date) == NULL)
			CASE_FAIL("%s: %s\n", cases[i].locale,
			    buf_text(&subject));
		buf_free(&subject);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_lookup),
		UNIT_TEST(test_letters),
		UNIT_TEST(test_marks),
		UNIT_TEST(test_dates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
