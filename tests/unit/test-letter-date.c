/*
 * test-letter-date.c - dates as the readers of each language and region write
 * them, by their own clock.
 */
#include "config.h"

#include "unit.h"

#include "base/utf8.h"
#include "core/letter-language.h"
#include "core/letter.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define HOUR		3600

static const struct secret pin = { 6, "493817" };
/* Cases change fields of a copy. */
static const struct letter ordinary = {
	.id = "123e4567-e89b-42d3-a456-426614174000",
	.kind = "reset",
	.recipient = "jane@example.test",
	.locale = "en",
	.extension = "",
	.display_name = "",
	.access_numbers = "",
	.contact = "",
	.extra_text = "",
	.brand_name = "",
	.brand_color = "",
	.created_at = 1759266000,	/* 2025-09-30 21:00 UTC */
	.temporary_until = 1759276800,	/* 2025-10-01 00:00 UTC */
};

/* The text in one line; free() it. */
static char *
text_of(const struct letter *letter)
{
	struct buf	 buf = BUF_INIT(LETTER_MAX);
	char		*text, *at;

	assert_int_equal(letter_text(letter, &pin, &buf), ST_OK);
	text = strdup(buf_text(&buf));
	assert_non_null(text);
	for (at = text; (at = strchr(at, '\n')) != NULL;)
		*at = ' ';
	buf_free(&buf);
	return text;
}

static void
check(const struct letter *letter, const char *date)
{
	char	*text = text_of(letter);

	if (strstr(text, date) == NULL)
		UNIT_FAIL("%s: no \"%s\" in %s", letter->locale, date, text);
	free(text);
}

/* The first of a month is an ordinal where the language has it so. */
static void
test_dates(void **state)
{
	static const struct {
		const char	*locale, *date;
	} cases[] = {
		{ "en", "by 1 October 2025 at 00:00 UTC" },
		{ "de", "bis zum 1. Oktober 2025 um 00:00 Uhr UTC" },
		{ "fr", "avant le 1er octobre 2025 à 00:00 (UTC)" },
		{ "es", "antes del 1 de octubre de 2025 a las 00:00 (UTC)" },
		{ "it", "accesso: 1º ottobre 2025 alle ore 00:00 (UTC)" },
		{ "nl", "uiterlijk op 1 oktober 2025 om 00:00 uur (UTC)" },
		{ "pt-BR", "até 1º de outubro de 2025 às 00:00 (UTC)" },
		{ "pl", "1 października 2025 r. o godz. 00:00 (UTC)" },
		{ "ru", "истекает 1 октября 2025 г. в 00:00 (UTC)" },
		{ "ja", "期限: 2025年10月1日 00:00 (UTC)" },
		{ "zh-Hans", "请在 2025年10月1日 00:00 (UTC) 之前登录" },
		{ "ar", "قبل \u20681 أكتوبر 2025، الساعة 12:00 ص (UTC)"
		    "\u2069." },
	};
	struct letter	letter = ordinary;
	size_t		i;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		letter.locale = cases[i].locale;
		check(&letter, cases[i].date);
	}
}

/*
 * What a reader of each region sees of one moment, 2026-11-26 13:05 UTC, there.
 * Order, months and 12 or 24 hours are CLDR's (version 48).
 */
static const struct {
	const char	*locale, *zone;
	int		 hours;
	const char	*date;
} regions[] = {
	{ "en", "GMT", 0, "26 November 2026 at 13:05 GMT" },
	{ "en-GB", "GMT", 0, "26 November 2026 at 13:05 GMT" },
	{ "en-IE", "GMT", 0, "26 November 2026 at 13:05 GMT" },
	{ "en-DE", "CET", 1, "26 November 2026 at 14:05 CET" },
	{ "en-ZA", "SAST", 2, "26 November 2026 at 15:05 SAST" },
	{ "en-US", "EST", -5, "November 26, 2026 at 8:05 AM EST" },
	{ "en_us", "EST", -5, "November 26, 2026 at 8:05 AM EST" },
	{ "en-Latn-US", "HST", -10,
	    "November 26, 2026 at 3:05 AM HST" },
	{ "en-US", "+14", 14, "November 27, 2026 at 3:05 AM UTC+14" },
	{ "en-GU", "CHST", 10, "November 26, 2026 at 11:05 PM ChST" },
	{ "en-PH", "PST", 8, "November 26, 2026 at 9:05 PM PST" },
	{ "en-CA", "AST", -4, "November 26, 2026 at 9:05 a.m. AST" },
	{ "en-AU", "AEDT", 11, "27 November 2026 at 12:05 am AEDT" },
	{ "en-NZ", "NZDT", 13, "27 November 2026 at 2:05 am NZDT" },
	{ "en-IN", "UTC", 0, "26 November 2026 at 1:05 pm UTC" },
	{ "en-SG", "+08", 8, "26 November 2026 at 9:05 pm UTC+8" },
	{ "de", "CET", 1, "26. November 2026 um 14:05 Uhr MEZ" },
	{ "de-CH", "CET", 1, "26. November 2026 um 14:05 Uhr MEZ" },
	{ "de", "EST", -5, "26. November 2026 um 08:05 Uhr UTC-5" },
	{ "fr", "CET", 1, "26 novembre 2026 à 14:05 (UTC+1)" },
	{ "fr-CA", "EST", -5, "26 novembre 2026 à 08 h 05 (HNE)" },
	{ "fr-CA", "CET", 1, "26 novembre 2026 à 14 h 05 (UTC+1)" },
	{ "es", "CET", 1,
	    "26 de noviembre de 2026 a las 14:05 (CET)" },
	{ "es-GQ", "WAT", 1,
	    "26 de noviembre de 2026 a las 14:05 (UTC+1)" },
	{ "es-US", "CST", -6, "26 de noviembre de 2026 a las 7:05 "
	    "a.\u00a0m. (CST)" },
	{ "es-MX", "CST", -6, "26 de noviembre de 2026 a las 7:05 "
	    "a.\u00a0m. (UTC-6)" },
	{ "es-AR", "-03", -3, "26 de noviembre de 2026 a las 10:05 "
	    "a.\u00a0m. (UTC-3)" },
	{ "es-419", "-01", -1, "26 de noviembre de 2026 a las 12:05 "
	    "p.\u00a0m. (UTC-1)" },
	{ "it-CH", "CET", 1,
	    "26 novembre 2026 alle ore 14:05 (CET)" },
	{ "nl-BE", "CET", 1, "26 november 2026 om 14:05 uur (CET)" },
	{ "pl", "CET", 1, "26 listopada 2026 r. o godz. 14:05 (CET)" },
	{ "pt-BR", "-03", -3,
	    "26 de novembro de 2026 às 10:05 (UTC-3)" },
	{ "pt-PT", "WET", 0,
	    "26 de novembro de 2026 às 13:05 (WET)" },
	{ "ru", "MSK", 3, "26 ноября 2026 г. в 16:05 (МСК)" },
	{ "ru-KZ", "+05", 5, "26 ноября 2026 г. в 18:05 (UTC+5)" },
	{ "ja", "JST", 9, "2026年11月26日 22:05 (JST)" },
	{ "zh-CN", "CST", 8, "2026年11月26日 21:05 (UTC+8)" },
	{ "zh-SG", "+08", 8, "2026年11月26日 下午9:05 (UTC+8)" },
	{ "zh-Hans-HK", "HKT", 8,
	    "2026年11月26日 下午9:05 (UTC+8)" },
	{ "ar-EG", "EET", 2,
	    "26 نوفمبر 2026، الساعة 3:05 م (UTC+2)" },
	{ "ar-LB", "EET", 2,
	    "26 تشرين الثاني 2026، الساعة 3:05 م (UTC+2)" },
	{ "ar-MA", "+01", 1, "26 نونبر 2026، الساعة 14:05 (UTC+1)" },
	{ "ar-TN", "CET", 1,
	    "26 نوفمبر 2026، الساعة 2:05 م (UTC+1)" },
};

static void
test_regions(void **state)
{
	struct letter	letter = ordinary;
	size_t		i;

	(void)state;
	letter.created_at = 1795698300;
	for (i = 0; i < COUNT(regions); i++) {
		letter.locale = regions[i].locale;
		letter.created_clock = (struct letter_clock){
			(int64_t)regions[i].hours * HOUR, regions[i].zone };
		check(&letter, regions[i].date);
	}
	/* The only other months that CLDR has. */
	letter.created_at = 1767265500;		/* 2026-01-01 11:05 UTC */
	letter.created_clock = (struct letter_clock){ HOUR, "CET" };
	letter.locale = "de-AT";
	check(&letter, "1. Jänner 2026 um 12:05 Uhr MEZ");
	letter.locale = "de-DE";
	check(&letter, "1. Januar 2026 um 12:05 Uhr MEZ");
	letter.locale = "ar-DZ";
	check(&letter, "1 جانفي 2026، الساعة 12:05 م (UTC+1)");
}

/* Summer time ends before the PIN does: each moment has its own clock. */
static void
test_clocks(void **state)
{
	struct letter	letter = ordinary;

	(void)state;
	letter.locale = "de";
	letter.created_at = 1792872000;		/* 2026-10-24 20:00 UTC */
	letter.created_clock = (struct letter_clock){ 2 * HOUR, "CEST" };
	letter.temporary_until = 1792958400;	/* a day later */
	letter.temporary_clock = (struct letter_clock){ HOUR, "CET" };
	check(&letter, "24. Oktober 2026 um 22:00 Uhr MESZ");
	check(&letter, "25. Oktober 2026 um 21:00 Uhr MEZ");
	/* The hour that comes twice. */
	letter.created_at = 1792888200;
	check(&letter, "25. Oktober 2026 um 02:30 Uhr MESZ");
	letter.created_at += HOUR;
	letter.created_clock = (struct letter_clock){ HOUR, "CET" };
	check(&letter, "25. Oktober 2026 um 02:30 Uhr MEZ");
	letter.temporary_until = 0;
	letter.pin_expires_at = 1798070400;	/* 2026-12-24 00:00 UTC */
	letter.pin_expires_clock = (struct letter_clock){ 19800, "IST" };
	check(&letter, "24. Dezember 2026 um 05:30 Uhr UTC+5:30");
	letter.pin_expires_clock = (struct letter_clock){ -12600, "NST" };
	check(&letter, "23. Dezember 2026 um 20:30 Uhr UTC-3:30");
	letter.locale = "en-GB";
	check(&letter, "23 December 2026 at 20:30 NST");
	letter.pin_expires_clock = (struct letter_clock){ 0, "" };
	check(&letter, "24 December 2026 at 00:00 UTC");
	letter.pin_expires_clock = (struct letter_clock){ 0, "-00" };
	check(&letter, "24 December 2026 at 00:00 UTC");
}

/* A locale without a language leaves it to the other one, and its region. */
static void
test_default_locale(void **state)
{
	struct letter	letter = ordinary;

	(void)state;
	letter.locale = "";
	letter.default_locale = "en-US";
	check(&letter, "by October 1, 2025 at 12:00 AM UTC");
	letter.locale = "la-VA";
	letter.default_locale = "de-AT";
	check(&letter, "bis zum 1. Oktober 2025 um 00:00 Uhr UTC");
	letter.default_locale = "la";
	check(&letter, "by 1 October 2025 at 00:00 UTC");
	letter.locale = "fr-US";	/* no English of that region */
	letter.default_locale = "en-US";
	check(&letter, "avant le 1er octobre 2025 à 00:00 (UTC)");
}

static bool
has(const char *sentence, const char *placeholder)
{
	const char	*at = strstr(sentence, placeholder);

	return at != NULL && strstr(at + 1, placeholder) == NULL;
}

/* Day, month, year and zone, and the time in one of three ways. */
static void
check_sentence(const struct letter_language *language, const char *sentence,
    const char *const halves[2])
{
	static const char *const	always[] = { "{day}", "{month}",
	    "{year}", "{zone}" };
	static const char *const	ways[][2] = {
		{ "{time}", "{time}" }, { "{time12}", "{half}" },
		{ "{hour}", "{minute}" },
	};
	unsigned int	count = 0, held = 0;
	const char	*at;
	size_t		i;

	for (i = 0; i < COUNT(always); i++)
		held += has(sentence, always[i]);
	for (i = 0; i < COUNT(ways); i++)
		count += has(sentence, ways[i][0]) && has(sentence,
		    ways[i][1]);
	if (held != COUNT(always) || count != 1)
		UNIT_FAIL("%s: %s", language->tag, sentence);
	for (count = 0, at = sentence; (at = strchr(at, '{')) != NULL; at++)
		count++;
	if (count != COUNT(always) + (has(sentence, "{time}") ? 1 : 2))
		UNIT_FAIL("%s, too many: %s", language->tag, sentence);
	if (has(sentence, "{half}") && (halves[0] == NULL ||
	    halves[1] == NULL || strcmp(halves[0], halves[1]) == 0))
		UNIT_FAIL("%s, halves of: %s", language->tag, sentence);
	assert_true(utf8_is_valid(sentence));
}

/* No region twice, and each row says something. */
static void
check_regions(const struct letter_language *language)
{
	const struct letter_region	*region, *found;
	char				 locale[16], word[4];
	const char			*at;
	size_t				 len;

	for (region = language->regions; region != NULL &&
	    region->regions != NULL; region++) {
		assert_true(region->date != NULL || region->months != NULL ||
		    region->zones != NULL);
		if (region->date != NULL)
			check_sentence(language, region->date,
			    region->halves[0] != NULL ? region->halves :
			    language->halves);
		for (at = region->regions; *at != '\0'; at += len +
		    (at[len] == ' ')) {
			len = strcspn(at, " ");
			assert_true(len == 2 || len == 3);
			(void)snprintf(word, sizeof(word), "%.*s", (int)len,
			    at);
			(void)snprintf(locale, sizeof(locale), "%.2s-%s",
			    language->tag, word);
			found = letter_region_of(language, locale);
			if (found != region)
				UNIT_FAIL("%s is in two rows", locale);
		}
	}
}

static void
test_tables(void **state)
{
	const struct letter_language *const	*language;

	(void)state;
	for (language = letter_languages; *language != NULL; language++) {
		check_sentence(*language,
		    (*language)->sentences[SENTENCE_DATE],
		    (*language)->halves);
		check_regions(*language);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_dates),
		UNIT_TEST(test_regions),
		UNIT_TEST(test_clocks),
		UNIT_TEST(test_default_locale),
		UNIT_TEST(test_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
