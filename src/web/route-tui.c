/*
 * route-tui.c - a form with a PIN, answered by one word.
 *
 * Here, and in no log line or other place, stands what was dialled: in a
 * struct phone on the stack, which is wiped on every path.
 */
#include "config.h"

#include "web/route.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/logon.h"
#include "base/secret.h"
#include "base/text.h"
#include "core/pin.h"
#include "soap/http.h"
#include "web/form-read.h"
#include "web/phone-account.h"

#define BODY_MAX	1024	/* bytes of a form with a PIN */

enum field_id {
	FIELD_ACTION,
	FIELD_MAILBOX,
	FIELD_PIN,
	FIELD_NEW_PIN,
	FIELD_CALLER,
	FIELD_CALL,
	FIELD_COUNT
};

/* All that may hold a PIN. */
struct phone {
	struct form_text	text;
	struct secret		pin, new_pin;
};

/* Does tui_accounts name the caller, in whatever form? */
static bool
is_phone_system(const struct turn *turn)
{
	const char	*at = turn->options->tui_accounts;
	char		 login[USERNAME_SIZE];

	while (phone_account_next(&at, turn->options->strip_domains, login)) {
		if (strcmp(login, turn->caller.username.login) == 0)
			return true;
	}
	return false;
}

static enum status
refuse_request(struct turn *turn, const char *reason)
{
	turn_refuse(turn, 400, "bad-request", reason);
	return ST_BAD;
}

/* Who may, and by what: before anything of the body is read. */
static enum status
check_http(struct turn *turn)
{
	if (!is_phone_system(turn)) {
		turn_refuse(turn, 403, "forbidden",
		    "the account is not in tui_accounts");
		return ST_BAD;
	}
	if (strcmp(turn_param(turn, "REQUEST_METHOD"), "POST") != 0) {
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
	if (!http_is_form(turn_param(turn, "CONTENT_TYPE")))
		return refuse_request(turn, "no form");
	if (!http_is_identity(turn_param(turn, "HTTP_CONTENT_ENCODING")))
		return refuse_request(turn, "the body is compressed");
	/* It would stand in access logs, and the next time with a PIN. */
	if (*turn_param(turn, "QUERY_STRING") != '\0')
		return refuse_request(turn, "a query string");
	return ST_OK;
}

/* What must be there, and what must not. NULL, or what is wrong. */
static const char *
check_fields(const struct form_field fields[FIELD_COUNT], bool *is_change)
{
	const char	*action = fields[FIELD_ACTION].value;

	*is_change = action != NULL && strcmp(action, "change") == 0;
	if (action == NULL || (!*is_change && strcmp(action, "logon") != 0))
		return "action is neither logon nor change";
	if (fields[FIELD_MAILBOX].value == NULL ||
	    *fields[FIELD_MAILBOX].value == '\0')
		return "no mailbox";
	if (fields[FIELD_PIN].value == NULL)
		return "no pin";
	if (*is_change != (fields[FIELD_NEW_PIN].value != NULL))
		return *is_change ? "no new_pin" :
		    "new_pin is for a change only";
	return NULL;
}

/* Read and take apart. ST_BAD: refused. */
static enum status
read_form(struct turn *turn, struct phone *phone,
    struct form_field fields[FIELD_COUNT], bool *is_change)
{
	const char	*reason;

	reason = form_read(turn->request, BODY_MAX, &phone->text);
	if (reason == NULL && form_parse(&phone->text, fields, FIELD_COUNT,
	    &reason) == ST_OK)
		reason = check_fields(fields, is_change);
	if (reason != NULL)
		return refuse_request(turn, reason);
	turn->action = *is_change ? "change" : "logon";
	turn->time = *is_change ? SCORE_TIME_CHANGE : SCORE_TIME_LOGON;
	(void)snprintf(turn->mailbox, sizeof(turn->mailbox), "%s",
	    fields[FIELD_MAILBOX].value);
	return ST_OK;
}

static const char *
text_or_empty(const struct form_field *field)
{
	return field->value == NULL ? "" : field->value;
}

/* Ask. What is no PIN stays empty, and app/logon answers it as such. */
static void
ask(struct turn *turn, struct phone *phone,
    const struct form_field fields[FIELD_COUNT], bool is_change,
    struct logon_answer *answer)
{
	const char		*mailbox = fields[FIELD_MAILBOX].value;
	const char		*new_pin = text_or_empty(
				    &fields[FIELD_NEW_PIN]);
	char			 reason[USERNAME_REASON_SIZE];
	struct username		 name;
	struct store_line	 line = { turn->caller.username.login,
				    turn->caller.address,
				    turn->answer->request_id, mailbox,
				    mailbox, text_or_empty(
				    &fields[FIELD_CALLER]),
				    text_or_empty(&fields[FIELD_CALL]) };
	struct logon_request	 request = { &line, &phone->pin, is_change,
				    &phone->new_pin, POLICY_NONE };

	if (username_resolve(mailbox, turn->options->strip_domains, &name,
	    reason) == ST_OK)
		line.login = name.login;
	if (pin_read(fields[FIELD_PIN].value, &phone->pin) != ST_OK)
		turn->reason = "no PIN was dialled";
	if (is_change && pin_read(new_pin, &phone->new_pin) != ST_OK)
		request.new_fault = new_pin[strspn(new_pin, "0123456789")] ==
		    '\0' ? POLICY_LENGTH : POLICY_DIGITS;
	logon_try(&turn->parts->logon, &request, answer);
}

static void
write_json(struct buf *body, const struct logon_answer *answer)
{
	buf_puts(body, "{\"result\":");
	text_json_string(body, logon_word_text(answer->word));
	buf_puts(body, ",\"rule\":");
	if (answer->rule != NULL)
		text_json_string(body, answer->rule);
	else
		buf_puts(body, "null");
	buf_puts(body, "}\n");
}

static void
write_text(struct buf *body, const struct logon_answer *answer)
{
	buf_puts(body, logon_word_text(answer->word));
	if (answer->word == LOGON_REFUSED)
		buf_printf(body, " %s %s", answer->rule, answer->sentence);
	buf_puts(body, "\n");
}

static void
say(struct turn *turn, const struct logon_answer *answer)
{
	bool	is_json = http_accepts_json(turn_param(turn, "HTTP_ACCEPT"));
	bool	is_known = answer->word != LOGON_UNAVAILABLE;

	turn->answer->status = is_known ? 200 : 503;
	turn->answer->content_type = is_json ? "application/json" :
	    "text/plain; charset=utf-8";
	turn->result = logon_word_text(answer->word);
	if (answer->word == LOGON_REFUSED)
		turn->reason = answer->rule;
	if (!is_known) {
		turn->reason = refusal_sentence(answer->denial.refusal);
		buf_printf(&turn->answer->fields, "Retry-After: %" PRIu64
		    "\r\n", answer->denial.back_off_ms == 0 ? 1 :
		    (answer->denial.back_off_ms + 999) / 1000);
	}
	if (is_json)
		write_json(&turn->answer->body, answer);
	else
		write_text(&turn->answer->body, answer);
	if (buf_status(&turn->answer->body) != ST_OK)
		turn_unwritten(turn);
}

void
route_tui(struct turn *turn)
{
	struct form_field	fields[FIELD_COUNT] = {
		[FIELD_ACTION] = { "action", NULL },
		[FIELD_MAILBOX] = { "mailbox", NULL },
		[FIELD_PIN] = { "pin", NULL },
		[FIELD_NEW_PIN] = { "new_pin", NULL },
		[FIELD_CALLER] = { "caller", NULL },
		[FIELD_CALL] = { "call", NULL },
	};
	struct phone		phone = { 0 };
	struct logon_answer	answer;
	bool			is_change = false;

	if (check_http(turn) == ST_OK &&
	    read_form(turn, &phone, fields, &is_change) == ST_OK) {
		ask(turn, &phone, fields, is_change, &answer);
		say(turn, &answer);
	}
	WIPE(&phone);
}
