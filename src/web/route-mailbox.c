/*
 * route-mailbox.c - answer the page's question how the caller's own mailbox
 * is. Nothing changes, and nothing but the caller's login is looked at.
 */
#include "config.h"

#include "web/route.h"

#include <string.h>

#include "app/mailbox.h"
#include "soap/http.h"
#include "web/json.h"

static enum status
check_http(struct turn *turn)
{
	if (strcmp(turn_param(turn, "REQUEST_METHOD"), "GET") != 0 &&
	    !turn->answer->is_head) {
		turn_refuse_method(turn);
		return ST_BAD;
	}
	if (!http_is_same_site(turn_param(turn, "HTTP_SEC_FETCH_SITE"),
	    turn_param(turn, "HTTP_ORIGIN"), turn_param(turn, "HTTP_HOST"),
	    turn->options->public_url)) {
		turn_refuse(turn, 403, "cross-site",
		    "called by a page of another site");
		return ST_BAD;
	}
	if (*turn_param(turn, "QUERY_STRING") != '\0') {
		turn_refuse(turn, 400, "bad-request", "a query string");
		return ST_BAD;
	}
	return ST_OK;
}

void
route_mailbox(struct turn *turn)
{
	const struct username		*name = &turn->caller.username;
	const struct store_caller	 caller = { name->login,
					    turn->caller.address,
					    turn->answer->request_id,
					    name->other, name->is_stripped,
					    NULL, NULL };

	if (check_http(turn) != ST_OK)
		return;
	turn->action = "mailbox";
	turn->time = SCORE_TIME_PROPERTY;
	mailbox_own(&turn->parts->properties, &caller, &turn->answer->body,
	    &turn->outcome);
	json_answer(turn, SCORE_PAGE_MAILBOX);
}
