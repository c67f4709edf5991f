/*
 * board.c - lock-free atomics in an anonymous shared mapping.
 */
#include "config.h"

#include "edge/board.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"

struct board {
	size_t			size;		/* bytes mapped */
	size_t			count;		/* slots */
	_Atomic uint64_t	counters[BOARD_COUNTERS];
	_Atomic int64_t		busy_since[];	/* per slot */
};

enum status
board_new(size_t slots, struct board **board)
{
	struct board	*made;
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
board_free(struct board **board)
{
	if (*board == NULL)
		return;
	(void)munmap(*board, (*board)->size);
	*board = NULL;
}

void
board_add(struct board *board, size_t counter, uint64_t n)
{
	assert(counter < BOARD_COUNTERS);
	atomic_fetch_add_explicit(&board->counters[counter], n,
	    memory_order_relaxed);
}

void
board_set(struct board *board, size_t counter, uint64_t n)
{
	assert(counter < BOARD_COUNTERS);
	atomic_store_explicit(&board->counters[counter], n,
	    memory_order_relaxed);
}

uint64_t
board_get(const struct board *board, size_t counter)
{
	assert(counter < BOARD_COUNTERS);
	return atomic_load_explicit(&board->counters[counter],
	    memory_order_relaxed);
}

void
board_set_busy(struct board *board, size_t slot, int64_t since_ms)
{
	assert(slot < board->count);
	atomic_store(&board->busy_since[slot], since_ms);
}

int64_t
board_busy_since(const struct board *board, size_t slot)
{
	assert(slot < board->count);
	return atomic_load(&board->busy_since[slot]);
}

size_t
board_slots(const struct board *board)
{
	return board->count;
}
