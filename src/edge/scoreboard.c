/*
 * scoreboard.c - counters and states of the children, as atomics in shared
 * memory.
 */
#include "config.h"

#include "edge/scoreboard.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"

struct scoreboard {
	size_t			size;		/* bytes mapped */
	size_t			count;		/* slots */
	_Atomic uint64_t	counters[SCORE_COUNTERS];
	_Atomic int64_t		busy_since[];	/* per slot */
};

enum status
scoreboard_new(size_t slots, struct scoreboard **board)
{
	struct scoreboard	*made;
	size_t		 size;

	*board = NULL;
	size = sizeof(*made) + slots * sizeof(made->busy_since[0]);
	made = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (made == MAP_FAILED) {
		log_err("no-memory", "for", "board", "reason",
		    strerror(errno), NULL);
		return ST_RETRY;
	}
	made->size = size;
	made->count = slots;
	*board = made;
	return ST_OK;
}

void
scoreboard_free(struct scoreboard **board)
{
	if (*board == NULL)
		return;
	(void)munmap(*board, (*board)->size);
	*board = NULL;
}

void
scoreboard_add(struct scoreboard *board, size_t counter, uint64_t n)
{
	assert(counter < SCORE_COUNTERS);
	atomic_fetch_add_explicit(&board->counters[counter], n,
	    memory_order_relaxed);
}

void
scoreboard_set(struct scoreboard *board, size_t counter, uint64_t n)
{
	assert(counter < SCORE_COUNTERS);
	atomic_store_explicit(&board->counters[counter], n,
	    memory_order_relaxed);
}

uint64_t
scoreboard_get(const struct scoreboard *board, size_t counter)
{
	assert(counter < SCORE_COUNTERS);
	return atomic_load_explicit(&board->counters[counter],
	    memory_order_relaxed);
}

void
scoreboard_set_busy(struct scoreboard *board, size_t slot, int64_t since_ms)
{
	assert(slot < board->count);
	atomic_store(&board->busy_since[slot], since_ms);
}

int64_t
scoreboard_busy_since(const struct scoreboard *board, size_t slot)
{
	assert(slot < board->count);
	return atomic_load(&board->busy_since[slot]);
}

size_t
scoreboard_slots(const struct scoreboard *board)
{
	return board->count;
}
