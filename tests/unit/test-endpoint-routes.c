/*
 * test-endpoint-routes.c - the routes beside that of SOAP: health and
 * metrics.
 */
#include "config.h"

#include "fake-app.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))

/* Ready or not, without a user; silent in the log when all is well. */
static void
test_health(void **state)
{
	struct fake_request	request = { { "UMWS_ROUTE=health", PROOF,
	    "REQUEST_METHOD=GET" }, "", 0, 1, false, 0, 0 };
	struct answer		answer;

	(void)state;
	fake_reset();
	fake.is_ready = true;
	handle(&request, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(buf_text(&answer.body), "ready\n");
	assert_string_equal(field(&answer, "Retry-After"), "");
	assert_string_equal(log_text(), "");
	endpoint_answer_free(&answer);
	fake_reset();
	handle(&request, &answer);
	assert_int_equal(answer.status, 503);
	assert_string_equal(buf_text(&answer.body), "not ready\n");
	assert_string_equal(field(&answer, "Retry-After"), "5");
	assert_non_null(strstr(log_text(), "status=503 result=not-ready"));
	endpoint_answer_free(&answer);
}

/* A child answers: the database is not asked, whatever it would say. */
static void
test_live(void **state)
{
	struct fake_request	request = { { "UMWS_ROUTE=live", PROOF,
	    "REQUEST_METHOD=GET" }, "", 0, 1, false, 0, 0 };
	struct answer		answer;

	(void)state;
	fake_reset();
	handle(&request, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(buf_text(&answer.body), "live\n");
	assert_string_equal(field(&answer, "X-UMWS-Mail"), "");
	assert_int_equal(fake.sights, 0);
	assert_string_equal(log_text(), "");
	endpoint_answer_free(&answer);
}

/* On a board of its own, so that nothing is known before. */
static void
handle_fresh(const char *route, struct answer *answer)
{
	const struct endpoint_options	options = { "", "", CHALLENGE, "" };
	struct fake_request		request = { { route, PROOF,
	    "REQUEST_METHOD=GET" }, "", 0, 1, false, 0, 0 };
	const struct request		given = { &request, fake_param,
	    fake_read };
	struct endpoint_parts		parts = { .web_secrets = secrets };
	struct endpoint			*own;
	struct scoreboard		*fresh;

	assert_int_equal(scoreboard_new(SLOTS, &fresh), ST_OK);
	parts.board = fresh;
	assert_int_equal(endpoint_new(&options, &parts, &own), ST_OK);
	endpoint_handle(own, &given, answer);
	endpoint_answer_free(answer);
	request.given = 0;
	/* From the board, this time. */
	endpoint_handle(own, &given, answer);
	endpoint_free(&own);
	scoreboard_free(&fresh);
}

/* How the mails are doing: asked once, told twice; or nothing is told. */
static void
test_mails(void **state)
{
	struct answer	answer;

	(void)state;
	fake_reset();
	fake.is_ready = fake.is_sight_known = true;
	fake.sight = (struct sight){ .due = 2, .later = 3, .oldest_due_s = 77,
	    .lost = 4, .keyless = 5, .pass_s = SIGHT_NEVER,
	    .failing_s = SIGHT_NEVER };
	handle_fresh("UMWS_ROUTE=health", &answer);
	assert_int_equal(fake.sights, 1);
	assert_int_equal(answer.status, 200);
	assert_string_equal(buf_text(&answer.body), "ready\n");
	assert_string_equal(field(&answer, "X-UMWS-Mail"),
	    "due=2 oldest-due=77s last-pass=none");
	endpoint_answer_free(&answer);
	fake.sight.pass_s = 90000;
	handle_fresh("UMWS_ROUTE=health", &answer);
	assert_string_equal(field(&answer, "X-UMWS-Mail"),
	    "due=2 oldest-due=77s last-pass=90000s");
	endpoint_answer_free(&answer);
	handle_fresh("UMWS_ROUTE=metrics", &answer);
	assert_non_null(strstr(buf_text(&answer.body),
	    "# TYPE umws_mail_queue gauge\numws_mail_queue{state=\"due\"} 2\n"
	    "umws_mail_queue{state=\"later\"} 3\n"));
	assert_non_null(strstr(buf_text(&answer.body),
	    "\numws_mail_oldest_due_seconds 77\n"));
	assert_non_null(strstr(buf_text(&answer.body),
	    "\numws_mail_last_pass_seconds 90000\n"));
	assert_non_null(strstr(buf_text(&answer.body),
	    "\numws_mail_failing_seconds 0\n"));
	endpoint_answer_free(&answer);
	fake.is_sight_known = false;
	handle_fresh("UMWS_ROUTE=metrics", &answer);
	assert_int_equal(answer.status, 200);
	assert_null(strstr(buf_text(&answer.body), "umws_mail_"));
	endpoint_answer_free(&answer);
	handle_fresh("UMWS_ROUTE=health", &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(field(&answer, "X-UMWS-Mail"), "");
	assert_int_equal(fake.sights, 5);
	endpoint_answer_free(&answer);
}

/* What only the database knows of the service. */
static void
test_service(void **state)
{
	struct answer	answer;

	(void)state;
	fake_reset();
	fake.is_ready = fake.is_sight_known = true;
	fake.unsealed_s = 86401;
	fake.untold_s = 61;
	fake.given_up = 2;
	handle_fresh("UMWS_ROUTE=metrics", &answer);
	UNIT_CHECK("ready", has(&answer, "\numws_ready 1\n"));
	UNIT_CHECK("seal", has(&answer,
	    "\numws_audit_unsealed_seconds 86401\n"));
	UNIT_CHECK("share", has(&answer,
	    "\numws_one_address_ratio 0.000000\n"));
	UNIT_CHECK("untold", has(&answer,
	    "\numws_changes_untold_seconds 61\n"));
	UNIT_CHECK("given up", has(&answer, "\numws_changes_given_up 2\n"));
	endpoint_answer_free(&answer);
	fake.unsealed_s = fake.untold_s = SIGHT_NEVER;
	handle_fresh("UMWS_ROUTE=metrics", &answer);
	UNIT_CHECK("no seals", !has(&answer, "umws_audit_unsealed"));
	UNIT_CHECK("not told", !has(&answer, "umws_changes"));
	endpoint_answer_free(&answer);
	fake.is_ready = fake.is_sight_known = false;
	handle_fresh("UMWS_ROUTE=metrics", &answer);
	assert_int_equal(answer.status, 200);
	UNIT_CHECK("not ready", has(&answer, "\numws_ready 0\n"));
	UNIT_CHECK("not known", !has(&answer, "umws_audit_unsealed") &&
	    !has(&answer, "umws_changes"));
	endpoint_answer_free(&answer);
}

/* What the metrics of fill() say, among others. */
static const char *const	lines[] = {
	"# TYPE umws_requests_total counter\numws_requests_total 0\n",
	"\numws_request_duration_seconds_bucket{kind=\"reset\","
	"le=\"0.001\"} 0\n",
	"\numws_request_duration_seconds_sum{kind=\"logon\"} 0.000000"
	"\n",
	"\numws_http_refused_total 7\n",
	"\numws_resets_total 12345678901\n",
	"\numws_derivations_total 3\n",
	"\numws_derivation_duration_seconds_bucket{le=\"1.0\"} 0\n"
	"umws_derivation_duration_seconds_bucket{le=\"2.5\"} 1\n",
	"\numws_derivation_duration_seconds_sum 1.000002\n"
	"umws_derivation_duration_seconds_count 1\n",
	"\numws_gate_wait_seconds_bucket{le=\"+Inf\"} 1\n"
	"umws_gate_wait_seconds_sum 0.900000\n",
	"\numws_gate_timeouts_total 6\n",
	"\numws_children_replaced_total 2\n",
	"\numws_children_stuck_total 1\n",
	"\numws_reloads_total{result=\"refused\"} 1\n",
	"\numws_database_calls_total{result=\"away\"} 3\n",
	"\numws_build_info{version=\"" UMWS_VERSION "\"} 1\n",
	"\numws_faults_total{code=\"ErrorServerBusy\"} 4\n",
	"\numws_faults_total{code=\"VersionMismatch\"} 0\n",
	("# TYPE umws_operations_total counter\n"
	"umws_operations_total{operation=\"ResetPIN\","
	"result=\"ok\"} 0\n"),
	"\numws_operations_total{operation=\"GetCallInfo\","
	"result=\"refused\"} 5\n",
	("# TYPE umws_logons_total counter\n"
	"umws_logons_total{word=\"OK\",service=\"a\\\\b\\\"c\"} 0\n"),
	"\numws_logons_total{word=\"DENIED\",service=\"phone2\"} 8\n",
	"# TYPE umws_children gauge\numws_children 3\n",
	"# TYPE umws_children_busy gauge\numws_children_busy 2\n",
};

static void
fill(struct scoreboard *own)
{
	scoreboard_add(own, SCORE_HTTP_REFUSED, 7);
	scoreboard_add(own, SCORE_RESETS, 12345678901);
	scoreboard_add(own, SCORE_DERIVATIONS, 3);
	scoreboard_observe(own, SCORE_TIME_DERIVATION, 1000002);
	scoreboard_observe(own, SCORE_TIME_GATE, 900000);
	scoreboard_add(own, SCORE_GATE_TIMEOUTS, 6);
	scoreboard_add(own, SCORE_RESTARTS, 2);
	scoreboard_add(own, SCORE_STUCK, 1);
	scoreboard_add(own, SCORE_RELOADS_REFUSED, 1);
	scoreboard_add(own, SCORE_CALLS + ST_RETRY, 3);
	scoreboard_add_service(own, "a\\b\"c");
	scoreboard_add_service(own, "phone2");
	scoreboard_add(own, SCORE_LOGONS + 2 * SCORE_LOGON_WORDS +
	    LOGON_DENIED, 8);
	scoreboard_add(own, SCORE_FAULTS + REFUSAL_BUSY, 4);
	scoreboard_add(own, SCORE_OPERATIONS +
	    OPERATION_GET_CALL_INFO * SCORE_RESULTS + SCORE_REFUSED, 5);
	scoreboard_set(own, SCORE_CHILDREN, 3);
	scoreboard_set_busy(own, 1, 17);
	scoreboard_set_busy(own, 3, 18);
}

/* The whole text of the metrics, on a board of its own. */
static void
test_metrics(void **state)
{
	const struct endpoint_options	options = { "", "", CHALLENGE, "" };
	struct fake_request		request = { { "UMWS_ROUTE=metrics" },
	    "", 0, 1, false, 0, 0 };
	const struct request		given = { &request, fake_param,
	    fake_read };
	struct endpoint_parts		parts = { 0 };
	struct scoreboard		*own;
	struct endpoint			*other;
	struct answer			answer;
	size_t				i;

	(void)state;
	assert_int_equal(scoreboard_new(SLOTS, &own), ST_OK);
	parts.board = own;
	assert_int_equal(endpoint_new(&options, &parts, &other), ST_OK);
	fill(own);
	endpoint_handle(other, &given, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.content_type,
	    "text/plain; version=0.0.4; charset=utf-8");
	for (i = 0; i < LENGTH(lines); i++)
		UNIT_CHECK(lines[i], has(&answer, lines[i]));
	assert_int_equal(answer.body.data[answer.body.len - 1], '\n');
	assert_int_equal(scoreboard_get(own, SCORE_REQUESTS), 1);
	assert_string_equal(log_text(), "");
	endpoint_answer_free(&answer);
	endpoint_free(&other);
	scoreboard_free(&own);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_health),
		UNIT_TEST(test_live),
		UNIT_TEST(test_service),
		UNIT_TEST(test_mails),
		UNIT_TEST(test_metrics),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
