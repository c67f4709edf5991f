/*
 * test-agi.c - Asterisk's lines, good, garbled and cut off.
 */
#include "config.h"

#include "unit.h"

#include "core/agi.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static const struct {
	const char	*line;
	bool		 is_line;
	const char	*unique_id, *caller_id;
} environments[] = {
	{ "agi_uniqueid: 1795679611.1", true, "1795679611.1", "" },
	{ "agi_callerid: 0301234567", true, "", "0301234567" },
	{ "agi_callerid: unknown", true, "", "" },
	{ "agi_callerid:+4930", true, "", "+4930" },
	{ "agi_callerid:", true, "", "" },
	{ "agi_callerid: M\xc3\xbcller", true, "", "" },
	{ "agi_callerid: 1\t2", true, "", "" },
	{ "agi_callerid: 01234567890123456789012345678901234567890123456789"
	    "012345678901234567890123456789", true, "", "" },
	{ "agi_callerid2: 4711", true, "", "" },
	{ "agi_language: en", true, "", "" },
	{ "agi_", false, "", "" },
	{ "agi", false, "", "" },
	{ ":", false, "", "" },
	{ "", false, "", "" },
	{ "GET / HTTP/1.1", false, "", "" },
	{ "Host: agi_callerid: 4711", false, "", "" },
};

static void
test_environment(void **state)
{
	struct agi_channel	channel;
	size_t			i;

	(void)state;
	for (i = 0; i < COUNT(environments); i++) {
		memset(&channel, 0, sizeof(channel));
		UNIT_CHECK(environments[i].line, agi_environment(
		    environments[i].line, strlen(environments[i].line),
		    &channel) == environments[i].is_line);
		UNIT_CHECK(environments[i].line, strcmp(channel.unique_id,
		    environments[i].unique_id) == 0);
		UNIT_CHECK(environments[i].line, strcmp(channel.caller_id,
		    environments[i].caller_id) == 0);
	}
}

static const struct {
	const char	*line;
	enum agi_result	 result;
	const char	*value;
} replies[] = {
	{ "200 result=0", AGI_DONE, "0" },
	{ "200 result=1001", AGI_DONE, "1001" },
	{ "200 result=45 (timeout)", AGI_DONE, "45" },
	{ "200 result= (timeout)", AGI_DONE, "" },
	{ "200 result=", AGI_DONE, "" },
	{ "200 result=-1", AGI_DONE, "-1" },
	{ "200 result=0 endpos=1600", AGI_DONE, "0" },
	{ "511 Command Not Permitted on a dead channel or intercept routine",
	    AGI_GONE, NULL },
	{ "HANGUP", AGI_GONE, NULL },
	{ "510 Invalid or unknown command", AGI_REFUSED, NULL },
	{ "520-Invalid command syntax.  Proper usage follows:", AGI_REFUSED,
	    NULL },
	{ "200 ok", AGI_GARBLED, NULL },
	{ "200 result", AGI_GARBLED, NULL },
	{ "100 Trying", AGI_GARBLED, NULL },
	{ "51", AGI_GARBLED, NULL },
	{ "", AGI_GARBLED, NULL },
	{ "HANG", AGI_GARBLED, NULL },
};

static void
test_reply(void **state)
{
	const char	*value;
	size_t		 i, len;

	(void)state;
	for (i = 0; i < COUNT(replies); i++) {
		UNIT_CHECK(replies[i].line, agi_reply(replies[i].line,
		    strlen(replies[i].line), &value, &len) ==
		    replies[i].result);
		UNIT_CHECK(replies[i].line, (value == NULL) ==
		    (replies[i].value == NULL));
		if (value != NULL)
			UNIT_CHECK(replies[i].line,
			    len == strlen(replies[i].value) &&
			    memcmp(value, replies[i].value, len) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_environment),
		UNIT_TEST(test_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
