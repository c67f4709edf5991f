/*
 * keyfile-credential.c - find and open a credential of systemd's. It is a
 * copy: a key that was added since our start is in the file alone, and going
 * on without it would be worse than to say so.
 */
#include "config.h"

#include "edge/keyfile-credential.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char *
folder(void)
{
	const char	*dir = getenv("CREDENTIALS_DIRECTORY");

	return dir != NULL && *dir == '/' ? dir : NULL;
}

/* The rest of a path below this folder, or NULL. */
static const char *
below(const char *dir, const char *path)
{
	size_t	len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/' ?
	    path + len + 1 : NULL;
}

bool
keyfile_is_credential(const char *path)
{
	const char	*dir = folder(), *name;

	name = dir != NULL ? below(dir, path) : NULL;
	return name != NULL && strncmp(name, "../", 3) != 0 &&
	    strstr(name, "/../") == NULL;
}

static bool
is_later(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec :
	    a->tv_nsec > b->tv_nsec;
}

/* A time that is still to come says nothing: the clock was set back. */
static bool
is_stale(const char *path, const struct stat *copy)
{
	struct timespec	now;
	struct stat	file;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return stat(path, &file) == 0 &&
	    is_later(&file.st_mtim, &copy->st_mtim) &&
	    !is_later(&file.st_mtim, &now);
}

int
keyfile_credential_open(const char *home, const char *path, char **instead)
{
	const char	*dir = folder(), *name = below(home, path);
	struct stat	 copy;
	int		 fd, problem = ENOENT;

	*instead = NULL;
	errno = ENOENT;
	if (dir == NULL || name == NULL || strchr(name, '/') != NULL)
		return -1;
	if (asprintf(instead, "%s/%s", dir, name) < 0) {
		*instead = NULL;
		errno = ENOMEM;
		return -1;
	}
	fd = open(*instead, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 && fstat(fd, &copy) == 0 && copy.st_size > 1) {
		if (!is_stale(path, &copy))
			return fd;
		problem = ESTALE;
	}
	if (fd >= 0)
		(void)close(fd);
	free(*instead);
	*instead = NULL;
	errno = problem;
	return -1;
}
