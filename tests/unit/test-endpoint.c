/*
 * test-endpoint.c - requests as a gateway brings them, answers as it takes
 * them; the service behind is a fake.
 */
#include "config.h"

#include "unit.h"

#include "fake-app.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define SOAP_NS		"http://schemas.xmlsoap.org/soap/envelope/"
#define EXCHANGE	"://schemas.microsoft.com/exchange/services/2006/"
#define MESSAGES	"http" EXCHANGE "messages"
#define ENVELOPE(header, body)						\
	"<s:Envelope xmlns:s=\"" SOAP_NS "\">" header			\
	"<s:Body>" body "</s:Body></s:Envelope>"
#define CALL(operation)	"<" operation " xmlns=\"" MESSAGES "\"/>"
#define RESET_PIN	ENVELOPE("", CALL("ResetPIN"))
#define IMPERSONATE	"<s:Header><t:ExchangeImpersonation"		\
	" xmlns:t=\"http" EXCHANGE "types\"/></s:Header>"

/* The way through, in both schemes and in pieces of every size. */
static void
test_reset(void **state)
{
	static const char *const	schemes[] = { "http", "https" };
	struct answer			answer;
	struct fake_request		request;
	char				body[512], expected[256];
	size_t				i, chunk;

	(void)state;
	for (i = 0; i < LENGTH(schemes); i++) {
		(void)snprintf(body, sizeof(body), ENVELOPE("",
		    "<ResetPIN xmlns=\"%s" EXCHANGE "messages\"/>"),
		    schemes[i]);
		(void)snprintf(expected, sizeof(expected),
		    "<ResetPINResponse xmlns=\"%s" EXCHANGE "messages\"/>",
		    schemes[i]);
		for (chunk = 1; chunk <= 8; chunk++) {
			fake_reset();
			request = request_of(body);
			request.chunk = chunk == 8 ? SIZE_MAX : chunk;
			handle(&request, &answer);
			assert_int_equal(answer.status, 200);
			assert_string_equal(answer.content_type, XML_TYPE);
			UNIT_CHECK(schemes[i], has(&answer, expected));
			assert_int_equal(fake.resets, 1);
			endpoint_answer_free(&answer);
		}
	}
}

/* Who asks, the request's id, and the one line in the log. */
static void
test_identity(void **state)
{
	struct fake_request	 request = request_of(RESET_PIN);
	struct answer		 answer;
	char			 expected[256];
	const char		*text;

	(void)state;
	fake_reset();
	handle(&request, &answer);
	assert_string_equal(fake.login, "anna");
	assert_string_equal(fake.address, "192.0.2.7");
	assert_int_equal(strlen(answer.request_id), CRYPTO_UUID_SIZE - 1);
	assert_string_equal(fake.request_id, answer.request_id);
	assert_string_equal(field(&answer, "X-Request-Id"),
	    answer.request_id);
	assert_string_equal(field(&answer, "Cache-Control"), "private");
	(void)snprintf(expected, sizeof(expected), ": request id=%s status=200"
	    " result=ok operation=ResetPIN user=anna address=192.0.2.7 ms=",
	    answer.request_id);
	text = log_text();
	assert_non_null(strstr(text, expected));
	assert_ptr_equal(strchr(text, '\n'), strrchr(text, '\n'));
	endpoint_answer_free(&answer);
}

/*
 * HTTP before SOAP. Each request is wrong in all that follows its line, and
 * the first check wins.
 */
static void
test_http_order(void **state)
{
	static const struct {
		int		 status;
		const char	*right;	/* what is mended from here on */
		const char	*field, *value;
	} cases[] = {
		{ 401, NULL, "WWW-Authenticate", CHALLENGE },
		{ 405, "REMOTE_USER=anna", "Allow", "POST" },
		{ 413, "REQUEST_METHOD=POST", "Allow", "" },
		{ 415, "CONTENT_LENGTH=2", "Allow", "" },
		{ 415, "CONTENT_TYPE=text/xml", "Accept-Encoding",
		    "identity" },
		{ 403, "HTTP_CONTENT_ENCODING=identity", "Accept-Encoding",
		    "" },
	};
	struct fake_request	request = request_of("no envelope");
	struct answer		answer;
	uint64_t		refused;
	size_t			i;

	(void)state;
	set_param(&request, "REMOTE_USER=");
	set_param(&request, "REQUEST_METHOD=GET");
	set_param(&request, "CONTENT_LENGTH=65537");
	set_param(&request, "CONTENT_TYPE=text/plain");
	set_param(&request, "HTTP_CONTENT_ENCODING=gzip");
	set_param(&request, "HTTP_ORIGIN=null");
	for (i = 0; i < LENGTH(cases); i++) {
		if (cases[i].right != NULL)
			set_param(&request, cases[i].right);
		fake_reset();
		refused = scoreboard_get(board, SCORE_HTTP_REFUSED);
		handle(&request, &answer);
		assert_int_equal(answer.status, cases[i].status);
		assert_null(answer.content_type);
		assert_int_equal(answer.body.len, 0);
		assert_string_equal(field(&answer, cases[i].field),
		    cases[i].value);
		assert_string_equal(field(&answer, "WWW-Authenticate"),
		    answer.status == 401 ? CHALLENGE : "");
		assert_int_equal(strlen(field(&answer, "X-Request-Id")), 36);
		assert_int_equal(request.reads, 0);
		assert_int_equal(fake.resets + fake.questions, 0);
		assert_int_equal(scoreboard_get(board, SCORE_HTTP_REFUSED),
		    refused + 1);
		endpoint_answer_free(&answer);
	}
	assert_non_null(strstr(log_text(), "status=401"));
	assert_non_null(strstr(log_text(), "status=403"));
}

/* One check at a time, on a request that is right otherwise. */
static void
test_http(void **state)
{
	static const struct {
		const char	*param;
		int		 status;
	} cases[] = {
		{ "REQUEST_METHOD=post", 405 },
		{ "REQUEST_METHOD=OPTIONS", 405 },
		{ "REQUEST_METHOD=HEAD", 405 },
		{ "REQUEST_METHOD=", 405 },
		{ "CONTENT_LENGTH=65537", 413 },
		{ "CONTENT_LENGTH=999999999999999999", 413 },
		{ "CONTENT_TYPE=", 415 },
		{ "CONTENT_TYPE=application/soap+xml", 415 },
		{ "CONTENT_TYPE=application/x-www-form-urlencoded", 415 },
		{ "CONTENT_TYPE=text/xml; charset=iso-8859-1", 415 },
		{ "CONTENT_TYPE=TEXT/XML; charset=\"UTF-8\"", 200 },
		{ "HTTP_CONTENT_ENCODING=gzip", 415 },
		{ "HTTP_CONTENT_ENCODING=x-gzip", 415 },
		{ "HTTP_CONTENT_ENCODING=Deflate", 415 },
		{ "HTTP_CONTENT_ENCODING=identity, br", 415 },
		{ "HTTP_CONTENT_ENCODING=identity gzip", 415 },
		{ "HTTP_CONTENT_ENCODING=identities-of-many-letters", 415 },
		{ "HTTP_CONTENT_ENCODING=\"identity\"", 415 },
		{ "HTTP_CONTENT_ENCODING=", 200 },
		{ "HTTP_CONTENT_ENCODING=Identity", 200 },
		{ "HTTP_CONTENT_ENCODING=identity,, identity ", 200 },
		{ "HTTP_SEC_FETCH_SITE=cross-site", 403 },
		{ "HTTP_SEC_FETCH_SITE=same-origin", 200 },
		{ "HTTP_ORIGIN=https://evil.example", 403 },
		{ "HTTP_ORIGIN=https://mail.example.org", 200 },
		{ "HTTP_SOAPACTION=\"\"", 200 },
		{ "HTTP_SOAPACTION=\"" MESSAGES "/ResetPIN\"", 200 },
	};
	struct answer		answer;
	struct fake_request	request;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		request = request_of(RESET_PIN);
		set_param(&request, cases[i].param);
		handle(&request, &answer);
		UNIT_CHECK(cases[i].param, answer.status == cases[i].status);
		UNIT_CHECK(cases[i].param,
		    fake.resets == (cases[i].status == 200));
		endpoint_answer_free(&answer);
	}
}

/*
 * Bodies that are not as long as they say: a good envelope and white space,
 * so that nothing but the length is wrong.
 */
static void
test_lengths(void **state)
{
	static const struct {
		const char	*before, *after;	/* the right number */
	} junk[] = { { "+", "" }, { "-", "" }, { " ", "" }, { "", " " },
	    { "", "x" }, { "", ",1" }, { "00000000000000000000", "" } };
	static const char *const	other[] = { "CONTENT_LENGTH=0",
	    "CONTENT_LENGTH=", "CONTENT_LENGTH=18446744073709551616" };
	static const int		differences[] = { 1, -1, 100, -10 };
	struct fake_request		request;
	char				length[64];
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(junk); i++) {
		request = request_of(RESET_PIN "                    ");
		(void)snprintf(length, sizeof(length), "CONTENT_LENGTH=%s%zu%s",
		    junk[i].before, request.len, junk[i].after);
		set_param(&request, length);
		check_fault(length, &request, "ErrorInvalidRequest");
	}
	for (i = 0; i < LENGTH(other); i++) {
		request = request_of(RESET_PIN);
		set_param(&request, other[i]);
		check_fault(other[i], &request, "ErrorInvalidRequest");
	}
	for (i = 0; i < LENGTH(differences); i++) {
		request = request_of(RESET_PIN "                    ");
		(void)snprintf(length, sizeof(length), "CONTENT_LENGTH=%d",
		    (int)request.len + differences[i]);
		set_param(&request, length);
		check_fault(length, &request, "ErrorInvalidRequest");
		request.given = 0;
		request.breaks_off = true;
		check_fault(length, &request, "ErrorInvalidRequest");
	}
	request = request_of(RESET_PIN);
	drop_param(&request, "CONTENT_LENGTH");
	check_fault("absent", &request, "ErrorInvalidRequest");
}

/* The largest body is read whole, though it says nothing new for long. */
static void
test_largest(void **state)
{
	struct answer		 answer;
	struct fake_request	 request;
	char			*body = malloc(REQUEST_BODY_MAX + 1);

	(void)state;
	assert_non_null(body);
	memset(body, ' ', REQUEST_BODY_MAX);
	body[REQUEST_BODY_MAX] = '\0';
	memcpy(body, RESET_PIN, strlen(RESET_PIN));
	fake_reset();
	request = request_of(body);
	handle(&request, &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(fake.resets, 1);
	assert_int_equal(request.given, REQUEST_BODY_MAX);
	endpoint_answer_free(&answer);
	body[0] = 'x';
	request = request_of(body);
	check_fault("spoilt", &request, "ErrorInvalidRequest");
	assert_int_equal(request.given, REQUEST_BODY_MAX);
	free(body);
}

/* A chunked body without a length: it ends where it ends, or at the limit. */
static void
test_chunked(void **state)
{
	static const size_t	 sizes[] = { 1000, REQUEST_BODY_MAX,
				    REQUEST_BODY_MAX + 1,
				    4 * REQUEST_BODY_MAX };
	struct answer		 answer;
	struct fake_request	 request;
	char			*body = malloc(4 * REQUEST_BODY_MAX + 1);
	bool			 fits;
	size_t			 i;

	(void)state;
	assert_non_null(body);
	for (i = 0; i < LENGTH(sizes); i++) {
		fits = sizes[i] <= REQUEST_BODY_MAX;
		memset(body, ' ', sizes[i]);
		body[sizes[i]] = '\0';
		memcpy(body, RESET_PIN, strlen(RESET_PIN));
		fake_reset();
		request = request_of(body);
		if (i == 0)
			set_param(&request, "CONTENT_LENGTH=");
		else
			drop_param(&request, "CONTENT_LENGTH");
		set_param(&request, "HTTP_TRANSFER_ENCODING=Chunked");
		handle(&request, &answer);
		assert_int_equal(answer.status, fits ? 200 : 413);
		assert_int_equal(fake.resets, fits);
		assert_true(request.given <= REQUEST_BODY_MAX + 4096);
		endpoint_answer_free(&answer);
	}
	request = request_of(RESET_PIN);
	request.breaks_off = true;
	drop_param(&request, "CONTENT_LENGTH");
	set_param(&request, "HTTP_TRANSFER_ENCODING=chunked");
	check_fault("broken off", &request, "ErrorInvalidRequest");
	free(body);
}

/* What the envelope, the operation and the header are refused with. */
static void
test_soap(void **state)
{
	static const struct {
		const char	*name, *body, *action, *code;
	} cases[] = {
		{ "no xml", "ResetPIN", "", "ErrorInvalidRequest" },
		{ "dtd", "<!DOCTYPE x>" RESET_PIN, "",
		    "ErrorInvalidRequest" },
		{ "version", "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05"
		    "/soap-envelope\"/>", "", "VersionMismatch" },
		{ "must understand", ENVELOPE("<s:Header><x:y xmlns:x=\"u:x\""
		    " s:mustUnderstand=\"1\"/></s:Header>", CALL("ResetPIN")),
		    "", "MustUnderstand" },
		{ "unknown", ENVELOPE("", CALL("PlayOnPhone2")), "",
		    "ErrorInvalidRequest" },
		{ "letter case", ENVELOPE("", CALL("ResetPin")), "",
		    "ErrorInvalidRequest" },
		{ "two", ENVELOPE("", CALL("ResetPIN") CALL("ResetPIN")), "",
		    "ErrorInvalidRequest" },
		{ "children", ENVELOPE("", "<ResetPIN xmlns=\"" MESSAGES
		    "\"><PIN/></ResetPIN>"), "", "ErrorInvalidRequest" },
		{ "other action", RESET_PIN, MESSAGES "/IsUMEnabled",
		    "ErrorInvalidRequest" },
		{ "foreign action", RESET_PIN, "urn:ResetPIN",
		    "ErrorInvalidRequest" },
		{ "impersonation", ENVELOPE(IMPERSONATE, CALL("ResetPIN")),
		    MESSAGES "/ResetPIN", "ErrorImpersonateUserDenied" },
		{ "question", ENVELOPE(IMPERSONATE, CALL("IsUMEnabled")), "",
		    "ErrorImpersonateUserDenied" },
		/* Two things wrong: the action is looked at first. */
		{ "action first", ENVELOPE(IMPERSONATE, CALL("ResetPIN")),
		    "urn:ResetPIN", "ErrorInvalidRequest" },
		{ "operation first", ENVELOPE(IMPERSONATE, CALL("Reset")),
		    "", "ErrorInvalidRequest" },
	};
	struct fake_request	request;
	char			action[128];
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		request = request_of(cases[i].body);
		(void)snprintf(action, sizeof(action), "HTTP_SOAPACTION=%s",
		    cases[i].action);
		set_param(&request, action);
		check_fault(cases[i].name, &request, cases[i].code);
	}
}

/* Nothing of what a peer sends comes back, and none of it names a user. */
static void
test_no_echo(void **state)
{
	struct fake_request	request = request_of(ENVELOPE("",
	    "<EVIL xmlns=\"" MESSAGES "\">EVIL</EVIL>"));
	struct answer		answer;

	(void)state;
	set_param(&request, "HTTP_SOAPACTION=EVIL");
	set_param(&request, "HTTP_HOST=EVIL");
	set_param(&request, "HTTP_USER_AGENT=EVIL");
	set_param(&request, "REMOTE_USER=EVIL\r\nX: y");
	handle(&request, &answer);
	assert_int_equal(answer.status, 500);
	assert_false(has(&answer, "EVIL"));
	assert_null(strstr(buf_text(&answer.fields), "EVIL"));
	assert_null(strstr(log_text(), "operation="));
	assert_ptr_equal(strchr(log_text(), '\n'),
	    strrchr(log_text(), '\n'));
	endpoint_answer_free(&answer);
}

/* Every refusal of the service is a fault, counted under its code. */
static void
test_refusals(void **state)
{
	static const struct {
		enum refusal	 refusal;
		const char	*code;
	} cases[] = {
		{ REFUSAL_NOT_ENABLED, "ErrorUserNotUnifiedMessagingEnabled" },
		{ REFUSAL_PIN_LOCKED, "ErrorAccessDenied" },
		{ REFUSAL_BUSY, "ErrorServerBusy" },
		{ REFUSAL_STORE_UNAVAILABLE, "ErrorMailboxStoreUnavailable" },
		{ REFUSAL_INTERNAL, "ErrorInternalServerError" },
		{ REFUSAL_TRANSIENT, "ErrorInternalServerTransientError" },
	};
	struct answer		answer;
	struct fake_request	request;
	uint64_t		before;
	char			element[128];
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake.outcome.refusal = cases[i].refusal;
		fake.outcome.back_off_ms = 1000;
		before = scoreboard_get(board, SCORE_FAULTS + cases[i].refusal);
		request = request_of(RESET_PIN);
		handle(&request, &answer);
		(void)snprintf(element, sizeof(element), ">%s</",
		    cases[i].code);
		UNIT_CHECK(cases[i].code, answer.status == 500);
		UNIT_CHECK(cases[i].code,
		    strcmp(answer.content_type, XML_TYPE) == 0);
		UNIT_CHECK(cases[i].code, has(&answer, element));
		UNIT_CHECK(cases[i].code, strcmp(field(&answer, "Retry-After"),
		    cases[i].refusal == REFUSAL_BUSY ? "1" : "") == 0);
		UNIT_CHECK(cases[i].code, scoreboard_get(board, SCORE_FAULTS +
		    cases[i].refusal) == before + 1);
		UNIT_CHECK(cases[i].code,
		    strstr(log_text(), cases[i].code) != NULL);
		endpoint_answer_free(&answer);
	}
}

/* Retry-After in whole seconds is never too early. */
static void
test_retry_after(void **state)
{
	static const struct {
		uint64_t	 ms;
		const char	*seconds, *value;
	} cases[] = {
		{ 1, "1", ">1<" },
		{ 999, "1", ">999<" },
		{ 1000, "1", ">1000<" },
		{ 1001, "2", ">1001<" },
		{ 3599001, "3600", ">3599001<" },
		{ 86400000, "86400", ">86400000<" },
	};
	struct answer		answer;
	struct fake_request	request;
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		fake_reset();
		fake.outcome.refusal = REFUSAL_BUSY;
		fake.outcome.back_off_ms = cases[i].ms;
		request = request_of(RESET_PIN);
		handle(&request, &answer);
		UNIT_CHECK(cases[i].value, strcmp(
		    field(&answer, "Retry-After"), cases[i].seconds) == 0);
		UNIT_CHECK(cases[i].value, has(&answer, cases[i].value));
		endpoint_answer_free(&answer);
	}
}

/* Whoever is not our web server gets 500, and the operator a line. */
static void
test_not_our_server(void **state)
{
	static const char *const	spoilt[] = { "UMWS_SECRET=AAAA",
	    "UMWS_SECRET=", "UMWS_ROUTE=TUI", "UMWS_ROUTE=" };
	struct fake_request		request;
	size_t				i;

	(void)state;
	unit_expect_log("web-server-refused reason=\"UMWS_SECRET");
	unit_expect_log("web-server-refused reason=\"UMWS_ROUTE");
	unit_expect_log("web-server-refused reason=\"a parameter");
	for (i = 0; i < LENGTH(spoilt); i++) {
		request = request_of(RESET_PIN);
		set_param(&request, spoilt[i]);
		check_fault(spoilt[i], &request, "ErrorInternalServerError");
		assert_int_equal(request.reads, 0);
	}
	request = request_of(RESET_PIN);
	request.params[PARAMS_MAX - 1] = "REMOTE_USER=bert";
	check_fault("doubled", &request, "ErrorInternalServerError");
	assert_memory_equal(log_text(), "<3>", 3);
}

/* Not authenticated is 401 with its challenge, whatever is missing. */
static void
test_unauthenticated(void **state)
{
	static const char *const	missing[] = { "REMOTE_USER",
	    "AUTH_TYPE" };
	struct answer			answer;
	struct fake_request		request;
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(missing); i++) {
		fake_reset();
		request = request_of(RESET_PIN);
		drop_param(&request, missing[i]);
		handle(&request, &answer);
		UNIT_CHECK(missing[i], answer.status == 401);
		UNIT_CHECK(missing[i], strcmp(field(&answer,
		    "WWW-Authenticate"), CHALLENGE) == 0);
		UNIT_CHECK(missing[i], fake.resets == 0);
		endpoint_answer_free(&answer);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_reset),
		UNIT_TEST(test_identity),
		UNIT_TEST(test_http_order),
		UNIT_TEST(test_http),
		UNIT_TEST(test_lengths),
		UNIT_TEST(test_largest),
		UNIT_TEST(test_chunked),
		UNIT_TEST(test_soap),
		UNIT_TEST(test_no_echo),
		UNIT_TEST(test_refusals),
		UNIT_TEST(test_retry_after),
		UNIT_TEST(test_not_our_server),
		UNIT_TEST(test_unauthenticated),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
