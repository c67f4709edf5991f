/*
 * hostfile.c - write beside, bring to the disk, rename.
 */
#include "config.h"

#include "edge/hostfile.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/whole.h"

#define NEXT		".umws-next"	/* after the name of the file */
#define CHUNK_SIZE	4096		/* bytes that are read at once */
#define LINK_SIZE	1024		/* bytes of what a link leads to */

static enum status
refuse(const char *event, const char *path)
{
	log_err(event, "file", path, "reason", strerror(errno), NULL);
	return ST_BAD;
}

bool
hostfile_is_there(const char *path)
{
	struct stat	info;

	return lstat(path, &info) == 0;
}

/* As hostfile_read(), in silence. */
static bool
read_all(const char *path, struct buf *text)
{
	char	chunk[CHUNK_SIZE];
	size_t	got;
	FILE	*file = fopen(path, "re");
	bool	is_read;

	if (file == NULL)
		return false;
	while ((got = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_append(text, chunk, got);
	is_read = !ferror(file);
	(void)fclose(file);
	if (is_read && buf_status(text) != ST_OK) {
		errno = EFBIG;
		is_read = false;
	}
	return is_read;
}

enum status
hostfile_read(const char *path, struct buf *text)
{
	return read_all(path, text) ? ST_OK : refuse("file-not-read", path);
}

bool
hostfile_equals(const char *path, const char *text)
{
	struct buf	there = BUF_INIT(HOSTFILE_MAX);
	bool		is_equal;

	is_equal = read_all(path, &there) && there.len == strlen(text) &&
	    memcmp(buf_text(&there), text, there.len) == 0;
	buf_free(&there);
	return is_equal;
}

/* A new name is on the disk when its directory is. */
static bool
sync_directory(const char *path)
{
	char	copy[PATH_MAX];
	bool	is_done;
	int	fd;

	(void)snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	is_done = fsync(fd) == 0;
	(void)close(fd);
	return is_done;
}

/* And bring it to the disk. */
static bool
write_text(int fd, const char *text)
{
	return whole_write(fd, text, strlen(text)) && fsync(fd) == 0;
}

static bool
write_next(const char *next, const char *text,
    const struct hostfile_rights *rights)
{
	int	fd;
	bool	is_done;

	(void)unlink(next);
	fd = open(next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	is_done = fchown(fd, rights->uid, rights->gid) == 0 &&
	    fchmod(fd, rights->mode) == 0 &&
	    write_text(fd, text);
	return close(fd) == 0 && is_done;
}

enum status
hostfile_write(const char *path, const char *text,
    const struct hostfile_rights *rights)
{
	struct hostfile_rights	 kept = *rights;
	char			 real[PATH_MAX], next[PATH_MAX + sizeof(NEXT)];
	struct stat		 info;

	if (realpath(path, real) == NULL) {
		if (errno != ENOENT || strlen(path) >= sizeof(real))
			return refuse("file-not-written", path);
		(void)strcpy(real, path);
	} else if (stat(real, &info) == 0) {
		kept = (struct hostfile_rights){ info.st_uid, info.st_gid,
		    info.st_mode & 07777 };
	}
	(void)snprintf(next, sizeof(next), "%s" NEXT, real);
	if (write_next(next, text, &kept) && rename(next, real) == 0 &&
	    sync_directory(real))
		return ST_OK;
	(void)refuse("file-not-written", path);
	(void)unlink(next);
	return ST_BAD;
}

enum status
hostfile_own(const char *path, const struct hostfile_rights *rights)
{
	int	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	bool	is_done;

	if (fd < 0)
		return refuse("file-not-written", path);
	is_done = fchown(fd, rights->uid, rights->gid) == 0 &&
	    fchmod(fd, rights->mode) == 0;
	(void)close(fd);
	return is_done ? ST_OK : refuse("file-not-written", path);
}

bool
hostfile_has(const char *path, const struct hostfile_rights *rights)
{
	struct stat	info;

	return lstat(path, &info) == 0 && info.st_uid == rights->uid &&
	    info.st_gid == rights->gid &&
	    (info.st_mode & 07777) == rights->mode;
}

enum status
hostfile_make_directory(const char *path,
    const struct hostfile_rights *rights)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return refuse("file-not-written", path);
	return hostfile_own(path, rights);
}

bool
hostfile_links(const char *path, const char *target)
{
	char	there[LINK_SIZE];
	ssize_t	len = readlink(path, there, sizeof(there) - 1);

	if (len < 0)
		return false;
	there[len] = '\0';
	return strcmp(there, target) == 0;
}

enum status
hostfile_link(const char *path, const char *target)
{
	if (hostfile_links(path, target) || symlink(target, path) == 0)
		return ST_OK;
	return refuse("file-not-written", path);
}

enum status
hostfile_remove(const char *path)
{
	if (remove(path) == 0 || errno == ENOENT || errno == ENOTEMPTY ||
	    errno == EEXIST)
		return ST_OK;
	return refuse("file-not-removed", path);
}

enum status
hostfile_append(const char *path, const char *line)
{
	int	fd;
	bool	is_done;

	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd < 0)
		return refuse("file-not-written", path);
	is_done = write_text(fd, line) && sync_directory(path);
	(void)close(fd);
	return is_done ? ST_OK : refuse("file-not-written", path);
}

enum status
hostfile_lock(const char *path, int *fd)
{
	enum status	st;

	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return refuse("file-not-read", path);
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return ST_OK;
	st = errno == EWOULDBLOCK ? ST_BUSY : refuse("file-not-read", path);
	(void)close(*fd);
	*fd = -1;
	return st;
}
