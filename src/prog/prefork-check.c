/*
 * prefork-check.c - fork, try the keys and the schema, and tell by the exit
 * code. What it takes to know is in child_check().
 */
#include "config.h"

#include "prog/prefork-check.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "prog/child.h"

pid_t
prefork_check_begin(const struct conf *conf)
{
	pid_t	pid;

	pid = fork();
	if (pid == 0)
		exit(child_check(conf));
	if (pid < 0)
		log_err("fork", "reason", strerror(errno), NULL);
	return pid;
}

int
prefork_check_code(int wait_status)
{
	char	text[LOG_NUMBER_SIZE];

	if (!WIFEXITED(wait_status)) {
		log_err("check-died", "signal",
		    log_number(text, WTERMSIG(wait_status)), NULL);
		return EX_OSERR;
	}
	return WEXITSTATUS(wait_status) == EX_TEMPFAIL ? EX_OK :
	    WEXITSTATUS(wait_status);
}

int
prefork_check_now(const struct conf *conf)
{
	pid_t	check = prefork_check_begin(conf);
	int	wait_status;

	if (check < 0)
		return EX_OSERR;
	if (waitpid(check, &wait_status, 0) != check) {
		log_system("waitpid");
		return EX_OSERR;
	}
	return prefork_check_code(wait_status);
}
