/*
 * test-gate-lanes.c - places in a lane, between real processes, some of which
 * are killed.
 */
#include "config.h"

#include "unit.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "edge/clock.h"
#include "edge/gate-lanes.h"

#define LONG_MS		5000	/* never passes in a test that goes well */
#define SHORT_MS	30
#define HANG_S		120	/* the whole program; then SIGALRM ends it */
#define SLOTS		12
#define MOST		8	/* in one lane */
#define LANE		4711
#define OTHER		4712
#define CROWD		8	/* processes that press to the lane */
#define ROUNDS		400	/* of each of them */
#define TRIES		3	/* that the mailbox grants again and again */
#define KILLS		200

#define LEFT		0x10000	/* in a mailbox: one try */

/* What the processes of one test tell each other. */
static struct shared {
	atomic_uint	come, gone, in_vain, asked, done;
	atomic_uint	mailbox;	/* tries left, and who derives: in one,
					 * so that they are seen together */
}	*shared;

static struct lanes	*lanes;

static void
sleep_us(long us)
{
	const struct timespec	pause = { us / 1000000, us % 1000000 * 1000 };

	(void)nanosleep(&pause, NULL);
}

static int
group_begin(void **state)
{
	(void)state;
	(void)alarm(HANG_S);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED ? -1 : 0;
}

static void
open_lanes(void)
{
	lanes_free(&lanes);
	memset(shared, 0, sizeof(*shared));
	assert_int_equal(lanes_new(SLOTS, MOST, &lanes), ST_OK);
}

static pid_t
start(int (*role)(size_t slot), size_t slot)
{
	pid_t	pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		_exit(role(slot));
	}
	return pid;
}

static int
end_of(pid_t pid)
{
	int	status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
kill_and_wait(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(end_of(pid), -SIGKILL);
}

static void
wait_come(unsigned int count)
{
	int64_t	end_ms = clock_ms() + LONG_MS;

	while (atomic_load(&shared->come) < count) {
		assert_true(clock_ms() < end_ms);
		sleep_us(200);
	}
}

/* A place of ours at the end; what number it has. */
static size_t
enter(size_t slot, uint64_t lane)
{
	size_t	place;

	assert_int_equal(lanes_enter(lanes, slot, lane, lanes_now(lanes),
	    &place), ST_OK);
	return place;
}

/* Roles of children. */

/* Wait to be the first; the exit code tells that it came to that. */
static int
wait_to_be_first(size_t slot)
{
	size_t	place = 0;

	if (lanes_enter(lanes, slot, LANE, lanes_now(lanes), &place) != ST_OK)
		return 1;
	atomic_fetch_add(&shared->come, 1);
	if (lanes_wait(lanes, slot, 1, LONG_MS, &place) != ST_OK || place != 1)
		return 2;
	atomic_fetch_add(&shared->gone, 1);
	lanes_leave(lanes, slot);
	return 0;
}

static int
enter_and_stay(size_t slot)
{
	size_t	place = 0;

	if (lanes_enter(lanes, slot, LANE, lanes_now(lanes), &place) != ST_OK)
		return 1;
	atomic_fetch_add(&shared->come, 1);
	for (;;)
		(void)pause();
}

static int
hammer(size_t slot)
{
	size_t	place;

	atomic_fetch_add(&shared->come, 1);
	for (;;) {
		if (lanes_enter(lanes, slot, LANE, lanes_now(lanes), &place) !=
		    ST_OK ||
		    lanes_wait(lanes, slot, 1, LONG_MS, &place) != ST_OK)
			return 1;
		lanes_leave(lanes, slot);
	}
}

/*
 * Try at the mailbox, as the worker does: ask, take a place, ask again where
 * that is needed, derive, settle, leave. When no try is left the last one
 * grants as many again.
 */
static int
press(size_t slot)
{
	unsigned int	i, seen;
	uint64_t	since;
	size_t		place, left;

	for (i = 0; i < ROUNDS; i++) {
		since = lanes_now(lanes);
		left = atomic_load(&shared->mailbox) / LEFT;
		sleep_us(i % 7 == 0 ? 20 : 0);
		if (lanes_enter(lanes, slot, LANE, since, &place) != ST_OK)
			return 1;
		while (place > left) {
			if (lanes_wait(lanes, slot, left, LONG_MS, &place) !=
			    ST_OK)
				return 2;
			sleep_us(i % 5 == 0 ? 20 : 0);
			left = atomic_load(&shared->mailbox) / LEFT;
			atomic_fetch_add(&shared->asked, 1);
		}
		seen = atomic_fetch_add(&shared->mailbox, 1);
		if (seen % LEFT >= seen / LEFT)
			atomic_fetch_add(&shared->in_vain, 1);
		sleep_us(i % 3 == 0 ? 50 : 0);
		seen = atomic_load(&shared->mailbox);
		while (!atomic_compare_exchange_weak(&shared->mailbox, &seen,
		    seen - 1 - LEFT + (seen / LEFT == 1 ? TRIES * LEFT : 0)))
			continue;
		atomic_fetch_add(&shared->done, 1);
		lanes_leave(lanes, slot);
	}
	return 0;
}

/* Lanes do not know each other, and a place moves up when one leaves. */
static void
test_places(void **state)
{
	size_t	place;

	(void)state;
	open_lanes();
	assert_int_equal(enter(0, LANE), 1);
	assert_int_equal(enter(1, LANE), 2);
	assert_int_equal(enter(2, OTHER), 1);
	assert_int_equal(enter(3, LANE), 3);
	assert_int_equal(lanes_wait(lanes, 3, 2, SHORT_MS, &place), ST_RETRY);
	assert_int_equal(lanes_wait(lanes, 3, 3, 0, &place), ST_OK);
	lanes_leave(lanes, 0);
	assert_int_equal(lanes_wait(lanes, 3, 2, 0, &place), ST_OK);
	assert_int_equal(place, 2);
	lanes_leave(lanes, 3);
	lanes_leave(lanes, 3);
	assert_int_equal(enter(3, LANE), 2);
}

/* What was asked before somebody left is too old; after that it is not. */
static void
test_unsure(void **state)
{
	uint64_t	since;
	size_t		place;

	(void)state;
	open_lanes();
	(void)enter(0, LANE);
	(void)enter(1, LANE);
	since = lanes_now(lanes);
	lanes_leave(lanes, 0);
	assert_int_equal(lanes_enter(lanes, 2, LANE, since, &place), ST_OK);
	assert_true(place == LANES_UNSURE);
	assert_int_equal(lanes_wait(lanes, 2, 2, 0, &place), ST_OK);
	assert_int_equal(place, 2);
	assert_int_equal(lanes_enter(lanes, 3, OTHER, since, &place), ST_OK);
	assert_int_equal(place, 1);
	assert_int_equal(enter(4, LANE), 3);
	/* Nobody who has no place leaves one. */
	since = lanes_now(lanes);
	lanes_leave(lanes, 0);
	assert_int_equal(lanes_enter(lanes, 5, LANE, since, &place), ST_OK);
	assert_int_equal(place, 4);
}

/* A full lane takes nobody more, at once, and others are open. */
static void
test_full(void **state)
{
	size_t	slot, place;

	(void)state;
	unit_expect_log("lane-full");
	open_lanes();
	for (slot = 0; slot < MOST; slot++)
		assert_int_equal(enter(slot, LANE), slot + 1);
	for (slot = MOST; slot < SLOTS; slot++)
		assert_int_equal(lanes_enter(lanes, slot, LANE,
		    lanes_now(lanes), &place), ST_BUSY);
	assert_int_equal(enter(MOST, OTHER), 1);
	lanes_leave(lanes, 2);
	assert_int_equal(enter(MOST + 1, LANE), MOST);
}

/* Those who wait are woken when it is their turn, one after the other. */
static void
test_woken(void **state)
{
	pid_t	pids[4];
	size_t	i;

	(void)state;
	open_lanes();
	(void)enter(0, LANE);
	for (i = 0; i < 4; i++) {
		pids[i] = start(wait_to_be_first, i + 1);
		wait_come((unsigned int)i + 1);
	}
	sleep_us(SHORT_MS * 1000);
	assert_int_equal(atomic_load(&shared->gone), 0);
	lanes_leave(lanes, 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(end_of(pids[i]), 0);
}

/* A killed child keeps its place until the parent gives it up. */
static void
test_killed(void **state)
{
	pid_t	holder, waiter;
	size_t	place;

	(void)state;
	open_lanes();
	holder = start(enter_and_stay, 3);
	wait_come(1);
	waiter = start(wait_to_be_first, 4);
	wait_come(2);
	kill_and_wait(holder);
	sleep_us(SHORT_MS * 1000);
	assert_int_equal(atomic_load(&shared->gone), 0);
	lanes_leave(lanes, 3);
	assert_int_equal(end_of(waiter), 0);
	assert_int_equal(enter(0, LANE), 1);
	/* So it is with one that was killed while it waited. */
	waiter = start(wait_to_be_first, 4);
	wait_come(3);
	kill_and_wait(waiter);
	lanes_leave(lanes, 4);
	assert_int_equal(enter(1, LANE), 2);
	assert_int_equal(lanes_wait(lanes, 1, 1, 0, &place), ST_RETRY);
}

/* Killed again and again in the midst of it: what is left is a lane. */
static void
test_killed_anywhere(void **state)
{
	pid_t		pids[2];
	unsigned int	i;

	(void)state;
	open_lanes();
	for (i = 0; i < KILLS; i++) {
		atomic_store(&shared->come, 0);
		pids[0] = start(hammer, 1);
		pids[1] = start(hammer, 2);
		wait_come(2);
		sleep_us(100 + 37 * (long)(i % 16));
		kill_and_wait(pids[0]);
		lanes_leave(lanes, 1);
		kill_and_wait(pids[1]);
		lanes_leave(lanes, 2);
		assert_int_equal(enter(0, LANE), 1);
		lanes_leave(lanes, 0);
	}
}

/*
 * A crowd at one mailbox: never do more derive than tries are left, nobody
 * waits for ever, and all tries are used.
 */
static void
test_never_in_vain(void **state)
{
	pid_t	pids[CROWD];
	size_t	i;

	(void)state;
	open_lanes();
	atomic_store(&shared->mailbox, TRIES * LEFT);
	for (i = 0; i < CROWD; i++)
		pids[i] = start(press, i);
	for (i = 0; i < CROWD; i++)
		assert_int_equal(end_of(pids[i]), 0);
	assert_int_equal(atomic_load(&shared->done), CROWD * ROUNDS);
	assert_int_equal(atomic_load(&shared->in_vain), 0);
	assert_true(atomic_load(&shared->asked) > 0);
}

static int
group_end(void **state)
{
	(void)state;
	lanes_free(&lanes);
	lanes_free(&lanes);
	return lanes == NULL ? munmap(shared, sizeof(*shared)) : -1;
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_places),
		UNIT_TEST(test_unsure),
		UNIT_TEST(test_full),
		UNIT_TEST(test_woken),
		UNIT_TEST(test_killed),
		UNIT_TEST(test_killed_anywhere),
		UNIT_TEST(test_never_in_vain),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
