/*
 * scoreboard.h - shared memory of the processes of one umws-fcgi: counters,
 * how long things took, and which child is busy since when.
 *
 * Counters are written without locks; any child can read all of them. A
 * process that dies leaves its counts behind, and so do children that a reload
 * replaces; a restart of the parent begins anew.
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
	SCORE_GATE_TIMEOUTS,	/* no turn to derive in time */
	SCORE_RESTARTS,		/* children replaced because they died */
	SCORE_STUCK,		/* children killed: too long at a request */
	SCORE_RELOADS,		/* configurations taken into use at SIGHUP */
	SCORE_RELOADS_REFUSED,	/* and those that were not */
	SCORE_HTTP_REFUSED,	/* 4yz answers: refused before SOAP */
	SCORE_STARTED_S,	/* when the parent began, in Unix time */
	SCORE_WORKERS,		/* children that there should be */
	SCORE_CHILDREN,		/* a gauge, set by the parent: children that
				 * serve or are about to */
	SCORE_SIGHT_MS,		/* clock_ms() of the last child that asked the
				 * database how the mails are doing */
	SCORE_SIGHT_KNOWN,	/* and whether it said so, in SCORE_SIGHT */
	SCORE_READY_MS,		/* clock_ms() of the last child that asked it
				 * to take a write */
	SCORE_READY,		/* and whether it did */
	SCORE_UNSEALED_MS,	/* clock_ms() of the last child that asked it
				 * about the seals of the audit */
	SCORE_UNSEALED_S,	/* and what it said, as a sight's age */
	SCORE_SHARE_MS,		/* clock_ms() of when one address made most */
	SCORE_SHARE_PPM,	/* resets, and how many in a million */
	SCORE_SINGLE		/* number of these */
};

/* What became of an operation. */
enum score_result {
	SCORE_OK = 0,
	SCORE_REFUSED,		/* the request or the caller is why */
	SCORE_BUSY,		/* a limit, or too much to do */
	SCORE_FAILED,		/* we, or the database, are why */
	SCORE_UNKNOWN,		/* the answer to a commit was lost */
	SCORE_RESULTS
};

/* What the pages ask for beside operations. */
enum score_page {
	SCORE_PAGE_MAILBOX = 0,	/* one's own mailbox */
	SCORE_PAGE_FIND,	/* of the help desk, as those below */
	SCORE_PAGE_STATE,
	SCORE_PAGE_RESET,
	SCORE_PAGE_UNLOCK,
	SCORE_PAGES
};

/* What is timed. A whole request is one of the first ones, by what it was. */
enum score_time {
	SCORE_TIME_RESET = 0,	/* ResetPIN */
	SCORE_TIME_PROPERTY,	/* the other operations */
	SCORE_TIME_LOGON,	/* of a telephone */
	SCORE_TIME_CHANGE,	/* likewise */
	SCORE_TIME_OTHER,	/* all others, also what was refused before */
	SCORE_TIME_DERIVATION,	/* one Argon2id run */
	SCORE_TIME_GATE,	/* the wait for a turn to derive */
	SCORE_TIME_ASK,		/* a call of the database */
	SCORE_TIME_COMMIT,	/* likewise, which commits what was asked for */
	SCORE_TIMES
};

/* A time is in the first bucket whose bound it does not pass. */
#define SCORE_BUCKETS	14
extern const uint64_t	score_bounds_us[SCORE_BUCKETS];

/*
 * Behind the single ones: one for each refusal; room for one for each result
 * of each operation of the web service, which numbers them; one for each
 * result of what the pages ask for; one for each word of a logon, by each
 * service; one for each status of a call of the database; buckets, those
 * beyond the last bound, and the sum of each time; and what the database said
 * of the mails, as web/mail-sight keeps it.
 */
#define SCORE_OPERATIONS_MAX	16
#define SCORE_LOGON_WORDS	7	/* what app/logon says, by its number */
#define SCORE_SERVICES		16	/* the first one is all that have no
					 * place of their own */
#define SCORE_STATUSES		(ST_FAIL + 1)
#define SCORE_TIME_PLACES	(SCORE_BUCKETS + 2)
#define SCORE_FAULTS		((size_t)SCORE_SINGLE)
#define SCORE_OPERATIONS	(SCORE_FAULTS + REFUSAL_COUNT)
#define SCORE_PAGE_PLACES	(SCORE_OPERATIONS + SCORE_OPERATIONS_MAX * \
				    SCORE_RESULTS)
#define SCORE_LOGONS		(SCORE_PAGE_PLACES + SCORE_PAGES * \
				    SCORE_RESULTS)
#define SCORE_CALLS		(SCORE_LOGONS + SCORE_SERVICES * \
				    SCORE_LOGON_WORDS)
#define SCORE_TIMED		(SCORE_CALLS + SCORE_STATUSES)
#define SCORE_SIGHT		(SCORE_TIMED + SCORE_TIMES * \
				    SCORE_TIME_PLACES)
#define SCORE_SIGHT_FIELDS	11
#define SCORE_COUNTERS		(SCORE_SIGHT + SCORE_SIGHT_FIELDS)

#define SCORE_SERVICE_SIZE	64	/* bytes of a name of one, with NUL */

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

/* Something took so long. */
void		scoreboard_observe(struct scoreboard *board,
		    enum score_time time, int64_t us);

/* How many took so long, up to a bound; and, at SCORE_BUCKETS, longer. */
uint64_t	scoreboard_bucket(const struct scoreboard *board,
		    enum score_time time, size_t bucket);
/* How long all of them took, in microseconds. */
uint64_t	scoreboard_sum_us(const struct scoreboard *board,
		    enum score_time time);

/*
 * Give a service a number, by its account's name, unless it has one. It keeps
 * it for the board's life. For the parent alone. There is none left when there
 * are SCORE_SERVICES - 1, and none for a name that does not fit.
 */
void		scoreboard_add_service(struct scoreboard *board,
		    const char *name);

/* Its number; 0 for all that have none. */
size_t		scoreboard_service(const struct scoreboard *board,
		    const char *name);

/* The name of a number, borrowed; NULL if nobody has it. */
const char	*scoreboard_service_name(const struct scoreboard *board,
		    size_t service);

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
