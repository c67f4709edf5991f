/*
 * hostfile.h - files of this host that an installation has: read, replaced as
 * a whole, taken away, and links to them.
 *
 * Every failure is logged, once, as "file-not-written" or "file-not-read" with
 * the file and the system's reason.
 */
#ifndef UMWS_HOSTFILE_H
#define UMWS_HOSTFILE_H

#include <sys/types.h>

#include <stdbool.h>

#include "base/buf.h"
#include "base/status.h"

#define HOSTFILE_MAX	(1024 * 1024)	/* bytes of one that we read */

/* Who owns a file, and who may what. */
struct hostfile_rights {
	uid_t	uid;
	gid_t	gid;
	mode_t	mode;
};

/* Is there something of this name? A link that leads nowhere is. */
bool	hostfile_is_there(const char *path);

/* Append all of it to *text. ST_OK, or ST_BAD (logged). */
enum status	hostfile_read(const char *path, struct buf *text) MUSTCHECK;

/* Is there a file whose text is this one? */
bool	hostfile_equals(const char *path, const char *text);

/*
 * Put text in the place of the file at path, or into a new one: whoever reads
 * it, or whatever ends us, sees the old one or the new one. A file that is
 * there keeps its rights, and a link to it stays; a new one gets rights. What
 * a killed process has left of it is overwritten by the next.
 */
enum status	hostfile_write(const char *path, const char *text,
		    const struct hostfile_rights *rights) MUSTCHECK;

/* Give a file or directory these rights; a link is not followed. */
enum status	hostfile_own(const char *path,
		    const struct hostfile_rights *rights) MUSTCHECK;
bool		hostfile_has(const char *path,
		    const struct hostfile_rights *rights);

/* Make a directory with these rights; its parent is there. */
enum status	hostfile_make_directory(const char *path,
		    const struct hostfile_rights *rights) MUSTCHECK;

/* Make path a link to target; is it one? */
enum status	hostfile_link(const char *path, const char *target) MUSTCHECK;
bool		hostfile_links(const char *path, const char *target);

/* Take away a file, a link or an empty directory; none is no failure, and a
 * directory that holds something stays. */
enum status	hostfile_remove(const char *path) MUSTCHECK;

/* Lock a directory until close(*fd): ST_OK; ST_BUSY: somebody else has; ST_BAD
 * (logged): it cannot be. */
enum status	hostfile_lock(const char *path, int *fd) MUSTCHECK;

/* Append a line to a file of mode 0600, made if it is not there, and bring it
 * to the disk. */
enum status	hostfile_append(const char *path, const char *line) MUSTCHECK;

#endif
