/*
 * test-property-check.c - what each type of property may hold, whoever sets
 * it; and the table's rows against each other.
 */
#include "config.h"

#include "unit.h"

#include "core/properties.h"
#include "core/refusal.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define OOF		PROPERTY_OOF_STATUS
#define DIAL		PROPERTY_PLAY_ON_PHONE_DIAL_STRING
#define FOLDER		PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL

static void
test_values(void **state)
{
	static const struct {
		enum property_id	 id;
		const char		*value;
		const char		*left;	/* NULL: refused */
	} rows[] = {
		{ OOF, "true", "true" },
		{ OOF, "false", "false" },
		{ OOF, "1", "true" },
		{ OOF, "0", "false" },
		{ OOF, "", NULL },
		{ OOF, "True", NULL },
		{ OOF, "01", NULL },
		{ DIAL, "", "" },
		{ DIAL, " +1 & 2 \xc3\xa4", " +1 & 2 \xc3\xa4" },
		{ DIAL, "1\n2", NULL },
		{ DIAL, "1\x7f", NULL },
		{ DIAL, "1\xc2\x85", NULL },
		{ DIAL, "1\xe2\x80\xa8", NULL },
		{ FOLDER, "", "" },
		{ FOLDER, "AAE=", "AAE=" },
		{ FOLDER, "AQ==", "AQ==" },
		{ FOLDER, "AAAA", "AAAA" },
		{ FOLDER, "AAA", NULL },
		{ FOLDER, "AAB=", NULL },
		{ FOLDER, "AB==", NULL },
		{ FOLDER, "A===", NULL },
		{ FOLDER, "====", NULL },
		{ FOLDER, "AA=A", NULL },
		{ FOLDER, "AA A", NULL },
	};
	char		value[PROPERTY_VALUE_SIZE];
	const char	*reason;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		(void)strcpy(value, rows[i].value);
		reason = property_check(property_at(rows[i].id), value);
		UNIT_CHECK(rows[i].value, (reason == NULL) ==
		    (rows[i].left != NULL));
		if (reason == NULL)
			UNIT_CHECK(rows[i].value,
			    strcmp(value, rows[i].left) == 0);
	}
}

/* No two rows share a name or a column, and each value has room. */
static void
test_table(void **state)
{
	const struct property	*one, *other;
	unsigned int		 i, j;

	(void)state;
	for (i = 0; i < PROPERTY_COUNT; i++) {
		one = property_at((enum property_id)i);
		UNIT_CHECK(one->name, one->max < PROPERTY_VALUE_SIZE);
		for (j = 0; j < i; j++) {
			other = property_at((enum property_id)j);
			UNIT_CHECK(one->name,
			    strcmp(one->name, other->name) != 0);
			UNIT_CHECK(one->name,
			    strcmp(one->column, other->column) != 0);
		}
	}
}

/* Each refusal has a sentence of its own. */
static void
test_sentences(void **state)
{
	unsigned int	i, j;

	(void)state;
	for (i = 0; i < REFUSAL_COUNT; i++) {
		assert_non_null(refusal_sentence((enum refusal)i));
		for (j = 0; j < i; j++)
			assert_string_not_equal(
			    refusal_sentence((enum refusal)i),
			    refusal_sentence((enum refusal)j));
	}
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_values),
		UNIT_TEST(test_table),
		UNIT_TEST(test_sentences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
