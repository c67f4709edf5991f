/*
 * gate-lanes.h - a lane for each mailbox whose PIN is being tried: who came
 * first, over all children of one worker, and how many they are.
 *
 * A mailbox grants some tries, each try is derived before it is counted, and
 * what is derived beyond them is in vain. So a child takes a place in the
 * lane, and derives only when its place is not beyond the tries that were
 * left when it had the place already; else it waits, and asks again. Then
 * those that derive are never more than the tries that are left: whoever
 * leaves in between has used one up and moved the others on by one.
 *
 * A lane is a number that the caller makes of the mailbox. Places live in
 * shared memory; that of a child that dies is given up by the parent.
 */
#ifndef UMWS_GATE_LANES_H
#define UMWS_GATE_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* A place of which nothing is known yet but that there is one. */
#define LANES_UNSURE	SIZE_MAX

struct lanes;

/*
 * Make them in shared memory, before any fork.
 *
 * slots  how many processes may use them, each by its own slot
 * most   how many may be in one lane at once, 1 at least
 * Returns ST_OK, or ST_RETRY (logged) without memory.
 */
enum status	lanes_new(size_t slots, size_t most, struct lanes **lanes)
		    MUSTCHECK;
void		lanes_free(struct lanes **lanes);

/* A moment, to be taken before the mailbox is asked which lane is its. */
uint64_t	lanes_now(struct lanes *lanes);

/*
 * Take a place at the end of a lane; a slot has one at a time.
 *
 * since  the moment before the mailbox was asked for what is left
 * place  1 is the first; LANES_UNSURE if somebody has left the lane since, so
 *        that what the mailbox has said may be too old: lanes_wait(), and ask
 *        it again
 * Returns ST_OK: it is ours until lanes_leave(); ST_BUSY: the lane is full,
 * which a warn line says once a minute.
 */
enum status	lanes_enter(struct lanes *lanes, size_t slot, uint64_t lane,
		    uint64_t since, size_t *place) MUSTCHECK;

/*
 * Wait until our place is not beyond last, timeout_ms at most. ST_OK: *place
 * is which, and what is asked of the mailbox from now on holds for it;
 * ST_RETRY: it took too long, and the place is still ours.
 */
enum status	lanes_wait(struct lanes *lanes, size_t slot, size_t last,
		    unsigned int timeout_ms, size_t *place) MUSTCHECK;

/*
 * Leave, when what was derived has been settled. Also what the parent calls
 * for the slot of a child that died; nothing for a slot without a place.
 */
void		lanes_leave(struct lanes *lanes, size_t slot);

#endif
