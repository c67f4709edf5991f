/*
 * scoreboard.h - shared memory of the processes of one umws-fcgi: counters,
 * and which child is busy since when.
 *
 * Counters are written without locks; any child can read all of them. A
 * process that dies leaves its counts behind.
 */
#ifndef UMWS_SCOREBOARD_H
#define UMWS_SCOREBOARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "core/refusal.h"

enum score {
	SCORE_REQUESTS = 0,	/* everything that was answered */
	SCORE_RESETS,		/* PINs reset */
	SCORE_DERIVATIONS,	/* Argon2id runs */
	SCORE_DERIVE_US,	/* microseconds in them */
	SCORE_GATE_US,		/* microseconds waited for a turn */
	SCORE_REQUEST_US,	/* microseconds in requests */
	SCORE_RESTARTS,		/* children replaced because they died */
	SCORE_HTTP_REFUSED,	/* 4yz answers: refused before SOAP */
	SCORE_CHILDREN,		/* a gauge, set by the parent: children that
				 * serve or are about to */
	SCORE_SIGHT_MS,		/* clock_ms() of the last child that asked the
				 * database how the mails are doing */
	SCORE_SIGHT_KNOWN,	/* and whether it said so, in SCORE_SIGHT */
	SCORE_SINGLE		/* number of these */
};

/*
 * Behind them one for each refusal, room for one for each operation of the
 * web service, which numbers them, one for each word of a logon, and what the
 * database said of the mails, as web/mail-sight keeps it.
 */
#define SCORE_OPERATIONS_MAX	16
#define SCORE_LOGON_WORDS	7	/* what app/logon says, by its number */
#define SCORE_FAULTS		((size_t)SCORE_SINGLE)
#define SCORE_OPERATIONS	(SCORE_FAULTS + REFUSAL_COUNT)
#define SCORE_LOGONS		(SCORE_OPERATIONS + SCORE_OPERATIONS_MAX)
#define SCORE_SIGHT		(SCORE_LOGONS + SCORE_LOGON_WORDS)
#define SCORE_SIGHT_FIELDS	11
#define SCORE_COUNTERS		(SCORE_SIGHT + SCORE_SIGHT_FIELDS)

struct scoreboard;

/* Make one before any fork. ST_OK, or ST_RETRY (logged). */
enum status	scoreboard_new(size_t slots, struct scoreboard **board)
		    MUSTCHECK;
void		scoreboard_free(struct scoreboard **board);

void		scoreboard_add(struct scoreboard *board, size_t counter,
		    uint64_t n);
void		scoreboard_set(struct scoreboard *board, size_t counter,
		    uint64_t n);
uint64_t	scoreboard_get(const struct scoreboard *board, size_t counter);

/*
 * A child says since when (clock_ms()) it has been at work; 0: idle. The
 * parent ends one that is busy for too long.
 */
void		scoreboard_set_busy(struct scoreboard *board, size_t slot,
		    int64_t since_ms);
int64_t		scoreboard_busy_since(const struct scoreboard *board,
		    size_t slot);
size_t		scoreboard_slots(const struct scoreboard *board);

#endif
