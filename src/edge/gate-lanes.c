/*
 * gate-lanes.c - places in shared memory under a robust mutex. What number a
 * place has is counted from those before it, never stored, so a holder of the
 * mutex may die at any point and leave nothing that lies.
 */
#include "config.h"

#include "edge/gate-lanes.h"

#include <assert.h>
#include <stdbool.h>

#include "base/log.h"
#include "edge/clock.h"
#include "edge/gate-lock.h"

#define MARKS		1024	/* lanes share them, which costs a question */
#define SAY_MS		60000	/* between two lines that a lane is full */

struct lane_place {
	uint64_t	ticket;		/* order of arrival; 0: no place */
	uint64_t	lane;
	size_t		last;		/* what we wait for; 0: we do not */
	sem_t		turn;		/* posted when it is so far */
};

struct lanes {
	pthread_mutex_t		lock;	/* robust, process-shared */
	size_t			size;	/* bytes mapped */
	size_t			count;	/* slots */
	size_t			most;	/* places in a lane */
	uint64_t		next_ticket;	/* also what time it is */
	int64_t			said_ms;	/* 0: never */
	uint64_t		left[MARKS];	/* when the last one did */
	struct lane_place	places[];
};

enum status
lanes_new(size_t slots, size_t most, struct lanes **lanes)
{
	struct lanes	*made;
	size_t		 i, size;

	assert(slots > 0 && most > 0);
	size = sizeof(*made) + slots * sizeof(made->places[0]);
	made = gate_map(size);
	*lanes = made;
	if (made == NULL)
		return ST_RETRY;
	made->size = size;
	made->count = slots;
	made->most = most;
	made->next_ticket = 1;
	gate_lock_init(&made->lock);
	for (i = 0; i < slots; i++)
		gate_turn_init(&made->places[i].turn);
	return ST_OK;
}

void
lanes_free(struct lanes **lanes)
{
	if (*lanes == NULL)
		return;
	gate_unmap(*lanes, (*lanes)->size);
	*lanes = NULL;
}

/* How many places of the lane are older than this ticket. */
static size_t
count_before(const struct lanes *lanes, uint64_t lane, uint64_t ticket)
{
	size_t	i, before = 0;

	for (i = 0; i < lanes->count; i++)
		before += lanes->places[i].ticket != 0 &&
		    lanes->places[i].lane == lane &&
		    lanes->places[i].ticket < ticket;
	return before;
}

static size_t
number_of(const struct lanes *lanes, const struct lane_place *place)
{
	return count_before(lanes, place->lane, place->ticket) + 1;
}

/* Wake those who have come as far as they wait for. The lock is held. */
static void
wake(struct lanes *lanes)
{
	struct lane_place	*place;

	for (place = lanes->places; place < lanes->places + lanes->count;
	    place++) {
		if (place->ticket != 0 && place->last != 0 &&
		    number_of(lanes, place) <= place->last)
			(void)sem_post(&place->turn);
	}
}

static void
enter_lock(struct lanes *lanes)
{
	/* It may have died before it woke whom it had made way for. */
	if (gate_lock(&lanes->lock))
		wake(lanes);
}

uint64_t
lanes_now(struct lanes *lanes)
{
	uint64_t	now;

	enter_lock(lanes);
	now = lanes->next_ticket;
	gate_unlock(&lanes->lock);
	return now;
}

enum status
lanes_enter(struct lanes *lanes, size_t slot, uint64_t lane, uint64_t since,
    size_t *place)
{
	struct lane_place	*mine = &lanes->places[slot];
	bool			 is_full, is_news = false;
	int64_t			 now_ms = clock_ms();

	assert(slot < lanes->count && mine->ticket == 0);
	enter_lock(lanes);
	*place = count_before(lanes, lane, lanes->next_ticket) + 1;
	is_full = *place > lanes->most;
	if (is_full) {
		is_news = lanes->said_ms == 0 ||
		    now_ms - lanes->said_ms >= SAY_MS;
		if (is_news)
			lanes->said_ms = now_ms;
	} else {
		mine->lane = lane;
		mine->last = 0;
		mine->ticket = lanes->next_ticket++;
		if (lanes->left[lane % MARKS] >= since)
			*place = LANES_UNSURE;
	}
	gate_unlock(&lanes->lock);
	if (is_news)
		log_warn("lane-full", "reason", "too many lines at once at one"
		    " mailbox: the others are told to come again", "todo",
		    "look in the lines of this minute for who guesses", NULL);
	return is_full ? ST_BUSY : ST_OK;
}

enum status
lanes_wait(struct lanes *lanes, size_t slot, size_t last,
    unsigned int timeout_ms, size_t *place)
{
	struct lane_place	*mine = &lanes->places[slot];
	struct timespec		 end = gate_end_of(timeout_ms);
	bool			 is_in_time = true;

	assert(slot < lanes->count && mine->ticket != 0 && last > 0);
	enter_lock(lanes);
	gate_drain(&mine->turn);
	mine->last = last;
	for (;;) {
		*place = number_of(lanes, mine);
		if (*place <= last || !is_in_time)
			break;
		gate_unlock(&lanes->lock);
		is_in_time = gate_sleep(&mine->turn, &end);
		enter_lock(lanes);
	}
	mine->last = 0;
	gate_unlock(&lanes->lock);
	return *place <= last ? ST_OK : ST_RETRY;
}

void
lanes_leave(struct lanes *lanes, size_t slot)
{
	struct lane_place	*mine = &lanes->places[slot];

	assert(slot < lanes->count);
	enter_lock(lanes);
	/* In this order, should we die in the midst of it. */
	if (mine->ticket != 0)
		lanes->left[mine->lane % MARKS] = lanes->next_ticket++;
	mine->ticket = 0;
	wake(lanes);
	gate_unlock(&lanes->lock);
}
