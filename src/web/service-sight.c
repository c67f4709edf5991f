/*
 * service-sight.c - keep on the scoreboard what the database says of itself.
 */
#include "config.h"

#include "web/service-sight.h"

#include "base/text.h"
#include "edge/clock.h"
#include "edge/scoreboard.h"
#include "edge/sight.h"
#include "edge/store-sight.h"
#include "edge/store.h"

#define READY_TIMEOUT_MS	3000
#define FRESH_MS		15000
#define UNSEALED_FRESH_MS	60000
#define UNSEALED_ASK_MS		1000
#define SHARE_MS		(65 * 60 * 1000) /* the database is asked once
						  * an hour, give or take */

bool
service_ask_ready(struct turn *turn)
{
	struct scoreboard	*board = turn->parts->board;
	bool			 is_ready;

	is_ready = store_is_writable(turn->parts->properties.store,
	    clock_ms() + READY_TIMEOUT_MS);
	scoreboard_set(board, SCORE_READY, is_ready);
	/* Last, so that nobody goes by what has not been found yet. */
	scoreboard_set(board, SCORE_READY_MS, (uint64_t)clock_ms());
	return is_ready;
}

static bool
is_fresh(const struct scoreboard *board, enum score when, int64_t for_ms)
{
	uint64_t	at_ms = scoreboard_get(board, when);

	return at_ms != 0 && clock_ms() - (int64_t)at_ms < for_ms;
}

bool
service_is_ready(struct turn *turn)
{
	struct scoreboard	*board = turn->parts->board;

	if (is_fresh(board, SCORE_READY_MS, FRESH_MS))
		return scoreboard_get(board, SCORE_READY) != 0;
	return service_ask_ready(turn);
}

int64_t
service_unsealed_s(struct turn *turn)
{
	struct scoreboard	*board = turn->parts->board;
	int64_t			 unsealed_s;

	if (!is_fresh(board, SCORE_UNSEALED_MS, UNSEALED_FRESH_MS)) {
		if (store_unsealed(turn->parts->properties.store,
		    clock_ms() + UNSEALED_ASK_MS, &unsealed_s) != ST_OK)
			unsealed_s = SIGHT_NEVER;
		scoreboard_set(board, SCORE_UNSEALED_S, (uint64_t)unsealed_s);
		scoreboard_set(board, SCORE_UNSEALED_MS, (uint64_t)clock_ms());
	}
	return (int64_t)scoreboard_get(board, SCORE_UNSEALED_S);
}

uint64_t
service_address_share(struct turn *turn)
{
	struct scoreboard	*board = turn->parts->board;

	return is_fresh(board, SCORE_SHARE_MS, SHARE_MS) ?
	    scoreboard_get(board, SCORE_SHARE_PPM) : 0;
}

void
service_note_address_share(struct scoreboard *board, const char *resets,
    const char *total)
{
	uint64_t	n, of;
	const char	*end;

	if (!text_number(resets, &n, &end) || !text_number(total, &of, &end) ||
	    of == 0)
		return;
	scoreboard_set(board, SCORE_SHARE_PPM, n * 1000000 / of);
	scoreboard_set(board, SCORE_SHARE_MS, (uint64_t)clock_ms());
}
