/*
 * voicemail-derive.c - each process takes every n-th PIN. What they share is
 * memory without a name.
 */
#include "config.h"

#include "ctl/voicemail-derive.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "core/pin.h"
#include "ctl/progress.h"

#define CHILDREN_MAX	64
#define GLANCE_NS	50000000	/* between two looks at the work */

struct crew {
	const struct key	*pepper;
	struct voicemail_work	*works;
	size_t			 count;
	size_t			 size;		/* processes to be */
	pid_t			 pids[CHILDREN_MAX];	/* 0: it has ended */
	size_t			 living;
};

struct voicemail_work *
voicemail_work_new(size_t count)
{
	void	*works;

	works = mmap(NULL, count * sizeof(struct voicemail_work),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return works == MAP_FAILED ? NULL : works;
}

void
voicemail_work_free(struct voicemail_work **works, size_t count)
{
	if (*works == NULL)
		return;
	secret_wipe(*works, count * sizeof(**works));
	(void)munmap(*works, count * sizeof(**works));
	*works = NULL;
}

/* The whole life of a child: which of them it is says what it does. */
static _Noreturn void
work(const struct crew *crew, size_t which, pid_t parent)
{
	unsigned char		 mac[CRYPTO_MAC_SIZE];
	struct voicemail_work	*one;
	enum status		 st = ST_OK;
	size_t			 i;

	for (i = which; i < crew->count && st == ST_OK; i += crew->size) {
		/* Nobody waits for it any more. */
		if (getppid() != parent)
			_exit(EX_TEMPFAIL);
		one = &crew->works[i];
		st = pin_key(crew->pepper, one->user_id, &one->pin, mac);
		if (st == ST_OK)
			st = derive_verifier(one->settings, mac,
			    one->verifier);
		WIPE(&mac);
	}
	_exit(st == ST_OK ? EX_OK : EX_TEMPFAIL);
}

static void
end_all(struct crew *crew)
{
	size_t	i;

	for (i = 0; i < crew->size; i++) {
		if (crew->pids[i] == 0)
			continue;
		(void)kill(crew->pids[i], SIGKILL);
		while (waitpid(crew->pids[i], NULL, 0) < 0 && errno == EINTR)
			continue;
		crew->pids[i] = 0;
	}
}

/* Take note of those who have ended; false: one has failed. */
static bool
reap(struct crew *crew)
{
	int	how;
	size_t	i;

	for (i = 0; i < crew->size; i++) {
		if (crew->pids[i] == 0 ||
		    waitpid(crew->pids[i], &how, WNOHANG) != crew->pids[i])
			continue;
		crew->pids[i] = 0;
		crew->living--;
		if (!WIFEXITED(how) || WEXITSTATUS(how) != EX_OK)
			return false;
	}
	return true;
}

static size_t
done(const struct crew *crew)
{
	size_t	i, count = 0;

	for (i = 0; i < crew->count; i++)
		if (((volatile char *)crew->works[i].verifier)[0] != '\0')
			count++;
	return count;
}

static bool
start(struct crew *crew)
{
	pid_t	parent = getpid();
	size_t	i;

	for (i = 0; i < crew->size; i++) {
		crew->pids[i] = fork();
		if (crew->pids[i] == 0)
			work(crew, i, parent);
		if (crew->pids[i] < 0) {
			crew->pids[i] = 0;
			return false;
		}
		crew->living++;
	}
	return true;
}

int
voicemail_derive(struct command *command, const struct key *pepper,
    struct voicemail_work *works, size_t count)
{
	struct crew	crew = { .pepper = pepper, .works = works,
			    .count = count };
	struct timespec	pause = { .tv_nsec = GLANCE_NS };
	struct progress	progress;
	long		cores = sysconf(_SC_NPROCESSORS_ONLN);
	bool		is_good;

	crew.size = cores < 1 ? 1 : cores > CHILDREN_MAX ? CHILDREN_MAX :
	    (size_t)cores;
	(void)fflush(NULL);
	progress_init(&progress, command->io->err);
	progress_begin(&progress);
	is_good = start(&crew);
	while (is_good && crew.living > 0) {
		(void)nanosleep(&pause, NULL);
		if (progress.stream != NULL)
			progress_show(&progress, "deriving PINs", done(&crew),
			    count);
		is_good = reap(&crew);
	}
	end_all(&crew);
	progress_clear(&progress);
	return is_good ? EX_OK : command_fail(command, EX_TEMPFAIL,
	    "nothing was changed: the PINs could not be derived");
}
