/*
 * program.h - run another program of this host to its end, and be another
 * user for a while. No shell: each argument is one.
 *
 * The program has a clean environment (PATH, LC_ALL=C.UTF-8), nothing on its
 * standard input, and none of our descriptors. How it ended is its exit code;
 * what it writes is for people, in whatever language, and decides nothing.
 */
#ifndef UMWS_PROGRAM_H
#define UMWS_PROGRAM_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/status.h"

#define PROGRAM_NOT_RUN		(-1)	/* there is none, or no memory */
#define PROGRAM_KILLED		(-2)	/* by a signal, or by us: too late */

struct program {
	const char		*path;		/* absolute */
	const char *const	*arguments;	/* without the name; NULL ends
						 * them */
	const char		*user;		/* to run as; NULL: as we are */
	unsigned int		 timeout_s;	/* then it is killed */
};

/*
 * Run it. *output, which may be NULL, gets what it writes to standard output
 * and error, as much as fits. Returns its exit code or one of the above.
 */
int	program_run(const struct program *program, struct buf *output);

/*
 * From now on root acts as this user (and his groups, none of its own), for
 * files and for PostgreSQL's peer authentication; program_be_root() ends it.
 * ST_BAD: there is no such user, or we are not root.
 */
enum status	program_be_user(const char *user) MUSTCHECK;
void		program_be_root(void);

#endif
