/*
 * test-form.c - forms as phone systems send them, and as others do.
 */
#include "config.h"

#include "web/form.h"

#include "unit.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define TEXT(text)	text, sizeof(text) - 1
#define ABSENT		"(absent)"

/* A form of the fields a and b, and what they are; or why it is none. */
static const struct {
	const char	*form;
	size_t		 len;
	const char	*reason;
	const char	*a, *b;
} cases[] = {
	{ TEXT(""), NULL, ABSENT, ABSENT },
	{ TEXT("a="), NULL, "", ABSENT },
	{ TEXT("a=1"), NULL, "1", ABSENT },
	{ TEXT("b=2&a=1"), NULL, "1", "2" },
	{ TEXT("a=1&b="), NULL, "1", "" },
	{ TEXT("a=1&"), NULL, "1", ABSENT },
	{ TEXT("a=1=2"), NULL, "1=2", ABSENT },
	{ TEXT("a=+x+y+"), NULL, " x y ", ABSENT },
	{ TEXT("a=%2B%26%3d%25"), NULL, "+&=%", ABSENT },
	{ TEXT("%61=%c3%A4\xc3\xa4"), NULL, "\xc3\xa4\xc3\xa4", ABSENT },
	{ TEXT("a=%"), "a % without two hex digits", NULL, NULL },
	{ TEXT("a=%4"), "a % without two hex digits", NULL, NULL },
	{ TEXT("a=%&b=41"), "a % without two hex digits", NULL, NULL },
	{ TEXT("a=%4&b=1"), "a % without two hex digits", NULL, NULL },
	{ TEXT("a=%4g"), "a % without two hex digits", NULL, NULL },
	{ TEXT("a=%g4"), "a % without two hex digits", NULL, NULL },
	{ TEXT("a=% 1"), "a % without two hex digits", NULL, NULL },
	{ TEXT("%6=1"), "a % without two hex digits", NULL, NULL },
	{ TEXT("a=x%00"), "a NUL", NULL, NULL },
	{ TEXT("a=x\0y"), "a NUL", NULL, NULL },
	{ TEXT("a\0=x"), "a NUL", NULL, NULL },
	{ TEXT("a=\xc3\x28"), "no UTF-8", NULL, NULL },
	{ TEXT("a=%c0%80"), "no UTF-8", NULL, NULL },
	{ TEXT("a=%ed%a0%80"), "no UTF-8", NULL, NULL },
	{ TEXT("a=%c3&b=%a4"), "no UTF-8", NULL, NULL },
	{ TEXT("\xff=1"), "no UTF-8", NULL, NULL },
	{ TEXT("a"), "a field without =", NULL, NULL },
	{ TEXT("&"), "a field without =", NULL, NULL },
	{ TEXT("a=1&&b=2"), "a field without =", NULL, NULL },
	{ TEXT("=1"), "an unknown field", NULL, NULL },
	{ TEXT("c=1"), "an unknown field", NULL, NULL },
	{ TEXT("A=1"), "an unknown field", NULL, NULL },
	{ TEXT("a =1"), "an unknown field", NULL, NULL },
	{ TEXT("a=1&a=1"), "a field that comes twice", NULL, NULL },
	{ TEXT("a=&b=&%61="), "a field that comes twice", NULL, NULL },
};

static const char *
value_of(const struct form_field *field)
{
	return field->value == NULL ? ABSENT : field->value;
}

static void
test_cases(void **state)
{
	struct form_field	fields[] = { { "a", "x" }, { "b", "x" } };
	struct form_text	text;
	const char		*reason;
	enum status		st;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		memset(&text, 'z', sizeof(text));
		text.len = cases[i].len;
		memcpy(text.bytes, cases[i].form, text.len);
		st = form_parse(&text, fields, 2, &reason);
		UNIT_CHECK(cases[i].form, st == (cases[i].reason == NULL ?
		    ST_OK : ST_BAD));
		if (st != ST_OK) {
			UNIT_CHECK(cases[i].form, strcmp(reason,
			    cases[i].reason) == 0);
			continue;
		}
		UNIT_CHECK(cases[i].form, reason == NULL);
		UNIT_CHECK(cases[i].form, strcmp(value_of(&fields[0]),
		    cases[i].a) == 0);
		UNIT_CHECK(cases[i].form, strcmp(value_of(&fields[1]),
		    cases[i].b) == 0);
	}
}

/* The longest form: its last byte is read, and nothing behind it touched. */
static void
test_longest(void **state)
{
	struct form_field	field = { "a", NULL };
	struct {
		struct form_text	text;
		char			guard;
	}			all;
	const char		*reason;

	(void)state;
	memset(&all, '7', sizeof(all));
	all.text.len = FORM_MAX;
	memcpy(all.text.bytes, "a=", 2);
	assert_int_equal(form_parse(&all.text, &field, 1, &reason), ST_OK);
	assert_int_equal(strlen(field.value), FORM_MAX - 2);
	assert_int_equal(all.guard, '7');
	all.text.bytes[FORM_MAX - 1] = '%';
	assert_int_equal(form_parse(&all.text, &field, 1, &reason), ST_BAD);
}

/* Whatever comes: a value is UTF-8 and stands in the text. */
static void
test_any_bytes(void **state)
{
	static const char	alphabet[] = "ab=&%+41cC\xc3\xa4";
	struct form_field	fields[] = { { "a", NULL }, { "b", NULL } };
	struct form_text	text;
	const char		*reason;
	unsigned int		seed = (unsigned int)getpid();
	size_t			i, k, good = 0;

	(void)state;
	dprintf(unit.stderr_fd, "seed %u\n", seed);
	srandom(seed);
	for (i = 0; i < 200000; i++) {
		text.len = (size_t)random() % 24;
		for (k = 0; k < text.len; k++)
			text.bytes[k] = alphabet[(size_t)random() %
			    sizeof(alphabet)];
		if (form_parse(&text, fields, 2, &reason) != ST_OK) {
			assert_non_null(reason);
			continue;
		}
		good++;
		for (k = 0; k < 2; k++)
			assert_true(fields[k].value == NULL ||
			    (fields[k].value >= text.bytes &&
			    fields[k].value + strlen(fields[k].value) <=
			    text.bytes + text.len));
	}
	assert_true(good > 0);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_cases),
		UNIT_TEST(test_longest),
		UNIT_TEST(test_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
