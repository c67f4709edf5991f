/*
 * test-endpoint-operations.c - every operation of the table, from its
 * request to the service and back.
 */
#include "config.h"

#include "fake-app.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define CALL(operation, inner)						\
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">" \
	"<s:Body><" operation " xmlns=\"" MESSAGES "\">" inner		\
	"</" operation "></s:Body></s:Envelope>"

static const struct {
	const char		*name;
	const char		*body;
	enum property_id	 property;
	const char		*value;		/* NULL: sets nothing */
	unsigned int		 resets, questions;
	int			 status;
} rows[] = {
	{ "ResetPIN", CALL("ResetPIN", ""), 0, NULL, 1, 0, 200 },
	{ "IsUMEnabled", CALL("IsUMEnabled", ""), 0, NULL, 0, 1, 200 },
	{ "GetUMProperties", CALL("GetUMProperties", ""), 0, NULL, 0, 1, 200 },
	{ "SetOofStatus", CALL("SetOofStatus", "<status>1</status>"),
	    PROPERTY_OOF_STATUS, "true", 0, 0, 200 },
	{ "SetMissedCallNotificationEnabled",
	    CALL("SetMissedCallNotificationEnabled",
	    "<status> false </status>"),
	    PROPERTY_MISSED_CALL_NOTIFICATION_ENABLED, "false", 0, 0, 200 },
	{ "SetPlayOnPhoneDialString", CALL("SetPlayOnPhoneDialString",
	    "<dialString>+1 &amp; 2</dialString>"),
	    PROPERTY_PLAY_ON_PHONE_DIAL_STRING, "+1 & 2", 0, 0, 200 },
	{ "SetTelephoneAccessFolderEmail",
	    CALL("SetTelephoneAccessFolderEmail",
	    "<base64FolderId>AA==</base64FolderId>"),
	    PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL, "AA==", 0, 0, 200 },
	{ "PlayOnPhone", CALL("PlayOnPhone", "<entryId>AA==</entryId>"
	    "<DialString>1</DialString>"), 0, NULL, 0, 0, 500 },
	{ "PlayOnPhoneGreeting", CALL("PlayOnPhoneGreeting",
	    "<GreetingType>Normal</GreetingType><DialString>1</DialString>"),
	    0, NULL, 0, 0, 500 },
	{ "GetCallInfo", CALL("GetCallInfo", "<CallId>x</CallId>"), 0, NULL,
	    0, 0, 500 },
	{ "Disconnect", CALL("Disconnect", "<CallId>x</CallId>"), 0, NULL, 0,
	    0, 500 },
};

static void
check_answer(size_t i, const struct answer *answer)
{
	const char	*name = rows[i].name;
	char		 text[160];

	UNIT_CHECK(name, answer->status == rows[i].status);
	UNIT_CHECK(name, strcmp(answer->content_type, XML_TYPE) == 0);
	(void)snprintf(text, sizeof(text), "<%sResponse xmlns=\"" MESSAGES
	    "\"", name);
	UNIT_CHECK(name, has(answer, text) == (rows[i].status == 200));
	UNIT_CHECK(name, has(answer, ">PlayOnPhoneNotEnabledException</m:") ==
	    (rows[i].status == 500));
	(void)snprintf(text, sizeof(text), " operation=%s ", name);
	UNIT_CHECK(name, strstr(log_text(), text) != NULL);
}

static void
test_operations(void **state)
{
	struct answer		answer;
	struct fake_request	request;
	uint64_t		before;
	size_t			counter, i;

	(void)state;
	assert_int_equal(LENGTH(rows), OPERATION_COUNT);
	for (i = 0; i < LENGTH(rows); i++) {
		const char	*name = rows[i].name;

		assert_int_equal(operation_find(name), i);
		fake_reset();
		counter = SCORE_OPERATIONS + i * SCORE_RESULTS +
		    (rows[i].status == 200 ? SCORE_OK : SCORE_REFUSED);
		before = scoreboard_get(board, counter);
		request = request_of(rows[i].body);
		handle(&request, &answer);
		check_answer(i, &answer);
		UNIT_CHECK(name, fake.resets == rows[i].resets);
		UNIT_CHECK(name, fake.questions == rows[i].questions);
		UNIT_CHECK(name, fake.changes ==
		    (rows[i].value == NULL ? 0 : 1));
		UNIT_CHECK(name, rows[i].value == NULL ||
		    (fake.property == rows[i].property &&
		    strcmp(fake.value, rows[i].value) == 0 &&
		    strcmp(fake.login, "anna") == 0));
		UNIT_CHECK(name, scoreboard_get(board, counter) ==
		    before + 1);
		endpoint_answer_free(&answer);
	}
}

/* What the service refuses is a fault, of these operations as well. */
static void
test_refused(void **state)
{
	struct answer		answer;
	struct fake_request	request;
	size_t			i;

	(void)state;
	for (i = OPERATION_GET_UM_PROPERTIES; i < OPERATION_PLAY_ON_PHONE;
	    i++) {
		fake_reset();
		fake.outcome.refusal = REFUSAL_NOT_ENABLED;
		request = request_of(rows[i].body);
		handle(&request, &answer);
		UNIT_CHECK(rows[i].name, answer.status == 500);
		UNIT_CHECK(rows[i].name, has(&answer,
		    ">UserNotUmEnabledException<"));
		endpoint_answer_free(&answer);
	}
}

/* Refused before the service is asked, and the value comes back nowhere. */
static void
test_invalid(void **state)
{
	static const char *const	bodies[] = {
		CALL("SetOofStatus", "<status>EVIL</status>"),
		CALL("SetOofStatus", ""),
		CALL("SetOofStatus", "<state>1</state>"),
		CALL("SetPlayOnPhoneDialString",
		    "<dialString>EVIL&#10;</dialString>"),
		CALL("SetTelephoneAccessFolderEmail",
		    "<base64FolderId>EVIL!</base64FolderId>"),
		CALL("GetUMProperties", "<status>1</status>"),
		CALL("PlayOnPhone2", "<entryId>AA==</entryId>"),
	};
	struct fake_request	request;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(bodies); i++) {
		request = request_of(bodies[i]);
		check_fault(bodies[i], &request, "ErrorInvalidRequest");
		assert_null(strstr(log_text(), "EVIL"));
	}
	for (i = OPERATION_GET_UM_PROPERTIES; i < OPERATION_COUNT; i++) {
		request = request_of(rows[i].body);
		set_param(&request, "HTTP_SOAPACTION=" MESSAGES "/ResetPIN");
		check_fault(rows[i].name, &request, "ErrorInvalidRequest");
	}
}

static void
test_is_enabled(void **state)
{
	struct fake_request	request;
	struct answer		answer;
	int			i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fake_reset();
		fake.outcome.is_enabled = i == 1;
		request = request_of(CALL("IsUMEnabled", ""));
		handle(&request, &answer);
		assert_int_equal(answer.status, 200);
		assert_int_equal(fake.questions, 1);
		assert_int_equal(fake.resets, 0);
		assert_string_equal(fake.login, "anna");
		assert_true(has(&answer, i == 1 ? ">true<" : ">false<"));
		endpoint_answer_free(&answer);
	}
	assert_non_null(strstr(log_text(), "operation=IsUMEnabled"));
}

static void
test_properties(void **state)
{
	struct answer		answer;
	struct fake_request	request;

	(void)state;
	fake_reset();
	fake.outcome.properties = (struct properties){ { "true", "false",
	    "<12>", "34", "AA==" } };
	request = request_of(rows[OPERATION_GET_UM_PROPERTIES].body);
	handle(&request, &answer);
	assert_true(has(&answer, "<OofStatus>true</OofStatus>"
	    "<MissedCallNotificationEnabled>false"
	    "</MissedCallNotificationEnabled><PlayOnPhoneDialString>&lt;12"
	    "&gt;</PlayOnPhoneDialString><TelephoneAccessNumbers>34"
	    "</TelephoneAccessNumbers><TelephoneAccessFolderEmail>AA=="
	    "</TelephoneAccessFolderEmail>"));
	endpoint_answer_free(&answer);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_operations),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_invalid),
		UNIT_TEST(test_is_enabled),
		UNIT_TEST(test_properties),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
