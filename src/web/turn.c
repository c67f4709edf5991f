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
}

void
turn_refuse_method(struct turn *turn)
{
	buf_puts(&turn->answer->fields, "Allow: POST\r\n");
	turn_refuse(turn, 405, "method", "only POST is served");
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
	if (turn->caller.route == CALLER_TUI) {
		buf_puts(&turn->answer->fields, "Retry-After: 1\r\n");
		turn_refuse(turn, 503, "no-memory", reason);
		return;
	}
	turn->outcome.denial.back_off_ms = REFUSAL_BACK_OFF_MS;
	turn_fault(turn, REFUSAL_BUSY, reason);
}
