/*
 * scoreboard.c - counters, times and states of the children, as atomics in
 * shared memory.
 */
#include "config.h"

#include "edge/scoreboard.h"

#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/log.h"

/* From a question that the database's cache answers to a request's end. */
const uint64_t	score_bounds_us[SCORE_BUCKETS] = {
	1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000,
	1000000, 2500000, 5000000, 10000000, 25000000
};

struct scoreboard {
	size_t			size;		/* bytes mapped */
	size_t			count;		/* slots */
	_Atomic uint64_t	counters[SCORE_COUNTERS];
	_Atomic size_t		services;	/* that have a name */
	char			names[SCORE_SERVICES][SCORE_SERVICE_SIZE];
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

static size_t
place_of(enum score_time time, size_t place)
{
	assert(time < SCORE_TIMES && place < SCORE_TIME_PLACES);
	return SCORE_TIMED + (size_t)time * SCORE_TIME_PLACES + place;
}

void
scoreboard_observe(struct scoreboard *board, enum score_time time, int64_t us)
{
	uint64_t	took_us = us < 0 ? 0 : (uint64_t)us;
	size_t		i = 0;

	while (i < SCORE_BUCKETS && took_us > score_bounds_us[i])
		i++;
	scoreboard_add(board, place_of(time, i), 1);
	scoreboard_add(board, place_of(time, SCORE_BUCKETS + 1), took_us);
}

uint64_t
scoreboard_bucket(const struct scoreboard *board, enum score_time time,
    size_t bucket)
{
	assert(bucket <= SCORE_BUCKETS);
	return scoreboard_get(board, place_of(time, bucket));
}

uint64_t
scoreboard_sum_us(const struct scoreboard *board, enum score_time time)
{
	return scoreboard_get(board, place_of(time, SCORE_BUCKETS + 1));
}

size_t
scoreboard_service(const struct scoreboard *board, const char *name)
{
	size_t	count = atomic_load(&board->services), i;

	for (i = 1; i <= count; i++) {
		if (strcmp(board->names[i], name) == 0)
			return i;
	}
	return 0;
}

void
scoreboard_add_service(struct scoreboard *board, const char *name)
{
	size_t	next = atomic_load(&board->services) + 1;

	if (next == SCORE_SERVICES || strlen(name) >= SCORE_SERVICE_SIZE ||
	    scoreboard_service(board, name) != 0)
		return;
	(void)strcpy(board->names[next], name);
	/* Who reads the number now reads a name that is whole. */
	atomic_store(&board->services, next);
}

const char *
scoreboard_service_name(const struct scoreboard *board, size_t service)
{
	return service == 0 || service > atomic_load(&board->services) ?
	    NULL : board->names[service];
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
