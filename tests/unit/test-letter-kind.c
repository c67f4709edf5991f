/*
 * test-letter-kind.c - every kind of mail in every language: who names the help
 * desk, and which mails have a PIN.
 */
#include "config.h"

#include "unit.h"

#include "core/letter-kind.h"
#include "core/letter-language.h"
#include "core/letter.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define PIN		"493817"

static const struct secret pin = { 6, PIN };
static const struct letter ordinary = {
	.id = "123e4567-e89b-42d3-a456-426614174000",
	.kind = "reset",
	.recipient = "jane@example.test",
	.locale = "en",
	.extension = "20001",
	.display_name = "Jane Doe",
	.access_numbers = "+43 1 5550100",
	.contact = "",
	.extra_text = "",
	.brand_name = "",
	.brand_color = "",
	.must_change = true,
	.created_at = 1763758680,	/* 2025-11-21 20:58 UTC */
	.pin_expires_at = 1768942680,	/* 2026-01-20 20:58 UTC */
	.temporary_until = 1764363480,	/* 2025-11-28 20:58 UTC */
};

/* One form, 0 text or 1 HTML; free() it. */
static char *
form_of(const struct letter *letter, int form)
{
	struct buf	 buf = BUF_INIT(LETTER_MAX);
	char		*text;

	assert_int_equal(form == 0 ? letter_text(letter, &pin, &buf) :
	    letter_html(letter, &pin, &buf), ST_OK);
	text = strdup(buf_text(&buf));
	assert_non_null(text);
	buf_free(&buf);
	return text;
}

/* What each language calls a help desk; a new one needs a row. */
static const struct {
	const char	*tag, *word;
} help_desks[] = {
	{ "ar", "المساعدة" },
	{ "de", "elpdesk" },
	{ "en", "help desk" },
	{ "es", "soporte" },
	{ "fr", "assistance" },
	{ "it", "supporto" },
	{ "ja", "ヘルプデスク" },
	{ "nl", "elpdesk" },
	{ "pl", "techniczn" },
	{ "pt-BR", "suporte" },
	{ "ru", "поддержк" },
	{ "zh-Hans", "技术支持" },
};

/* A letter names the help desk, with its contact, or there is none in it. */
static void
check_contact(struct letter *letter, const char *word)
{
	char	*text;
	int	 form, has;

	for (has = 0; has < 2; has++) {
		letter->contact = has ? "x@help.example, 4711" : "";
		for (form = 0; form < 2; form++) {
			text = form_of(letter, form);
			if ((strstr(text, word) != NULL) != has ||
			    (strstr(text, "x@help.example") != NULL) != has)
				UNIT_FAIL("%s, %s, contact %d: %s",
				    letter->locale, letter->kind, has, text);
			free(text);
		}
	}
}

static void
test_contact(void **state)
{
	const struct letter_language	*language;
	struct letter			 letter = ordinary;
	size_t				 i;
	int				 s;

	(void)state;
	for (i = 0; letter_languages[i] != NULL; i++) {
		language = letter_languages[i];
		if (i == COUNT(help_desks) ||
		    strcmp(help_desks[i].tag, language->tag) != 0)
			UNIT_FAIL("%s: its word for a help desk?",
			    language->tag);
		for (s = 0; s < SENTENCE_COUNT; s++)
			if ((strstr(language->sentences[s], "{contact}") !=
			    NULL) != (strstr(language->sentences[s],
			    help_desks[i].word) != NULL))
				UNIT_FAIL("%s, sentence %d: %s",
				    language->tag, s, language->sentences[s]);
		letter.locale = language->tag;
		for (s = 0; letter_kind_at((unsigned int)s) != NULL; s++) {
			letter.kind = letter_kind_at((unsigned int)s)->name;
			letter.is_locked_out = s % 2 == 0;
			check_contact(&letter, help_desks[i].word);
		}
	}
}

/* Which kinds there are; those with a PIN are the first. */
static void
test_kinds(void **state)
{
	static const char *const	with_pin[] = { "reset", "auto",
		"admin", "welcome" };
	const struct letter_kind	*kind;
	struct letter			 letter = ordinary;
	unsigned int			 i;
	char				*text;

	(void)state;
	for (i = 0; (kind = letter_kind_at(i)) != NULL; i++) {
		letter.kind = kind->name;
		assert_ptr_equal(letter_kind_of(kind->name), kind);
		assert_int_equal(letter_has_pin(&letter), i < COUNT(with_pin));
		if (i < COUNT(with_pin))
			assert_string_equal(kind->name, with_pin[i]);
		text = form_of(&letter, 0);
		assert_int_equal(strstr(text, PIN) != NULL, kind->has_pin);
		free(text);
	}
	assert_int_equal(i, 9);
	assert_string_equal(letter_kind_of("new")->name, "reset");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_kinds),
		UNIT_TEST(test_contact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
