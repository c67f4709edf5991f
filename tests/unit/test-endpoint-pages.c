/*
 * test-endpoint-pages.c - the JSON routes of the pages: what a request is, who
 * is asked what, and each refusal as it is said.
 */
#include "config.h"

#include "fake-app.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define REASON_200	"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" \
			"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" \
			"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr" \
			"rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr"
#define INVALID		"{\"error\": \"invalid\"}\n"

static struct fake_request
form_of(const char *body)
{
	struct fake_request	request = request_of(body);

	set_param(&request, "UMWS_ROUTE=helpdesk");
	set_param(&request, "REMOTE_USER=Desk");
	set_param(&request, "CONTENT_TYPE=application/x-www-form-urlencoded");
	set_param(&request, "HTTP_SEC_FETCH_SITE=same-origin");
	return request;
}

static struct fake_request
question(void)
{
	struct fake_request	request = request_of("");

	set_param(&request, "UMWS_ROUTE=mailbox");
	set_param(&request, "REQUEST_METHOD=GET");
	return request;
}

/* Handle it; status and body are these, and no cache keeps it. */
static void
check(const char *name, struct fake_request *request, int status,
    const char *body)
{
	struct answer	answer;

	handle(request, &answer);
	UNIT_CHECK(name, answer.status == status);
	UNIT_CHECK(name, strcmp(buf_text(&answer.body), body) == 0);
	UNIT_CHECK(name, strcmp(answer.content_type, "application/json") ==
	    0);
	UNIT_CHECK(name, strcmp(field(&answer, "Cache-Control"),
	    "no-store") == 0);
	endpoint_answer_free(&answer);
}

static void
test_asked(void **state)
{
	static const struct {
		const char	*form, *asked;
	} rows[] = {
		{ "action=find&name=M%C3%BCller+x",
		    "find: deskM\303\274ller x by - because -" },
		{ "action=state&login=Anna",
		    "state: Anna by desk; state: anna by desk because -" },
		{ "reason=lost+it&login=Anna&action=unlock",
		    "unlock: Anna by desk; unlock: anna by desk because "
		    "lost it" },
	};
	struct fake_request	request;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		fake.delegate = "anna";
		fake.json = "{\"a\": 1}";
		request = form_of(rows[i].form);
		request.chunk = i + 1;
		check(rows[i].form, &request, 200, "{\"a\": 1}\n");
		UNIT_CHECK(rows[i].form, strcmp(fake.asked, rows[i].asked) ==
		    0);
	}
	assert_null(strstr(log_text(), "lost"));
	assert_non_null(strstr(log_text(), "operation=helpdesk-unlock "));
	fake_reset();
	fake.json = "{}";
	request = question();
	check("own", &request, 200, "{}\n");
	assert_string_equal(fake.asked, "own: anna by - because -");
}

static void
test_reset(void **state)
{
	struct fake_request	request = form_of("action=reset&login=Anna"
				    "&reason=" REASON_200);

	(void)state;
	fake_reset();
	fake.delegate = "anna";
	check("reset", &request, 200, "{\"result\": \"ok\"}\n");
	assert_int_equal(fake.resets, 1);
	assert_string_equal(fake.login, "anna");
	fake_reset();
	request = form_of("action=reset&login=Anna&reason=x");
	check("nobody's", &request, 403, "{\"error\": \"denied\"}\n");
	assert_int_equal(fake.resets + fake.looks, 0);
}

static void
test_refusals(void **state)
{
	static const struct {
		struct fake_outcome	 outcome;
		int			 status;
		const char		*body;
	} rows[] = {
		{ { .refusal = REFUSAL_IMPERSONATION }, 403,
		    "{\"error\": \"denied\"}\n" },
		{ { .refusal = REFUSAL_NO_MAILBOX }, 404,
		    "{\"error\": \"nobody\"}\n" },
		{ { .refusal = REFUSAL_NOT_ENABLED }, 409,
		    "{\"error\": \"disabled\"}\n" },
		{ { .refusal = REFUSAL_PIN_LOCKED, .word = "pin_locked" },
		    409, "{\"error\": \"locked\"}\n" },
		{ { .refusal = REFUSAL_PIN_LOCKED,
		    .word = "locked_by_admin" }, 409,
		    "{\"error\": \"locked_by_admin\"}\n" },
		{ { .refusal = REFUSAL_BUSY, .back_off_ms = 1500 }, 503,
		    "{\"error\": \"busy\", \"back_off_ms\": 1500}\n" },
		{ { .refusal = REFUSAL_STORE_UNAVAILABLE }, 503,
		    "{\"error\": \"away\"}\n" },
		{ { .refusal = REFUSAL_INTERNAL }, 500,
		    "{\"error\": \"broken\"}\n" },
		{ { .refusal = REFUSAL_TRANSIENT }, 500,
		    "{\"error\": \"unknown\"}\n" },
	};
	struct fake_request	request;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		fake.outcome = rows[i].outcome;
		/* What has been written already is no part of the answer. */
		fake.json = "{\"half\"";
		request = form_of("action=find&name=a");
		check(rows[i].body, &request, rows[i].status, rows[i].body);
	}
}

static void
test_forms(void **state)
{
	static const char *const	rows[] = {
		"", "action=", "action=find", "action=Find&name=a",
		"name=a", "action=find&name=a&login=b",
		"action=find&name=a&reason=b", "action=find&name=+",
		"action=find&name=a%7F", "action=find&name=a%C2%85",
		"action=find&name=a%E2%80%AE", "action=state&name=a",
		"action=state&login=a&reason=b", "action=reset&login=a",
		"action=unlock&login=a&reason=",
		"action=reset&login=a&reason=r" REASON_200,
		"action=find&name=" REASON_200, "action=find&name=a&x=y",
	};
	struct fake_request	request;
	size_t			i;

	(void)state;
	fake_reset();
	fake.delegate = "anna";
	for (i = 0; i < LENGTH(rows); i++) {
		request = form_of(rows[i]);
		check(rows[i], &request, 400, INVALID);
	}
	request = form_of("action=find&name=a");
	request.breaks_off = true;
	set_param(&request, "CONTENT_LENGTH=100");
	check("broken off", &request, 400, INVALID);
	request = form_of("");
	set_param(&request, "CONTENT_LENGTH=4097");
	check("too long", &request, 400, INVALID);
	assert_int_equal(fake.looks + fake.resets, 0);
	assert_string_equal(fake.asked, "");
}

static void
test_http(void **state)
{
	static const struct {
		const char	*param;
		int		 helpdesk, mailbox;	/* statuses */
		const char	*word;
	} rows[] = {
		{ "HTTP_SEC_FETCH_SITE=cross-site", 403, 403, "forbidden" },
		{ "HTTP_ORIGIN=https://evil.example", 403, 403,
		    "forbidden" },
		/* Nobody knows whose form this is. */
		{ "HTTP_SEC_FETCH_SITE=", 403, 200, "forbidden" },
		{ "QUERY_STRING=a", 400, 400, "invalid" },
		{ "CONTENT_TYPE=text/plain", 415, 200, "invalid" },
		{ "HTTP_CONTENT_ENCODING=gzip", 415, 200, "invalid" },
		{ "REQUEST_METHOD=DELETE", 405, 405, "invalid" },
		{ "REQUEST_METHOD=GET", 405, 200, "invalid" },
		{ "REQUEST_METHOD=POST", 200, 405, "invalid" },
		{ "REMOTE_USER=", 401, 401, "signin" },
	};
	struct fake_request	request;
	char			body[64];
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		(void)snprintf(body, sizeof(body), "{\"error\": \"%s\"}\n",
		    rows[i].word);
		request = form_of("action=find&name=a");
		set_param(&request, rows[i].param);
		check(rows[i].param, &request, rows[i].helpdesk,
		    rows[i].helpdesk == 200 ? "\n" : body);
		request = question();
		set_param(&request, rows[i].param);
		check(rows[i].param, &request, rows[i].mailbox,
		    rows[i].mailbox == 200 ? "\n" : body);
	}
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_asked),
		UNIT_TEST(test_reset),
		UNIT_TEST(test_refusals),
		UNIT_TEST(test_forms),
		UNIT_TEST(test_http),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
