/*
 * smtp-exec.h - run another program to its end: one argument, bytes on stdin,
 * and how it ended. No shell, nothing of ours that it could read but that.
 *
 * Knows nothing of mail. The process must have no other children to wait for.
 */
#ifndef UMWS_SMTP_EXEC_H
#define UMWS_SMTP_EXEC_H

#include <stddef.h>

struct smtp_exec {
	const char	*path;		/* absolute */
	const char	*argument;	/* the only one; not an option of it */
	const char	*input;		/* all that it finds on stdin */
	size_t		 len;
	unsigned int	 timeout_s;	/* then it is killed, and its group */
};

struct smtp_exec_end {
	enum {
		SMTP_EXEC_EXITED,		/* number: the exit code */
		SMTP_EXEC_KILLED,		/* number: the signal */
		SMTP_EXEC_LATE,		/* killed by us */
		SMTP_EXEC_NOT_RUN		/* number: errno */
	}	 how;
	int	 number;
};

/*
 * Why nobody could run the file at path, or we could not: a few words that fit
 * behind "the program ", static; NULL when we could.
 */
const char		*smtp_exec_fault(const char *path);

/*
 * Run it. Its input is there as a whole from its first moment on, so that our
 * end cannot cut it short; it dies with us, if it can be killed. What it writes
 * is read and forgotten. It has a session of its own, no descriptor but the
 * first three, default signals, and of our environment HOME, USER, LOGNAME and
 * TZ.
 */
struct smtp_exec_end	 smtp_exec(const struct smtp_exec *run);

#endif
