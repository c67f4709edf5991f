/*
 * doctor-mail.c - the queue of mails and the mailers that work on it; and what
 * cron or a timer has to do besides.
 */
#include "config.h"

#include "ctl/doctor.h"

#define MAILER	"let cron (/etc/cron.d/umws-mailer) or umws-mailer.timer run "\
		"umws-mailer once a minute, and look into its log"

static const char	pass[] =
    "SELECT 'wrong', CASE WHEN s.last_pass_at IS NULL THEN"
    " 'no pass of a mailer is known' ELSE format('the last pass of a mailer"
    " ended %s minutes ago, on %s', floor(extract(epoch FROM now()"
    " - s.last_pass_at) / 60), s.last_pass_host) END, '" MAILER "'"
    " FROM umws.v_status s WHERE s.last_pass_at IS NULL"
    " OR s.last_pass_at < now() - interval '10 minutes'";

static const char	result[] =
    "SELECT CASE s.last_pass_code WHEN 75 THEN 'warning' ELSE 'wrong' END,"
    " format('the last pass of a mailer, on %s, ended with %s',"
    " s.last_pass_host, s.last_pass_code), CASE s.last_pass_code WHEN 75 THEN"
    " 'look whether the mail server is there: its log and umws-mailer''s say"
    " why' ELSE 'somebody must act: the log of umws-mailer on that host says"
    " why' END FROM umws.v_status s WHERE s.last_pass_code <> 0";

static const char	due[] =
    "SELECT CASE WHEN o.s > 3600 THEN 'wrong' ELSE 'warning' END,"
    " format('due mails: %s, the oldest for %s minutes', o.n, o.s / 60),"
    " 'see whether a mailer runs (mail-pass), and its log'"
    " FROM (SELECT count(*) AS n, floor(extract(epoch FROM now()"
    " - min(o.next_attempt_at)))::bigint AS s FROM umws.v_outbox o"
    " WHERE o.has_sealed AND NOT o.is_leased"
    " AND o.next_attempt_at < now() - interval '10 minutes') o WHERE o.n > 0";

static const char	depth[] =
    "SELECT 'warning', format('%s mails wait', o.n), 'see whether the mail"
    " server takes them; umwsctl outbox stats has them by state'"
    " FROM (SELECT count(*) AS n FROM umws.v_outbox o WHERE o.has_sealed) o"
    " WHERE o.n > 1000";

static const char	lost[] =
    "SELECT 'warning', format('mails that were given up, and whose PIN nobody"
    " has: %s, the last to %s', count(*),"
    " (array_agg(l.login ORDER BY l.lost_at DESC))[1]),"
    " 'umwsctl outbox retry --state dead --since 7d --dry-run lists them,"
    " and without that resets their PINs; --state expired has the others'"
    " FROM umws.v_outbox_lost l"
    " HAVING count(*) > 0";

/* An attempt is put off for a day at most: who is refused that often is. */
static const char	refused[] =
    "SELECT 'warning', format('mails that were refused %s times or more: %s"
    " (\"%s\")', min(o.attempts), count(*),"
    " (array_agg(o.last_error ORDER BY o.attempts DESC))[1]),"
    " 'what the mail server says tells what to set: umwsctl outbox list'"
    " FROM umws.v_outbox o WHERE o.has_sealed AND o.attempts >= 5"
    " HAVING count(*) > 0";

static const char	seal[] =
    "SELECT 'warning', CASE WHEN s.last_seal_at IS NULL THEN"
    " 'the audit was never sealed' ELSE format('the last seal of the audit is"
    " %s days old', floor(extract(epoch FROM now() - s.last_seal_at) / 86400))"
    " END || ': nothing shows whether rows were changed since', 'let cron or"
    " umws-seal.timer run umwsctl audit seal once a day' FROM umws.v_status s"
    " WHERE coalesce(s.last_seal_at, (SELECT a.at FROM umws.v_audit a"
    " ORDER BY a.id LIMIT 1)) < now() - interval '48 hours'"
    " AND EXISTS (SELECT FROM umws.v_audit a WHERE a.at"
    " > coalesce(s.last_seal_at, '-infinity') LIMIT 1)";

static const char	purge[] =
    "SELECT 'warning', format('the oldest row of the audit is of %s: nothing"
    " removes what is old', to_char(a.at, 'YYYY-MM-DD')), 'let cron or"
    " umws-purge.timer run umwsctl db purge'"
    " FROM (SELECT a.at FROM umws.v_audit a ORDER BY a.id LIMIT 1) a"
    " WHERE a.at < now() - interval '430 days'";

const struct doctor_check	doctor_mail_checks[] = {
	{ "mail-pass", "a mailer has run in the last ten minutes", doctor_ask,
	    pass, 0 },
	{ "mail-result", "the last pass of a mailer ended well", doctor_ask,
	    result, 0 },
	{ "mail-due", "no mail waits that is due", doctor_ask, due, 0 },
	{ "mail-depth", "few mails wait", doctor_ask, depth, 0 },
	{ "mail-refused", "no mail is refused again and again", doctor_ask,
	    refused, 0 },
	{ "mail-lost", "no PIN was lost with its mail", doctor_ask, lost, 0 },
	{ .name = NULL }
};

const struct doctor_check	doctor_audit_checks[] = {
	{ "audit-seal", "the audit is sealed", doctor_ask, seal, 0 },
	{ "audit-purge", "what is old is removed", doctor_ask, purge, 0 },
	{ .name = NULL }
};
