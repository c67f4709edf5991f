/*
 * endpoint.c - handle one HTTP request: check the caller, choose the route,
 * log one line.
 */
#include "config.h"

#include "web/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "web/caller.h"
#include "web/json.h"
#include "web/route.h"
#include "base/log.h"
#include "soap/operation.h"
#include "edge/clock.h"

#define CAUSE_SIZE	(USERNAME_REASON_SIZE + 64)

struct endpoint {
	struct endpoint_options	options;
	struct endpoint_parts	parts;
};

enum status
endpoint_new(const struct endpoint_options *options,
    const struct endpoint_parts *parts, struct endpoint **endpoint)
{
	*endpoint = calloc(1, sizeof(**endpoint));
	if (*endpoint == NULL)
		return ST_RETRY;
	(*endpoint)->options = *options;
	(*endpoint)->parts = *parts;
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

static void
dispatch(struct turn *turn)
{
	const char	*reason;

	switch (caller_identify(turn->request, turn->parts->web_secrets,
	    turn->options->strip_domains, &turn->caller, &reason)) {
	case ST_OK:
		break;
	case ST_DENIED:
		buf_printf(&turn->answer->fields, "WWW-Authenticate: %s\r\n",
		    turn->options->www_authenticate);
		turn_refuse(turn, 401, "unauthenticated", reason);
		return;
	case ST_RETRY:
		turn_no_memory(turn, reason);
		return;
	case ST_BAD:
	case ST_BUSY:
	case ST_UNKNOWN:
	case ST_FAIL:
		log_err("web-server-refused", "reason", reason, "todo",
		    "compare the web server's configuration with umws's",
		    NULL);
		turn_fault(turn, REFUSAL_INTERNAL, reason);
		return;
	}
	switch (turn->caller.route) {
	case CALLER_SOAP:
		if (strcmp(turn_param(turn, "REQUEST_METHOD"), "GET") == 0 ||
		    turn->answer->is_head)
			route_help(turn);
		else
			route_ews(turn);
		break;
	case CALLER_TUI:
		route_tui(turn);
		break;
	case CALLER_MAILBOX:
		route_mailbox(turn);
		break;
	case CALLER_HELPDESK:
		route_helpdesk(turn);
		break;
	case CALLER_METRICS:
		route_metrics(turn);
		break;
	case CALLER_HEALTH:
		route_health(turn);
		break;
	case CALLER_LIVE:
		route_live(turn);
		break;
	}
}

/* Why nobody is enabled here, as the operator needs to hear it. */
static const char *
log_cause(const struct turn *turn, char cause[CAUSE_SIZE])
{
	bool	is_asked = turn->outcome.cause != NULL ||
		    turn->outcome.denial.refusal == REFUSAL_NOT_ENABLED;

	if (turn->caller.fault[0] == '\0' || !is_asked)
		return turn->outcome.cause;
	(void)snprintf(cause, CAUSE_SIZE, "no mailbox can have this login: it "
	    "%s", turn->caller.fault);
	return cause;
}

/*
 * The one info line of a request; health checks and metrics are silent. A line
 * is cut where it is too long: last comes what a stranger can make long.
 */
static void
log_turn(const struct turn *turn, int64_t us)
{
	char		status[LOG_NUMBER_SIZE], ms[LOG_NUMBER_SIZE];
	char		cause[CAUSE_SIZE];
	const char	*operation = turn->soap.operation;
	const char	*login = turn->caller.username.login;

	if (turn->caller.route >= CALLER_METRICS &&
	    turn->answer->status == 200)
		return;
	if (operation_find(operation) == OPERATION_COUNT)
		operation = turn->action;
	log_info("request", "id", turn->answer->request_id, "status",
	    log_number(status, turn->answer->status), "result", turn->result,
	    "operation", operation, "user", *login == '\0' ? NULL : login,
	    "address", turn->caller.address, "reason", turn->reason,
	    "cause", log_cause(turn, cause), "ms", log_number(ms, us / 1000),
	    "mailbox", turn->mailbox[0] == '\0' ? NULL : turn->mailbox, NULL);
}

void
endpoint_handle(struct endpoint *endpoint,
    const struct request *request, struct answer *answer)
{
	struct turn	turn = { .options = &endpoint->options,
			    .parts = &endpoint->parts, .request = request,
			    .answer = answer, .result = "",
			    .time = SCORE_TIME_OTHER };
	int64_t		start = clock_us(), us;

	memset(answer, 0, sizeof(*answer));
	answer->fields.max = ANSWER_FIELDS_MAX;
	answer->body.max = ANSWER_BODY_MAX;
	crypto_uuid(answer->request_id);
	buf_printf(&answer->fields, "X-Request-Id: %s\r\n",
	    answer->request_id);
	answer->is_head = strcmp(request_param(request, "REQUEST_METHOD"),
	    "HEAD") == 0;
	dispatch(&turn);
	buf_puts(&answer->fields, json_is_spoken(&turn) ?
	    "Cache-Control: no-store\r\n" : "Cache-Control: private\r\n");
	us = clock_us() - start;
	scoreboard_add(endpoint->parts.board, SCORE_REQUESTS, 1);
	scoreboard_observe(endpoint->parts.board, turn.time, us);
	log_turn(&turn, us);
}
