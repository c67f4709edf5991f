/*
 * gate.c - limit how many processes derive at once: a queue in shared memory
 * under a robust mutex. Each waiter sleeps on a semaphore of its own, and who
 * leaves wakes the oldest.
 *
 * How many are inside is counted from the slots, never stored, so a holder
 * of the mutex may die at any point and leave nothing that lies.
 */
#include "config.h"

#include "edge/gate.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "base/log.h"

enum slot_state {
	SLOT_OUTSIDE = 0,
	SLOT_WAITING,
	SLOT_INSIDE
};

struct gate_slot {
	enum slot_state	state;
	uint64_t	ticket;		/* order of arrival */
	sem_t		turn;		/* posted when let in */
};

struct gate {
	pthread_mutex_t		lock;	/* robust, process-shared */
	size_t			size;	/* bytes mapped */
	size_t			count;	/* slots */
	unsigned int		capacity;
	uint64_t		next_ticket;
	struct gate_slot	slots[];
};

static void
gate_lock(struct gate *gate)
{
	int	error;
	size_t	i;

	error = pthread_mutex_lock(&gate->lock);
	if (error == EOWNERDEAD) {
		error = pthread_mutex_consistent(&gate->lock);
		/* It may have let one in and died before it said so; a turn
		 * too many is drained at the next entry. */
		for (i = 0; i < gate->count; i++) {
			if (gate->slots[i].state == SLOT_INSIDE)
				(void)sem_post(&gate->slots[i].turn);
		}
	}
	assert(error == 0);
}

static void
gate_unlock(struct gate *gate)
{
	int	error;

	error = pthread_mutex_unlock(&gate->lock);
	assert(error == 0);
	(void)error;
}

enum status
gate_new(size_t slots, unsigned int capacity, struct gate **gate)
{
	pthread_mutexattr_t	 attributes;
	struct gate		*made;
	size_t			 i, size;

	assert(slots > 0 && capacity > 0);
	*gate = NULL;
	size = sizeof(*made) + slots * sizeof(made->slots[0]);
	made = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED) {
		log_err("no-memory", "for", "gate", "reason",
		    strerror(errno), NULL);
		return ST_RETRY;
	}
	made->size = size;
	made->count = slots;
	made->capacity = capacity;
	(void)pthread_mutexattr_init(&attributes);
	(void)pthread_mutexattr_setpshared(&attributes,
	    PTHREAD_PROCESS_SHARED);
	(void)pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	(void)pthread_mutex_init(&made->lock, &attributes);
	(void)pthread_mutexattr_destroy(&attributes);
	for (i = 0; i < slots; i++)
		(void)sem_init(&made->slots[i].turn, 1, 0);
	*gate = made;
	return ST_OK;
}

void
gate_free(struct gate **gate)
{
	if (*gate == NULL)
		return;
	(void)munmap(*gate, (*gate)->size);
	*gate = NULL;
}

/* Let in the oldest waiters while there is room. The lock is held. */
static void
gate_admit(struct gate *gate)
{
	struct gate_slot	*oldest;
	unsigned int		 inside;
	size_t			 i;

	for (;;) {
		inside = 0;
		oldest = NULL;
		for (i = 0; i < gate->count; i++) {
			if (gate->slots[i].state == SLOT_INSIDE)
				inside++;
			else if (gate->slots[i].state == SLOT_WAITING &&
			    (oldest == NULL ||
			    gate->slots[i].ticket < oldest->ticket))
				oldest = &gate->slots[i];
		}
		if (oldest == NULL || inside >= gate->capacity)
			return;
		oldest->state = SLOT_INSIDE;
		(void)sem_post(&oldest->turn);
	}
}

enum status
gate_enter(struct gate *gate, size_t slot, unsigned int timeout_ms)
{
	struct gate_slot	*mine = &gate->slots[slot];
	struct timespec		 end;
	int			 error;

	assert(slot < gate->count);
	gate_lock(gate);
	/* A predecessor in this slot may have left a turn untaken. */
	while (sem_trywait(&mine->turn) == 0)
		continue;
	mine->ticket = gate->next_ticket++;
	mine->state = SLOT_WAITING;
	gate_admit(gate);
	gate_unlock(gate);

	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += timeout_ms / 1000;
	end.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	do {
		error = sem_clockwait(&mine->turn, CLOCK_MONOTONIC, &end);
	} while (error != 0 && errno == EINTR);
	if (error == 0)
		return ST_OK;
	gate_leave(gate, slot);
	return ST_RETRY;
}

void
gate_leave(struct gate *gate, size_t slot)
{
	assert(slot < gate->count);
	gate_lock(gate);
	gate->slots[slot].state = SLOT_OUTSIDE;
	gate_admit(gate);
	gate_unlock(gate);
}
