/*
 * mailer-sight.c - the trace of a pass, and the mailer's metrics: a textfile
 * for Prometheus' node_exporter, since a process that ends cannot be asked.
 */
#include "config.h"

#include "prog/mailer-sight.h"

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/metric.h"
#include "edge/clock.h"
#include "edge/sight.h"
#include "edge/textfile.h"

#define METRICS_MAX	8192	/* bytes of the file */

static void
write_pass(struct buf *buf, const struct mailer_end *end, int64_t duration_ms)
{
	static const char	name[] =
	    "umws_mailer_last_pass_duration_seconds";

	metric_gauge(buf, "umws_mailer_last_pass_timestamp_seconds",
	    "When the last pass ended.", (int64_t)time(NULL));
	metric_head(buf, name, "gauge", "How long it took.");
	buf_printf(buf, "%s %" PRId64 ".%03" PRId64 "\n", name,
	    duration_ms / 1000, duration_ms % 1000);
	metric_gauge(buf, "umws_mailer_last_pass_exit_code",
	    "Its exit status: 0 well, 75 try again, 78 somebody must act.",
	    end->code);
}

static void
write_totals(struct buf *buf, const struct sight_counts *all)
{
	static const char	name[] = "umws_mailer_attempts_total";

	metric_head(buf, name, "counter",
	    "Attempts to send a mail of all passes of this host, by result.");
	metric_value(buf, name, "result=\"sent\"", all->sent);
	metric_value(buf, name, "result=\"deferred\"", all->deferred);
	metric_value(buf, name, "result=\"dead\"", all->dead);
}

static void
write_queue(struct buf *buf, const struct sight *sight)
{
	static const char	name[] = "umws_mailer_queue_mails";

	metric_head(buf, name, "gauge",
	    "Mails that wait, by what for, when the last pass ended.");
	metric_value(buf, name, "state=\"due\"", sight->due);
	metric_value(buf, name, "state=\"later\"", sight->later);
	metric_value(buf, name, "state=\"sending\"", sight->sending);
	metric_value(buf, name, "state=\"unreadable\"", sight->unreadable);
	metric_value(buf, name, "state=\"withheld\"", sight->withheld);
	metric_gauge(buf, "umws_mailer_oldest_due_seconds", "For how long the "
	    "mail has been due that has been so longest.",
	    sight->oldest_due_s);
	metric_gauge(buf, "umws_mailer_keyless_mails",
	    "Of the mails that wait, those whose key no mailer holds.",
	    sight->keyless);
	metric_gauge(buf, "umws_mailer_lost_mails", "Mails dead or expired in "
	    "the last 24 hours whose mailbox got no other since.",
	    sight->lost);
}

void
mailer_sight(const struct conf *conf, const struct mailer_end *end)
{
	char			host[SIGHT_HOST_SIZE] = "";
	struct buf		text = BUF_INIT(METRICS_MAX);
	struct sight_pass	pass = {
		.host = host,
		.duration_ms = clock_ms() - end->begun_ms,
		.exit_code = end->code,
		.key_ids = end->key_ids,
	};
	const struct tally	*tally = end->tally;
	struct sight_counts	all;
	struct sight		sight;
	bool			is_noted = false;

	pass.counts.sent = tally->sent;
	pass.counts.dead = tally->dead;
	/* Those too that were tried again in the pass. */
	pass.counts.deferred = tally->attempts - tally->sent - tally->dead;
	(void)gethostname(host, sizeof(host) - 1);
	/* One that is lost now has cost patience enough. */
	if (end->db != NULL && db_is_connected(end->db))
		is_noted = sight_note(end->db, &pass, &all) == ST_OK;
	if (*conf->metrics_file == '\0')
		return;
	write_pass(&text, end, pass.duration_ms);
	if (is_noted) {
		write_totals(&text, &all);
		if (sight_read(end->db, 0, &sight) == ST_OK)
			write_queue(&text, &sight);
	}
	if (buf_status(&text) == ST_OK)
		textfile_write(conf->metrics_file, &text);
	buf_free(&text);
}
