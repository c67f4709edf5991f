/*
 * turn.c - write a request's error answers: HTTP errors, SOAP faults, and 502
 * where an answer cannot be written.
 *
 * Nothing that a peer sends is ever part of an answer.
 */
#include "config.h"

#include "web/turn.h"

#include <inttypes.h>

#include "base/log.h"
#include "soap/reply.h"
#include "web/json.h"

const char *
turn_param(const struct turn *turn, const char *name)
{
	return request_param(turn->request, name);
}

void
turn_refuse(struct turn *turn, int status, const char *result,
    const char *reason)
{
	turn->answer->status = status;
	turn->result = result;
	turn->reason = reason;
	scoreboard_add(turn->parts->board, SCORE_HTTP_REFUSED, 1);
	if (json_is_spoken(turn))
		json_refuse(turn);
}

void
turn_refuse_method(struct turn *turn)
{
	bool	is_read = turn->caller.route == CALLER_MAILBOX;

	buf_puts(&turn->answer->fields, is_read ? "Allow: GET, HEAD\r\n" :
	    "Allow: POST\r\n");
	turn_refuse(turn, 405, "method", is_read ? "only GET is served" :
	    "only POST is served");
}

void
turn_unwritten(struct turn *turn)
{
	turn->answer->status = 502;
	turn->answer->content_type = NULL;
	log_err("reply-unwritten", "id", turn->answer->request_id, "reason",
	    "no memory, or too long", NULL);
}

void
turn_fault(struct turn *turn, enum refusal refusal, const char *reason)
{
	struct answer	*answer = turn->answer;
	uint64_t	 back_off_ms = turn->outcome.denial.back_off_ms;

	answer->status = 500;
	answer->content_type = "text/xml; charset=utf-8";
	if (refusal == REFUSAL_BUSY)
		buf_printf(&answer->fields, "Retry-After: %" PRIu64 "\r\n",
		    (back_off_ms + 999) / 1000);
	if (reply_fault(&answer->body, turn->soap.scheme, refusal,
	    back_off_ms) != ST_OK)
		turn_unwritten(turn);
	turn->result = reply_refusal_code(refusal);
	turn->reason = reason;
	scoreboard_add(turn->parts->board, SCORE_FAULTS + refusal, 1);
}

void
turn_no_memory(struct turn *turn, const char *reason)
{
	if (turn->caller.route != CALLER_SOAP) {
		buf_puts(&turn->answer->fields, "Retry-After: 1\r\n");
		turn_refuse(turn, 503, "no-memory", reason);
		return;
	}
	turn->outcome.denial.back_off_ms = REFUSAL_BACK_OFF_MS;
	turn_fault(turn, REFUSAL_BUSY, reason);
}

enum score_result
turn_result_of(enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_NONE:
		return SCORE_OK;
	case REFUSAL_INVALID_REQUEST:
	case REFUSAL_VERSION_MISMATCH:
	case REFUSAL_MUST_UNDERSTAND:
	case REFUSAL_IMPERSONATION:
	case REFUSAL_IMPERSONATION_HEADER:
	case REFUSAL_NO_MAILBOX:
	case REFUSAL_NOT_ENABLED:
	case REFUSAL_PIN_LOCKED:
	case REFUSAL_NO_PLAY_ON_PHONE:
		return SCORE_REFUSED;
	case REFUSAL_BUSY:
		return SCORE_BUSY;
	case REFUSAL_STORE_UNAVAILABLE:
	case REFUSAL_INTERNAL:
	case REFUSAL_COUNT:
		break;
	case REFUSAL_TRANSIENT:
		return SCORE_UNKNOWN;
	}
	return SCORE_FAILED;
}
