/*
 * secret.c - wipe memory with explicit_bzero(3); switch off core dumps and
 * the reading of a process's memory.
 */
#include "config.h"

#include "base/secret.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <string.h>

void
secret_wipe(void *p, size_t size)
{
	explicit_bzero(p, size);
}

void
secret_hide_memory(void)
{
	static const struct rlimit	no_core = { 0, 0 };

	/* Both: a program that takes core files by a pipe asks no limit, and
	 * only the second keeps debuggers out. */
	(void)setrlimit(RLIMIT_CORE, &no_core);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
