/*
 * ctl.c - main of umwsctl. What it does is in ctl/command.
 */
#include "config.h"

#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>

#include "ctl/command.h"
#include "base/secret.h"

int
main(int argc, char *argv[])
{
	struct command_io	io = { stdin, stdout, stderr };

	/* Fresh keys pass through our memory. */
	secret_hide_memory();
	/* "| head" has seen enough: end in silence, whoever has started us. */
	(void)signal(SIGPIPE, SIG_DFL);
	/* A limit on files is an error of writing, EFBIG. */
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)umask(S_IRWXG | S_IRWXO);
	return command_main(&io, argc, argv);
}
