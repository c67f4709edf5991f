/*
 * conf-source.c - list and read the files of a configuration. Each is opened
 * first and looked at then, so that nobody can change it in between.
 *
 * A file that is listed and then gone may have been renamed to a name that was
 * not listed: then all is read anew. So a setting that stands in one file or
 * the other at every moment is never missed.
 */
#include "config.h"

#include "app/conf-source.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/secret.h"
#include "edge/keyfile-keeping.h"

#define SUFFIX		".conf"
#define ROUNDS_MAX	100	/* as often all is read anew */
/* Non-blocking, or a FIFO in a file's place would hang the start. */
#define OPEN_FLAGS	(O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)

/* The names that count; those of one directory. */
struct names {
	char	*list[CONF_FILES_MAX];
	size_t	 count;
};

static enum status
refuse(struct conf_report *report, const char *path, const char *reason)
{
	const struct conf_place	place = { .file = path };

	conf_report_fault(report, &place, NULL, "%s", reason);
	return ST_BAD;
}

static enum status
refuse_errno(struct conf_report *report, const char *path, const char *what)
{
	const struct conf_place	place = { .file = path };

	conf_report_fault(report, &place, errno == EACCES ? "let the user "
	    "that runs this program read it" : NULL, "%s: %s", what,
	    strerror(errno));
	return ST_BAD;
}

/* /dev/null is a file without a line, and how one is masked. */
static bool
is_file(const struct stat *sb)
{
	return S_ISREG(sb->st_mode) ||
	    (S_ISCHR(sb->st_mode) && sb->st_rdev == makedev(1, 3));
}

static enum status
read_text(struct conf_source *source, struct conf_report *report)
{
	ssize_t	got;

	source->text = malloc(CONF_FILE_BYTES_MAX + 2);
	if (source->text == NULL)
		return refuse(report, source->path, "no memory");
	do {
		got = read(source->fd, source->text + source->len,
		    CONF_FILE_BYTES_MAX + 1 - source->len);
		if (got > 0)
			source->len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	source->text[source->len] = '\0';
	if (got < 0)
		return refuse_errno(report, source->path, "cannot read");
	if (source->len > CONF_FILE_BYTES_MAX)
		return refuse(report, source->path,
		    "is too long to be a configuration");
	return ST_OK;
}

static void
free_source(struct conf_source *source)
{
	if (source->text != NULL) {
		secret_wipe(source->text, source->len);
		free(source->text);
	}
	if (source->fd >= 0)
		(void)close(source->fd);
	free(source->path);
	*source = (struct conf_source){ .fd = -1 };
}

/* What could not be found: ST_RETRY, it is not there; ST_BUSY, now it is. */
static enum status
look_for(int dir_fd, const char *name, const char *path,
    struct conf_report *report)
{
	struct stat	sb;

	if (fstatat(dir_fd, name, &sb, AT_SYMLINK_NOFOLLOW) != 0)
		return ST_RETRY;
	if (!S_ISLNK(sb.st_mode))
		return ST_BUSY;
	return refuse(report, path, "is a symbolic link to nothing");
}

/*
 * Read one file; name is below the directory dir_fd, path its whole name, and
 * taken over. ST_RETRY: it is not there; ST_BUSY: it came while we looked. In
 * both cases nothing was reported.
 */
static enum status
add_source(int dir_fd, const char *name, char *path,
    struct conf_report *report, struct conf_sources *sources)
{
	struct conf_source	source = { .path = path, .fd = -1 };
	struct stat		sb;
	enum status		st;

	source.fd = openat(dir_fd, name, OPEN_FLAGS);
	if (source.fd < 0 && errno == ENOENT)
		st = look_for(dir_fd, name, path, report);
	else if (source.fd < 0 ? errno != ENXIO && errno != ENODEV :
	    fstat(source.fd, &sb) != 0)
		st = refuse_errno(report, path, "cannot open");
	else if (source.fd >= 0 && S_ISDIR(sb.st_mode))
		st = refuse(report, path, strerror(EISDIR));
	else if (source.fd < 0 || !is_file(&sb))
		st = refuse(report, path, "is no regular file");
	else
		st = read_text(&source, report);
	if (st == ST_OK)
		sources->files[sources->count++] = source;
	else
		free_source(&source);
	return st;
}

static bool
is_wanted(const char *name)
{
	size_t	len = strlen(name), suffix_len = strlen(SUFFIX);

	return *name != '.' && len > suffix_len &&
	    strcmp(name + len - suffix_len, SUFFIX) == 0;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
free_names(struct names *names)
{
	while (names->count > 0)
		free(names->list[--names->count]);
}

/* The names of the directory that count, in their order. */
static enum status
list_names(DIR *dir, const char *path, struct conf_report *report,
    struct names *names)
{
	const struct dirent	*entry;

	while ((errno = 0, entry = readdir(dir)) != NULL) {
		if (!is_wanted(entry->d_name))
			continue;
		if (names->count == CONF_FILES_MAX - 1)
			return refuse(report, path, "has too many files");
		names->list[names->count] = strdup(entry->d_name);
		if (names->list[names->count] == NULL)
			return refuse(report, path, "no memory");
		names->count++;
	}
	if (errno != 0)
		return refuse_errno(report, path, "cannot list");
	qsort(names->list, names->count, sizeof(names->list[0]),
	    compare_names);
	return ST_OK;
}

/* ST_BUSY: a file is gone that was listed, if only for a moment. */
static enum status
read_names(int dir_fd, const char *path, const struct names *names,
    struct conf_report *report, struct conf_sources *sources)
{
	enum status	st = ST_OK, one;
	char		*file;
	size_t		 i;

	for (i = 0; i < names->count && st != ST_BUSY; i++) {
		if (asprintf(&file, "%s/%s", path, names->list[i]) < 0)
			return refuse(report, path, "no memory");
		one = add_source(dir_fd, names->list[i], file, report,
		    sources);
		if (one == ST_RETRY)
			one = ST_BUSY;
		/* What was reported once is not to be read again. */
		if (one == ST_BAD || st == ST_OK)
			st = one;
	}
	return st;
}

/* Whoever may write into it may add a file. */
static enum status
check_directory(int fd, const char *path, struct conf_report *report)
{
	const struct conf_place	place = { .file = path };
	struct keyfile_fault	fault;
	struct stat		sb;

	if (fstat(fd, &sb) != 0)
		return refuse_errno(report, path, "cannot look at it");
	if (keyfile_keeping(fd, path, &sb, KEYFILE_FOLDER, &fault) == ST_OK)
		return ST_OK;
	conf_report_fault(report, &place, fault.todo, "%s", fault.reason);
	return ST_BAD;
}

static enum status
read_directory(const char *path, struct conf_report *report,
    struct conf_sources *sources)
{
	struct names	 names = { .count = 0 };
	enum status	 st;
	DIR		*dir = NULL;
	int		 fd;

	fd = open(path, OPEN_FLAGS | O_DIRECTORY);
	if (fd < 0 && errno == ENOENT)
		return ST_OK;
	if (fd >= 0)
		dir = fdopendir(fd);
	if (dir == NULL) {
		st = refuse_errno(report, path, "cannot list");
		if (fd >= 0)
			(void)close(fd);
		return st;
	}
	st = check_directory(fd, path, report);
	if (st == ST_OK)
		st = list_names(dir, path, report, &names);
	if (st == ST_OK)
		st = read_names(fd, path, &names, report, sources);
	free_names(&names);
	(void)closedir(dir);
	return st;
}

static enum status
read_all(const char *path, struct conf_report *report,
    struct conf_sources *sources)
{
	const char	*main_path = path != NULL ? path : CONF_DEFAULT_FILE;
	char		*copy = strdup(main_path), *directory = NULL;
	enum status	 st, others = ST_OK;

	if (copy == NULL || asprintf(&directory, "%s.d", main_path) < 0) {
		free(copy);
		return refuse(report, main_path, "no memory");
	}
	st = add_source(AT_FDCWD, main_path, copy, report, sources);
	if (st == ST_RETRY) {
		errno = ENOENT;
		st = path == NULL ? ST_OK :
		    refuse_errno(report, main_path, "cannot open");
	}
	if (st != ST_BUSY)
		others = read_directory(directory, report, sources);
	free(directory);
	return st == ST_OK ? others : st;
}

void
conf_sources_read(const char *path, struct conf_report *report,
    struct conf_sources *sources)
{
	unsigned int	rounds = 0;

	while (read_all(path, report, sources) == ST_BUSY) {
		conf_sources_free(sources);
		if (++rounds < ROUNDS_MAX)
			continue;
		(void)refuse(report, path != NULL ? path : CONF_DEFAULT_FILE,
		    "files beside it come and go all the time: try again");
		break;
	}
}

void
conf_source_check(const struct conf_source *source, unsigned int secret_line,
    struct conf_report *report)
{
	const struct conf_place	place = { source->path, secret_line, NULL };
	struct keyfile_fault	fault;
	struct stat		sb;
	char			todo[sizeof(fault.todo) + 128];

	/* What is no regular file is /dev/null. */
	if (fstat(source->fd, &sb) != 0 || !S_ISREG(sb.st_mode) ||
	    keyfile_keeping(source->fd, source->path, &sb, secret_line == 0 ?
	    KEYFILE_SETTINGS : KEYFILE_SECRET, &fault) == ST_OK)
		return;
	(void)snprintf(todo, sizeof(todo), "%s; or name a file of its own for "
	    "the password, passfile=FILE in the connection string",
	    fault.todo);
	conf_report_fault(report, &place, secret_line == 0 ? fault.todo : todo,
	    "%s%s", secret_line == 0 ? "" : "a password stands here, and ",
	    fault.reason);
}

void
conf_sources_close(struct conf_sources *sources)
{
	char	*path;
	size_t	 i;

	for (i = 0; i < sources->count; i++) {
		path = sources->files[i].path;
		sources->files[i].path = NULL;
		free_source(&sources->files[i]);
		sources->files[i].path = path;
	}
}

void
conf_sources_free(struct conf_sources *sources)
{
	while (sources->count > 0)
		free_source(&sources->files[--sources->count]);
}
