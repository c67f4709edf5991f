/*
 * command.h - umwsctl: the table of verbs, and one invocation of it.
 *
 * Results go to out. What went wrong is one line on err, "umwsctl: ...",
 * that says what happened and what to do; whatever a lower layer met first
 * has been logged before it. Exit codes are those of sysexits.h.
 */
#ifndef UMWS_COMMAND_H
#define UMWS_COMMAND_H

#include <stdio.h>

struct command_io {
	FILE	*in;
	FILE	*out;
	FILE	*err;
};

/* Run umwsctl with main()'s arguments; returns the exit code. */
int	command_main(const struct command_io *io, int argc,
	    char *const *argv);

#endif
