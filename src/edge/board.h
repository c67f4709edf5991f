/*
 * board.h - what the processes of one worker know of each other: counters
 * and who is busy since when, in shared memory.
 *
 * Counters are written without locks; any child can read all of them. A
 * process that dies leaves its counts behind.
 */
#ifndef UMWS_BOARD_H
#define UMWS_BOARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "core/operation.h"
#include "core/reply.h"

enum board_counter {
	BOARD_REQUESTS = 0,	/* everything that was answered */
	BOARD_RESETS,		/* PINs reset */
	BOARD_DERIVATIONS,	/* Argon2id runs */
	BOARD_DERIVE_US,	/* microseconds in them */
	BOARD_GATE_US,		/* microseconds waited for a turn */
	BOARD_REQUEST_US,	/* microseconds in requests */
	BOARD_RESTARTS,		/* children replaced because they died */
	BOARD_HTTP_REFUSED,	/* 4yz answers: refused before SOAP */
	BOARD_CHILDREN,		/* a gauge, set by the parent: children that
				 * serve or are about to */
	BOARD_SINGLE		/* number of these */
};

/* Behind them one for each refusal, and one for each operation_id. */
#define BOARD_FAULTS		((size_t)BOARD_SINGLE)
#define BOARD_OPERATIONS	(BOARD_FAULTS + REFUSAL_COUNT)
#define BOARD_COUNTERS		(BOARD_OPERATIONS + OPERATION_COUNT)

struct board;

/* Make a board before any fork. ST_OK, or ST_RETRY (logged). */
enum status	board_new(size_t slots, struct board **board) MUSTCHECK;
void		board_free(struct board **board);

void		board_add(struct board *board, size_t counter, uint64_t n);
void		board_set(struct board *board, size_t counter, uint64_t n);
uint64_t	board_get(const struct board *board, size_t counter);

/*
 * A child says since when (clock_ms()) it has been at work; 0: idle. The
 * parent ends one that is busy for too long.
 */
void		board_set_busy(struct board *board, size_t slot,
		    int64_t since_ms);
int64_t		board_busy_since(const struct board *board, size_t slot);
size_t		board_slots(const struct board *board);

#endif
