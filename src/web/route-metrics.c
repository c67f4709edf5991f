/*
 * route-metrics.c - answer /umws/metrics in Prometheus' text format: counters
 * and times of the scoreboard, the children and the gate as they stand, and
 * what the database says; times are in seconds.
 *
 * A label has a value of a fixed list, or the name of a service in the
 * settings: never a user's, a mailbox or an address, of which there is no end.
 */
#include "config.h"

#include "web/route.h"

#include <inttypes.h>

#include "app/logon.h"
#include "core/metric.h"
#include "soap/operation.h"
#include "soap/reply.h"
#include "edge/clock.h"
#include "edge/gate.h"
#include "edge/scoreboard.h"
#include "edge/sight.h"
#include "edge/store-sight.h"
#include "web/mail-sight.h"
#include "web/service-sight.h"

#define CONTENT_TYPE	"text/plain; version=0.0.4; charset=utf-8"
#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define MILLION		1000000
#define UNTOLD_ASK_MS	1000

_Static_assert(OPERATION_COUNT <= SCORE_OPERATIONS_MAX,
    "counters for each operation");

static const struct {
	enum score	 counter;
	bool		 is_gauge;
	const char	*name;
	const char	*help;
} table[] = {
	{ SCORE_STARTED_S, true, "umws_start_time_seconds",
	    "When the worker was started, in Unix time: counters begin anew "
	    "then." },
	{ SCORE_REQUESTS, false, "umws_requests_total",
	    "Requests answered, on every route." },
	{ SCORE_HTTP_REFUSED, false, "umws_http_refused_total",
	    "Requests refused before SOAP (4yz)." },
	{ SCORE_RESETS, false, "umws_resets_total", "PINs reset." },
	{ SCORE_DERIVATIONS, false, "umws_derivations_total",
	    "Argon2id derivations." },
	{ SCORE_GATE_TIMEOUTS, false, "umws_gate_timeouts_total",
	    "Requests told that the server is busy, having waited too long "
	    "for a turn to derive." },
	{ SCORE_WORKERS, true, "umws_children_wanted",
	    "Children that there should be." },
	{ SCORE_CHILDREN, true, "umws_children",
	    "Children that serve or are about to." },
	{ SCORE_RESTARTS, false, "umws_children_replaced_total",
	    "Children replaced because they died." },
	{ SCORE_STUCK, false, "umws_children_stuck_total",
	    "Children killed because a request took too long." },
};

static const char *const	results[] = {
	[SCORE_OK] = "ok",
	[SCORE_REFUSED] = "refused",
	[SCORE_BUSY] = "busy",
	[SCORE_FAILED] = "failed",
	[SCORE_UNKNOWN] = "unknown",
};
_Static_assert(LENGTH(results) == SCORE_RESULTS, "a word for each result");

static const char *const	pages[] = {
	[SCORE_PAGE_MAILBOX] = "mailbox",
	[SCORE_PAGE_FIND] = "helpdesk-find",
	[SCORE_PAGE_STATE] = "helpdesk-state",
	[SCORE_PAGE_RESET] = "helpdesk-reset",
	[SCORE_PAGE_UNLOCK] = "helpdesk-unlock",
};
_Static_assert(LENGTH(pages) == SCORE_PAGES, "a word for each page");

/* A call of the database is never denied. */
static const char *const	statuses[] = {
	[ST_OK] = "ok",
	[ST_BAD] = "refused",
	[ST_DENIED] = NULL,
	[ST_BUSY] = "busy",
	[ST_RETRY] = "away",
	[ST_UNKNOWN] = "unknown",
	[ST_FAIL] = "failed",
};
_Static_assert(LENGTH(statuses) == SCORE_STATUSES, "a word for each status");

/* Those of one name stand together. */
static const struct {
	const char	*name;
	const char	*label;
	const char	*help;
} times[] = {
	[SCORE_TIME_RESET] = { "umws_request_duration_seconds",
	    "kind=\"reset\"", "How long a request took, by what it was: reset "
	    "(ResetPIN), property (the other operations), logon and change "
	    "(by phone), other (also what was refused before)." },
	[SCORE_TIME_PROPERTY] = { "umws_request_duration_seconds",
	    "kind=\"property\"", NULL },
	[SCORE_TIME_LOGON] = { "umws_request_duration_seconds",
	    "kind=\"logon\"", NULL },
	[SCORE_TIME_CHANGE] = { "umws_request_duration_seconds",
	    "kind=\"change\"", NULL },
	[SCORE_TIME_OTHER] = { "umws_request_duration_seconds",
	    "kind=\"other\"", NULL },
	[SCORE_TIME_DERIVATION] = { "umws_derivation_duration_seconds", NULL,
	    "How long an Argon2id derivation took." },
	[SCORE_TIME_GATE] = { "umws_gate_wait_seconds", NULL,
	    "How long was waited for a turn to derive, also in vain." },
	[SCORE_TIME_ASK] = { "umws_database_call_duration_seconds",
	    "call=\"ask\"", "How long a call of the database took: commit is "
	    "the one that commits a reset, a logon or a property, ask all "
	    "others." },
	[SCORE_TIME_COMMIT] = { "umws_database_call_duration_seconds",
	    "call=\"commit\"", NULL },
};
_Static_assert(LENGTH(times) == SCORE_TIMES, "a metric for each time");

static void
write_table(const struct scoreboard *board, struct buf *buf)
{
	size_t	i;

	for (i = 0; i < LENGTH(table); i++) {
		metric_head(buf, table[i].name, table[i].is_gauge ? "gauge" :
		    "counter", table[i].help);
		metric_value(buf, table[i].name, NULL,
		    (int64_t)scoreboard_get(board, table[i].counter));
	}
	metric_head(buf, "umws_reloads_total", "counter",
	    "SIGHUPs, by whether the settings were taken into use.");
	metric_value(buf, "umws_reloads_total", "result=\"ok\"",
	    (int64_t)scoreboard_get(board, SCORE_RELOADS));
	metric_value(buf, "umws_reloads_total", "result=\"refused\"",
	    (int64_t)scoreboard_get(board, SCORE_RELOADS_REFUSED));
}

static void
write_times(const struct scoreboard *board, struct buf *buf)
{
	uint64_t	within[SCORE_BUCKETS + 1];
	size_t		i, time;

	for (time = 0; time < SCORE_TIMES; time++) {
		if (times[time].help != NULL)
			metric_head(buf, times[time].name, "histogram",
			    times[time].help);
		for (i = 0; i <= SCORE_BUCKETS; i++)
			within[i] = scoreboard_bucket(board,
			    (enum score_time)time, i);
		metric_histogram(buf, times[time].name, times[time].label,
		    score_bounds_us, within, SCORE_BUCKETS,
		    scoreboard_sum_us(board, (enum score_time)time));
	}
}

static void
write_operations(const struct scoreboard *board, struct buf *buf)
{
	size_t	i, result;

	metric_head(buf, "umws_faults_total", "counter",
	    "SOAP faults by response code.");
	for (i = REFUSAL_NONE + 1; i < REFUSAL_COUNT; i++)
		buf_printf(buf, "umws_faults_total{code=\"%s\"} %" PRIu64 "\n",
		    reply_refusal_code((enum refusal)i),
		    scoreboard_get(board, SCORE_FAULTS + i));
	metric_head(buf, "umws_operations_total", "counter",
	    "Requests that got as far as their operation, by what became of "
	    "it.");
	for (i = 0; i < OPERATION_COUNT; i++) {
		for (result = 0; result < SCORE_RESULTS; result++)
			buf_printf(buf, "umws_operations_total{operation="
			    "\"%s\",result=\"%s\"} %" PRIu64 "\n",
			    operation_at((enum operation_id)i)->name,
			    results[result], scoreboard_get(board,
			    SCORE_OPERATIONS + i * SCORE_RESULTS + result));
	}
}

static void
write_pages(const struct scoreboard *board, struct buf *buf)
{
	size_t	page, result;

	metric_head(buf, "umws_pages_total", "counter", "Requests of the "
	    "pages, but for operations, that got as far as the database, by "
	    "what became of them.");
	for (page = 0; page < SCORE_PAGES; page++) {
		for (result = 0; result < SCORE_RESULTS; result++)
			buf_printf(buf, "umws_pages_total{page=\"%s\","
			    "result=\"%s\"} %" PRIu64 "\n", pages[page],
			    results[result], scoreboard_get(board,
			    SCORE_PAGE_PLACES + page * SCORE_RESULTS +
			    result));
	}
}

/* The words told to one service; name NULL: to all that have no name. */
static void
write_service(const struct scoreboard *board, struct buf *buf,
    size_t service, const char *name)
{
	size_t	word;

	for (word = 0; word < LOGON_COUNT; word++) {
		buf_printf(buf, "umws_logons_total{word=\"%s\"",
		    logon_word_text((enum logon_word)word));
		if (name != NULL) {
			buf_puts(buf, ",service=");
			metric_quoted(buf, name);
		}
		buf_printf(buf, "} %" PRIu64 "\n", scoreboard_get(board,
		    SCORE_LOGONS + service * SCORE_LOGON_WORDS + word));
	}
}

static void
write_logons(const struct scoreboard *board, struct buf *buf)
{
	const char	*name;
	uint64_t	 unnamed = 0;
	size_t		 i;

	metric_head(buf, "umws_logons_total", "counter",
	    "Answers to logons and changes by phone, by the account of the "
	    "phone system.");
	for (i = 0; i < SCORE_LOGON_WORDS; i++)
		unnamed += scoreboard_get(board, SCORE_LOGONS + i);
	if (unnamed > 0 || scoreboard_service_name(board, 1) == NULL)
		write_service(board, buf, 0, NULL);
	for (i = 1; i < SCORE_SERVICES; i++) {
		name = scoreboard_service_name(board, i);
		if (name != NULL)
			write_service(board, buf, i, name);
	}
}

/* What there is at this moment. */
static void
write_now(const struct turn *turn, struct buf *buf)
{
	const struct scoreboard	*board = turn->parts->board;
	struct gate		*gate = turn->parts->logon.derivation.gate;
	struct gate_look	 look = { 0 };
	int64_t			 busy = 0;
	size_t			 i;

	for (i = 0; i < scoreboard_slots(board); i++)
		busy += scoreboard_busy_since(board, i) != 0;
	metric_gauge(buf, "umws_children_busy", "Children at work, each at "
	    "one request: the requests in flight, with this one.", busy);
	if (gate != NULL)
		gate_look(gate, &look);
	metric_gauge(buf, "umws_gate_places",
	    "Derivations that may run at once.", look.capacity);
	metric_gauge(buf, "umws_gate_deriving", "Requests that derive.",
	    look.inside);
	metric_gauge(buf, "umws_gate_waiting",
	    "Requests that wait for a turn to derive.", look.waiting);
	metric_head(buf, "umws_build_info", "gauge", "Always 1, by version.");
	metric_value(buf, "umws_build_info", "version=\"" UMWS_VERSION "\"",
	    1);
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

/* Left out where nobody tells of changes, and while nothing is known. */
static void
write_changes(struct turn *turn, struct buf *buf)
{
	int64_t	untold_s, given_up;

	if (store_untold(turn->parts->properties.store, clock_ms() +
	    UNTOLD_ASK_MS, &untold_s, &given_up) != ST_OK ||
	    untold_s == SIGHT_NEVER)
		return;
	metric_gauge(buf, "umws_changes_untold_seconds", "For how long a "
	    "change of a PIN has waited to be told to on_change; 0: none "
	    "does.", untold_s);
	metric_gauge(buf, "umws_changes_given_up", "Changes that on_change "
	    "did not take in time.", given_up);
}

static void
write_database(struct turn *turn, struct buf *buf)
{
	const struct scoreboard	*board = turn->parts->board;
	uint64_t		 share_ppm = service_address_share(turn);
	int64_t			 unsealed_s = SIGHT_NEVER;
	bool			 is_ready = service_is_ready(turn);
	size_t			 i;

	metric_head(buf, "umws_database_calls_total", "counter",
	    "Calls of the database, by what became of them.");
	for (i = 0; i < SCORE_STATUSES; i++) {
		if (statuses[i] != NULL)
			buf_printf(buf, "umws_database_calls_total{result="
			    "\"%s\"} %" PRIu64 "\n", statuses[i],
			    scoreboard_get(board, SCORE_CALLS + i));
	}
	metric_gauge(buf, "umws_ready", "Whether the database took a write "
	    "when it was last asked, 15 seconds ago or less.", is_ready);
	metric_head(buf, "umws_one_address_ratio", "gauge", "The share of one "
	    "address in the own resets of 24 hours, if it is over a half and "
	    "this worker has looked in the last hour; else 0.");
	buf_printf(buf, "umws_one_address_ratio %" PRIu64 ".%06" PRIu64 "\n",
	    share_ppm / MILLION, share_ppm % MILLION);
	if (is_ready)
		unsealed_s = service_unsealed_s(turn);
	if (unsealed_s != SIGHT_NEVER)
		metric_gauge(buf, "umws_audit_unsealed_seconds", "For how "
		    "long a row of the audit has waited for its seal; 0: none "
		    "does.", unsealed_s);
	if (is_ready)
		write_changes(turn, buf);
	write_mails(turn, buf);
}

void
route_metrics(struct turn *turn)
{
	const struct scoreboard	*board = turn->parts->board;
	struct buf		*body = &turn->answer->body;

	turn->answer->status = 200;
	turn->answer->content_type = CONTENT_TYPE;
	write_table(board, body);
	write_times(board, body);
	write_operations(board, body);
	write_pages(board, body);
	write_logons(board, body);
	write_now(turn, body);
	write_database(turn, body);
	turn->result = "ok";
	if (buf_status(body) != ST_OK)
		turn_unwritten(turn);
}
