/*
 * program.c - fork and exec with an argument vector, and the wait for its end
 * with a deadline.
 */
#include "config.h"

#include "edge/program.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/clock.h"

#define ARGUMENTS_MAX	40
#define CHUNK_SIZE	4096	/* bytes that are read at once */
#define LOOK_AGAIN_MS	10	/* for the end of one that writes no more */
#define NOT_RUN_CODE	127	/* of a child that could not exec */

/* In the child: for good. */
static bool
become_user(const struct passwd *user)
{
	return user == NULL || (initgroups(user->pw_name, user->pw_gid) == 0 &&
	    setgid(user->pw_gid) == 0 && setuid(user->pw_uid) == 0);
}

/* In the child: nothing of ours but the pipe, and the program. */
static void
become(const struct program *program, const struct passwd *user, int words)
{
	static char	 path[] = "PATH=/usr/local/sbin:/usr/local/bin:"
			    "/usr/sbin:/usr/bin:/sbin:/bin";
	static char	 locale[] = "LC_ALL=C.UTF-8";
	char		*environment[] = { path, locale, NULL };
	char		*argv[ARGUMENTS_MAX + 2] = { NULL };
	int		 none, number;
	sigset_t	 signals;
	size_t		 i;

	argv[0] = strdup(program->path);
	for (i = 0; i < ARGUMENTS_MAX && program->arguments[i] != NULL; i++)
		argv[i + 1] = strdup(program->arguments[i]);
	(void)sigemptyset(&signals);
	for (number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &signals, NULL);
	none = open("/dev/null", O_RDONLY);
	if (none >= 0 && dup2(none, STDIN_FILENO) >= 0 &&
	    dup2(words, STDOUT_FILENO) >= 0 &&
	    dup2(words, STDERR_FILENO) >= 0 &&
	    close_range(STDERR_FILENO + 1, ~0U, 0) == 0 &&
	    chdir("/") == 0 && become_user(user))
		(void)execve(program->path, argv, environment);
	_exit(NOT_RUN_CODE);
}

/* All that it writes, until it has closed its end or is late. */
static void
read_words(int fd, int64_t until_ms, struct buf *output)
{
	struct pollfd	pfd = { .fd = fd, .events = POLLIN };
	char		chunk[CHUNK_SIZE];
	int64_t		left_ms;
	ssize_t		got = 1;

	while (got > 0) {
		left_ms = until_ms - clock_ms();
		if (left_ms <= 0)
			return;
		if (poll(&pfd, 1, (int)left_ms) <= 0)
			continue;
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0 && output != NULL)
			buf_append(output, chunk, (size_t)got);
	}
}

/*
 * Its end, by the deadline. One that is late is killed; what it has written
 * and whether it has closed its output says nothing of that.
 */
static bool
wait_end(pid_t pid, int64_t until_ms, int *status)
{
	const struct timespec	pause = { 0, LOOK_AGAIN_MS * 1000000L };
	pid_t			ended;

	while ((ended = waitpid(pid, status, WNOHANG)) == 0 &&
	    clock_ms() < until_ms)
		(void)nanosleep(&pause, NULL);
	if (ended == 0)
		(void)kill(pid, SIGKILL);
	while (ended == 0 || (ended < 0 && errno == EINTR))
		ended = waitpid(pid, status, 0);
	return ended == pid;
}

int
program_run(const struct program *program, struct buf *output)
{
	const struct passwd	*user = NULL;
	int64_t			 until_ms = clock_ms() +
				    program->timeout_s * 1000LL;
	int			 words[2], status = 0;
	bool			 is_ended;
	pid_t			 pid;

	if (program->user != NULL) {
		user = getpwnam(program->user);
		if (user == NULL)
			return PROGRAM_NOT_RUN;
	}
	if (access(program->path, X_OK) != 0 || pipe2(words, O_CLOEXEC) != 0)
		return PROGRAM_NOT_RUN;
	pid = fork();
	if (pid == 0)
		become(program, user, words[1]);
	(void)close(words[1]);
	if (pid > 0)
		read_words(words[0], until_ms, output);
	(void)close(words[0]);
	if (pid < 0)
		return PROGRAM_NOT_RUN;
	is_ended = wait_end(pid, until_ms, &status);
	if (!is_ended || !WIFEXITED(status))
		return PROGRAM_KILLED;
	return WEXITSTATUS(status) == NOT_RUN_CODE ? PROGRAM_NOT_RUN :
	    WEXITSTATUS(status);
}

enum status
program_be_user(const char *user)
{
	const struct passwd	*entry = getpwnam(user);

	if (entry == NULL || geteuid() != 0)
		return ST_BAD;
	if (initgroups(user, entry->pw_gid) == 0 &&
	    setegid(entry->pw_gid) == 0 && seteuid(entry->pw_uid) == 0)
		return ST_OK;
	log_system("seteuid");
	program_be_root();
	return ST_BAD;
}

void
program_be_root(void)
{
	if (seteuid(0) != 0 || setegid(0) != 0 || setgroups(0, NULL) != 0)
		log_system("seteuid");
}
