/*
 * mailer-child.h - the processes that umws-mailer --follow forks, one for each
 * pass, and what they leave.
 */
#ifndef UMWS_MAILER_CHILD_H
#define UMWS_MAILER_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "app/conf.h"
#include "prog/mailer-follow.h"

struct mailer_child {
	pid_t	pid;		/* 0: there is none */
	int	fd;		/* to it, and its report back */
	int64_t	begun_ms;	/* of clock_ms(), when it was told to */
};

/*
 * Fork a process that gets ready for a pass, and waits. Nothing that is open
 * here is its own; SIGTERM and SIGINT stay blocked there, others of the set
 * blocked are not. False (logged) when there is no process.
 */
bool	mailer_child_fork(const struct follow_parts *parts,
	    const struct conf *conf, const sigset_t *blocked,
	    struct mailer_child *child);

/* Let it begin; is_brief: of deliver_parts. One that has ended does not. */
void	mailer_child_begin(struct mailer_child *child, bool is_brief);

/* It is not wanted: it ends, and that is waited for. */
void	mailer_child_dismiss(struct mailer_child *child);

/*
 * If the process has ended, true: then its exit code (EX_SOFTWARE for one that
 * was killed, logged) and report, all zero if it left none.
 */
bool	mailer_child_has_ended(struct mailer_child *child, int *code,
	    struct follow_report *report);

/* Let the children finish what they have in hand, and wait for that. */
void	mailer_child_end_all(struct mailer_child *children, size_t count);

/* Can a pass be begun with this? In a process as well; its exit code. */
int	mailer_child_check(const struct follow_parts *parts,
	    const struct conf *conf, const sigset_t *blocked);

#endif
