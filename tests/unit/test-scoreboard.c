/*
 * test-scoreboard.c - counters and times in memory that processes share.
 */
#include "config.h"

#include "unit.h"

#include <sys/wait.h>

#include "edge/scoreboard.h"

#define SLOTS		2
#define PROCESSES	8
#define ROUNDS		20000

static struct scoreboard	*board;

static int
board_begin(void **state)
{
	(void)state;
	return scoreboard_new(SLOTS, &board) == ST_OK ? 0 : -1;
}

static int
board_end(void **state)
{
	(void)state;
	scoreboard_free(&board);
	return 0;
}

/* A bound is in its bucket; what is longer, in the next. */
static void
test_buckets(void **state)
{
	const struct {
		const char	*name;
		int64_t		 us;
		size_t		 bucket;
	} rows[] = {
		{ "a clock that went back", -1, 0 }, { "none", 0, 0 },
		{ "the first bound", 1000, 0 }, { "over it", 1001, 1 },
		{ "the last bound", 25000000, SCORE_BUCKETS - 1 },
		{ "over it", 25000001, SCORE_BUCKETS },
		{ "an hour", 3600000000, SCORE_BUCKETS },
	};
	uint64_t	before, sum;
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		before = scoreboard_bucket(board, SCORE_TIME_GATE,
		    rows[i].bucket);
		sum = scoreboard_sum_us(board, SCORE_TIME_GATE);
		scoreboard_observe(board, SCORE_TIME_GATE, rows[i].us);
		UNIT_CHECK(rows[i].name, scoreboard_bucket(board,
		    SCORE_TIME_GATE, rows[i].bucket) == before + 1);
		UNIT_CHECK(rows[i].name, scoreboard_sum_us(board,
		    SCORE_TIME_GATE) - sum == (rows[i].us < 0 ? 0 :
		    (uint64_t)rows[i].us));
	}
	for (i = 1; i < SCORE_BUCKETS; i++)
		assert_true(score_bounds_us[i - 1] < score_bounds_us[i]);
}

/* No time touches a neighbour's places, and none what is behind them. */
static void
test_places(void **state)
{
	size_t	time, other, i;

	(void)state;
	for (time = 0; time < SCORE_TIMES; time++) {
		scoreboard_free(&board);
		assert_int_equal(scoreboard_new(SLOTS, &board), ST_OK);
		for (i = 0; i < SCORE_BUCKETS; i++)
			scoreboard_observe(board, (enum score_time)time,
			    (int64_t)score_bounds_us[i]);
		scoreboard_observe(board, (enum score_time)time, 25000001);
		for (other = 0; other < SCORE_TIMES; other++) {
			for (i = 0; i <= SCORE_BUCKETS; i++)
				assert_int_equal(scoreboard_bucket(board,
				    (enum score_time)other, i), other == time);
		}
		for (i = 0; i < SCORE_TIMED; i++)
			assert_int_equal(scoreboard_get(board, i), 0);
		for (i = SCORE_SIGHT; i < SCORE_COUNTERS; i++)
			assert_int_equal(scoreboard_get(board, i), 0);
	}
}

/* What processes count at the same time is all there, though they are gone. */
static void
test_processes(void **state)
{
	uint64_t	count = 0;
	size_t		i;
	int		n, wait_status;

	(void)state;
	for (n = 0; n < PROCESSES; n++) {
		if (fork() != 0)
			continue;
		for (i = 0; i < ROUNDS; i++)
			scoreboard_observe(board, SCORE_TIME_RESET,
			    (int64_t)i);
		(void)kill(getpid(), SIGKILL);
	}
	for (n = 0; n < PROCESSES; n++)
		assert_true(wait(&wait_status) > 0);
	for (i = 0; i <= SCORE_BUCKETS; i++)
		count += scoreboard_bucket(board, SCORE_TIME_RESET, i);
	assert_int_equal(count, PROCESSES * ROUNDS);
	assert_int_equal(scoreboard_sum_us(board, SCORE_TIME_RESET),
	    (uint64_t)PROCESSES * ROUNDS * (ROUNDS - 1) / 2);
}

/* A name keeps its number; those without one are all 0. */
static void
test_services(void **state)
{
	char	name[2 * SCORE_SERVICE_SIZE];
	size_t	i;

	(void)state;
	assert_int_equal(scoreboard_service(board, "phone1"), 0);
	assert_null(scoreboard_service_name(board, 0));
	assert_null(scoreboard_service_name(board, 1));
	memset(name, 'x', sizeof(name));
	name[SCORE_SERVICE_SIZE] = '\0';
	scoreboard_add_service(board, name);
	assert_int_equal(scoreboard_service(board, name), 0);
	for (i = 1; i < SCORE_SERVICES + 3; i++) {
		(void)snprintf(name, sizeof(name), "phone%zu", i);
		scoreboard_add_service(board, name);
		scoreboard_add_service(board, name);
	}
	for (i = 1; i < SCORE_SERVICES + 3; i++) {
		(void)snprintf(name, sizeof(name), "phone%zu", i);
		assert_int_equal(scoreboard_service(board, name),
		    i < SCORE_SERVICES ? i : 0);
		if (i < SCORE_SERVICES)
			assert_string_equal(scoreboard_service_name(board, i),
			    name);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_buckets),
		UNIT_TEST(test_places),
		UNIT_TEST(test_processes),
		UNIT_TEST(test_services),
	};

	return cmocka_run_group_tests(tests, board_begin, board_end);
}
