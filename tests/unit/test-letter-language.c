/*
 * test-letter-language.c - each language of the mails beside English, whole
 * mails in each, and which of them a locale is written in.
 */
#include "config.h"

#include <uninorm.h>

#include "unit.h"

#include "base/utf8.h"
#include "core/character.h"
#include "core/letter-language.h"
#include "core/letter.h"
#include "core/message.h"
#include "core/unicode.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define COLUMNS_MAX	72	/* of a line of text */
#define SUBJECT_BYTES	200	/* core/message has room for 256 */
#define PIN		"493817"

static const struct secret pin = { 6, PIN };
/* The longest month of most languages; cases change fields of a copy. */
static const struct letter ordinary = {
	.id = "123e4567-e89b-42d3-a456-426614174000",
	.kind = "reset",
	.recipient = "jane@example.test",
	.locale = "en",
	.extension = "20001",
	.display_name = "Jane Doe",
	.access_numbers = "+43 1 5550100",
	.contact = "+43 1 5550199, help@example.test",
	.extra_text = "",
	.brand_name = "",
	.brand_color = "",
	.must_change = true,
	.created_at = 1759266000,	/* 2025-09-30 21:00 UTC */
	.temporary_until = 1759276800,	/* 2025-10-01 00:00 UTC */
};
/* The first four have a PIN. */
static const char *const kinds[] = { "reset", "auto", "admin", "welcome",
	"elsewhere", "set", "changed", "expiring", "locked" };

static const struct letter_language *
english(void)
{
	return letter_language_of("en");
}

/* Does every placeholder of one stand in the other, as often? */
static bool
has_placeholders(const char *one, const char *other)
{
	const char	*at;
	unsigned int	 count;
	size_t		 len;

	for (; (one = strchr(one, '{')) != NULL; one += len) {
		len = strcspn(one, "}") + 1;
		count = 0;
		for (at = other; (at = strchr(at, '{')) != NULL; at++)
			count += strncmp(at, one, len) == 0;
		if (count != 1)
			return false;
	}
	return true;
}

/* UTF-8 in NFC, of characters that are seen and keep to their place. */
static bool
is_clean(const char *text)
{
	uint8_t		 form[2048];
	size_t		 len = sizeof(form);
	uint32_t	 c;

	if (!utf8_is_valid(text) || u8_normalize(UNINORM_NFC,
	    (const uint8_t *)text, strlen(text), form, &len) != form ||
	    len != strlen(text) || memcmp(form, text, len) != 0)
		return false;
	while (*text != '\0') {
		text += utf8_decode(text, &c);
		if (character_is_control(c) || character_misleads(c) ||
		    c == 0x200e || c == 0x200f || c == 0x61c)
			return false;
	}
	return true;
}

static void
check_sentence(const struct letter_language *language, int i)
{
	const char	*text = language->sentences[i];
	const char	*model = english()->sentences[i];

	if (text == NULL || !is_clean(text))
		UNIT_FAIL("%s, sentence %d: %s", language->tag, i, text);
	/* How a date is made up each language has for itself. */
	if (i != SENTENCE_DATE && (!has_placeholders(text, model) ||
	    !has_placeholders(model, text)))
		UNIT_FAIL("%s, sentence %d, placeholders: %s", language->tag,
		    i, text);
	if (language != english() && i != SENTENCE_DATE &&
	    strcmp(text, model) == 0)
		UNIT_FAIL("%s, sentence %d is English", language->tag, i);
	if (strstr(text, "  ") != NULL || text[strlen(text) - 1] == ' ')
		UNIT_FAIL("%s, sentence %d, blanks: %s", language->tag, i,
		    text);
}

static void
test_sentences(void **state)
{
	const struct letter_language *const	*language;
	size_t					 i, j;

	(void)state;
	for (language = letter_languages; *language != NULL; language++) {
		for (i = 0; i < SENTENCE_COUNT; i++)
			check_sentence(*language, (int)i);
		for (i = 0; i < COUNT((*language)->months); i++) {
			if (!is_clean((*language)->months[i]))
				UNIT_FAIL("%s, month %zu", (*language)->tag,
				    i + 1);
			for (j = 0; j < i; j++)
				assert_string_not_equal(
				    (*language)->months[i],
				    (*language)->months[j]);
		}
		if (unicode_width((*language)->sentences[SENTENCE_LOCKED]) >
		    COLUMNS_MAX)
			UNIT_FAIL("%s: locked, too wide", (*language)->tag);
	}
}

static void
check_lines(const char *locale, char *text)
{
	unsigned int	 pins = 0;
	char		*line;

	while ((line = strsep(&text, "\n")) != NULL) {
		if (unicode_width(line) > COLUMNS_MAX)
			UNIT_FAIL("%s, too wide: %s\n", locale, line);
		pins += strcmp(line, PIN) == 0;
	}
	assert_int_equal(pins, 1);
}

/* No line is wider than others, also where words have no blanks between. */
static void
test_lines(void **state)
{
	const struct letter_language *const	*language;
	struct letter				 letter = ordinary;
	struct buf				 buf = BUF_INIT(LETTER_MAX);
	size_t					 i;

	(void)state;
	for (language = letter_languages; *language != NULL; language++)
		for (i = 0; i < 4; i++) {
			letter.locale = (*language)->tag;
			letter.kind = kinds[i];
			letter.is_locked_out = i == 1;
			assert_int_equal(letter_text(&letter, &pin, &buf),
			    ST_OK);
			check_lines(letter.locale, buf.data);
			buf_free(&buf);
		}
}

/* Where a Japanese line ends no full stop begins the next one. */
static void
test_line_ends(void **state)
{
	struct letter	 letter = ordinary;
	struct buf	 buf = BUF_INIT(LETTER_MAX);
	size_t		 i;

	(void)state;
	letter.locale = "ja";
	for (i = 0; i < COUNT(kinds); i++) {
		letter.kind = kinds[i];
		assert_int_equal(letter_text(&letter, &pin, &buf), ST_OK);
		assert_null(strstr(buf_text(&buf), "\n。"));
		assert_null(strstr(buf_text(&buf), "\n、"));
		buf_free(&buf);
	}
	letter.extra_text = "ああああああああああああああああああああああああ"
	    "ああああああああああああ。";
	assert_int_equal(letter_text(&letter, &pin, &buf), ST_OK);
	assert_non_null(strstr(buf_text(&buf), "\nあ。\n"));
	buf_free(&buf);
	/* A browser shows the end of a line as a blank. */
	assert_int_equal(letter_html(&letter, &pin, &buf), ST_OK);
	assert_null(strstr(buf_text(&buf), "い\nる"));
	assert_non_null(strstr(buf_text(&buf), letter.extra_text));
	buf_free(&buf);
}

static void
check_mail(const struct letter *letter)
{
	static const struct message_options options = {
		"Voice mail <umws@example.test>"
	};
	struct buf	 mail = BUF_INIT(MESSAGE_MAX);
	struct buf	 subject = BUF_INIT(SUBJECT_BYTES);
	const char	*line;

	assert_int_equal(letter_subject(letter, &subject), ST_OK);
	assert_int_equal(message_compose(&options, letter, &pin, &mail),
	    ST_OK);
	assert_true(utf8_is_ascii(buf_text(&mail)));
	for (line = mail.data; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\r") > 76)
			UNIT_FAIL("%s: %.100s", letter->locale, line);
	/* A quarter of the room, with everything but the house's own text. */
	if (mail.len > MESSAGE_MAX / 4)
		UNIT_FAIL("%s: %zu bytes", letter->locale, mail.len);
	buf_free(&subject);
	buf_free(&mail);
}

static void
test_mails(void **state)
{
	const struct letter_language *const	*language;
	struct letter				 letter = ordinary;
	size_t					 i;

	(void)state;
	message_init();
	letter.is_locked_out = true;
	for (language = letter_languages; *language != NULL; language++)
		for (i = 0; i < COUNT(kinds) * 12; i++) {
			letter.locale = (*language)->tag;
			letter.kind = kinds[i % COUNT(kinds)];
			/* Days of one and of two digits, in all months. */
			letter.created_at = ordinary.created_at +
			    (int64_t)i * 5 * 86400;
			check_mail(&letter);
		}
}

/* Numbers and the PIN keep their direction in a mail that has the other. */
static void
test_right_to_left(void **state)
{
	struct letter	letter = ordinary;
	struct buf	buf = BUF_INIT(LETTER_MAX);

	(void)state;
	letter.locale = "ar-EG";
	letter.extra_text = "Ask 4711.";
	assert_int_equal(letter_html(&letter, &pin, &buf), ST_OK);
	assert_non_null(strstr(buf_text(&buf),
	    "<html lang=\"ar\" dir=\"rtl\">"));
	assert_non_null(strstr(buf_text(&buf), " dir=\"ltr\">"
	    "<strong id=pin>"));
	assert_non_null(strstr(buf_text(&buf), "<div dir=auto>Ask 4711."));
	assert_non_null(strstr(buf_text(&buf), "\u2068+43 1 5550100\u2069"));
	buf_free(&buf);
	assert_int_equal(letter_text(&letter, &pin, &buf), ST_OK);
	assert_non_null(strstr(buf_text(&buf), "\u2068Jane Doe\u2069"));
	assert_non_null(strstr(buf_text(&buf), "\n" PIN "\n"));
	buf_free(&buf);
	letter.locale = "de";
	assert_int_equal(letter_html(&letter, &pin, &buf), ST_OK);
	assert_null(strstr(buf_text(&buf), "dir="));
	assert_null(strstr(buf_text(&buf), "\u2068"));
	buf_free(&buf);
}

/* The chain: a locale, and the language of its mails, or NULL. */
static void
test_chain(void **state)
{
	static const struct {
		const char	*locale, *tag;
	} cases[] = {
		{ "en", "en" }, { "EN", "en" }, { "en-GB", "en" },
		{ "en_GB", "en" }, { "de", "de" }, { "de-AT", "de" },
		{ "de-CH-1996", "de" }, { "de-DE-u-co-phonebk", "de" },
		{ "de-x-house", "de" }, { "de-Latn-AT", "de" },
		{ "pt-BR", "pt-BR" }, { "PT-br", "pt-BR" },
		{ "pt_BR", "pt-BR" }, { "pt-BR-x-a", "pt-BR" },
		{ "pt", "pt-BR" }, { "pt-PT", "pt-BR" },
		{ "pt-AO", "pt-BR" }, { "fr-CA", "fr" }, { "es-419", "es" },
		{ "nl-BE", "nl" }, { "it-CH", "it" }, { "ar-001", "ar" },
		{ "ar-EG-u-nu-latn", "ar" }, { "ru-UA", "ru" },
		{ "ja-JP", "ja" }, { "pl-PL", "pl" },
		{ "zh", "zh-Hans" }, { "zh-u-co-pinyin", "zh-Hans" },
		{ "zh-CN", "zh-Hans" }, { "zh_CN", "zh-Hans" },
		{ "zh-SG", "zh-Hans" }, { "zh-MY", "zh-Hans" },
		{ "zh-Hans", "zh-Hans" }, { "zh-hans-cn", "zh-Hans" },
		{ "zh-Hans-TW", "zh-Hans" }, { "zh-CN-x-a", "zh-Hans" },
		{ "zh-cmn-Hans-CN", "zh-Hans" },
		{ "zh-TW", NULL }, { "zh-HK", NULL }, { "zh-MO", NULL },
		{ "zh-Hant", NULL }, { "zh-Hant-CN", NULL },
		{ "zh_TW", NULL }, { "zh-yue-Hant-HK", NULL },
		{ "zh-Latn", NULL }, { "yue", NULL }, { "la", NULL },
		{ "", NULL }, { "-", NULL }, { "x-de", NULL }, { "p", NULL },
		{ "d", NULL }, { "den", NULL }, { "ptx", NULL },
		{ "zh-Han", NULL }, { "-de", NULL },
	};
	const struct letter_language	*language;
	size_t				 i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		language = letter_language_of(cases[i].locale);
		if (cases[i].tag == NULL ? language != NULL :
		    language == NULL ||
		    strcmp(language->tag, cases[i].tag) != 0)
			UNIT_FAIL("%s: %s", cases[i].locale, language == NULL ?
			    "none" : language->tag);
		assert_int_equal(letter_speaks(cases[i].locale),
		    cases[i].tag != NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_sentences),
		UNIT_TEST(test_lines),
		UNIT_TEST(test_line_ends),
		UNIT_TEST(test_mails),
		UNIT_TEST(test_right_to_left),
		UNIT_TEST(test_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
