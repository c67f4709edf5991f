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
#include <stdint.h>

#include "edge/gate-lock.h"

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
enter_lock(struct gate *gate)
{
	size_t	i;

	if (!gate_lock(&gate->lock))
		return;
	/* It may have let one in and died before it said so; a turn too many
	 * is drained at the next entry. */
	for (i = 0; i < gate->count; i++) {
		if (gate->slots[i].state == SLOT_INSIDE)
			(void)sem_post(&gate->slots[i].turn);
	}
}

enum status
gate_new(size_t slots, unsigned int capacity, struct gate **gate)
{
	struct gate	*made;
	size_t		 i, size;

	assert(slots > 0 && capacity > 0);
	size = sizeof(*made) + slots * sizeof(made->slots[0]);
	made = gate_map(size);
	*gate = made;
	if (made == NULL)
		return ST_RETRY;
	made->size = size;
	made->count = slots;
	made->capacity = capacity;
	gate_lock_init(&made->lock);
	for (i = 0; i < slots; i++)
		gate_turn_init(&made->slots[i].turn);
	return ST_OK;
}

void
gate_free(struct gate **gate)
{
	if (*gate == NULL)
		return;
	gate_unmap(*gate, (*gate)->size);
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

	assert(slot < gate->count);
	enter_lock(gate);
	/* A predecessor in this slot may have left a turn untaken. */
	gate_drain(&mine->turn);
	mine->ticket = gate->next_ticket++;
	mine->state = SLOT_WAITING;
	gate_admit(gate);
	gate_unlock(&gate->lock);

	end = gate_end_of(timeout_ms);
	if (gate_sleep(&mine->turn, &end))
		return ST_OK;
	gate_leave(gate, slot);
	return ST_RETRY;
}

void
gate_leave(struct gate *gate, size_t slot)
{
	assert(slot < gate->count);
	enter_lock(gate);
	gate->slots[slot].state = SLOT_OUTSIDE;
	gate_admit(gate);
	gate_unlock(&gate->lock);
}

void
gate_look(struct gate *gate, struct gate_look *look)
{
	size_t	i;

	*look = (struct gate_look){ .capacity = gate->capacity };
	enter_lock(gate);
	for (i = 0; i < gate->count; i++) {
		look->waiting += gate->slots[i].state == SLOT_WAITING;
		look->inside += gate->slots[i].state == SLOT_INSIDE;
	}
	gate_unlock(&gate->lock);
}
