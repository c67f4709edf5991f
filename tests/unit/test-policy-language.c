/*
 * test-policy-language.c - values by language as PostgreSQL writes them, shown
 * and compared.
 */
#include "config.h"

#include <stdio.h>

#include "unit.h"

#include "ctl/policy-language.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define TEN		"aaaaaaaaaa"
#define HUNDRED		TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LONG		HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED \
			HUNDRED HUNDRED HUNDRED HUNDRED

static const char *
print(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)setting;
	(void)snprintf(text, POLICY_VALUE_SIZE, "<%s>", stored);
	return text;
}

static const struct policy_setting	setting = { .key = "Text[LANGUAGE]" };
static const struct policy_format	format = { NULL, print };
static const struct policy_key		key = { &setting, &format };

static void
test_names(void **state)
{
	static const char *const	named[] = { "Text[de]", "text[x]",
	    "TEXT[]" };
	static const char *const	others[] = { "Text", "Text[", "Text]",
	    "Text[de]x", "xText[de]", "Text(de)", "[de]", "" };
	static const struct policy_setting	plain[] = {
		{ .key = "Text" }, { .key = "[LANGUAGE]" },
		{ .key = "Text[LANGUAGE]x" } };
	size_t				i;

	(void)state;
	assert_true(policy_language_is(&setting));
	for (i = 0; i < COUNT(plain); i++)
		UNIT_CHECK(plain[i].key, !policy_language_is(&plain[i]));
	for (i = 0; i < COUNT(named); i++)
		UNIT_CHECK(named[i], policy_language_is_named(&setting,
		    named[i], strlen(named[i])));
	for (i = 0; i < COUNT(others); i++)
		UNIT_CHECK(others[i], !policy_language_is_named(&setting,
		    others[i], strlen(others[i])));
}

static void
check_show(const char *stored, const char *expected)
{
	char	*text = NULL;
	size_t	 size;
	FILE	*out = open_memstream(&text, &size);

	assert_non_null(out);
	policy_language_show(out, &key, stored);
	assert_int_equal(fclose(out), 0);
	if (strcmp(text, expected) != 0)
		UNIT_FAIL("%s: %s", stored, text);
	free(text);
}

#define LINE(name, text)	"  " name "                     <" text ">\n"

static void
test_shown(void **state)
{
	(void)state;
	check_show("{}", "");
	check_show("", "");
	check_show("{\"de\": \"a\"}", LINE("Text[de]", "a"));
	check_show("{\"de\": \"\", \"fr\": \"\xc3\xa9\"}", LINE("Text[de]", "")
	    LINE("Text[fr]", "\xc3\xa9"));
	check_show("{\"de\": \"\\\"b\\\" \\\\ / {}:,\", \"fr\": \"x\"}",
	    LINE("Text[de]", "\"b\" \\ / {}:,") LINE("Text[fr]", "x"));
	/* A terminal gets no control character. */
	check_show("{\"de\": \"a\\nb\\u001bc\\td\"}", LINE("Text[de]",
	    "a?b?c?d"));
	/* What a database that checks it does not hold: read to its end. */
	check_show("null", "");
	check_show("{\"de", LINE("Text[de]", ""));
	check_show("{\"de\": \"a\\", LINE("Text[de]", "a\\"));
	check_show("{\"de\": \"a\\u00", LINE("Text[de]", "a"));
	check_show("{\"de\": \"" LONG LONG LONG "\"}", "");
}

static void
check_changes(const char *old, const char *new, const char *expected,
    size_t number)
{
	char	*text = NULL;
	size_t	 size, count = 0;
	FILE	*out = open_memstream(&text, &size);

	assert_non_null(out);
	policy_language_changes(out, &key, old, new, &count);
	assert_int_equal(fclose(out), 0);
	if (strcmp(text, expected) != 0 || count != number)
		UNIT_FAIL("%s, %s: %zu, %s", old, new, count, text);
	free(text);
}

static void
test_changed(void **state)
{
	(void)state;
	check_changes("{}", "{}", "", 0);
	check_changes("", "{}", "", 0);
	check_changes("{\"de\": \"a\"}", "{\"de\": \"a\"}", "", 0);
	check_changes("", "{\"de\": \"a\"}", ": Text[de] <> -> <a>", 1);
	check_changes("{\"de\": \"a\", \"fr\": \"b\", \"pt\": \"c\"}",
	    "{\"de\": \"A\", \"fr\": \"b\", \"nl\": \"d\"}",
	    ": Text[de] <a> -> <A>, Text[nl] <> -> <d>, Text[pt] <c> -> <>",
	    3);
	check_changes("{\"pt-BR\": \"a\"}", "{\"pt\": \"a\"}",
	    ": Text[pt] <> -> <a>, Text[pt-BR] <a> -> <>", 2);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_names),
		UNIT_TEST(test_shown),
		UNIT_TEST(test_changed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
