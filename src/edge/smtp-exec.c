/*
 * smtp-exec.c - fork and exec, with what a program inherits in one place, and
 * the wait for its end with a deadline.
 *
 * The input is a file in memory and not a pipe: whoever dies while it writes
 * to a pipe ends the input in its middle, and the reader cannot tell.
 */
#include "config.h"

#include "edge/smtp-exec.h"

#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "base/whole.h"
#include "edge/clock.h"

#define STATUS_FD	(STDERR_FILENO + 1) /* in the child, until exec */
#define HIGH_FD		10	/* ours are above those that it gets */
#define CHUNK_SIZE	4096	/* bytes that are read and forgotten at once */
#define LOOK_MS		50	/* between two looks where none can be told */
#define DEATH_MS	5000	/* for whoever was killed to be gone */
#define PATH		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:" \
			"/usr/bin:/sbin:/bin"

/* Descriptors of one run; -1: none. */
struct ends {
	int	input;
	int	words[2];	/* what it writes */
	int	status[2];	/* why it could not be run */
};

const char *
smtp_exec_fault(const char *path)
{
	struct stat	st;

	if (stat(path, &st) != 0)
		return errno == ENOENT || errno == ENOTDIR ? "is not there" :
		    "cannot be looked at";
	if (!S_ISREG(st.st_mode))
		return "is no file";
	if (access(path, X_OK) != 0)
		return "may not be executed by this user";
	return NULL;
}

static void
close_one(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

/* Out of the way of those that the program gets. */
static bool
lift(int *fd)
{
	int	high = fcntl(*fd, F_DUPFD_CLOEXEC, HIGH_FD);

	close_one(fd);
	*fd = high;
	return high >= 0;
}

static bool
make_pipe(int fds[2])
{
	if (pipe2(fds, O_CLOEXEC) != 0) {
		fds[0] = fds[1] = -1;
		return false;
	}
	return lift(&fds[0]) && lift(&fds[1]);
}

/* A file without a name, which nobody can change any more. */
static bool
make_input(const char *bytes, size_t len, int *fd)
{
	*fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return *fd >= 0 && lift(fd) && whole_write(*fd, bytes, len) &&
	    lseek(*fd, 0, SEEK_SET) == 0 && fcntl(*fd, F_ADD_SEALS,
	    F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0;
}

/* Of our environment no more than who we are, and where. */
static void
choose_environment(char *chosen[], size_t size)
{
	static const char *const	names[] = { "HOME=", "USER=",
		"LOGNAME=", "TZ=" };
	static char			path[] = PATH, words[] = "LC_ALL=C";
	size_t				count = 0, i, j;

	chosen[count++] = path;
	chosen[count++] = words;
	for (i = 0; environ != NULL && environ[i] != NULL; i++)
		for (j = 0; j < sizeof(names) / sizeof(names[0]); j++)
			if (strncmp(environ[i], names[j],
			    strlen(names[j])) == 0 && count < size - 1)
				chosen[count++] = environ[i];
	chosen[count] = NULL;
}

/* In the child: nothing of ours but what it is to have, and the program. */
static void
become(const struct smtp_exec *run, const struct ends *ends, pid_t parent)
{
	char		 path[PATH_MAX], argument[PATH_MAX];
	char		*argv[] = { path, argument, NULL }, *environment[16];
	sigset_t	 none;
	int		 failed, number;

	(void)sigemptyset(&none);
	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	choose_environment(environment,
	    sizeof(environment) / sizeof(environment[0]));
	if (getppid() == parent && setsid() >= 0 && chdir("/") == 0 &&
	    strlen(run->path) < sizeof(path) &&
	    strlen(run->argument) < sizeof(argument) &&
	    dup2(ends->input, STDIN_FILENO) >= 0 &&
	    dup2(ends->words[1], STDOUT_FILENO) >= 0 &&
	    dup2(ends->words[1], STDERR_FILENO) >= 0 &&
	    dup3(ends->status[1], STATUS_FD, O_CLOEXEC) >= 0 &&
	    close_range(STATUS_FD + 1, ~0U, 0) == 0) {
		strcpy(path, run->path);
		strcpy(argument, run->argument);
		(void)execve(path, argv, environment);
	}
	failed = errno;
	(void)!write(STATUS_FD, &failed, sizeof(failed));
	_exit(EXIT_FAILURE);
}

/* Read what it writes, and forget it. False at the end. */
static bool
forget_words(int fd)
{
	char	chunk[CHUNK_SIZE];
	ssize_t	got = read(fd, chunk, sizeof(chunk));

	/* It may quote what it was given. */
	WIPE(&chunk);
	return got > 0 || (got < 0 && errno == EINTR);
}

/* Wait until it has ended, for so long; false: it has not. */
static bool
wait_for(pid_t pid, struct ends *ends, int64_t wait_ms, int *status)
{
	int64_t		until_ms = clock_ms() + wait_ms, left_ms;
	struct pollfd	pfds[2] = { { .fd = pidfd_open(pid, 0),
			    .events = POLLIN }, { .events = POLLIN } };
	pid_t		ended;

	for (;;) {
		ended = waitpid(pid, status, WNOHANG);
		left_ms = until_ms - clock_ms();
		if (ended != 0 || left_ms <= 0)
			break;
		/* Without a pidfd nobody tells when to look. */
		if (pfds[0].fd < 0 && left_ms > LOOK_MS)
			left_ms = LOOK_MS;
		pfds[1].fd = ends->words[0];
		pfds[1].revents = 0;
		(void)poll(pfds, 2, (int)left_ms);
		if (pfds[1].revents != 0 && !forget_words(ends->words[0]))
			close_one(&ends->words[0]);
	}
	close_one(&pfds[0].fd);
	return ended == pid;
}

/* Its end; *end comes as SMTP_EXEC_NOT_RUN. */
static void
watch(const struct smtp_exec *run, pid_t pid, struct ends *ends,
    struct smtp_exec_end *end)
{
	int	status = 0;
	bool	is_late;

	is_late = !wait_for(pid, ends, run->timeout_s * 1000LL, &status);
	if (is_late) {
		end->how = SMTP_EXEC_LATE;
		/* All that it has begun, too; who may not be killed is left
		 * to end by himself. */
		(void)kill(-pid, SIGKILL);
		(void)wait_for(pid, ends, DEATH_MS, &status);
	} else if (read(ends->status[0], &end->number, sizeof(end->number)) !=
	    (ssize_t)sizeof(end->number)) {
		end->how = WIFSIGNALED(status) ? SMTP_EXEC_KILLED :
		    SMTP_EXEC_EXITED;
		end->number = WIFSIGNALED(status) ? WTERMSIG(status) :
		    WEXITSTATUS(status);
	}
}

struct smtp_exec_end
smtp_exec(const struct smtp_exec *run)
{
	struct ends		ends = { -1, { -1, -1 }, { -1, -1 } };
	struct smtp_exec_end	end = { SMTP_EXEC_NOT_RUN, 0 };
	pid_t			parent = getpid(), pid;

	if (!make_input(run->input, run->len, &ends.input) ||
	    !make_pipe(ends.words) || !make_pipe(ends.status)) {
		end.number = errno;
		goto out;
	}
	pid = fork();
	if (pid == 0)
		become(run, &ends, parent);
	end.number = errno;
	close_one(&ends.input);
	close_one(&ends.words[1]);
	close_one(&ends.status[1]);
	if (pid > 0)
		watch(run, pid, &ends, &end);
out:
	close_one(&ends.status[0]);
	close_one(&ends.status[1]);
	close_one(&ends.words[0]);
	close_one(&ends.words[1]);
	close_one(&ends.input);
	return end;
}
