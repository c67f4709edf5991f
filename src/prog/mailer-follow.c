/*
 * mailer-follow.c - wait for mails, and fork a pass when there is one to send.
 *
 * A look asks the database when the next mail is due. It comes with each
 * notification and after each pass, then after pauses that grow up to one that
 * says how late a mail may be whose notification was lost; and when a mail
 * falls due that was put off. Once in a minute there is a pass in any case, as
 * cron has it: it says what stays wrong, and leaves the trace that monitoring
 * waits for.
 *
 * A pass that left due what it should have sent (the mail server is away, or
 * refuses us) is followed by a pause that grows from one second to a minute,
 * whatever is notified.
 */
#include "config.h"

#include "prog/mailer-follow.h"

#include <sys/signalfd.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "core/crypto.h"
#include "edge/clock.h"
#include "edge/outbox-watch.h"
#include "prog/mailer-child.h"

#define PASSES_MAX	16	/* at once: a mail whose answer does not come
				 * holds one for 11 minutes */
#define MINUTE_MS	60000	/* between passes in any case; a pass that
				 * takes longer does not keep others waiting */
#define PAUSE_MIN_MS	20	/* before the next look */
#define PAUSE_MAX_MS	10000	/* while notifications come */
#define POLL_MAX_MS	1000	/* while they do not */
#define HOLD_MIN_MS	1000	/* after a pass in vain */
#define HOLD_MAX_MS	60000
#define AWAY_MIN_MS	250	/* before the database is asked again */
#define AWAY_MAX_MS	5000

/* What the log has been told. */
enum state {
	STATE_NONE,
	STATE_LISTENING,
	STATE_POLLING,
	STATE_AWAY
};

struct follow {
	const struct follow_parts	*parts;
	struct conf			*conf;
	struct watch			*watch;
	int				 signal_fd;
	sigset_t			 signals;
	struct mailer_child		 passes[PASSES_MAX];
	struct mailer_child		 ready;	/* the next one */
	char				 key_ids[FOLLOW_KEY_IDS_SIZE];
	enum state			 state;
	bool				 is_polling_told;
	int				 away_code;	/* why it is so */
	bool				 is_due;	/* said the last look */
	bool				 is_vain;	/* a pass did nothing,
							 * or not all */
	bool				 is_ending;
	unsigned int			 pause_ms;	/* doubles */
	unsigned int			 hold_ms;	/* likewise */
	/* Times of clock_ms(). */
	int64_t				 looked_at;
	int64_t				 look_at;
	int64_t				 told_at;	/* what stays wrong */
	int64_t				 held_until;
	int64_t				 minute_at;
	int64_t				 ready_at;	/* not before */
};

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Twice the pause, in these limits. */
static unsigned int
grown(unsigned int pause_ms, unsigned int min_ms, unsigned int max_ms)
{
	pause_ms = pause_ms < min_ms ? min_ms : pause_ms * 2;
	return pause_ms > max_ms ? max_ms : pause_ms;
}

/* Now, but for whoever notifies without end. */
static void
look_soon(struct follow *follow)
{
	follow->pause_ms = 0;
	follow->look_at = follow->looked_at + PAUSE_MIN_MS;
}

static int
open_watch(struct follow *follow)
{
	struct db_options	options;
	enum status		st;

	conf_db_options(follow->conf, CONF_MAILER, &options);
	st = watch_new(&options, &follow->watch);
	return st == ST_OK ? EX_OK : st == ST_FAIL ? EX_CONFIG : EX_OSERR;
}

/* Take up the settings of the file, if they are good. */
static void
reload(struct follow *follow)
{
	struct watch	*old_watch = follow->watch;
	struct conf	*old = follow->conf;

	follow->watch = NULL;
	if (conf_load(follow->parts->file, &follow->conf) == ST_OK &&
	    mailer_child_check(follow->parts, follow->conf,
	    &follow->signals) == EX_OK && open_watch(follow) == EX_OK) {
		watch_free(&old_watch);
		conf_free(&old);
		mailer_child_dismiss(&follow->ready);
		log_info("reload", NULL);
	} else {
		watch_free(&follow->watch);
		conf_free(&follow->conf);
		follow->watch = old_watch;
		follow->conf = old;
		log_err("reload-refused", "todo", "mend the configuration; "
		    "the old one stays in use", NULL);
	}
	/* Somebody has mended something: see whether it helps. */
	follow->hold_ms = 0;
	follow->held_until = 0;
	follow->minute_at = 0;
	follow->ready_at = 0;
	look_soon(follow);
}

/* One line for each change. A service manager would be told here, too. */
static void
set_state(struct follow *follow, enum state state)
{
	if (state == follow->state)
		return;
	follow->state = state;
	if (state == STATE_AWAY)
		return;			/* the database layer has told */
	if (state == STATE_LISTENING || follow->is_polling_told) {
		log_info("follow", "wakes-by", state == STATE_LISTENING ?
		    "notification" : "polling", NULL);
		return;
	}
	follow->is_polling_told = true;
	log_warn("follow", "wakes-by", "polling", "reason", "a pooler passes "
	    "no notifications on, as PgBouncer in transaction mode", "todo",
	    "mails leave within a second; at once, if database_mailer goes "
	    "to PostgreSQL itself", NULL);
}

/* A signal to end while the database is asked: nothing is in hand. */
static void
end_now(int number)
{
	(void)number;
	_exit(EX_OK);
}

static enum status
ask(struct follow *follow, int64_t *due_ms)
{
	sigset_t	ends;
	enum status	st;
	size_t		i;

	for (i = 0; i < PASSES_MAX; i++)
		if (follow->passes[i].pid != 0)
			break;
	(void)sigemptyset(&ends);
	(void)sigaddset(&ends, SIGTERM);
	(void)sigaddset(&ends, SIGINT);
	/* A host that is silent is waited for; with no pass, not then. */
	if (i == PASSES_MAX)
		(void)sigprocmask(SIG_UNBLOCK, &ends, NULL);
	st = watch_look(follow->watch, follow->key_ids[0] == '\0' ? NULL :
	    follow->key_ids, due_ms);
	(void)sigprocmask(SIG_BLOCK, &ends, NULL);
	return st;
}

/* What a pass has left due it could not send: the next one can wait. */
static void
hold(struct follow *follow)
{
	follow->is_vain = false;
	follow->hold_ms = grown(follow->hold_ms, HOLD_MIN_MS, HOLD_MAX_MS);
	follow->held_until = clock_ms() + follow->hold_ms;
}

/* Ask when the next mail is due, and when to ask again. */
static void
look(struct follow *follow)
{
	int64_t		due_ms = 0, now_ms;
	enum status	st;
	bool		is_listening;

	st = ask(follow, &due_ms);
	now_ms = follow->looked_at = clock_ms();
	follow->is_due = false;
	if (st != ST_OK) {
		if (follow->state != STATE_AWAY)
			follow->pause_ms = 0;
		set_state(follow, STATE_AWAY);
		follow->away_code = st == ST_FAIL ? EX_CONFIG : EX_TEMPFAIL;
		follow->pause_ms = grown(follow->pause_ms, AWAY_MIN_MS,
		    st == ST_FAIL ? HOLD_MAX_MS : AWAY_MAX_MS);
		follow->look_at = now_ms + follow->pause_ms;
		return;
	}
	if (follow->state == STATE_AWAY)
		follow->minute_at = now_ms;
	is_listening = watch_is_listening(follow->watch);
	set_state(follow, is_listening ? STATE_LISTENING : STATE_POLLING);
	follow->pause_ms = grown(follow->pause_ms, PAUSE_MIN_MS,
	    is_listening ? PAUSE_MAX_MS : POLL_MAX_MS);
	follow->look_at = now_ms + earlier(due_ms > 0 ? due_ms :
	    follow->pause_ms, follow->pause_ms);
	follow->is_due = due_ms == 0;
	if (follow->is_due && follow->is_vain)
		hold(follow);
	follow->is_vain = false;
}

/* Where a pass that was begun less than a minute ago is, or NULL. */
static const struct mailer_child *
young_pass(const struct follow *follow)
{
	const struct mailer_child	*pass;
	size_t				 i;

	for (i = 0; i < PASSES_MAX; i++) {
		pass = &follow->passes[i];
		if (pass->pid != 0 &&
		    clock_ms() - pass->begun_ms < MINUTE_MS)
			return pass;
	}
	return NULL;
}

/* See that one is ready, so that a mail waits for nothing but its sending. */
static bool
has_ready(struct follow *follow)
{
	return follow->ready.pid != 0 || mailer_child_fork(follow->parts,
	    follow->conf, &follow->signals, &follow->ready);
}

/* Begin a pass, unless there are too many. */
static void
begin_pass(struct follow *follow)
{
	int64_t	now_ms = clock_ms();
	bool	is_brief = follow->told_at != 0 &&
		    now_ms - follow->told_at < MINUTE_MS;
	size_t	i = 0;

	while (i < PASSES_MAX && follow->passes[i].pid != 0)
		i++;
	if (i == PASSES_MAX)
		return;
	follow->is_due = false;
	if (!has_ready(follow)) {
		hold(follow);
		return;
	}
	if (!is_brief)
		follow->told_at = now_ms;
	follow->passes[i] = follow->ready;
	follow->ready.pid = 0;
	mailer_child_begin(&follow->passes[i], is_brief);
}

/* What is to be done at this time. */
static void
act(struct follow *follow)
{
	int64_t	now_ms = clock_ms();

	if (now_ms >= follow->look_at && young_pass(follow) == NULL)
		look(follow);
	now_ms = clock_ms();
	if (now_ms >= follow->minute_at) {
		follow->minute_at = now_ms + MINUTE_MS;
		if (follow->state == STATE_AWAY)
			follow->parts->miss(follow->conf, follow->away_code);
		else if (now_ms >= follow->held_until)
			begin_pass(follow);
	} else if (follow->is_due && now_ms >= follow->held_until &&
	    young_pass(follow) == NULL) {
		begin_pass(follow);
	}
	if (follow->state != STATE_AWAY && young_pass(follow) == NULL &&
	    now_ms >= follow->ready_at && !has_ready(follow))
		follow->ready_at = now_ms + HOLD_MIN_MS;
}

/* A pass has ended: what it has left, a look shows. */
static void
end_pass(struct follow *follow, int code, const struct follow_report *report)
{
	if (report->key_ids[0] != '\0')
		strcpy(follow->key_ids, report->key_ids);
	if (report->sent > 0 || code == EX_OK)
		follow->hold_ms = 0;
	follow->is_vain = code != EX_OK || report->attempts == 0;
	look_soon(follow);
}

static void
reap(struct follow *follow)
{
	struct follow_report	report;
	size_t			i;
	int			code;

	for (i = 0; i < PASSES_MAX; i++)
		if (mailer_child_has_ended(&follow->passes[i], &code,
		    &report))
			end_pass(follow, code, &report);
	/* It could not get ready, and has said why: not so soon again. */
	if (mailer_child_has_ended(&follow->ready, &code, &report))
		follow->ready_at = clock_ms() + MINUTE_MS;
}

static void
read_signals(struct follow *follow)
{
	struct signalfd_siginfo	info;
	bool			is_reload_due = false;

	while (read(follow->signal_fd, &info, sizeof(info)) ==
	    (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			is_reload_due = true;
		else if (info.ssi_signo != SIGCHLD)
			follow->is_ending = true;
	}
	if (is_reload_due && !follow->is_ending)
		reload(follow);
}

/* When act() has something to do, if nothing happens before. */
static int64_t
next_at(const struct follow *follow)
{
	const struct mailer_child	*young = young_pass(follow);
	int64_t				 at = follow->look_at;

	if (young != NULL)
		at = young->begun_ms + MINUTE_MS;
	else if (follow->is_due)
		at = earlier(at, follow->held_until);
	return earlier(at, follow->minute_at);
}

static void
wait_event(struct follow *follow, int64_t until_ms)
{
	struct pollfd	fds[] = {
		{ follow->signal_fd, POLLIN, 0 },
		{ watch_socket(follow->watch), POLLIN, 0 }
	};
	int64_t		left_ms = until_ms - clock_ms();

	if (left_ms < 0)
		left_ms = 0;
	/* An error that lasts must not keep the processor busy. */
	if (poll(fds, 2, (int)earlier(left_ms, MINUTE_MS)) < 0 &&
	    errno != EINTR)
		clock_sleep_ms(PAUSE_MIN_MS);
}

static int
open_signals(struct follow *follow)
{
	(void)sigemptyset(&follow->signals);
	(void)sigaddset(&follow->signals, SIGTERM);
	(void)sigaddset(&follow->signals, SIGINT);
	(void)sigaddset(&follow->signals, SIGHUP);
	(void)sigaddset(&follow->signals, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &follow->signals, NULL);
	follow->signal_fd = signalfd(-1, &follow->signals,
	    SFD_CLOEXEC | SFD_NONBLOCK);
	if (follow->signal_fd < 0)
		log_system("signalfd");
	return follow->signal_fd < 0 ? EX_OSERR : EX_OK;
}

static void
run(struct follow *follow)
{
	while (!follow->is_ending) {
		act(follow);
		wait_event(follow, next_at(follow));
		read_signals(follow);
		reap(follow);
		if (follow->state != STATE_AWAY &&
		    watch_is_woken(follow->watch))
			look_soon(follow);
	}
	mailer_child_dismiss(&follow->ready);
	mailer_child_end_all(follow->passes, PASSES_MAX);
}

int
mailer_follow(const struct follow_parts *parts)
{
	struct follow	follow = { .parts = parts, .signal_fd = -1 };
	int		code = EX_CONFIG;

	if (conf_load(parts->file, &follow.conf) == ST_OK)
		code = open_signals(&follow);
	if (code != EX_OK)
		goto out;
	if (!follow.conf->core_dumps)
		secret_hide_memory();
	(void)signal(SIGTERM, end_now);
	(void)signal(SIGINT, end_now);
	code = crypto_init() == ST_OK ? mailer_child_check(parts, follow.conf,
	    &follow.signals) : EX_CONFIG;
	if (code == EX_OK)
		code = open_watch(&follow);
	if (code != EX_OK)
		goto out;
	log_info("start", "version", UMWS_VERSION, NULL);
	run(&follow);
	log_info("stop", NULL);
out:
	if (follow.signal_fd >= 0)
		(void)close(follow.signal_fd);
	watch_free(&follow.watch);
	conf_free(&follow.conf);
	return code;
}
