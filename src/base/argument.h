/*
 * argument.h - the options of a command line, and how much of an argument may
 * be told.
 *
 * An argument that is a mistake may hold a password: a connection string given
 * to the wrong option, or to the wrong program. It ends up in a mail of cron or
 * in the log of whoever starts us.
 */
#ifndef UMWS_ARGUMENT_H
#define UMWS_ARGUMENT_H

#include <getopt.h>

#define ARGUMENT_SIZE	61	/* bytes of an argument that are told */

/*
 * As much of an argument as may be told: what has the form of a verb or an
 * option, up to a value that is with it; else "(not shown)". Returns about or
 * a static text.
 */
const char	*argument_tell(const char *arg, char about[ARGUMENT_SIZE]);

/*
 * The next of the long options in known, as getopt_long() has it: -1 behind
 * the last. '?' after a mistake, which is one line on stderr that begins with
 * program and tells no more of the argument than argument_tell(); it is the
 * last call then.
 */
int	argument_option(const char *program, int argc, char *argv[],
	    const struct option *known);

#endif
