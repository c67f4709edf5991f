/*
 * ctl.c - umwsctl. What it does is in app/command.
 */
#include "config.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>

#include "app/command.h"

int
main(int argc, char *argv[])
{
	static const struct rlimit	no_core = { 0, 0 };
	struct command_io		io = { stdin, stdout, stderr };

	/* Fresh keys pass through our memory: no core file, no open file. */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	/* "| head" has seen enough: end in silence, whoever has started us. */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)umask(S_IRWXG | S_IRWXO);
	return command_main(&io, argc, argv);
}
