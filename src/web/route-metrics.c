/*
 * route-metrics.c - answer /umws/metrics with the counters in Prometheus'
 * text format, by a table of their names, and with how the mails are doing;
 * times are in seconds.
 */
#include "config.h"

#include "web/route.h"

#include <inttypes.h>

#include "app/logon.h"
#include "core/metric.h"
#include "soap/operation.h"
#include "soap/reply.h"
#include "edge/scoreboard.h"
#include "web/mail-sight.h"

#define CONTENT_TYPE	"text/plain; version=0.0.4; charset=utf-8"

_Static_assert(OPERATION_COUNT <= SCORE_OPERATIONS_MAX,
    "a counter for each operation");

static const struct {
	enum score	 counter;
	bool		 is_time;
	const char	*name;
	const char	*help;
} table[] = {
	{ SCORE_REQUESTS, false, "umws_requests_total",
	    "Requests answered, on every route." },
	{ SCORE_REQUEST_US, true, "umws_request_seconds_total",
	    "Time spent in them." },
	{ SCORE_HTTP_REFUSED, false, "umws_http_refused_total",
	    "Requests refused before SOAP (4yz)." },
	{ SCORE_RESETS, false, "umws_resets_total", "PINs reset." },
	{ SCORE_DERIVATIONS, false, "umws_derivations_total",
	    "Argon2id derivations." },
	{ SCORE_DERIVE_US, true, "umws_derivation_seconds_total",
	    "Time spent in them." },
	{ SCORE_GATE_US, true, "umws_derivation_wait_seconds_total",
	    "Time waited for a turn to derive." },
	{ SCORE_RESTARTS, false, "umws_children_replaced_total",
	    "Children replaced because they died." },
};

static void
write_counter(struct buf *buf, const char *name, uint64_t value, bool is_time)
{
	if (is_time)
		buf_printf(buf, "%s %" PRIu64 ".%06" PRIu64 "\n", name,
		    value / 1000000, value % 1000000);
	else
		buf_printf(buf, "%s %" PRIu64 "\n", name, value);
}

/* What the database says of the mails; nothing when it says nothing. */
static void
write_mails(struct turn *turn, struct buf *buf)
{
	static const char	queue[] = "umws_mail_queue";
	struct sight		sight;

	if (!mail_sight(turn, &sight))
		return;
	metric_head(buf, queue, "gauge", "Mails that wait, by what for.");
	metric_value(buf, queue, "state=\"due\"", sight.due);
	metric_value(buf, queue, "state=\"later\"", sight.later);
	metric_value(buf, queue, "state=\"sending\"", sight.sending);
	metric_value(buf, queue, "state=\"unreadable\"", sight.unreadable);
	metric_value(buf, queue, "state=\"withheld\"", sight.withheld);
	metric_gauge(buf, "umws_mail_oldest_due_seconds", "For how long the "
	    "mail has been due that has been so longest.", sight.oldest_due_s);
	metric_gauge(buf, "umws_mail_keyless", "Of the mails that wait, those "
	    "whose key no mailer holds.", sight.keyless);
	metric_gauge(buf, "umws_mail_lost", "Mails dead or expired in the "
	    "last 24 hours whose mailbox got no other since.", sight.lost);
	if (sight.pass_s != SIGHT_NEVER)
		metric_gauge(buf, "umws_mail_last_pass_seconds", "Since when "
		    "no mailer of any host has ended a pass.", sight.pass_s);
	metric_gauge(buf, "umws_mail_failing_seconds", "Since when the passes "
	    "of a host have not ended with 0; 0: all do.",
	    sight.failing_s == SIGHT_NEVER ? 0 : sight.failing_s);
}

static void
write_metrics(const struct scoreboard *board, struct buf *buf)
{
	unsigned int	busy = 0;
	size_t		i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		metric_head(buf, table[i].name, "counter", table[i].help);
		write_counter(buf, table[i].name,
		    scoreboard_get(board, table[i].counter), table[i].is_time);
	}
	metric_head(buf, "umws_faults_total", "counter",
	    "SOAP faults by response code.");
	for (i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
		buf_printf(buf, "umws_faults_total{code=\"%s\"} %" PRIu64 "\n",
		    reply_refusal_code((enum refusal)i),
		    scoreboard_get(board, SCORE_FAULTS + i));
	metric_head(buf, "umws_operations_total", "counter",
	    "Requests that got as far as their operation.");
	for (i = 0; i < OPERATION_COUNT; i++)
		buf_printf(buf, "umws_operations_total{operation=\"%s\"} %"
		    PRIu64 "\n", operation_at((enum operation_id)i)->name,
		    scoreboard_get(board, SCORE_OPERATIONS + i));
	metric_head(buf, "umws_logons_total", "counter",
	    "Answers to logons and changes by phone.");
	for (i = 0; i < LOGON_COUNT; i++)
		buf_printf(buf, "umws_logons_total{word=\"%s\"} %" PRIu64
		    "\n", logon_word_text((enum logon_word)i),
		    scoreboard_get(board, SCORE_LOGONS + i));
	for (i = 0; i < scoreboard_slots(board); i++) {
		if (scoreboard_busy_since(board, i) != 0)
			busy++;
	}
	metric_head(buf, "umws_children", "gauge", "Children that serve.");
	write_counter(buf, "umws_children",
	    scoreboard_get(board, SCORE_CHILDREN), false);
	metric_head(buf, "umws_children_busy", "gauge", "Children at work.");
	write_counter(buf, "umws_children_busy", busy, false);
}

void
route_metrics(struct turn *turn)
{
	turn->answer->status = 200;
	turn->answer->content_type = CONTENT_TYPE;
	write_metrics(turn->parts->board, &turn->answer->body);
	write_mails(turn, &turn->answer->body);
	turn->result = "ok";
	if (buf_status(&turn->answer->body) != ST_OK)
		turn_unwritten(turn);
}
