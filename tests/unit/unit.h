/*
 * unit.h - what every unit test shares: named cases, and a check of what is
 * logged.
 *
 * List tests with UNIT_TEST(). While one runs, stderr is a file of ours; a
 * warn or err line in it that the test did not announce with
 * unit_expect_log() fails the test, and so does an announced one that never
 * came.
 */
#ifndef UMWS_UNIT_H
#define UMWS_UNIT_H

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define UNIT_TEST(test) \
	cmocka_unit_test_setup_teardown(test, unit_begin, unit_end)

#define UNIT_EXPECT_MAX	8	/* announced log lines of one test */

struct unit {
	int		 stderr_fd;	/* the real one */
	const char	*expected[UNIT_EXPECT_MAX];
	size_t		 count;
};

extern struct unit	unit;

/* Fail, and say why in the words of printf(3). */
#define UNIT_FAIL(...)							\
	do {								\
		dprintf(unit.stderr_fd, __VA_ARGS__);			\
		fail();							\
	} while (0)

/* Fail with the name of the case, as every row of a table needs. */
#define UNIT_CHECK(name, claim)						\
	do {								\
		if (!(claim)) {						\
			dprintf(unit.stderr_fd, "case \"%s\": not %s\n", \
			    (name), #claim);				\
			fail();						\
		}							\
	} while (0)

/* Sanitizers write here instead of into the captured stderr. */
extern void	__sanitizer_set_report_fd(void *fd) __attribute__((weak));

/* The next warn or err line that contains part is no failure, any number. */
void	unit_expect_log(const char *part);

/* What was logged since the last call; the end of the test sees it no more. */
const char	*unit_log(void);

/* With UMWS_LONG=1 a test goes through all of its cases, else through some. */
bool	unit_is_long(void);

/* What UNIT_TEST() calls; for a fixture that does more. */
int	unit_begin(void **state);
int	unit_end(void **state);

#endif
