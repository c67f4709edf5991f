/*
 * mail-sight.c - keep on the scoreboard what the database says of the mails.
 *
 * The fields are written and read one by one, without a lock: in the moment in
 * which they are renewed, a reader may see some of both times.
 */
#include "config.h"

#include "web/mail-sight.h"

#include <stddef.h>
#include <string.h>

#include "edge/clock.h"
#include "edge/scoreboard.h"
#include "edge/store-sight.h"

#define FRESH_MS	15000
#define ASK_MS		1000

static const size_t	fields[] = {
	offsetof(struct sight, due), offsetof(struct sight, later),
	offsetof(struct sight, sending), offsetof(struct sight, unreadable),
	offsetof(struct sight, withheld), offsetof(struct sight, keyless),
	offsetof(struct sight, lost), offsetof(struct sight, oldest_due_s),
	offsetof(struct sight, pass_s), offsetof(struct sight, failing_s),
	offsetof(struct sight, failing_code),
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

_Static_assert(FIELDS == SCORE_SIGHT_FIELDS, "each has its place");

static int64_t *
field(struct sight *sight, size_t i)
{
	return (int64_t *)((char *)sight + fields[i]);
}

/* Ask, and keep it; meanwhile others make do with what there is. */
static void
renew(struct turn *turn, int64_t now_ms)
{
	struct scoreboard	*board = turn->parts->board;
	struct sight		 sight;
	enum status		 st;
	size_t			 i;

	scoreboard_set(board, SCORE_SIGHT_MS, (uint64_t)now_ms);
	st = store_sight(turn->parts->properties.store, now_ms + ASK_MS,
	    &sight);
	for (i = 0; i < FIELDS && st == ST_OK; i++)
		scoreboard_set(board, SCORE_SIGHT + i,
		    (uint64_t)*field(&sight, i));
	scoreboard_set(board, SCORE_SIGHT_KNOWN, st == ST_OK);
}

bool
mail_sight(struct turn *turn, struct sight *sight)
{
	struct scoreboard	*board = turn->parts->board;
	int64_t			 now_ms = clock_ms(), age_ms;
	size_t			 i;

	memset(sight, 0, sizeof(*sight));
	age_ms = now_ms - (int64_t)scoreboard_get(board, SCORE_SIGHT_MS);
	if (age_ms >= FRESH_MS ||
	    scoreboard_get(board, SCORE_SIGHT_MS) == 0) {
		renew(turn, now_ms);
		age_ms = 0;
	}
	if (scoreboard_get(board, SCORE_SIGHT_KNOWN) == 0)
		return false;
	for (i = 0; i < FIELDS; i++)
		*field(sight, i) =
		    (int64_t)scoreboard_get(board, SCORE_SIGHT + i);
	if (age_ms < 0)
		age_ms = 0;
	if (sight->due > 0)
		sight->oldest_due_s += age_ms / 1000;
	if (sight->pass_s != SIGHT_NEVER)
		sight->pass_s += age_ms / 1000;
	if (sight->failing_s != SIGHT_NEVER)
		sight->failing_s += age_ms / 1000;
	return true;
}
