/*
 * endpoint.c - the order of checks is the order of the functions' calls in
 * dispatch() and handle_soap(): identity, method, size, media type, origin,
 * envelope, SOAPAction, impersonation, operation.
 *
 * Nothing that a peer sends is ever part of an answer.
 */
#include "config.h"

#include "app/endpoint.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "app/caller.h"
#include "app/document.h"
#include "app/metrics.h"
#include "base/log.h"
#include "core/envelope.h"
#include "core/http.h"
#include "core/operation.h"
#include "core/reply.h"
#include "edge/clock.h"

#define CHUNK_SIZE	4096	/* bytes of the body fed at once */
#define NO_LENGTH	SIZE_MAX
#define UNTIL_END	(SIZE_MAX - 1)
#define CAUSE_SIZE	(USERNAME_REASON_SIZE + 64)

struct endpoint {
	struct endpoint_options	 options;
	struct service		*service;
	const struct keyring	*web_secrets;
	struct scoreboard		*board;
};

/* One request on its way through; what the log line is made of. */
struct turn {
	struct endpoint			*endpoint;
	const struct request	*request;
	struct answer		*answer;
	struct caller			 caller;
	struct soap_request		 soap;
	struct service_outcome		 outcome;
	const char			*result;	/* one word or code */
	const char			*reason;	/* words, or NULL */
};

/*
 * How an operation of core/operation's table is carried out and answered;
 * without a function of its own it sets its property.
 */
struct handler {
	void		(*run)(struct service *, const struct store_caller *,
			    struct service_outcome *);
	enum status	(*reply)(const struct turn *);
};

/* Nothing here could call a telephone, whoever asks: nobody is looked up. */
static void
refuse_play_on_phone(struct service *service,
    const struct store_caller *caller, struct service_outcome *outcome)
{
	(void)service;
	(void)caller;
	outcome->refusal = REFUSAL_NO_PLAY_ON_PHONE;
}

static enum status
reply_empty(const struct turn *turn)
{
	return reply_response(&turn->answer->body, turn->soap.scheme,
	    turn->soap.operation);
}

static enum status
reply_enabled(const struct turn *turn)
{
	return reply_is_um_enabled(&turn->answer->body, turn->soap.scheme,
	    turn->outcome.is_enabled);
}

static enum status
reply_get(const struct turn *turn)
{
	return reply_properties(&turn->answer->body, turn->soap.scheme,
	    &turn->outcome.properties);
}

static const struct handler handlers[] = {
	[OPERATION_RESET_PIN] = { service_reset_pin, reply_empty },
	[OPERATION_IS_UM_ENABLED] = { service_is_um_enabled, reply_enabled },
	[OPERATION_GET_UM_PROPERTIES] = { service_get_properties, reply_get },
	[OPERATION_SET_OOF_STATUS] = { NULL, reply_empty },
	[OPERATION_SET_MISSED_CALL_NOTIFICATION_ENABLED] = { NULL,
	    reply_empty },
	[OPERATION_SET_PLAY_ON_PHONE_DIAL_STRING] = { NULL, reply_empty },
	[OPERATION_SET_TELEPHONE_ACCESS_FOLDER_EMAIL] = { NULL, reply_empty },
	[OPERATION_PLAY_ON_PHONE] = { refuse_play_on_phone, reply_empty },
	[OPERATION_PLAY_ON_PHONE_GREETING] = { refuse_play_on_phone,
	    reply_empty },
	[OPERATION_GET_CALL_INFO] = { refuse_play_on_phone, reply_empty },
	[OPERATION_DISCONNECT] = { refuse_play_on_phone, reply_empty },
};
_Static_assert(sizeof(handlers) / sizeof(handlers[0]) == OPERATION_COUNT,
    "a handler for each operation");

enum status
endpoint_new(const struct endpoint_options *options, struct service *service,
    const struct keyring *web_secrets, struct scoreboard *board,
    struct endpoint **endpoint)
{
	*endpoint = calloc(1, sizeof(**endpoint));
	if (*endpoint == NULL)
		return ST_RETRY;
	(*endpoint)->options = *options;
	(*endpoint)->service = service;
	(*endpoint)->web_secrets = web_secrets;
	(*endpoint)->board = board;
	return ST_OK;
}

void
endpoint_free(struct endpoint **endpoint)
{
	free(*endpoint);
	*endpoint = NULL;
}

void
endpoint_answer_free(struct answer *answer)
{
	buf_free(&answer->body);
	buf_free(&answer->fields);
}

static const char *
param(const struct turn *turn, const char *name)
{
	return request_param(turn->request, name);
}

/* Refused before SOAP: a status, no body, no side effect. */
static void
answer_http(struct turn *turn, int status, const char *result,
    const char *reason)
{
	turn->answer->status = status;
	turn->result = result;
	turn->reason = reason;
	scoreboard_add(turn->endpoint->board, SCORE_HTTP_REFUSED, 1);
}

static void
refuse_method(struct turn *turn)
{
	buf_puts(&turn->answer->fields, "Allow: POST\r\n");
	answer_http(turn, 405, "method", "only POST is served");
}

/* What cannot be written whole must not look like another answer. */
static void
answer_nothing(struct turn *turn)
{
	turn->answer->status = 502;
	turn->answer->content_type = NULL;
	log_err("reply-unwritten", "id", turn->answer->request_id, "reason",
	    "no memory, or too long", NULL);
}

static void
answer_fault(struct turn *turn, enum refusal refusal, const char *reason)
{
	struct answer	*answer = turn->answer;
	uint64_t		 back_off_ms = turn->outcome.back_off_ms;

	answer->status = 500;
	answer->content_type = "text/xml; charset=utf-8";
	if (refusal == REFUSAL_BUSY)
		buf_printf(&answer->fields, "Retry-After: %" PRIu64 "\r\n",
		    (back_off_ms + 999) / 1000);
	if (reply_fault(&answer->body, turn->soap.scheme, refusal,
	    back_off_ms) != ST_OK)
		answer_nothing(turn);
	turn->result = reply_refusal_code(refusal);
	turn->reason = reason;
	scoreboard_add(turn->endpoint->board, SCORE_FAULTS + refusal, 1);
}

/* There is no memory now; the same request may pass later. */
static void
answer_no_memory(struct turn *turn, const char *reason)
{
	turn->outcome.back_off_ms = REFUSAL_BACK_OFF_MS;
	answer_fault(turn, REFUSAL_BUSY, reason);
}

/*
 * CONTENT_LENGTH as a number; NO_LENGTH when it is none. Apache hands a
 * chunked body on as it comes, without one: it is over where it ends.
 */
static size_t
content_length(const struct turn *turn)
{
	const char	*text = param(turn, "CONTENT_LENGTH");
	size_t		 len = strlen(text), digits;

	if (len == 0 && strcasecmp(param(turn, "HTTP_TRANSFER_ENCODING"),
	    "chunked") == 0)
		return UNTIL_END;
	digits = strspn(text, "0123456789");
	if (digits != len || len > 18)
		return NO_LENGTH;
	return len == 0 ? 0 : (size_t)strtoull(text, NULL, 10);
}

static void
answer_too_large(struct turn *turn)
{
	answer_http(turn, 413, "size", "body over 64 KiB");
}

/* HTTP before SOAP, in the order of the list in doc/protocol.md. */
static enum status
check_http(struct turn *turn, enum http_charset *charset)
{
	const struct endpoint_options	*options = &turn->endpoint->options;

	if (strcmp(param(turn, "REQUEST_METHOD"), "POST") != 0) {
		refuse_method(turn);
		return ST_BAD;
	}
	if (content_length(turn) < UNTIL_END &&
	    content_length(turn) > REQUEST_BODY_MAX) {
		answer_too_large(turn);
		return ST_BAD;
	}
	if (http_content_type(param(turn, "CONTENT_TYPE"), charset) !=
	    ST_OK) {
		answer_http(turn, 415, "media-type",
		    "not text/xml in utf-8, utf-16 or us-ascii");
		return ST_BAD;
	}
	if (!http_is_identity(param(turn, "HTTP_CONTENT_ENCODING"))) {
		/* RFC 9110, section 15.5.16: the coding is what is wrong. */
		buf_puts(&turn->answer->fields,
		    "Accept-Encoding: identity\r\n");
		answer_http(turn, 415, "content-coding",
		    "the body is compressed");
		return ST_BAD;
	}
	if (!http_is_same_site(param(turn, "HTTP_SEC_FETCH_SITE"),
	    param(turn, "HTTP_ORIGIN"), param(turn, "HTTP_HOST"),
	    options->public_url)) {
		answer_http(turn, 403, "cross-site",
		    "called by a page of another site");
		return ST_BAD;
	}
	return ST_OK;
}

/*
 * The whole body through the parser, held against its announced length.
 * ST_BAD: it broke off, or is another. ST_DENIED: nothing was announced, and
 * it is too large.
 */
static enum status
feed_body(struct turn *turn, struct envelope *envelope)
{
	char		chunk[CHUNK_SIZE];
	size_t		announced = content_length(turn), seen = 0, len, most;
	enum status	parsing = ST_OK;

	if (announced == NO_LENGTH) {
		turn->reason = "CONTENT_LENGTH is no number";
		return ST_BAD;
	}
	most = announced == UNTIL_END ? REQUEST_BODY_MAX : announced;
	do {
		if (turn->request->read(turn->request->context, chunk,
		    sizeof(chunk), &len) != ST_OK) {
			turn->reason = "the body broke off";
			return ST_BAD;
		}
		seen += len;
		if (parsing == ST_OK && len > 0)
			parsing = envelope_feed(envelope, chunk, len);
	} while (len > 0 && seen <= most);
	if (announced == UNTIL_END)
		return seen <= most ? ST_OK : ST_DENIED;
	if (seen == announced)
		return ST_OK;
	turn->reason = seen < announced ? "body shorter than announced" :
	    "body longer than announced";
	return ST_BAD;
}

/* ST_OK: turn->soap is a valid request. ST_BAD: the fault is written. */
static enum status
read_envelope(struct turn *turn, enum http_charset charset)
{
	struct envelope	*envelope = NULL;
	enum status	 st;

	if (envelope_new(charset, &envelope) != ST_OK) {
		answer_no_memory(turn, "no memory for a parser");
		return ST_BAD;
	}
	st = feed_body(turn, envelope);
	envelope_finish(envelope, &turn->soap);
	envelope_free(&envelope);
	if (st == ST_DENIED) {
		answer_too_large(turn);
		return ST_BAD;
	}
	if (st != ST_OK) {
		answer_fault(turn, REFUSAL_INVALID_REQUEST, turn->reason);
		return ST_BAD;
	}
	switch (turn->soap.verdict) {
	case ENVELOPE_OK:
		return ST_OK;
	case ENVELOPE_INVALID:
		answer_fault(turn, REFUSAL_INVALID_REQUEST,
		    turn->soap.reason);
		break;
	case ENVELOPE_VERSION_MISMATCH:
		answer_fault(turn, REFUSAL_VERSION_MISMATCH,
		    turn->soap.reason);
		break;
	case ENVELOPE_MUST_UNDERSTAND:
		answer_fault(turn, REFUSAL_MUST_UNDERSTAND,
		    turn->soap.reason);
		break;
	case ENVELOPE_NO_MEMORY:
		answer_no_memory(turn, turn->soap.reason);
		break;
	}
	return ST_BAD;
}

static void
run_operation(struct turn *turn, enum operation_id id)
{
	const struct handler		*handler = &handlers[id];
	struct service			*service = turn->endpoint->service;
	const struct username		*name = &turn->caller.username;
	const struct store_caller	 caller = { name->login,
					    turn->caller.address,
					    turn->answer->request_id,
					    name->other, name->is_stripped };

	scoreboard_add(turn->endpoint->board, SCORE_OPERATIONS + id, 1);
	assert(handler->reply != NULL);
	if (handler->run != NULL)
		handler->run(service, &caller, &turn->outcome);
	else
		service_set_property(service, &caller,
		    operation_at(id)->property, turn->soap.value.text,
		    &turn->outcome);
	if (turn->outcome.refusal != REFUSAL_NONE) {
		answer_fault(turn, turn->outcome.refusal,
		    refusal_sentence(turn->outcome.refusal));
		return;
	}
	turn->answer->status = 200;
	turn->answer->content_type = "text/xml; charset=utf-8";
	turn->result = "ok";
	if (handler->reply(turn) != ST_OK)
		answer_nothing(turn);
}

/* GET and HEAD: a document or nothing; no operation is reached from here. */
static void
handle_get(struct turn *turn)
{
	switch (document_get(turn->request, turn->endpoint->options.public_url,
	    turn->answer)) {
	case ST_OK:
		turn->result = "document";
		break;
	case ST_DENIED:
		refuse_method(turn);
		break;
	case ST_BAD:
		answer_http(turn, 400, "host",
		    "no public_url, and Host is no host");
		break;
	case ST_BUSY:
	case ST_RETRY:
	case ST_UNKNOWN:
	case ST_FAIL:
		answer_nothing(turn);
		break;
	}
}

static void
handle_soap(struct turn *turn)
{
	enum operation_id	id;
	enum http_charset	charset;

	if (check_http(turn, &charset) != ST_OK ||
	    read_envelope(turn, charset) != ST_OK)
		return;
	id = operation_find(turn->soap.operation);
	if (id == OPERATION_COUNT)
		answer_fault(turn, REFUSAL_INVALID_REQUEST,
		    "unknown operation");
	else if (!http_soap_action_fits(param(turn, "HTTP_SOAPACTION"),
	    turn->soap.operation))
		answer_fault(turn, REFUSAL_INVALID_REQUEST,
		    "SOAPAction names another operation");
	else if (turn->soap.impersonates)
		answer_fault(turn, REFUSAL_IMPERSONATION,
		    "ExchangeImpersonation is not allowed");
	else
		run_operation(turn, id);
}

static void
handle_metrics(struct turn *turn)
{
	turn->answer->status = 200;
	turn->answer->content_type = METRICS_CONTENT_TYPE;
	metrics_write(turn->endpoint->board, &turn->answer->body);
	turn->result = "ok";
	if (buf_status(&turn->answer->body) != ST_OK)
		answer_nothing(turn);
}

static void
handle_health(struct turn *turn)
{
	bool	is_ready = service_is_ready(turn->endpoint->service);

	turn->answer->status = is_ready ? 200 : 503;
	turn->answer->content_type = "text/plain; charset=utf-8";
	turn->result = is_ready ? "ready" : "not-ready";
	buf_puts(&turn->answer->body, is_ready ? "ready\n" : "not ready\n");
	if (!is_ready)
		buf_puts(&turn->answer->fields, "Retry-After: 5\r\n");
	if (buf_status(&turn->answer->body) != ST_OK)
		answer_nothing(turn);
}

static void
dispatch(struct turn *turn)
{
	struct endpoint	*endpoint = turn->endpoint;
	const char	*reason;

	switch (caller_identify(turn->request, endpoint->web_secrets,
	    endpoint->options.strip_domains, &turn->caller, &reason)) {
	case ST_OK:
		break;
	case ST_DENIED:
		buf_printf(&turn->answer->fields, "WWW-Authenticate: %s\r\n",
		    endpoint->options.www_authenticate);
		answer_http(turn, 401, "unauthenticated", reason);
		return;
	case ST_RETRY:
		answer_no_memory(turn, reason);
		return;
	case ST_BAD:
	case ST_BUSY:
	case ST_UNKNOWN:
	case ST_FAIL:
		log_err("web-server-refused", "reason", reason, "todo",
		    "compare the web server's configuration with umws's",
		    NULL);
		answer_fault(turn, REFUSAL_INTERNAL, reason);
		return;
	}
	switch (turn->caller.route) {
	case CALLER_SOAP:
		if (strcmp(param(turn, "REQUEST_METHOD"), "GET") == 0 ||
		    turn->answer->is_head)
			handle_get(turn);
		else
			handle_soap(turn);
		break;
	case CALLER_METRICS:
		handle_metrics(turn);
		break;
	case CALLER_HEALTH:
		handle_health(turn);
		break;
	}
}

/* Why nobody is enabled here, as the operator needs to hear it. */
static const char *
log_cause(const struct turn *turn, char cause[CAUSE_SIZE])
{
	bool	is_asked = turn->outcome.refusal == REFUSAL_NOT_ENABLED ||
		    turn->outcome.cause != NULL;

	if (turn->caller.fault[0] == '\0' || !is_asked)
		return turn->outcome.cause;
	(void)snprintf(cause, CAUSE_SIZE, "no mailbox can have this login: it "
	    "%s", turn->caller.fault);
	return cause;
}

/* The one info line of a request; health checks and metrics are silent. */
static void
log_turn(const struct turn *turn, int64_t us)
{
	char		status[LOG_NUMBER_SIZE], ms[LOG_NUMBER_SIZE];
	char		cause[CAUSE_SIZE];
	const char	*operation = turn->soap.operation;
	const char	*login = turn->caller.username.login;

	if (turn->caller.route != CALLER_SOAP && turn->answer->status == 200)
		return;
	if (operation_find(operation) == OPERATION_COUNT)
		operation = NULL;
	log_info("request", "id", turn->answer->request_id, "status",
	    log_number(status, turn->answer->status), "result", turn->result,
	    "operation", operation, "user", *login == '\0' ? NULL : login,
	    "address", turn->caller.address, "reason", turn->reason,
	    "cause", log_cause(turn, cause), "ms", log_number(ms, us / 1000),
	    NULL);
}

void
endpoint_handle(struct endpoint *endpoint,
    const struct request *request, struct answer *answer)
{
	struct turn	turn = { .endpoint = endpoint, .request = request,
			    .answer = answer, .result = "" };
	int64_t		start = clock_us(), us;

	memset(answer, 0, sizeof(*answer));
	answer->fields.max = ANSWER_FIELDS_MAX;
	answer->body.max = ANSWER_BODY_MAX;
	crypto_uuid(answer->request_id);
	buf_printf(&answer->fields, "X-Request-Id: %s\r\n"
	    "Cache-Control: private\r\n", answer->request_id);
	answer->is_head = strcmp(param(&turn, "REQUEST_METHOD"), "HEAD") == 0;
	dispatch(&turn);
	us = clock_us() - start;
	scoreboard_add(endpoint->board, SCORE_REQUESTS, 1);
	scoreboard_add(endpoint->board, SCORE_REQUEST_US, (uint64_t)us);
	log_turn(&turn, us);
}
