/*
 * mailer-child.c - fork a pass, let it begin, wait for its end, read what it
 * reports.
 */
#include "config.h"

#include "prog/mailer-child.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/clock.h"

#define PARENT_FD	(STDERR_FILENO + 1)	/* in a forked process */

/*
 * In the process: the connection to the database and whatever else is open is
 * not its own.
 */
static void
settle_in(int fd, const sigset_t *blocked)
{
	sigset_t	others = *blocked;

	if (dup2(fd, PARENT_FD) < 0 ||
	    close_range(PARENT_FD + 1, ~0U, 0) != 0)
		_exit(EX_OSERR);
	/* SIGTERM and SIGINT are looked for between mails. */
	(void)sigdelset(&others, SIGTERM);
	(void)sigdelset(&others, SIGINT);
	(void)signal(SIGHUP, SIG_IGN);
	(void)sigprocmask(SIG_UNBLOCK, &others, NULL);
}

/* A process with a socket to us; 0 in it, or -1 (logged). */
static pid_t
begin(const sigset_t *blocked, struct mailer_child *child)
{
	int	fds[2];

	child->pid = 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
		log_system("socketpair");
		return -1;
	}
	child->pid = fork();
	if (child->pid == 0) {
		settle_in(fds[1], blocked);
		return 0;
	}
	(void)close(fds[1]);
	child->fd = fds[0];
	if (child->pid > 0)
		return child->pid;
	log_system("fork");
	(void)close(fds[0]);
	child->pid = 0;
	return -1;
}

/* In the process: true when the pass is to begin, false when we are gone. */
static bool
wait_for_word(bool *is_brief)
{
	ssize_t	got;

	do
		got = read(PARENT_FD, is_brief, sizeof(*is_brief));
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(*is_brief);
}

bool
mailer_child_fork(const struct follow_parts *parts, const struct conf *conf,
    const sigset_t *blocked, struct mailer_child *child)
{
	struct follow_report	report;
	pid_t			pid = begin(blocked, child);
	int			code;

	if (pid != 0)
		return pid > 0;
	memset(&report, 0, sizeof(report));
	code = parts->pass(conf, wait_for_word, &report);
	/* Nobody may be there to hear it. */
	(void)send(PARENT_FD, &report, sizeof(report), MSG_NOSIGNAL);
	_exit(code);
}

void
mailer_child_begin(struct mailer_child *child, bool is_brief)
{
	child->begun_ms = clock_ms();
	(void)send(child->fd, &is_brief, sizeof(is_brief), MSG_NOSIGNAL);
}

static int
code_of(int wait_status)
{
	char	text[LOG_NUMBER_SIZE];

	if (WIFEXITED(wait_status))
		return WEXITSTATUS(wait_status);
	log_err("pass-died", "signal",
	    log_number(text, WTERMSIG(wait_status)), NULL);
	return EX_SOFTWARE;
}

bool
mailer_child_has_ended(struct mailer_child *child, int *code,
    struct follow_report *report)
{
	int	wait_status;

	if (child->pid == 0 ||
	    waitpid(child->pid, &wait_status, WNOHANG) != child->pid)
		return false;
	*code = code_of(wait_status);
	if (recv(child->fd, report, sizeof(*report), MSG_DONTWAIT) !=
	    (ssize_t)sizeof(*report))
		memset(report, 0, sizeof(*report));
	(void)close(child->fd);
	child->pid = 0;
	return true;
}

static int
wait_for(struct mailer_child *child)
{
	int	wait_status = 0;

	while (waitpid(child->pid, &wait_status, 0) < 0 && errno == EINTR)
		continue;
	(void)close(child->fd);
	child->pid = 0;
	return code_of(wait_status);
}

void
mailer_child_dismiss(struct mailer_child *child)
{
	if (child->pid == 0)
		return;
	/* It may be about to wait. What it is told is the end of the file. */
	(void)shutdown(child->fd, SHUT_WR);
	(void)wait_for(child);
}

void
mailer_child_end_all(struct mailer_child *children, size_t count)
{
	size_t	i;

	for (i = 0; i < count; i++)
		if (children[i].pid != 0)
			(void)kill(children[i].pid, SIGTERM);
	for (i = 0; i < count; i++)
		if (children[i].pid != 0)
			(void)wait_for(&children[i]);
}

int
mailer_child_check(const struct follow_parts *parts, const struct conf *conf,
    const sigset_t *blocked)
{
	struct mailer_child	child;
	pid_t			pid = begin(blocked, &child);

	if (pid < 0)
		return EX_OSERR;
	if (pid == 0)
		_exit(parts->check(conf));
	return wait_for(&child);
}
