/*
 * test-memory-endpoint.c - requests without memory: each allocation of the
 * endpoint, of the envelope's parser and of the answer fails once. An answer
 * is whole, or a 502 that says nothing; none claims that a PIN was left as
 * it was which has been reset.
 *
 * Link as memory.h says.
 */
#include "config.h"

#include "memory.h"

#include "fake-app.h"

#define MESSAGES "http://schemas.microsoft.com/exchange/services/2006/messages"
#define CALL(operation)							\
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">" \
	"<s:Body><" operation " xmlns=\"" MESSAGES "\"/></s:Body></s:Envelope>"
#define SET(text)							\
	"<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">" \
	"<s:Body><SetOofStatus xmlns=\"" MESSAGES "\"><status>" text	\
	"</status></SetOofStatus></s:Body></s:Envelope>"

/* A request and what the service behind says to it. */
static const struct row {
	const char		*name, *body, *param;
	struct fake_outcome	 outcome;
	int			 status;
} rows[] = {
	{ "reset", CALL("ResetPIN"), NULL, { .refusal = REFUSAL_NONE }, 200 },
	{ "question", CALL("IsUMEnabled"), NULL,
	    { .refusal = REFUSAL_NONE, .is_enabled = true }, 200 },
	{ "properties", CALL("GetUMProperties"), NULL,
	    { .refusal = REFUSAL_NONE, .properties = { { "true", "true", "<1>",
	    "2", "AAE=" } } }, 200 },
	{ "change", SET("true"), NULL, { .refusal = REFUSAL_NONE }, 200 },
	{ "bad change", SET("maybe"), NULL, { 0 }, 500 },
	{ "play on phone", CALL("PlayOnPhone"), NULL, { 0 }, 500 },
	{ "busy", CALL("ResetPIN"), NULL,
	    { .refusal = REFUSAL_BUSY, .back_off_ms = 2000 }, 500 },
	{ "transient", CALL("ResetPIN"), NULL,
	    { .refusal = REFUSAL_TRANSIENT }, 500 },
	{ "unknown operation", CALL("Other"), NULL, { 0 }, 500 },
	{ "no envelope", "<a/>", NULL, { 0 }, 500 },
	{ "nobody", CALL("ResetPIN"), "REMOTE_USER=", { 0 }, 401 },
	{ "method", CALL("ResetPIN"), "REQUEST_METHOD=GET", { 0 }, 405 },
	{ "metrics", "", "UMWS_ROUTE=metrics", { 0 }, 200 },
	{ "health", "", "UMWS_ROUTE=health", { 0 }, 200 },
};

static const struct row	*row;
static char		 whole[ANSWER_BODY_MAX];	/* undisturbed */

/* Fields end with their lines: half a one would spoil the next. */
static void
check_fields(const struct buf *fields)
{
	const char	*text = buf_text(fields);

	UNIT_CHECK(row->name, fields->len == 0 ||
	    strcmp(text + fields->len - 2, "\r\n") == 0);
}

static void
act(void)
{
	struct fake_request	 request = request_of(row->body);
	struct answer		 answer;
	const char		*text;
	bool			 is_busy;

	fake_reset();
	fake.outcome = row->outcome;
	fake.is_ready = true;
	if (row->param != NULL)
		set_param(&request, row->param);
	handle(&request, &answer);
	check_fields(&answer.fields);
	text = buf_text(&answer.body);
	if (!memory_was_short()) {
		UNIT_CHECK(row->name, answer.status == row->status);
		UNIT_CHECK(row->name, strlen(field(&answer, "X-Request-Id")) ==
		    CRYPTO_UUID_SIZE - 1);
		(void)snprintf(whole, sizeof(whole), "%s", text);
	} else if (answer.content_type == NULL) {
		UNIT_CHECK(row->name, answer.status == 502 ||
		    answer.status == row->status);
		UNIT_CHECK(row->name, answer.status != 200 &&
		    answer.status != 500);
	} else if (fake.resets + fake.questions + fake.changes > 0) {
		UNIT_CHECK(row->name, answer.status == row->status);
		UNIT_CHECK(row->name, strcmp(text, whole) == 0);
	} else if (answer.status == 500) {
		/* Want of memory is never called the caller's mistake. */
		is_busy = has(&answer, "ErrorServerBusy") &&
		    has(&answer, ">1000<") &&
		    strcmp(field(&answer, "Retry-After"), "1") == 0;
		UNIT_CHECK(row->name, strstr(text, "</s:Envelope>") != NULL);
		UNIT_CHECK(row->name, is_busy || strcmp(text, whole) == 0);
	}
	endpoint_answer_free(&answer);
}

static void
test_requests(void **state)
{
	size_t	i;

	(void)state;
	unit_expect_log("envelope-memory reason=\"out of memory\"");
	unit_expect_log("reply-unwritten");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		row = &rows[i];
		act();
		UNIT_CHECK(row->name, memory_fail_each(row->name, act) > 0);
	}
}

/* The WSDL is whole, or there is none. */
static void
act_wsdl(void)
{
	struct fake_request	request = request_of("");
	struct answer		answer;

	set_param(&request, "REQUEST_METHOD=GET");
	set_param(&request, "REQUEST_URI=/EWS/UM2007Legacy.asmx?wsdl");
	set_param(&request, "QUERY_STRING=wsdl");
	handle(&request, &answer);
	check_fields(&answer.fields);
	if (answer.content_type == NULL)
		assert_int_equal(answer.status, 502);
	else
		assert_true(has(&answer, "</wsdl:definitions>"));
	assert_true(memory_was_short() || answer.status == 200);
	endpoint_answer_free(&answer);
}

static void
test_wsdl(void **state)
{
	static const struct row	wsdl = { .name = "wsdl" };

	(void)state;
	row = &wsdl;
	unit_expect_log("reply-unwritten");
	assert_true(memory_fail_each("wsdl", act_wsdl) > 0);
}

static void
act_new(void)
{
	static const struct endpoint_options	 options = { "", "", "", "" };
	static const struct endpoint_parts	 parts = { 0 };
	struct endpoint				*made;
	enum status				 st;

	st = endpoint_new(&options, &parts, &made);
	assert_int_equal(st, memory_was_short() ? ST_RETRY : ST_OK);
	assert_int_equal(made == NULL, memory_was_short());
	endpoint_free(&made);
}

static void
test_new(void **state)
{
	(void)state;
	assert_int_equal(memory_fail_each("new", act_new), 1);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_requests),
		UNIT_TEST(test_wsdl),
		UNIT_TEST(test_new),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
