/*
 * route-helpdesk.c - a form of the help desk's page, answered by JSON: find a
 * mailbox, its state, reset its PIN, end its lockout.
 *
 * Whom the caller may act for is asked as for the header ExchangeImpersonation,
 * by app/delegation, before anything else is. What he looks for and his reasons
 * stand in the audit and in no log line.
 */
#include "config.h"

#include "web/route.h"

#include <assert.h>
#include <string.h>

#include "app/delegation.h"
#include "app/mailbox.h"
#include "app/reset.h"
#include "base/utf8.h"
#include "core/character.h"
#include "soap/http.h"
#include "web/form-read.h"
#include "web/json.h"

#define DELEGATION_SHARE	3	/* as in route-ews.c */
#define NAME_MAX_CHARS		128	/* of what is looked for */
#define LOGIN_MAX_CHARS		256
#define REASON_MAX_CHARS	200

enum field_id {
	FIELD_ACTION,
	FIELD_NAME,
	FIELD_LOGIN,
	FIELD_REASON,
	FIELD_COUNT
};

/* What can be asked for, and which fields that has. */
static const struct action {
	const char	*name, *logged;
	bool		 has_name, has_login, has_reason;
	enum score_page	 page;
	enum score_time	 time;
} actions[] = {
	{ "find", "helpdesk-find", true, false, false, SCORE_PAGE_FIND,
	    SCORE_TIME_PROPERTY },
	{ "state", "helpdesk-state", false, true, false, SCORE_PAGE_STATE,
	    SCORE_TIME_PROPERTY },
	{ "reset", "helpdesk-reset", false, true, true, SCORE_PAGE_RESET,
	    SCORE_TIME_RESET },
	{ "unlock", "helpdesk-unlock", false, true, true, SCORE_PAGE_UNLOCK,
	    SCORE_TIME_PROPERTY },
};

static enum status
refuse(struct turn *turn, int status, const char *reason)
{
	turn_refuse(turn, status, status == 403 ? "cross-site" :
	    status == 415 ? "media-type" : "bad-request", reason);
	return ST_BAD;
}

static enum status
check_http(struct turn *turn)
{
	if (strcmp(turn_param(turn, "REQUEST_METHOD"), "POST") != 0) {
		turn_refuse_method(turn);
		return ST_BAD;
	}
	if (!http_is_same_site(turn_param(turn, "HTTP_SEC_FETCH_SITE"),
	    turn_param(turn, "HTTP_ORIGIN"), turn_param(turn, "HTTP_HOST"),
	    turn->options->public_url))
		return refuse(turn, 403, "called by a page of another site");
	/*
	 * Any page may have a browser post a form, password and ticket
	 * included, and old ones do not say whose it is.
	 */
	if (*turn_param(turn, "HTTP_SEC_FETCH_SITE") == '\0' &&
	    *turn_param(turn, "HTTP_ORIGIN") == '\0')
		return refuse(turn, 403, "neither Sec-Fetch-Site nor Origin");
	if (!http_is_form(turn_param(turn, "CONTENT_TYPE")))
		return refuse(turn, 415, "no form");
	if (!http_is_identity(turn_param(turn, "HTTP_CONTENT_ENCODING")))
		return refuse(turn, 415, "the body is compressed");
	/* It would stand in access logs. */
	if (*turn_param(turn, "QUERY_STRING") != '\0')
		return refuse(turn, 400, "a query string");
	return ST_OK;
}

/* Is the field there if it has to be, and a line of text for people? */
static bool
is_field_right(const char *value, bool is_wanted, size_t max)
{
	const char	*at = value;
	uint32_t	 c;

	if (!is_wanted || value == NULL)
		return is_wanted == (value != NULL);
	if (value[strspn(value, " ")] == '\0' || utf8_count(value) > max)
		return false;
	while (*at != '\0') {
		at += utf8_decode(at, &c);
		if (character_is_control(c) || character_misleads(c))
			return false;
	}
	return true;
}

/* Read and take apart. NULL: refused. */
static const struct action *
read_form(struct turn *turn, struct form_text *text,
    struct form_field fields[FIELD_COUNT])
{
	const struct action	*action = NULL;
	const char		*reason;
	size_t			 i;

	reason = form_read(turn->request, FORM_MAX, text);
	if (reason == NULL && form_parse(text, fields, FIELD_COUNT,
	    &reason) == ST_OK) {
		for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
			if (fields[FIELD_ACTION].value != NULL &&
			    strcmp(fields[FIELD_ACTION].value,
			    actions[i].name) == 0)
				action = &actions[i];
		if (action == NULL)
			reason = "no action, or an unknown one";
		else if (!is_field_right(fields[FIELD_NAME].value,
		    action->has_name, NAME_MAX_CHARS) ||
		    !is_field_right(fields[FIELD_LOGIN].value,
		    action->has_login, LOGIN_MAX_CHARS) ||
		    !is_field_right(fields[FIELD_REASON].value,
		    action->has_reason, REASON_MAX_CHARS))
			reason = "a field is missing, too long, or of another "
			    "action";
	}
	if (reason == NULL)
		return action;
	(void)refuse(turn, 400, reason);
	return NULL;
}

/* May the caller act for this login? Then *caller becomes its. */
static enum status
act_for(struct turn *turn, const struct action *action, const char *login,
    struct store_caller *caller)
{
	const struct properties_parts	*parts = &turn->parts->properties;
	const struct delegation		 delegation = { DELEGATION_LOGIN,
					    login, action->name,
					    turn->options->strip_domains,
					    parts->request_timeout_ms /
					    DELEGATION_SHARE };

	delegation_resolve(&delegation, parts->store, caller, turn->mailbox,
	    &turn->outcome);
	if (turn->outcome.denial.refusal != REFUSAL_NONE)
		return ST_DENIED;
	/* His own, too: here he is a help desk, with its limit. */
	caller->actor = caller->login;
	caller->login = turn->mailbox;
	caller->other = "";
	caller->is_stripped = false;
	return ST_OK;
}

static void
act(struct turn *turn, const struct action *action,
    const struct form_field fields[FIELD_COUNT])
{
	const struct properties_parts	*parts = &turn->parts->properties;
	const struct username		*name = &turn->caller.username;
	struct buf			*json = &turn->answer->body;
	struct store_caller		 caller = { name->login,
					    turn->caller.address,
					    turn->answer->request_id,
					    name->other, name->is_stripped,
					    NULL,
					    fields[FIELD_REASON].value };

	if (action->page == SCORE_PAGE_FIND) {
		mailbox_find(parts, &caller, fields[FIELD_NAME].value, json,
		    &turn->outcome);
		return;
	}
	if (act_for(turn, action, fields[FIELD_LOGIN].value, &caller) !=
	    ST_OK)
		return;
	switch (action->page) {
	case SCORE_PAGE_STATE:
		mailbox_state(parts, &caller, json, &turn->outcome);
		break;
	case SCORE_PAGE_RESET:
		reset_pin(turn->parts->reset, &caller, &turn->outcome);
		buf_puts(json, "{\"result\": \"ok\"}");
		break;
	case SCORE_PAGE_UNLOCK:
		mailbox_unlock(parts, &caller, json, &turn->outcome);
		break;
	case SCORE_PAGE_MAILBOX:
	case SCORE_PAGE_FIND:
	case SCORE_PAGES:
		assert(0);
	}
}

void
route_helpdesk(struct turn *turn)
{
	struct form_field	 fields[FIELD_COUNT] = {
		[FIELD_ACTION] = { "action", NULL },
		[FIELD_NAME] = { "name", NULL },
		[FIELD_LOGIN] = { "login", NULL },
		[FIELD_REASON] = { "reason", NULL },
	};
	struct form_text	 text = { 0 };
	const struct action	*action;

	if (check_http(turn) != ST_OK)
		return;
	action = read_form(turn, &text, fields);
	if (action == NULL)
		return;
	turn->action = action->logged;
	turn->time = action->time;
	act(turn, action, fields);
	json_answer(turn, action->page);
}
