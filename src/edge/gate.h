/*
 * gate.h - the derivation gate: only so many derivations at once as there
 * are cores, first come first served, over all children of one worker.
 *
 * More at once evict each other from the processor's cache: 16 at once on
 * 2 cores make fewer resets per second than 2 at once. The gate lives in
 * shared memory; a holder that dies is let go by the parent, who knows.
 */
#ifndef UMWS_GATE_H
#define UMWS_GATE_H

#include <stddef.h>

#include "base/status.h"

struct gate;

/*
 * Make a gate in shared memory, before any fork.
 *
 * slots     how many processes may use it, each by its own slot
 * capacity  how many may be inside at once, 1 at least
 * Returns ST_OK, or ST_RETRY (logged) without memory.
 */
enum status	gate_new(size_t slots, unsigned int capacity,
		    struct gate **gate) MUSTCHECK;
void		gate_free(struct gate **gate);

/*
 * Wait for a turn, timeout_ms at most. ST_OK: inside, until gate_leave().
 * ST_RETRY: it took too long.
 */
enum status	gate_enter(struct gate *gate, size_t slot,
		    unsigned int timeout_ms) MUSTCHECK;

/*
 * Leave. Also what the parent calls for the slot of a child that died;
 * does nothing for a slot that is not inside.
 */
void	gate_leave(struct gate *gate, size_t slot);

/* How it stands right now. */
struct gate_look {
	unsigned int	waiting;
	unsigned int	inside;
	unsigned int	capacity;
};

void	gate_look(struct gate *gate, struct gate_look *look);

#endif
