/*
 * command-case.h - run a command line of umwsctl on the fake of edge/admin,
 * and look at all that it left behind.
 */
#ifndef UMWS_COMMAND_CASE_H
#define UMWS_COMMAND_CASE_H

#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "fake-admin.h"

#define OUTPUT_MAX	65536	/* bytes of output */

/* A test of its own fake; a group has a directory, with umws.conf in it. */
#define COMMAND_TEST(test)						\
	cmocka_unit_test_setup_teardown(test, command_case_begin,	\
	    command_case_end)

int	command_case_begin(void **state);
int	command_case_end(void **state);
int	command_group_begin(void **state);
int	command_group_end(void **state);

/* Write a file into that directory, in which the tests run. */
void	put_file(const char *name, const char *text);

/* What one invocation left behind. */
struct outcome {
	int	code;
	char	out[OUTPUT_MAX];
	char	err[4096];
};

struct command_case {
	const char	*args;		/* after "--config|umws.conf|" */
	int		 code;
	const char	*out;		/* "" for none; else part of it */
	const char	*err;		/* likewise, after "umwsctl: " */
	const char	*calls;		/* all of them, or NULL */
};

/* Run "umwsctl ARG|ARG|..." with this standard input. */
void	run(const char *args, const char *input, struct outcome *outcome);

/* Run one and compare; or each of several on a fake that is new. */
void	check(const struct command_case *row, const char *input);
void	check_all(const struct command_case *rows, size_t count);

#define CHECK_ALL(rows)	check_all(rows, sizeof(rows) / sizeof((rows)[0]))

#endif
