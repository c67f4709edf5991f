/*
 * test-route-help.c - answers to GET and HEAD; and that none of them runs an
 * operation.
 */
#include "config.h"

#include "unit.h"

#include "fake-app.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define EWS		"REQUEST_URI=/EWS/UM2007Legacy.asmx"
#define LEGACY		"REQUEST_URI=/UnifiedMessaging/Service.asmx"
#define BROWSER		"HTTP_ACCEPT=text/html,*/*;q=0.8"
#define HTML_TYPE	"text/html; charset=utf-8"
#define LOCATION	"<soap:address location=\""

/* A request without a body, by an endpoint with this public_url. */
static void
get(const char *const params[4], const char *public_url,
    struct answer *answer)
{
	const struct endpoint_options	 options = { "", public_url,
	    CHALLENGE, "" };
	struct fake_request		 request = request_of("");
	const struct request		 given = { &request, fake_param,
	    fake_read };
	struct endpoint_parts		 parts = { 0 };
	struct endpoint			*own;
	size_t				 i;

	set_param(&request, "REQUEST_METHOD=GET");
	drop_param(&request, "CONTENT_TYPE");
	for (i = 0; i < 4; i++) {
		if (params[i] != NULL)
			set_param(&request, params[i]);
	}
	fake_reset();
	parts.web_secrets = secrets;
	parts.board = board;
	assert_int_equal(endpoint_new(&options, &parts, &own),
	    ST_OK);
	endpoint_handle(own, &given, answer);
	endpoint_free(&own);
	assert_int_equal(request.reads, 0);
	assert_int_equal(fake.resets + fake.questions, 0);
}

/* The address is public_url's, else Host's; the path one of ours. */
static void
test_address(void **state)
{
	static const struct {
		const char	*public_url, *params[4], *address;
	} cases[] = {
		{ "", { EWS "?wsdl" },
		    "http://mail.example.org/EWS/UM2007Legacy.asmx" },
		{ "", { EWS "?wsdl", "HTTPS=on" },
		    "https://mail.example.org/EWS/UM2007Legacy.asmx" },
		{ "", { EWS "?wsdl", "HTTPS=off", "HTTP_HOST=[::1]:81" },
		    "http://[::1]:81/EWS/UM2007Legacy.asmx" },
		{ "", { EWS "?wsdl", "HTTP_HOST=a&b'c" },
		    "http://a&amp;b&apos;c/EWS/UM2007Legacy.asmx" },
		{ "", { "REQUEST_URI=/ews/um2007legacy.ASMX" },
		    "http://mail.example.org/EWS/UM2007Legacy.asmx" },
		{ "", { LEGACY },
		    "http://mail.example.org/UnifiedMessaging/Service.asmx" },
		{ "https://um.test", { LEGACY },
		    "https://um.test/UnifiedMessaging/Service.asmx" },
		{ "https://um.test:8443/", { EWS, "HTTP_HOST=\"" },
		    "https://um.test:8443/EWS/UM2007Legacy.asmx" },
		{ "https://um.test/x?a&b", { EWS },
		    "https://um.test/x?a&amp;b" },
	};
	struct answer	 answer;
	const char	*params[4], *at;
	size_t		 i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		memcpy(params, cases[i].params, sizeof(params));
		params[3] = i % 2 == 0 ? "QUERY_STRING=wsdl" :
		    "QUERY_STRING=WsDL";
		get(params, cases[i].public_url, &answer);
		UNIT_CHECK(cases[i].address, answer.status == 200);
		UNIT_CHECK(cases[i].address,
		    strcmp(answer.content_type, XML_TYPE) == 0);
		at = strstr(buf_text(&answer.body), LOCATION);
		UNIT_CHECK(cases[i].address, at != NULL &&
		    strncmp(at + strlen(LOCATION), cases[i].address,
		    strlen(cases[i].address)) == 0 &&
		    at[strlen(LOCATION) + strlen(cases[i].address)] == '"');
		UNIT_CHECK(cases[i].address,
		    strcmp(field(&answer, "Cache-Control"), "private") == 0);
		endpoint_answer_free(&answer);
	}
}

/* The longest public_url that umws.conf takes, each byte to be escaped. */
static void
test_longest(void **state)
{
	static const char *const	params[4] = { EWS,
	    "QUERY_STRING=wsdl" };
	struct answer			answer;
	char				url[1024 + 1] = "https://um.test/";
	size_t				len = strlen(url);

	(void)state;
	memset(url + len, '"', sizeof(url) - len - 1);
	url[sizeof(url) - 1] = '\0';
	get(params, url, &answer);
	assert_int_equal(answer.status, 200);
	endpoint_answer_free(&answer);
}

/* Nobody says what we are called: no WSDL with a wrong address. */
static void
test_no_address(void **state)
{
	static const char *const	hosts[] = { "HTTP_HOST=",
	    "HTTP_HOST=a b", "HTTP_HOST=a\"b", "HTTP_HOST=a/b" };
	struct answer			answer;
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(hosts); i++) {
		const char *const	params[4] = { EWS, "QUERY_STRING=wsdl",
		    hosts[i] };

		get(params, "", &answer);
		UNIT_CHECK(hosts[i], answer.status == 400);
		UNIT_CHECK(hosts[i], answer.content_type == NULL);
		endpoint_answer_free(&answer);
	}
	assert_non_null(strstr(log_text(), "status=400 result=host"));
}

/* HEAD says what GET would say, and the gateway leaves the body out. */
static void
test_head(void **state)
{
	static const char *const	gets[][4] = {
		{ EWS, "QUERY_STRING=wsdl" },
		{ EWS, BROWSER },
		{ EWS },
	};
	struct answer	whole, head;
	size_t		i, j;

	(void)state;
	for (i = 0; i < LENGTH(gets); i++) {
		const char	*params[4] = { 0 };

		for (j = 0; gets[i][j] != NULL; j++)
			params[j] = gets[i][j];
		get(params, "", &whole);
		params[j] = "REQUEST_METHOD=HEAD";
		get(params, "", &head);
		assert_false(whole.is_head);
		assert_true(head.is_head);
		assert_int_equal(head.status, whole.status);
		assert_ptr_equal(head.content_type, whole.content_type);
		assert_string_equal(buf_text(&head.body),
		    buf_text(&whole.body));
		endpoint_answer_free(&head);
		endpoint_answer_free(&whole);
	}
}

/* The page is the same for everyone and may not load or run anything. */
static void
test_page(void **state)
{
	static const char *const	params[4] = { EWS, BROWSER,
	    "QUERY_STRING=", "HTTP_HOST=EVIL" };
	struct answer			answer;

	(void)state;
	get(params, "", &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.content_type, HTML_TYPE);
	assert_false(has(&answer, "EVIL") || has(&answer, "anna"));
	assert_false(has(&answer, "<script") || has(&answer, "<form"));
	assert_string_equal(field(&answer, "Content-Security-Policy"),
	    "default-src 'none'; base-uri 'none'; form-action 'none';"
	    " frame-ancestors 'none'");
	assert_string_equal(field(&answer, "X-Content-Type-Options"),
	    "nosniff");
	assert_string_equal(field(&answer, "Referrer-Policy"), "no-referrer");
	assert_string_equal(field(&answer, "Vary"), "Accept");
	assert_string_equal(field(&answer, "Allow"), "");
	endpoint_answer_free(&answer);
}

/* Everything else is 405, a browser's Accept or not. */
static void
test_nothing(void **state)
{
	static const struct {
		const char	*name, *uri, *query;
	} cases[] = {
		{ "op", EWS "?op=ResetPIN", "QUERY_STRING=op=ResetPIN" },
		{ "more", EWS "?wsdl&x", "QUERY_STRING=wsdl&x" },
		{ "value", EWS "?wsdl=1", "QUERY_STRING=wsdl=1" },
		{ "single", EWS "?singleWsdl", "QUERY_STRING=singleWsdl" },
		{ "path", EWS "/ResetPIN", "QUERY_STRING=" },
		{ "path wsdl", EWS "/ResetPIN?wsdl", "QUERY_STRING=wsdl" },
		{ "in query", "REQUEST_URI=/x?/EWS/UM2007Legacy.asmx",
		    "QUERY_STRING=" },
		{ "nowhere", "REQUEST_URI=", "QUERY_STRING=wsdl" },
	};
	static const char *const	accepts[] = { BROWSER,
	    "HTTP_ACCEPT=*/*", "HTTP_ACCEPT=" };
	struct answer			answer;
	size_t				i, j;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		for (j = 0; j < LENGTH(accepts); j++) {
			const char *const	params[4] = { cases[i].uri,
			    cases[i].query, accepts[j] };

			get(params, "https://um.test", &answer);
			UNIT_CHECK(cases[i].name, answer.status == 405);
			UNIT_CHECK(cases[i].name, answer.body.len == 0);
			UNIT_CHECK(cases[i].name, strcmp(field(&answer,
			    "Allow"), "POST") == 0);
			endpoint_answer_free(&answer);
		}
	}
}

/* The WSDL is for those who may call, like everything else. */
static void
test_identity_first(void **state)
{
	static const char *const	params[4] = { EWS,
	    "QUERY_STRING=wsdl", BROWSER, "REMOTE_USER=" };
	struct answer			answer;

	(void)state;
	get(params, "", &answer);
	assert_int_equal(answer.status, 401);
	assert_string_equal(field(&answer, "WWW-Authenticate"), CHALLENGE);
	assert_int_equal(answer.body.len, 0);
	endpoint_answer_free(&answer);
}

/* A POST is a request, whatever query stands behind its address. */
static void
test_post(void **state)
{
	struct fake_request	request = request_of("no envelope");

	(void)state;
	set_param(&request, EWS "?wsdl");
	set_param(&request, "QUERY_STRING=wsdl");
	check_fault("post", &request, "ErrorInvalidRequest");
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_address),
		UNIT_TEST(test_longest),
		UNIT_TEST(test_no_address),
		UNIT_TEST(test_head),
		UNIT_TEST(test_page),
		UNIT_TEST(test_nothing),
		UNIT_TEST(test_identity_first),
		UNIT_TEST(test_post),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
