/*
 * keyfile.c - read and write key files. A file is opened first and
 * checked then, so that nobody can change it between check and read. Symbolic
 * links are followed: operators use them, and what counts is the file they
 * lead to.
 */
#include "config.h"

#include "edge/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/whole.h"
#include "edge/keyfile-credential.h"
#include "edge/keyfile-keeping.h"
#include "edge/keyfile-text.h"

#define TODO_SIZE	512	/* bytes of an advice with a path in it */

static enum status	refuse(const char *path, unsigned int line,
			    const char *reason, const char *format, ...)
			    __attribute__((format(printf, 4, 5)));

/* What to do is formatted from the further arguments. */
static enum status
refuse(const char *path, unsigned int line, const char *reason,
    const char *format, ...)
{
	char	todo[TODO_SIZE], number[LOG_NUMBER_SIZE];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(todo, sizeof(todo), format, ap);
	va_end(ap);
	log_err("key-refused", "file", path, "line",
	    line == 0 ? NULL : log_number(number, line), "reason", reason,
	    "todo", todo, NULL);
	return ST_BAD;
}

static enum status
refuse_errno(const char *path)
{
	const char	*reason = strerror(errno);
	char		 group[KEYFILE_GROUP_SIZE];

	switch (errno) {
	case ESTALE:
		return refuse(path, 0, "it is newer than the copy that systemd "
		    "made for us", "restart the service: reloading it does "
		    "not copy the file again");
	case ENOENT:
	case ENOTDIR:
		return refuse(path, 0, reason,
		    "umwsctl key create, or correct the path in umws.conf");
	case EACCES:
		return refuse(path, 0, reason, "chgrp %s %s && chmod 0640 %s, "
		    "let %s enter its directory, and run this program with "
		    "that group, if only as a supplementary one",
		    keyfile_own_group(group), path, path, group);
	default:
		return refuse(path, 0, reason, "look at %s", path);
	}
}

static enum status
read_text(int fd, const char *path, struct keyfile_text *text)
{
	ssize_t	got;

	do {
		got = read(fd, text->bytes + text->len,
		    sizeof(text->bytes) - text->len);
		if (got > 0)
			text->len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return refuse_errno(path);
	if (text->len > KEYRING_FILE_MAX)
		return refuse(path, 0, "it is too long for a key file",
		    "keep it below %d bytes", KEYRING_FILE_MAX);
	return ST_OK;
}

/*
 * Open the file, or what systemd has read of it for us: then *instead says
 * where that is, which the caller frees.
 */
static int
open_file(const char *path, char **instead)
{
	int	fd, problem;

	/* Non-blocking, or a FIFO in a key's place would hang the start. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 || (errno != EACCES && errno != ENOENT))
		return fd;
	problem = errno;
	fd = keyfile_credential_open(UMWS_SYSCONFDIR, path, instead);
	if (fd < 0 && errno != ESTALE)
		errno = problem;
	return fd;
}

enum status
keyfile_text(const char *path, enum keyfile_kind kind,
    struct keyfile_text *text)
{
	struct keyfile_fault	 fault;
	char			*instead = NULL;
	struct stat		 file;
	enum status		 st;
	int			 fd;

	fd = open_file(path, &instead);
	if (instead != NULL)
		path = instead;
	if (fd < 0 || fstat(fd, &file) != 0)
		st = refuse_errno(path);
	else
		st = keyfile_keeping(fd, path, &file, kind, &fault) == ST_OK ?
		    ST_OK : refuse(path, 0, fault.reason, "%s", fault.todo);
	if (st == ST_OK)
		st = read_text(fd, path, text);
	if (fd >= 0)
		(void)close(fd);
	free(instead);
	return st;
}

enum status
keyfile_read(const char *path, enum keyfile_kind kind, struct keyring **ring)
{
	struct keyfile_text	 text = { 0 };
	const char	*reason;
	unsigned int	 line;
	enum status	 st;

	*ring = NULL;
	st = keyfile_text(path, kind, &text);
	if (st == ST_OK && keyring_parse(text.bytes, text.len, ring, &line,
	    &reason) != ST_OK)
		st = refuse(path, line, reason,
		    "give it lines of id:base64, as umwsctl key create does");
	WIPE(&text);
	return st;
}

enum status
keyfile_read_line(const char *path, char *line, size_t size)
{
	struct keyfile_text	text = { 0 };
	size_t		len;
	enum status	st;

	line[0] = '\0';
	st = keyfile_text(path, KEYFILE_SECRET, &text);
	if (st == ST_OK) {
		/* One byte more than may be in use ends what is read. */
		text.bytes[text.len == sizeof(text.bytes) ? text.len - 1 :
		    text.len] = '\0';
		len = strcspn(text.bytes, "\r\n");
		if (len == 0 || len >= size) {
			st = refuse(path, 1, "no password stands there",
			    "give it one of 1 to %zu bytes", size - 1);
		} else {
			memcpy(line, text.bytes, len);
			line[len] = '\0';
		}
	}
	WIPE(&text);
	return st;
}

bool
keyfile_write(int fd, unsigned int mode, const char *text, size_t len)
{
	return whole_write(fd, text, len) &&
	    fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
}
