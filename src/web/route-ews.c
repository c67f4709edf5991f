/*
 * route-ews.c - answer a SOAP request. The order of checks is that of the
 * calls in route_ews(): method, size, media type, origin, envelope,
 * SOAPAction, impersonation, operation.
 */
#include "config.h"

#include "web/route.h"

#include <assert.h>
#include <string.h>

#include "app/delegation.h"
#include "app/properties.h"
#include "app/reset.h"
#include "soap/http.h"
#include "soap/operation.h"
#include "soap/reply.h"

#define CHUNK_SIZE	4096	/* bytes of the body fed at once */
#define DELEGATION_SHARE 3	/* of a request's time: the operation has all
				 * of it after that, and the web server waits
				 * 30 s */

/* How an operation of soap/operation's table is carried out and answered. */
struct handler {
	void		(*run)(struct turn *, const struct store_caller *);
	enum status	(*reply)(const struct turn *);
	bool		is_for_others;	/* the help desk may do it, too */
};

static void
run_reset(struct turn *turn, const struct store_caller *caller)
{
	reset_pin(turn->parts->reset, caller, &turn->outcome);
}

static void
run_is_enabled(struct turn *turn, const struct store_caller *caller)
{
	properties_is_um_enabled(&turn->parts->properties, caller,
	    &turn->is_enabled, &turn->outcome);
}

static void
run_get(struct turn *turn, const struct store_caller *caller)
{
	properties_get(&turn->parts->properties, caller, &turn->properties,
	    &turn->outcome);
}

/* The property is the operation's, the value what its child holds. */
static void
run_set(struct turn *turn, const struct store_caller *caller)
{
	enum operation_id	id = operation_find(turn->soap.operation);

	properties_set(&turn->parts->properties, caller,
	    operation_at(id)->property, turn->soap.value.text,
	    &turn->outcome);
}

/* Nothing here could call a telephone, whoever asks: nobody is looked up. */
static void
refuse_play_on_phone(struct turn *turn, const struct store_caller *caller)
{
	(void)caller;
	turn->outcome.denial.refusal = REFUSAL_NO_PLAY_ON_PHONE;
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
	    turn->is_enabled);
}

static enum status
reply_get(const struct turn *turn)
{
	return reply_properties(&turn->answer->body, turn->soap.scheme,
	    &turn->properties);
}

static const struct handler handlers[] = {
	[OPERATION_RESET_PIN] = { run_reset, reply_empty, true },
	[OPERATION_IS_UM_ENABLED] = { run_is_enabled, reply_enabled, true },
	[OPERATION_GET_UM_PROPERTIES] = { run_get, reply_get, true },
	[OPERATION_SET_OOF_STATUS] = { run_set, reply_empty, false },
	[OPERATION_SET_MISSED_CALL_NOTIFICATION_ENABLED] = { run_set,
	    reply_empty, false },
	[OPERATION_SET_PLAY_ON_PHONE_DIAL_STRING] = { run_set,
	    reply_empty, false },
	[OPERATION_SET_TELEPHONE_ACCESS_FOLDER_EMAIL] = { run_set,
	    reply_empty, false },
	[OPERATION_PLAY_ON_PHONE] = { refuse_play_on_phone,
	    reply_empty, false },
	[OPERATION_PLAY_ON_PHONE_GREETING] = { refuse_play_on_phone,
	    reply_empty, false },
	[OPERATION_GET_CALL_INFO] = { refuse_play_on_phone,
	    reply_empty, false },
	[OPERATION_DISCONNECT] = { refuse_play_on_phone, reply_empty, false },
};
_Static_assert(sizeof(handlers) / sizeof(handlers[0]) == OPERATION_COUNT,
    "a handler for each operation");

static void
answer_too_large(struct turn *turn)
{
	turn_refuse(turn, 413, "size", "body over 64 KiB");
}

/* HTTP before SOAP, in the order of the list in doc/protocol.md. */
static enum status
check_http(struct turn *turn, enum http_charset *charset)
{
	size_t	len = request_length(turn->request);

	if (strcmp(turn_param(turn, "REQUEST_METHOD"), "POST") != 0) {
		turn_refuse_method(turn);
		return ST_BAD;
	}
	if (len < REQUEST_UNTIL_END && len > REQUEST_BODY_MAX) {
		answer_too_large(turn);
		return ST_BAD;
	}
	if (http_content_type(turn_param(turn, "CONTENT_TYPE"), charset) !=
	    ST_OK) {
		turn_refuse(turn, 415, "media-type",
		    "not text/xml in utf-8, utf-16 or us-ascii");
		return ST_BAD;
	}
	if (!http_is_identity(turn_param(turn, "HTTP_CONTENT_ENCODING"))) {
		/* RFC 9110, section 15.5.16: the coding is what is wrong. */
		buf_puts(&turn->answer->fields,
		    "Accept-Encoding: identity\r\n");
		turn_refuse(turn, 415, "content-coding",
		    "the body is compressed");
		return ST_BAD;
	}
	if (!http_is_same_site(turn_param(turn, "HTTP_SEC_FETCH_SITE"),
	    turn_param(turn, "HTTP_ORIGIN"), turn_param(turn, "HTTP_HOST"),
	    turn->options->public_url)) {
		turn_refuse(turn, 403, "cross-site",
		    "called by a page of another site");
		return ST_BAD;
	}
	return ST_OK;
}

/*
 * The whole body through the parser, held against its announced length.
 * Returns NULL, or why it is none: it broke off, or is another. *is_too_large:
 * nothing was announced, and it is.
 */
static const char *
feed_body(struct turn *turn, struct envelope *envelope, bool *is_too_large)
{
	char		chunk[CHUNK_SIZE];
	size_t		announced = request_length(turn->request);
	size_t		seen = 0, len, most;
	enum status	parsing = ST_OK;

	*is_too_large = false;
	if (announced == REQUEST_NO_LENGTH)
		return "CONTENT_LENGTH is no number";
	most = announced == REQUEST_UNTIL_END ? REQUEST_BODY_MAX : announced;
	do {
		if (turn->request->read(turn->request->context, chunk,
		    sizeof(chunk), &len) != ST_OK)
			return "the body broke off";
		seen += len;
		if (parsing == ST_OK && len > 0)
			parsing = envelope_feed(envelope, chunk, len);
	} while (len > 0 && seen <= most);
	if (announced == REQUEST_UNTIL_END)
		*is_too_large = seen > most;
	else if (seen < announced)
		return "body shorter than announced";
	else if (seen > announced)
		return "body longer than announced";
	return NULL;
}

/* ST_OK: turn->soap is a valid request. ST_BAD: the fault is written. */
static enum status
read_envelope(struct turn *turn, enum http_charset charset)
{
	struct envelope	*envelope = NULL;
	const char	*reason;
	bool		 is_too_large;

	if (envelope_new(charset, &envelope) != ST_OK) {
		turn_no_memory(turn, "no memory for a parser");
		return ST_BAD;
	}
	reason = feed_body(turn, envelope, &is_too_large);
	envelope_finish(envelope, &turn->soap);
	envelope_free(&envelope);
	if (is_too_large) {
		answer_too_large(turn);
		return ST_BAD;
	}
	if (reason != NULL) {
		turn_fault(turn, REFUSAL_INVALID_REQUEST, reason);
		return ST_BAD;
	}
	switch (turn->soap.verdict) {
	case ENVELOPE_OK:
		return ST_OK;
	case ENVELOPE_INVALID:
		turn_fault(turn, REFUSAL_INVALID_REQUEST,
		    turn->soap.reason);
		break;
	case ENVELOPE_VERSION_MISMATCH:
		turn_fault(turn, REFUSAL_VERSION_MISMATCH,
		    turn->soap.reason);
		break;
	case ENVELOPE_MUST_UNDERSTAND:
		turn_fault(turn, REFUSAL_MUST_UNDERSTAND,
		    turn->soap.reason);
		break;
	case ENVELOPE_NO_MEMORY:
		turn_no_memory(turn, turn->soap.reason);
		break;
	}
	return ST_BAD;
}

/*
 * The caller names another mailbox, which is never ignored: then *caller is
 * that one, and he its actor, or the fault is written. Operations that are not
 * for others are refused like callers who may not.
 */
static enum status
act_for(struct turn *turn, const struct handler *handler,
    struct store_caller *caller)
{
	static const enum delegation_kind	 kinds[] = {
		[IMPERSONATION_NONE] = DELEGATION_NOBODY,
		[IMPERSONATION_LOGIN] = DELEGATION_LOGIN,
		[IMPERSONATION_ADDRESS] = DELEGATION_ADDRESS,
	};
	const struct impersonation		*named =
						    &turn->soap.impersonation;
	const struct delegation			 delegation = {
		kinds[named->kind], named->name, turn->soap.operation,
		turn->options->strip_domains,
		turn->parts->properties.request_timeout_ms /
		    DELEGATION_SHARE
	};
	const struct denial			*denial =
						    &turn->outcome.denial;

	if (!handler->is_for_others)
		turn->outcome.denial.refusal = REFUSAL_IMPERSONATION;
	else
		delegation_resolve(&delegation, turn->parts->properties.store,
		    caller, turn->mailbox, &turn->outcome);
	if (denial->refusal == REFUSAL_NONE) {
		/* Whoever names himself does what is his own. */
		if (strcmp(caller->login, turn->mailbox) != 0)
			caller->actor = caller->login;
		caller->login = turn->mailbox;
		caller->other = "";
		caller->is_stripped = false;
		return ST_OK;
	}
	turn_fault(turn, denial->refusal, denial->refusal ==
	    REFUSAL_IMPERSONATION ? "ExchangeImpersonation is not allowed" :
	    named->reason != NULL ? named->reason :
	    refusal_sentence(denial->refusal));
	return ST_DENIED;
}

static void
count_operation(struct turn *turn, enum operation_id id)
{
	scoreboard_add(turn->parts->board, SCORE_OPERATIONS +
	    (size_t)id * SCORE_RESULTS +
	    turn_result_of(turn->outcome.denial.refusal), 1);
}

static void
run_operation(struct turn *turn, enum operation_id id)
{
	const struct handler	*handler = &handlers[id];
	const struct username	*name = &turn->caller.username;
	struct store_caller	 caller = { name->login, turn->caller.address,
				    turn->answer->request_id, name->other,
				    name->is_stripped, NULL, NULL };
	const struct denial	*denial = &turn->outcome.denial;
	bool			 is_refused;

	turn->time = id == OPERATION_RESET_PIN ? SCORE_TIME_RESET :
	    SCORE_TIME_PROPERTY;
	assert(handler->run != NULL && handler->reply != NULL);
	is_refused = turn->soap.impersonates &&
	    act_for(turn, handler, &caller) != ST_OK;
	if (!is_refused)
		handler->run(turn, &caller);
	count_operation(turn, id);
	if (is_refused)
		return;
	if (denial->refusal != REFUSAL_NONE) {
		turn_fault(turn, denial->refusal,
		    refusal_sentence(denial->refusal));
		return;
	}
	turn->answer->status = 200;
	turn->answer->content_type = "text/xml; charset=utf-8";
	turn->result = "ok";
	if (handler->reply(turn) != ST_OK)
		turn_unwritten(turn);
}

void
route_ews(struct turn *turn)
{
	enum operation_id	id;
	enum http_charset	charset;

	if (check_http(turn, &charset) != ST_OK ||
	    read_envelope(turn, charset) != ST_OK)
		return;
	id = operation_find(turn->soap.operation);
	if (id == OPERATION_COUNT)
		turn_fault(turn, REFUSAL_INVALID_REQUEST,
		    "unknown operation");
	else if (!http_soap_action_fits(turn_param(turn, "HTTP_SOAPACTION"),
	    turn->soap.operation))
		turn_fault(turn, REFUSAL_INVALID_REQUEST,
		    "SOAPAction names another operation");
	else
		run_operation(turn, id);
}
