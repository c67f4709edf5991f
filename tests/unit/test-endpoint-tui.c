/*
 * test-endpoint-tui.c - the phone route: who may, what a form is, and each
 * word as it is sent.
 */
#include "config.h"

#include "fake-app.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define LOGON		"action=logon&mailbox=20001&pin=904716"
#define CHANGE		"action=change&mailbox=Anna&pin=904716&new_pin=381625"

/* What a phone system would send. */
static struct fake_request
form_of(const char *body)
{
	struct fake_request	request = request_of(body);

	set_param(&request, "UMWS_ROUTE=tui");
	set_param(&request, "REMOTE_USER=Phone");
	set_param(&request, "CONTENT_TYPE=application/x-www-form-urlencoded");
	return request;
}

static void
test_words(void **state)
{
	static const struct {
		struct logon_answer	 answer;
		const char		*text, *json;
		int			 status;
		const char		*retry_after;
	} rows[] = {
		{ { .word = LOGON_OK }, "OK\n",
		    "{\"result\":\"OK\",\"rule\":null}\n", 200, "" },
		{ { .word = LOGON_CHANGE }, "CHANGE\n",
		    "{\"result\":\"CHANGE\",\"rule\":null}\n", 200, "" },
		{ { .word = LOGON_DENIED }, "DENIED\n",
		    "{\"result\":\"DENIED\",\"rule\":null}\n", 200, "" },
		{ { .word = LOGON_LOCKED }, "LOCKED\n",
		    "{\"result\":\"LOCKED\",\"rule\":null}\n", 200, "" },
		{ { .word = LOGON_RESET }, "RESET\n",
		    "{\"result\":\"RESET\",\"rule\":null}\n", 200, "" },
		{ { LOGON_REFUSED, "common", "Too plain.", { 0 } },
		    "REFUSED common Too plain.\n",
		    "{\"result\":\"REFUSED\",\"rule\":\"common\"}\n", 200, "" },
		{ { LOGON_UNAVAILABLE, NULL, NULL,
		    { .refusal = REFUSAL_TRANSIENT } }, "UNAVAILABLE\n",
		    "{\"result\":\"UNAVAILABLE\",\"rule\":null}\n", 503,
		    "1" },
		{ { LOGON_UNAVAILABLE, NULL, NULL,
		    { .refusal = REFUSAL_BUSY, .back_off_ms = 1001 } },
		    "UNAVAILABLE\n",
		    "{\"result\":\"UNAVAILABLE\",\"rule\":null}\n", 503,
		    "2" },
	};
	struct fake_request	request;
	struct answer		answer;
	size_t			i;
	int			is_json;

	(void)state;
	for (i = 0; i < LENGTH(rows) * 2; i++) {
		is_json = i % 2 == 1;
		fake_reset();
		fake.answer = rows[i / 2].answer;
		request = form_of(LOGON);
		if (is_json)
			set_param(&request, "HTTP_ACCEPT=application/json");
		handle(&request, &answer);
		UNIT_CHECK(rows[i / 2].text, answer.status ==
		    rows[i / 2].status);
		UNIT_CHECK(rows[i / 2].text, strcmp(buf_text(&answer.body),
		    is_json ? rows[i / 2].json : rows[i / 2].text) == 0);
		UNIT_CHECK(rows[i / 2].text, strcmp(answer.content_type,
		    is_json ? "application/json" :
		    "text/plain; charset=utf-8") == 0);
		UNIT_CHECK(rows[i / 2].text, strcmp(field(&answer,
		    "Retry-After"), rows[i / 2].retry_after) == 0);
		endpoint_answer_free(&answer);
	}
	assert_null(strstr(log_text(), "904716"));
	assert_non_null(strstr(log_text(), "operation=logon user=phone "
	    "address=192.0.2.7"));
	assert_non_null(strstr(log_text(), " mailbox=20001\n"));
}

/* Why a PIN must be changed is said to who can read it. */
static void
test_why_to_change(void **state)
{
	struct fake_request	request;
	struct answer		answer;

	(void)state;
	fake_reset();
	fake.answer = (struct logon_answer){ LOGON_CHANGE, "expired", NULL,
	    { 0 } };
	request = form_of(LOGON);
	handle(&request, &answer);
	assert_string_equal(buf_text(&answer.body), "CHANGE\n");
	endpoint_answer_free(&answer);
	request = form_of(LOGON);
	set_param(&request, "HTTP_ACCEPT=application/json");
	handle(&request, &answer);
	assert_string_equal(buf_text(&answer.body),
	    "{\"result\":\"CHANGE\",\"rule\":\"expired\"}\n");
	endpoint_answer_free(&answer);
}

/* What app/logon is given: account, mailbox, as a login, claims, PINs. */
static void
test_given(void **state)
{
	static const struct {
		const char	*form;
		const char	*line;
	} rows[] = {
		{ LOGON, "phone|20001|20001|||904716||0" },
		{ CHANGE "&caller=%2B43&call=7",
		    "phone|Anna|anna|+43|7|904716|381625|0" },
		{ "action=logon&mailbox=EXAMPLE%5CAnna&pin=1",
		    "phone|EXAMPLE\\Anna|anna|||1||0" },
		{ "action=logon&mailbox=a%09b&pin=1",
		    "phone|a\tb|a\tb|||1||0" },
		{ "action=logon&mailbox=1&pin=", "phone|1|1|||||0" },
		{ "action=logon&mailbox=1&pin=1234567890123456789012345",
		    "phone|1|1|||||0" },
		{ "action=logon&mailbox=1&pin=12*4", "phone|1|1|||||0" },
		{ "action=change&mailbox=1&pin=1&new_pin=",
		    "phone|1|1|||1||1" },
		{ "action=change&mailbox=1&pin=1&new_pin="
		    "1234567890123456789012345", "phone|1|1|||1||1" },
		{ "action=change&mailbox=1&pin=1&new_pin=12%234",
		    "phone|1|1|||1||2" },
	};
	struct fake_request	request;
	struct answer		answer;
	size_t			i;

	(void)state;
	assert_int_equal(POLICY_LENGTH, 1);
	assert_int_equal(POLICY_DIGITS, 2);
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		request = form_of(rows[i].form);
		request.chunk = i % 3 + 1;
		handle(&request, &answer);
		UNIT_CHECK(rows[i].form, answer.status == 200);
		UNIT_CHECK(rows[i].form, fake.logons == 1);
		UNIT_CHECK(rows[i].form, strcmp(fake.line, rows[i].line) ==
		    0);
		endpoint_answer_free(&answer);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char	*form;
		const char	*param;
		int		 status;
	} rows[] = {
		{ LOGON, "REMOTE_USER=", 401 },
		{ LOGON, "AUTH_TYPE=", 401 },
		{ LOGON, "REMOTE_USER=anna", 403 },
		{ LOGON, "REMOTE_USER=phon", 403 },
		{ LOGON, "REMOTE_USER=OTHER\\line2", 403 },
		{ LOGON, "REQUEST_METHOD=GET", 405 },
		{ LOGON, "REQUEST_METHOD=HEAD", 405 },
		{ LOGON, "HTTP_ORIGIN=https://evil.example", 403 },
		{ LOGON, "CONTENT_TYPE=text/xml", 400 },
		{ LOGON, "HTTP_CONTENT_ENCODING=gzip", 400 },
		{ LOGON, "QUERY_STRING=pin=1", 400 },
		{ LOGON, "CONTENT_LENGTH=x", 400 },
		{ LOGON, "CONTENT_LENGTH=1025", 400 },
		{ LOGON, "CONTENT_LENGTH=36", 400 },
		{ LOGON, "CONTENT_LENGTH=38", 400 },
		{ "", "X=", 400 },
		{ LOGON "&new_pin=1", "X=", 400 },
		{ "action=change&mailbox=1&pin=1", "X=", 400 },
		{ "action=logon&mailbox=1", "X=", 400 },
		{ "action=logon&mailbox=&pin=1", "X=", 400 },
		{ "action=logon&pin=1", "X=", 400 },
		{ "mailbox=1&pin=1", "X=", 400 },
		{ "action=log&mailbox=1&pin=1", "X=", 400 },
		{ LOGON "&x=1", "X=", 400 },
	};
	struct fake_request	request;
	struct answer		answer;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		request = form_of(rows[i].form);
		set_param(&request, rows[i].param);
		handle(&request, &answer);
		UNIT_CHECK(rows[i].param, answer.status == rows[i].status);
		UNIT_CHECK(rows[i].param, answer.content_type == NULL);
		UNIT_CHECK(rows[i].param, fake.logons == 0);
		endpoint_answer_free(&answer);
	}
	assert_null(strstr(log_text(), "904716"));
}

/* A list may have blanks, domains, and nothing in it. */
static void
test_accounts(void **state)
{
	static const struct {
		const char	*user;
		int		 status;
	} rows[] = {
		{ "REMOTE_USER=PHONE", 200 },
		{ "REMOTE_USER=line2", 200 },
		{ "REMOTE_USER=EXAMPLE\\Line2", 200 },
		{ "REMOTE_USER=EXAMPLE\\phone", 200 },
	};
	const struct endpoint_options	 options = { "", "", CHALLENGE, "" };
	const struct endpoint_parts	 parts = { .web_secrets = secrets,
					    .board = board };
	struct endpoint			*other;
	struct fake_request		 request;
	const struct request		 given = { &request, fake_param,
					    fake_read };
	struct answer			 answer;
	size_t				 i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		request = form_of(LOGON);
		set_param(&request, rows[i].user);
		handle(&request, &answer);
		UNIT_CHECK(rows[i].user, answer.status == rows[i].status);
		endpoint_answer_free(&answer);
	}
	/* Empty, as it is by default: nobody. */
	assert_int_equal(endpoint_new(&options, &parts, &other), ST_OK);
	request = form_of(LOGON);
	endpoint_handle(other, &given, &answer);
	assert_int_equal(answer.status, 403);
	endpoint_answer_free(&answer);
	endpoint_free(&other);
}

/* A body without an announced length, and one that breaks off. */
static void
test_bodies(void **state)
{
	static char		long_form[2000];
	struct fake_request	request;
	struct answer		answer;

	(void)state;
	memset(long_form, '1', sizeof(long_form) - 1);
	memcpy(long_form, LOGON "&call=", strlen(LOGON "&call="));
	fake_reset();
	request = form_of(LOGON);
	set_param(&request, "CONTENT_LENGTH=");
	set_param(&request, "HTTP_TRANSFER_ENCODING=chunked");
	handle(&request, &answer);
	assert_int_equal(answer.status, 200);
	endpoint_answer_free(&answer);
	request = form_of(long_form);
	set_param(&request, "CONTENT_LENGTH=");
	set_param(&request, "HTTP_TRANSFER_ENCODING=chunked");
	handle(&request, &answer);
	assert_int_equal(answer.status, 400);
	endpoint_answer_free(&answer);
	long_form[1024] = '\0';
	request = form_of(long_form);
	handle(&request, &answer);
	assert_int_equal(answer.status, 200);
	endpoint_answer_free(&answer);
	request = form_of(LOGON);
	request.breaks_off = true;
	set_param(&request, "CONTENT_LENGTH=100");
	handle(&request, &answer);
	assert_int_equal(answer.status, 400);
	endpoint_answer_free(&answer);
	assert_int_equal(fake.logons, 2);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_words),
		UNIT_TEST(test_why_to_change),
		UNIT_TEST(test_given),
		UNIT_TEST(test_refused),
		UNIT_TEST(test_accounts),
		UNIT_TEST(test_bodies),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
