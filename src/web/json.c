/*
 * json.c - write errors as JSON, by status or by refusal.
 */
#include "config.h"

#include "web/json.h"

#include <inttypes.h>
#include <string.h>

#define CONTENT_TYPE	"application/json"

/* Those that no page can bring about are said as if they were invalid. */
static const struct {
	int		 status;
	const char	*word;
} refusals[] = {
	[REFUSAL_NONE] = { 200, "ok" },
	[REFUSAL_INVALID_REQUEST] = { 400, "invalid" },
	[REFUSAL_VERSION_MISMATCH] = { 400, "invalid" },
	[REFUSAL_MUST_UNDERSTAND] = { 400, "invalid" },
	[REFUSAL_IMPERSONATION] = { 403, "denied" },
	[REFUSAL_IMPERSONATION_HEADER] = { 400, "invalid" },
	[REFUSAL_NO_MAILBOX] = { 404, "nobody" },
	[REFUSAL_NOT_ENABLED] = { 409, "disabled" },
	[REFUSAL_PIN_LOCKED] = { 409, "locked" },
	[REFUSAL_NO_PLAY_ON_PHONE] = { 400, "invalid" },
	[REFUSAL_BUSY] = { 503, "busy" },
	[REFUSAL_STORE_UNAVAILABLE] = { 503, "away" },
	[REFUSAL_INTERNAL] = { 500, "broken" },
	[REFUSAL_TRANSIENT] = { 500, "unknown" },
};
_Static_assert(sizeof(refusals) / sizeof(refusals[0]) == REFUSAL_COUNT,
    "a word for each refusal");

bool
json_is_spoken(const struct turn *turn)
{
	return turn->caller.route == CALLER_MAILBOX ||
	    turn->caller.route == CALLER_HELPDESK;
}

static void
write_error(struct turn *turn, const char *word, uint64_t back_off_ms)
{
	struct buf	*body = &turn->answer->body;

	turn->answer->content_type = CONTENT_TYPE;
	buf_printf(body, "{\"error\": \"%s\"", word);
	if (back_off_ms > 0)
		buf_printf(body, ", \"back_off_ms\": %" PRIu64, back_off_ms);
	buf_puts(body, "}\n");
	if (buf_status(body) != ST_OK)
		turn_unwritten(turn);
}

void
json_refuse(struct turn *turn)
{
	switch (turn->answer->status) {
	case 401:
		write_error(turn, "signin", 0);
		break;
	case 403:
		write_error(turn, "forbidden", 0);
		break;
	case 503:
		write_error(turn, "busy", REFUSAL_BACK_OFF_MS);
		break;
	default:
		write_error(turn, "invalid", 0);
	}
}

static void
deny(struct turn *turn, const struct denial *denial)
{
	const char	*word = refusals[denial->refusal].word;
	uint64_t	 wait_ms = denial->refusal == REFUSAL_BUSY ?
			    denial->back_off_ms : REFUSAL_BACK_OFF_MS;

	if (denial->word != NULL &&
	    strcmp(denial->word, "locked_by_admin") == 0)
		word = denial->word;
	turn->answer->status = refusals[denial->refusal].status;
	turn->result = word;
	turn->reason = refusal_sentence(denial->refusal);
	buf_free(&turn->answer->body);
	turn->answer->body.max = ANSWER_BODY_MAX;
	if (turn->answer->status == 503)
		buf_printf(&turn->answer->fields, "Retry-After: %" PRIu64
		    "\r\n", (wait_ms + 999) / 1000);
	write_error(turn, word, denial->refusal == REFUSAL_BUSY ? wait_ms : 0);
}

void
json_answer(struct turn *turn, enum score_page page)
{
	const struct denial	*denial = &turn->outcome.denial;

	scoreboard_add(turn->parts->board, SCORE_PAGE_PLACES +
	    (size_t)page * SCORE_RESULTS + turn_result_of(denial->refusal),
	    1);
	if (denial->refusal != REFUSAL_NONE) {
		deny(turn, denial);
		return;
	}
	turn->answer->status = 200;
	turn->answer->content_type = CONTENT_TYPE;
	turn->result = "ok";
	buf_puts(&turn->answer->body, "\n");
	if (buf_status(&turn->answer->body) != ST_OK)
		turn_unwritten(turn);
}
