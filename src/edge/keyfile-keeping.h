/*
 * keyfile-keeping.h - is a file kept as its kind asks for? keyfile.h has the
 * rules. Reads and logs nothing.
 */
#ifndef UMWS_KEYFILE_KEEPING_H
#define UMWS_KEYFILE_KEEPING_H

#include <sys/stat.h>

#include "base/status.h"
#include "edge/keyfile.h"

#define KEYFILE_GROUP_SIZE	64	/* bytes of a group's name, or number */

struct keyfile_fault {
	char	reason[128];	/* "others can use it" */
	char	todo[512];	/* a command, with the path in it */
};

/*
 * Look at an open file, which stat(2) has told of. ST_OK, and *fault is as it
 * was; or ST_BAD with *fault set.
 */
enum status	keyfile_keeping(int fd, const char *path,
		    const struct stat *file, enum keyfile_kind kind,
		    struct keyfile_fault *fault) MUSTCHECK;

/*
 * The group to give our secrets to: that of our user, which is ours alone,
 * and not the one that we may share a socket with. Its name, or its number.
 */
const char	*keyfile_own_group(char text[KEYFILE_GROUP_SIZE]);

#endif
