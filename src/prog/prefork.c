/*
 * prefork.c - start, stop and replace the children of umws-fcgi. Each turn of
 * the loop compares the children that there are with those that there should
 * be, and does one thing about it.
 *
 * Slots, not children, are the unit: there are twice as many as workers, so
 * that a replacement finds one while its predecessor finishes.
 */
#include "config.h"

#include "prog/prefork.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/status.h"
#include "edge/scoreboard.h"
#include "edge/clock.h"
#include "edge/gate-lanes.h"
#include "edge/gate.h"
#include "edge/notify.h"
#include "web/phone-account.h"
#include "prog/child.h"
#include "prog/prefork-check.h"

#define TICK_MS		250	/* between two looks without an event */
#define STUCK_MS	30000	/* busy longer: killed; umws.conf allows a
				 * request 20 s and its connections some */
#define BACK_OFF_MIN_MS	100	/* before a child that died is replaced */
#define BACK_OFF_MAX_MS	10000

struct slot {
	pid_t		pid;		/* 0: free */
	unsigned int	edition;	/* of the configuration it runs */
	int		ready_fd;	/* -1 once it said that it is ready */
	bool		is_stopping;	/* was told to, or killed */
};

struct prefork {
	const char	*conf_path;
	struct conf	*conf;
	struct conf	*next;		/* read at SIGHUP, being checked */
	pid_t		 check_pid;	/* by this process */
	bool		 is_reload_due;	/* SIGHUP came while it was */
	unsigned int	 edition;	/* counts configurations */
	unsigned int	 workers;
	size_t		 count;		/* slots */
	struct slot	*slots;
	struct gate	*gate;
	struct lanes	*lanes;
	struct scoreboard	*board;
	int		 listen_fd;
	int		 signal_fd;
	sigset_t	 signals;
	int64_t		 back_off_ms;
	int64_t		 no_fork_before_ms;
	struct notify	 notify;
	bool		 is_started;	/* a child has been ready */
	bool		 is_ready_due;	/* the manager waits to hear it */
	bool		 is_ending;
};

static void
close_ready(struct slot *slot)
{
	if (slot->ready_fd >= 0)
		(void)close(slot->ready_fd);
	slot->ready_fd = -1;
}

/* A child is ready when its pipe has a byte; it dies by closing it. */
static void
read_ready(struct slot *slot)
{
	struct pollfd	pfd = { slot->ready_fd, POLLIN, 0 };

	if (slot->ready_fd >= 0 && poll(&pfd, 1, 0) > 0 &&
	    (pfd.revents & POLLIN) != 0)
		close_ready(slot);
}

/* In the child: everything of the parent's that it must not keep. */
static void
become_child(struct prefork *pf, size_t index, pid_t parent, int ready_fd)
{
	struct child_parts	parts = { pf->conf, pf->gate, pf->lanes,
				    pf->board, index, parent, pf->listen_fd,
				    ready_fd };
	size_t			i;

	(void)close(pf->signal_fd);
	for (i = 0; i < pf->count; i++) {
		/* A slot never used has 0 there: the listening socket. */
		if (pf->slots[i].pid != 0)
			close_ready(&pf->slots[i]);
	}
	exit(child_serve(&parts));
}

/* Fork one child. False (logged) when it cannot be done now. */
static bool
spawn(struct prefork *pf)
{
	struct slot	*slot;
	size_t		 i = 0;
	int		 fds[2];
	pid_t		 parent = getpid(), pid;

	while (i < pf->count && pf->slots[i].pid != 0)
		i++;
	if (i == pf->count)
		return false;
	if (pipe2(fds, O_CLOEXEC) != 0) {
		log_err("pipe", "reason", strerror(errno), NULL);
		pf->no_fork_before_ms = clock_ms() + BACK_OFF_MAX_MS;
		return false;
	}
	pid = fork();
	if (pid == 0) {
		(void)close(fds[0]);
		become_child(pf, i, parent, fds[1]);
	}
	(void)close(fds[1]);
	if (pid < 0) {
		log_err("fork", "reason", strerror(errno), NULL);
		(void)close(fds[0]);
		pf->no_fork_before_ms = clock_ms() + BACK_OFF_MAX_MS;
		return false;
	}
	slot = &pf->slots[i];
	*slot = (struct slot){ pid, pf->edition, fds[0], false };
	return true;
}

static void
stop_child(struct slot *slot, int signal_number)
{
	slot->is_stopping = true;
	(void)kill(slot->pid, signal_number);
}

/* A child has ended: free its slot, let go what it held, slow down loops. */
static void
bury(struct prefork *pf, size_t index, int wait_status)
{
	struct slot	*slot = &pf->slots[index];
	char		 pid[LOG_NUMBER_SIZE], code[LOG_NUMBER_SIZE];
	int64_t		 now_ms = clock_ms();
	bool		 was_ready;

	read_ready(slot);
	was_ready = slot->ready_fd < 0;
	gate_leave(pf->gate, index);
	lanes_leave(pf->lanes, index);
	scoreboard_set_busy(pf->board, index, 0);
	close_ready(slot);
	if (!slot->is_stopping) {
		scoreboard_add(pf->board, SCORE_RESTARTS, 1);
		log_err("child-died", "pid", log_number(pid, slot->pid),
		    WIFSIGNALED(wait_status) ? "signal" : "exit",
		    log_number(code, WIFSIGNALED(wait_status) ?
		    WTERMSIG(wait_status) : WEXITSTATUS(wait_status)), NULL);
		/* Only one that could not even start makes us slow down. */
		if (was_ready) {
			pf->back_off_ms = 0;
		} else {
			pf->back_off_ms = pf->back_off_ms == 0 ?
			    BACK_OFF_MIN_MS : pf->back_off_ms * 2;
			if (pf->back_off_ms > BACK_OFF_MAX_MS)
				pf->back_off_ms = BACK_OFF_MAX_MS;
			pf->no_fork_before_ms = now_ms + pf->back_off_ms;
		}
	}
	slot->pid = 0;
}

/* Those whose logons are counted apart. */
static void
note_services(const struct prefork *pf)
{
	phone_accounts_note(pf->conf->tui_accounts, pf->conf->strip_domains,
	    pf->board);
}

static void
refuse_reload(struct prefork *pf)
{
	scoreboard_add(pf->board, SCORE_RELOADS_REFUSED, 1);
	log_err("reload-refused", "todo",
	    "mend the configuration; the old one stays in use", NULL);
	conf_free(&pf->next);
	pf->check_pid = 0;
	if (pf->is_started)
		notify_ready(&pf->notify, "Serving by the old settings: the "
		    "new ones were refused, see the log");
}

/* Read the new configuration and have it checked; one at a time. */
static void
begin_reload(struct prefork *pf)
{
	pf->is_reload_due = pf->check_pid != 0;
	if (pf->is_reload_due)
		return;
	notify_reloading(&pf->notify);
	if (conf_load(pf->conf_path, &pf->next) == ST_OK)
		pf->check_pid = prefork_check_begin(pf->next);
	if (pf->check_pid <= 0)
		refuse_reload(pf);
}

/* The check is done: from now on tend() replaces the children. */
static void
end_reload(struct prefork *pf, int wait_status)
{
	if (prefork_check_code(wait_status) != EX_OK) {
		refuse_reload(pf);
	} else {
		pf->check_pid = 0;
		conf_free(&pf->conf);
		pf->conf = pf->next;
		pf->next = NULL;
		pf->edition++;
		pf->no_fork_before_ms = 0;
		pf->is_ready_due = true;
		scoreboard_add(pf->board, SCORE_RELOADS, 1);
		note_services(pf);
		log_info("reload", NULL);
	}
	if (pf->is_reload_due)
		begin_reload(pf);
}

static void
reap(struct prefork *pf)
{
	size_t	i;
	pid_t	pid;
	int	wait_status;

	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
		if (pid == pf->check_pid)
			end_reload(pf, wait_status);
		for (i = 0; i < pf->count; i++) {
			if (pf->slots[i].pid == pid)
				bury(pf, i, wait_status);
		}
	}
}

static void
read_signals(struct prefork *pf)
{
	struct signalfd_siginfo	info;

	while (read(pf->signal_fd, &info, sizeof(info)) ==
	    (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			begin_reload(pf);
		else if (info.ssi_signo != SIGCHLD)
			pf->is_ending = true;
	}
}

/* Nobody waits for a child that has been at one request for too long. */
static void
kill_stuck(struct prefork *pf)
{
	char	pid[LOG_NUMBER_SIZE];
	int64_t	since_ms;
	size_t	i;

	for (i = 0; i < pf->count; i++) {
		since_ms = scoreboard_busy_since(pf->board, i);
		if (pf->slots[i].pid == 0 || since_ms == 0 ||
		    clock_ms() - since_ms < STUCK_MS)
			continue;
		scoreboard_add(pf->board, SCORE_STUCK, 1);
		log_err("child-stuck", "pid",
		    log_number(pid, pf->slots[i].pid), NULL);
		scoreboard_set_busy(pf->board, i, 0);
		stop_child(&pf->slots[i], SIGKILL);
	}
}

/*
 * Tell the manager that we serve: at the start with the first child that is
 * ready, and after a reload when all of them go by the new settings.
 */
static void
announce(struct prefork *pf, unsigned int ready, bool is_settled)
{
	if (!pf->is_ready_due || ready == 0 ||
	    (pf->is_started && (!is_settled || pf->check_pid != 0)))
		return;
	pf->is_ready_due = false;
	pf->is_started = true;
	notify_ready(&pf->notify, "Serving");
}

/*
 * Bring the children nearer to what there should be: N of the present
 * edition. While old ones are left, one new child at a time comes up, and
 * when it is ready one old child goes.
 */
static void
tend(struct prefork *pf)
{
	struct slot	*slot, *old = NULL;
	unsigned int	 serving = 0, starting = 0;
	size_t		 i;

	for (i = 0; i < pf->count; i++) {
		slot = &pf->slots[i];
		if (slot->pid == 0 || slot->is_stopping)
			continue;
		read_ready(slot);
		serving++;
		if (slot->ready_fd >= 0)
			starting++;
		else if (slot->edition != pf->edition)
			old = slot;
	}
	announce(pf, serving - starting, old == NULL && starting == 0 &&
	    serving >= pf->workers);
	if (clock_ms() >= pf->no_fork_before_ms) {
		while (serving < pf->workers && spawn(pf))
			serving++;
		if (old != NULL && starting == 0 && serving == pf->workers)
			(void)spawn(pf);
	}
	if (old != NULL && starting == 0 && serving > pf->workers)
		stop_child(old, SIGTERM);
	scoreboard_set(pf->board, SCORE_CHILDREN, serving);
}

static void
wait_event(struct prefork *pf)
{
	struct pollfd	*fds;
	nfds_t		 n = 1;
	size_t		 i;

	fds = calloc(pf->count + 1, sizeof(*fds));
	if (fds == NULL) {
		(void)poll(NULL, 0, TICK_MS);
		return;
	}
	fds[0] = (struct pollfd){ pf->signal_fd, POLLIN, 0 };
	for (i = 0; i < pf->count; i++) {
		if (pf->slots[i].pid != 0 && pf->slots[i].ready_fd >= 0)
			fds[n++] = (struct pollfd){ pf->slots[i].ready_fd,
			    POLLIN, 0 };
	}
	/* An error that lasts must not keep the processor busy. */
	if (poll(fds, n, TICK_MS) < 0 && errno != EINTR)
		(void)poll(NULL, 0, TICK_MS);
	free(fds);
}

static unsigned int
living(const struct prefork *pf)
{
	unsigned int	n = 0;
	size_t		i;

	for (i = 0; i < pf->count; i++)
		n += pf->slots[i].pid != 0;
	return n;
}

/* Wait for something to happen, see to it, and then say that we live. */
static void
look_after(struct prefork *pf)
{
	wait_event(pf);
	read_signals(pf);
	reap(pf);
	kill_stuck(pf);
	if (pf->is_started)
		notify_alive(&pf->notify);
}

/* Idle children go at once, busy ones after their answer. */
static void
end_all(struct prefork *pf)
{
	size_t	i;

	for (i = 0; i < pf->count; i++) {
		if (pf->slots[i].pid != 0 && !pf->slots[i].is_stopping)
			stop_child(&pf->slots[i], SIGTERM);
	}
	while (living(pf) > 0)
		look_after(pf);
}

static int
open_prefork(struct prefork *pf)
{
	long	cores = sysconf(_SC_NPROCESSORS_ONLN);

	pf->count = 2 * (size_t)pf->workers;
	pf->slots = calloc(pf->count, sizeof(pf->slots[0]));
	if (pf->slots == NULL) {
		log_system("calloc");
		return EX_OSERR;
	}
	if (gate_new(pf->count, pf->conf->derivations != 0 ?
	    pf->conf->derivations : cores > 0 ? (unsigned int)cores : 1,
	    &pf->gate) != ST_OK ||
	    lanes_new(pf->count, (pf->workers + 1) / 2, &pf->lanes) != ST_OK ||
	    scoreboard_new(pf->count, &pf->board) != ST_OK) {
		log_system("shared memory");
		return EX_OSERR;
	}
	scoreboard_set(pf->board, SCORE_STARTED_S, (uint64_t)time(NULL));
	scoreboard_set(pf->board, SCORE_WORKERS, pf->workers);
	note_services(pf);
	(void)sigemptyset(&pf->signals);
	(void)sigaddset(&pf->signals, SIGTERM);
	(void)sigaddset(&pf->signals, SIGINT);
	(void)sigaddset(&pf->signals, SIGHUP);
	(void)sigaddset(&pf->signals, SIGCHLD);
	(void)sigaddset(&pf->signals, SIGUSR1);
	(void)sigprocmask(SIG_BLOCK, &pf->signals, NULL);
	pf->signal_fd = signalfd(-1, &pf->signals,
	    SFD_CLOEXEC | SFD_NONBLOCK);
	if (pf->signal_fd < 0)
		log_system("signalfd");
	return pf->signal_fd < 0 ? EX_OSERR : EX_OK;
}

int
prefork_run(int listen_fd, const char *conf_path, struct conf *conf,
    unsigned int workers)
{
	struct prefork	pf = { .conf_path = conf_path, .conf = conf,
			    .workers = workers, .listen_fd = listen_fd,
			    .signal_fd = -1, .is_ready_due = true };
	char		children[LOG_NUMBER_SIZE];
	int		code;

	notify_open(&pf.notify);
	code = open_prefork(&pf);
	if (code != EX_OK)
		goto out;
	code = prefork_check_now(conf);
	if (code != EX_OK)
		goto out;
	log_info("start", "version", UMWS_VERSION, "children",
	    log_number(children, workers), NULL);
	while (!pf.is_ending) {
		tend(&pf);
		look_after(&pf);
	}
	notify_stopping(&pf.notify);
	end_all(&pf);
	log_info("stop", NULL);
out:
	if (pf.signal_fd >= 0)
		(void)close(pf.signal_fd);
	scoreboard_free(&pf.board);
	lanes_free(&pf.lanes);
	gate_free(&pf.gate);
	free(pf.slots);
	conf_free(&pf.next);
	conf_free(&pf.conf);
	return code;
}
