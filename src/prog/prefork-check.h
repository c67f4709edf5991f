/*
 * prefork-check.h - try a configuration in a process of its own, which alone
 * sees the keys, before it is served by.
 */
#ifndef UMWS_PREFORK_CHECK_H
#define UMWS_PREFORK_CHECK_H

#include <sys/types.h>

#include "app/conf.h"

/*
 * Begin. Returns the pid, whose wait status prefork_check_code() reads, or -1
 * (logged).
 */
pid_t	prefork_check_begin(const struct conf *conf);

/*
 * What the check has found: EX_OK, or why not to start (sysexits.h). A
 * database that is away is no reason. What is wrong has been logged.
 */
int	prefork_check_code(int wait_status);

/* Both, and the wait between them: before the first child. */
int	prefork_check_now(const struct conf *conf);

#endif
