/*
 * test-guard.c - a child that tells, one that hangs and one that dies.
 */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "edge/clock.h"
#include "edge/guard.h"

struct record {
	int	number;
	char	text[2000];
};

static void
tell(int fd, int number)
{
	struct record	record = { .number = number };

	(void)snprintf(record.text, sizeof(record.text), "record %d", number);
	guard_tell(fd, &record, sizeof(record));
}

static void
work(void *context, int fd)
{
	const char	*what = context;

	tell(fd, 1);
	tell(fd, 2);
	if (strcmp(what, "hang") == 0)
		for (;;)
			(void)pause();
	if (strcmp(what, "die") == 0)
		(void)raise(SIGKILL);
	if (strcmp(what, "flood") == 0)
		for (int i = 3;; i++)
			tell(fd, i);
}

static void
start(struct guard *guard, const char *what)
{
	struct record	record;
	char		words[16];

	(void)snprintf(words, sizeof(words), "%s", what);
	assert_int_equal(guard_start(guard, work, words), ST_OK);
	for (int i = 1; i <= 2; i++) {
		assert_int_equal(guard_hear(guard, &record, sizeof(record),
		    clock_ms() + 10000), ST_OK);
		assert_int_equal(record.number, i);
		assert_string_equal(record.text, i == 1 ? "record 1" :
		    "record 2");
	}
}

static void
assert_gone(pid_t pid)
{
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void
test_end(void **state)
{
	static const char *const	ends[] = { "return", "die" };
	struct record			record;
	struct guard			guard;
	pid_t				pid;

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		start(&guard, ends[i]);
		pid = guard.pid;
		assert_int_equal(guard_hear(&guard, &record, sizeof(record),
		    clock_ms() + 10000), ST_FAIL);
		guard_stop(&guard);
		assert_gone(pid);
		guard_stop(&guard);	/* is no error */
	}
}

static void
test_hang(void **state)
{
	struct record	record;
	struct guard	guard;
	int64_t		begun;
	pid_t		pid;

	(void)state;
	start(&guard, "hang");
	pid = guard.pid;
	begun = clock_ms();
	assert_int_equal(guard_hear(&guard, &record, sizeof(record),
	    begun + 100), ST_RETRY);
	assert_true(clock_ms() - begun >= 100);
	guard_stop(&guard);
	assert_gone(pid);
}

/* Who is not listened to any more does not go on. */
static void
test_flood(void **state)
{
	struct guard	guard;
	pid_t		pid;

	(void)state;
	start(&guard, "flood");
	pid = guard.pid;
	guard_stop(&guard);
	assert_gone(pid);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_end),
		UNIT_TEST(test_hang),
		UNIT_TEST(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
