/*
 * guard.c - a child behind a pipe. One that hangs in the kernel is not waited
 * for: it is somebody else's when we end.
 */
#include "config.h"

#include "edge/guard.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "edge/clock.h"

#define BURY_MS		200	/* how long a killed child is waited for */
#define BURY_PAUSE_MS	5

enum status
guard_start(struct guard *guard, void (*work)(void *context, int fd),
    void *context)
{
	int	fds[2];

	guard->pid = 0;
	guard->fd = -1;
	if (pipe2(fds, O_CLOEXEC) != 0) {
		log_system("pipe2");
		return ST_RETRY;
	}
	guard->pid = fork();
	if (guard->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)close(fds[0]);
		work(context, fds[1]);
		_exit(0);
	}
	(void)close(fds[1]);
	if (guard->pid < 0) {
		log_system("fork");
		(void)close(fds[0]);
		guard->pid = 0;
		return ST_RETRY;
	}
	guard->fd = fds[0];
	return ST_OK;
}

void
guard_tell(int fd, const void *record, size_t size)
{
	ssize_t	done;

	assert(size <= GUARD_RECORD_MAX);
	do
		done = write(fd, record, size);
	while (done < 0 && errno == EINTR);
	if (done != (ssize_t)size)
		_exit(1);
}

enum status
guard_hear(struct guard *guard, void *record, size_t size,
    int64_t deadline_ms)
{
	struct pollfd	wait = { .fd = guard->fd, .events = POLLIN };
	int64_t		left;
	ssize_t		got;
	int		ready;

	do {
		left = deadline_ms - clock_ms();
		ready = poll(&wait, 1, left > 0 ? (int)left : 0);
	} while (ready < 0 && errno == EINTR);
	if (ready == 0)
		return ST_RETRY;
	do
		got = read(guard->fd, record, size);
	while (got < 0 && errno == EINTR);
	return got == (ssize_t)size ? ST_OK : ST_FAIL;
}

void
guard_stop(struct guard *guard)
{
	int64_t	until_ms = clock_ms() + BURY_MS;

	if (guard->pid == 0)
		return;
	(void)kill(guard->pid, SIGKILL);
	while (waitpid(guard->pid, NULL, WNOHANG) == 0 &&
	    clock_ms() < until_ms)
		clock_sleep_ms(BURY_PAUSE_MS);
	(void)close(guard->fd);
	guard->pid = 0;
	guard->fd = -1;
}
