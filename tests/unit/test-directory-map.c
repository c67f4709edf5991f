/*
 * test-directory-map.c - maps of attributes: what they may say, and that a
 * refusal tells nothing that could be a password.
 */
#include "config.h"

#include "unit.h"

#include "edge/directory-map.h"

static void
test_map(void **state)
{
	struct directory_map	map;
	char			reason[DIRECTORY_MAP_REASON_SIZE];

	(void)state;
	assert_int_equal(directory_map_parse(" login=sAMAccountName\temail=mail"
	    "  name=cn;lang-de extension=2.5.4.20:4 enabled="
	    "userAccountControl ", &map, reason), ST_OK);
	assert_string_equal(map.attributes[DIRECTORY_LOGIN],
	    "sAMAccountName");
	assert_string_equal(map.attributes[DIRECTORY_EMAIL], "mail");
	assert_string_equal(map.attributes[DIRECTORY_NAME], "cn;lang-de");
	assert_string_equal(map.attributes[DIRECTORY_EXTENSION], "2.5.4.20");
	assert_int_equal(map.extension_digits, 4);
	assert_string_equal(map.attributes[DIRECTORY_LOCALE], "");
	assert_string_equal(map.attributes[DIRECTORY_ENABLED],
	    "userAccountControl");
	assert_int_equal(directory_map_parse("login=mail email=mail", &map,
	    reason), ST_OK);
	assert_int_equal(map.extension_digits, 0);
}

static const struct {
	const char	*text;
	const char	*reason;	/* part of it */
} refusals[] = {
	{ "", "login and email are needed" },
	{ "login=uid", "login and email are needed" },
	{ "login=uid mail", "FIELD=ATTRIBUTE" },
	{ "login=uid SECRET=x email=mail", "FIELD=ATTRIBUTE" },
	{ "Login=uid email=mail", "FIELD=ATTRIBUTE" },
	{ "login=uid email=", "no attribute's name" },
	{ "login=uid email=SE(CRET)", "no attribute's name" },
	{ "login=uid email=SECRET*", "no attribute's name" },
	{ "login=uid email=SECRET;", "no attribute's name" },
	{ "login=uid email=SECRET\xc3\xbc", "no attribute's name" },
	{ "login=uid email=mail:4", "no attribute's name" },
	{ "login=uid email=mail extension=x:0", "1 to 20" },
	{ "login=uid email=mail extension=x:21", "1 to 20" },
	{ "login=uid email=mail extension=x:", "1 to 20" },
	{ "login=uid email=mail extension=x:4SECRET", "1 to 20" },
	{ "login=uid email=mail login=cn", "login stands there twice" },
	{ "login=uid email=a23456789012345678901234567890123456789012345678"
	    "901234567890123", "OK" },
	{ "login=uid email=a23456789012345678901234567890123456789012345678"
	    "9012345678901234", "at most 63 bytes" },
	{ "login=uid email=SECRET789012345678901234567890123456789012345678"
	    "90123456789012345678901234567890123456789012345678901234567890"
	    "12345678901234567890", "FIELD=ATTRIBUTE" },
};

static void
test_refusals(void **state)
{
	struct directory_map	map;
	char			reason[DIRECTORY_MAP_REASON_SIZE];
	bool			is_good;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		is_good = strcmp(refusals[i].reason, "OK") == 0;
		UNIT_CHECK(refusals[i].text, directory_map_parse(
		    refusals[i].text, &map, reason) ==
		    (is_good ? ST_OK : ST_BAD));
		UNIT_CHECK(refusals[i].text, is_good ? *reason == '\0' :
		    strstr(reason, refusals[i].reason) != NULL);
		UNIT_CHECK(refusals[i].text, strstr(reason, "SECRET") == NULL);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_map),
		UNIT_TEST(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
