/*
 * gate-lock.c - anonymous shared memory, robust mutexes, semaphores between
 * processes.
 */
#include "config.h"

#include "edge/gate-lock.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"

void *
gate_map(size_t size)
{
	void	*memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	log_err("no-memory", "for", "gate", "reason", strerror(errno), NULL);
	return NULL;
}

void
gate_unmap(void *memory, size_t size)
{
	(void)munmap(memory, size);
}

void
gate_lock_init(pthread_mutex_t *lock)
{
	pthread_mutexattr_t	attributes;

	(void)pthread_mutexattr_init(&attributes);
	(void)pthread_mutexattr_setpshared(&attributes,
	    PTHREAD_PROCESS_SHARED);
	(void)pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	(void)pthread_mutex_init(lock, &attributes);
	(void)pthread_mutexattr_destroy(&attributes);
}

void
gate_turn_init(sem_t *turn)
{
	(void)sem_init(turn, 1, 0);
}

bool
gate_lock(pthread_mutex_t *lock)
{
	int	error = pthread_mutex_lock(lock);
	bool	has_died = error == EOWNERDEAD;

	if (has_died)
		error = pthread_mutex_consistent(lock);
	assert(error == 0);
	return has_died;
}

void
gate_unlock(pthread_mutex_t *lock)
{
	int	error = pthread_mutex_unlock(lock);

	assert(error == 0);
	(void)error;
}

struct timespec
gate_end_of(unsigned int timeout_ms)
{
	struct timespec	end;

	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout_ms / 1000;
	end.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	return end;
}

bool
gate_sleep(sem_t *turn, const struct timespec *end)
{
	int	error;

	do {
		error = sem_clockwait(turn, CLOCK_MONOTONIC, end);
	} while (error != 0 && errno == EINTR);
	return error == 0;
}

void
gate_drain(sem_t *turn)
{
	while (sem_trywait(turn) == 0)
		continue;
}
