/*
 * unit.h - what every unit test shares: named cases, and the log in custody.
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

/* One for the whole program; unit.c has it. */
extern struct unit {
	int		 stderr_fd;	/* the real one */
	const char	*expected[UNIT_EXPECT_MAX];
	size_t		 count;
} unit;

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

/* Show what was captured; for a test that dies or fails. */
static inline void
unit_show(void)
{
	char	bytes[512];
	ssize_t	len;

	if (lseek(STDERR_FILENO, 0, SEEK_SET) != 0)
		return;
	while ((len = read(STDERR_FILENO, bytes, sizeof(bytes))) > 0) {
		if (write(unit.stderr_fd, bytes, (size_t)len) != len)
			return;
	}
}

/* A failed assert() says why on the captured stderr: pass it on. */
static inline void
unit_on_abort(int number)
{
	(void)number;
	unit_show();
}

/* The next warn or err line that contains part is no failure, any number. */
static inline void
unit_expect_log(const char *part)
{
	assert_true(unit.count < UNIT_EXPECT_MAX);
	unit.expected[unit.count++] = part;
}

static inline int
unit_begin(void **state)
{
	FILE	*file;

	(void)state;
	unit.count = 0;
	file = tmpfile();
	if (file == NULL)
		return -1;
	unit.stderr_fd = dup(STDERR_FILENO);
	if (dup2(fileno(file), STDERR_FILENO) < 0)
		return -1;
	(void)fclose(file);
	if (__sanitizer_set_report_fd != NULL)
		__sanitizer_set_report_fd((void *)(intptr_t)unit.stderr_fd);
	(void)signal(SIGABRT, unit_on_abort);
	return 0;
}

/* Compare the captured lines with what the test announced. */
static inline bool
unit_log_fits(void)
{
	char	 line[1100];
	bool	 has_come[UNIT_EXPECT_MAX] = { false };
	bool	 is_fitting = true, is_known;
	FILE	*file = fdopen(dup(STDERR_FILENO), "r");

	if (file == NULL)
		return false;
	rewind(file);
	while (fgets(line, (int)sizeof(line), file) != NULL) {
		is_known = strncmp(line, "<3>", 3) != 0 &&
		    strncmp(line, "<4>", 3) != 0;
		for (size_t i = 0; i < unit.count; i++) {
			if (strstr(line, unit.expected[i]) != NULL)
				is_known = has_come[i] = true;
		}
		is_fitting = is_fitting && is_known;
	}
	(void)fclose(file);
	for (size_t i = 0; i < unit.count; i++)
		is_fitting = is_fitting && has_come[i];
	return is_fitting;
}

static inline int
unit_end(void **state)
{
	bool	is_fitting = unit_log_fits();

	(void)state;
	if (!is_fitting) {
		dprintf(unit.stderr_fd, "the log is not what was expected:\n");
		for (size_t i = 0; i < unit.count; i++)
			dprintf(unit.stderr_fd, "expected: %s\n",
			    unit.expected[i]);
		unit_show();
	}
	(void)dup2(unit.stderr_fd, STDERR_FILENO);
	(void)close(unit.stderr_fd);
	(void)signal(SIGABRT, SIG_DFL);
	if (__sanitizer_set_report_fd != NULL)
		__sanitizer_set_report_fd((void *)(intptr_t)STDERR_FILENO);
	return is_fitting ? 0 : -1;
}

#endif
