/*
 * test-gate.c - the gate between real processes, some of which are killed.
 */
#include "config.h"

#include "unit.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "edge/clock.h"
#include "edge/gate.h"

#define LONG_MS		5000	/* never passes in a test that goes well */
#define SHORT_MS	30
#define HANG_S		120	/* the whole program; then SIGALRM ends it */
#define SLOTS		12
#define CROWD		10	/* processes that press to the gate */
#define ROUNDS		60	/* of each of them */
#define CAPACITY	3
#define WAITERS		6
#define KILLS		200

/* What the processes of one test tell each other. */
static struct shared {
	atomic_uint	inside, most, rounds;
	atomic_uint	order[SLOTS];
	atomic_uint	come;
}	*shared;

static struct gate	*gate;

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
open_gate(unsigned int capacity)
{
	gate_free(&gate);
	memset(shared, 0, sizeof(*shared));
	assert_int_equal(gate_new(SLOTS, capacity, &gate), ST_OK);
}

/*
 * A child runs role(slot) and exits with what it returns. It never outlives
 * the test.
 */
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

/* The child's exit code, or minus the signal that ended it. */
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

/* Until count roles have said that they are about to enter or are inside. */
static void
wait_come(unsigned int count)
{
	int64_t	end_ms = clock_ms() + LONG_MS;

	while (atomic_load(&shared->come) < count) {
		assert_true(clock_ms() < end_ms);
		sleep_us(200);
	}
}

/* Until a process that calls nothing else that waits is asleep. */
static void
wait_asleep(pid_t pid)
{
	char	 path[32], text[128];
	ssize_t	 len;
	char	*state;
	int	 fd;

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	do {
		sleep_us(500);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		len = read(fd, text, sizeof(text) - 1);
		(void)close(fd);
		assert_true(len > 0);
		text[len] = '\0';
		state = strrchr(text, ')');
		assert_non_null(state);
	} while (state[2] != 'S');
}

/* Roles of children. */

static int
press(size_t slot)
{
	unsigned int	i, now, most;

	for (i = 0; i < ROUNDS; i++) {
		if (gate_enter(gate, slot, LONG_MS) != ST_OK)
			return 1;
		now = atomic_fetch_add(&shared->inside, 1) + 1;
		most = atomic_load(&shared->most);
		while (now > most && !atomic_compare_exchange_weak(
		    &shared->most, &most, now))
			continue;
		sleep_us(i % 3 == 0 ? 300 : 0);
		atomic_fetch_sub(&shared->inside, 1);
		gate_leave(gate, slot);
		atomic_fetch_add(&shared->rounds, 1);
	}
	return 0;
}

/* Enter, note one's place in the order, leave. */
static int
queue_up(size_t slot)
{
	unsigned int	place;

	atomic_fetch_add(&shared->come, 1);
	if (gate_enter(gate, slot, LONG_MS) != ST_OK)
		return 1;
	place = atomic_fetch_add(&shared->rounds, 1);
	atomic_store(&shared->order[place], (unsigned int)slot);
	gate_leave(gate, slot);
	return 0;
}

static int
enter_and_stay(size_t slot)
{
	if (gate_enter(gate, slot, LONG_MS) != ST_OK)
		return 1;
	atomic_fetch_add(&shared->come, 1);
	for (;;)
		(void)pause();
}

static int
try_shortly(size_t slot)
{
	int64_t	start_ms = clock_ms();

	if (gate_enter(gate, slot, SHORT_MS) == ST_OK)
		return 0;
	return clock_ms() - start_ms >= SHORT_MS ? 1 : 2;
}

/* In and out without a pause: where the kill finds it is anybody's guess. */
static int
hammer(size_t slot)
{
	atomic_fetch_add(&shared->come, 1);
	for (;;) {
		if (gate_enter(gate, slot, LONG_MS) != ST_OK)
			return 1;
		gate_leave(gate, slot);
	}
}

static void
test_capacity(void **state)
{
	pid_t	pids[CROWD];
	size_t	i;

	(void)state;
	open_gate(CAPACITY);
	for (i = 0; i < CROWD; i++)
		pids[i] = start(press, i);
	for (i = 0; i < CROWD; i++)
		assert_int_equal(end_of(pids[i]), 0);
	assert_int_equal(atomic_load(&shared->most), CAPACITY);
	assert_int_equal(atomic_load(&shared->rounds), CROWD * ROUNDS);
}

/* First come first served, whatever the slots' numbers. */
static void
test_order(void **state)
{
	static const size_t	slots[WAITERS] = { 7, 2, 11, 5, 1, 9 };
	pid_t			pids[WAITERS];
	struct gate_look	look;
	unsigned int		i;

	(void)state;
	open_gate(1);
	assert_int_equal(gate_enter(gate, 0, 0), ST_OK);
	for (i = 0; i < WAITERS; i++) {
		pids[i] = start(queue_up, slots[i]);
		wait_come(i + 1);
		wait_asleep(pids[i]);
	}
	gate_look(gate, &look);
	assert_int_equal(look.waiting, WAITERS);
	assert_int_equal(look.inside, 1);
	assert_int_equal(look.capacity, 1);
	gate_leave(gate, 0);
	for (i = 0; i < WAITERS; i++)
		assert_int_equal(end_of(pids[i]), 0);
	gate_look(gate, &look);
	assert_int_equal(look.waiting + look.inside, 0);
	for (i = 0; i < WAITERS; i++)
		assert_int_equal(atomic_load(&shared->order[i]), slots[i]);
}

/* Who has waited too long is told so, and is in nobody's way afterwards. */
static void
test_timeout(void **state)
{
	(void)state;
	open_gate(1);
	assert_int_equal(gate_enter(gate, 0, SHORT_MS), ST_OK);
	assert_int_equal(end_of(start(try_shortly, 1)), 1);
	assert_int_equal(gate_enter(gate, 2, 0), ST_RETRY);
	gate_leave(gate, 0);
	assert_int_equal(gate_enter(gate, 3, 0), ST_OK);
	gate_leave(gate, 3);
	assert_int_equal(end_of(start(try_shortly, 1)), 0);
}

/* Leaving without being inside makes no room. */
static void
test_leave_outside(void **state)
{
	(void)state;
	open_gate(1);
	gate_leave(gate, 5);
	assert_int_equal(gate_enter(gate, 0, 0), ST_OK);
	gate_leave(gate, 1);
	assert_int_equal(end_of(start(try_shortly, 1)), 1);
	gate_leave(gate, 0);
	gate_leave(gate, 0);
	assert_int_equal(gate_enter(gate, 2, 0), ST_OK);
	assert_int_equal(end_of(start(try_shortly, 1)), 1);
}

/* A killed holder keeps its place until the parent lets it go. */
static void
test_killed_inside(void **state)
{
	pid_t	holder, waiter;

	(void)state;
	open_gate(1);
	holder = start(enter_and_stay, 4);
	wait_come(1);
	waiter = start(queue_up, 8);
	wait_come(2);
	wait_asleep(waiter);
	kill_and_wait(holder);
	assert_int_equal(gate_enter(gate, 0, SHORT_MS), ST_RETRY);
	gate_leave(gate, 4);
	assert_int_equal(end_of(waiter), 0);
	assert_int_equal(gate_enter(gate, 0, 0), ST_OK);
}

/* A killed waiter is let go too, and the turn goes to the next. */
static void
test_killed_waiting(void **state)
{
	pid_t	first, second;

	(void)state;
	open_gate(1);
	assert_int_equal(gate_enter(gate, 0, 0), ST_OK);
	first = start(queue_up, 1);
	wait_come(1);
	wait_asleep(first);
	second = start(queue_up, 2);
	wait_come(2);
	wait_asleep(second);
	kill_and_wait(first);
	gate_leave(gate, 1);
	gate_leave(gate, 0);
	assert_int_equal(end_of(second), 0);
	assert_int_equal(atomic_load(&shared->order[0]), 2);
}

/* A turn that a killed waiter never took does not serve its successor. */
static void
test_turn_untaken(void **state)
{
	pid_t	waiter;

	(void)state;
	open_gate(1);
	assert_int_equal(gate_enter(gate, 0, 0), ST_OK);
	waiter = start(queue_up, 1);
	wait_come(1);
	wait_asleep(waiter);
	assert_int_equal(kill(waiter, SIGSTOP), 0);
	assert_int_equal(waitpid(waiter, NULL, WUNTRACED), waiter);
	gate_leave(gate, 0);
	kill_and_wait(waiter);
	assert_int_equal(gate_enter(gate, 0, SHORT_MS), ST_RETRY);
	gate_leave(gate, 1);
	assert_int_equal(gate_enter(gate, 0, 0), ST_OK);
	assert_int_equal(end_of(start(try_shortly, 1)), 1);
}

/*
 * Killed again and again in the midst of it, often with the gate's own lock
 * in hand: what is left is a gate.
 */
static void
test_killed_anywhere(void **state)
{
	pid_t		pids[2];
	unsigned int	i;

	(void)state;
	open_gate(1);
	for (i = 0; i < KILLS; i++) {
		atomic_store(&shared->come, 0);
		pids[0] = start(hammer, 1);
		pids[1] = start(hammer, 2);
		wait_come(2);
		sleep_us(100 + 37 * (long)(i % 16));
		kill_and_wait(pids[0]);
		gate_leave(gate, 1);
		kill_and_wait(pids[1]);
		gate_leave(gate, 2);
		assert_int_equal(gate_enter(gate, 0, LONG_MS), ST_OK);
		assert_int_equal(gate_enter(gate, 3, 0), ST_RETRY);
		gate_leave(gate, 0);
	}
}

static int
group_end(void **state)
{
	(void)state;
	gate_free(&gate);
	gate_free(&gate);
	return gate == NULL ? munmap(shared, sizeof(*shared)) : -1;
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_capacity),
		UNIT_TEST(test_order),
		UNIT_TEST(test_timeout),
		UNIT_TEST(test_leave_outside),
		UNIT_TEST(test_killed_inside),
		UNIT_TEST(test_killed_waiting),
		UNIT_TEST(test_turn_untaken),
		UNIT_TEST(test_killed_anywhere),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
