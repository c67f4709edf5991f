/*
 * keyfile-edit.c - replace a key file: its successor is written beside it,
 * brought to the disk and renamed.
 *
 * The lock is on the directory, since the file itself is another one each
 * time. An editor has no lock: right before the rename the file is read again,
 * and if it is another one than was read, all of it is done once more. The
 * successor's name is always the same, so that what a killed process left of it
 * is in the way of nobody and goes with the next edit.
 */
#include "config.h"

#include "edge/keyfile-edit.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "edge/clock.h"
#include "edge/keyfile-text.h"

#define ACL_NAME	"system.posix_acl_access"
#define ACL_SIZE	4096	/* bytes */
#define LOCK_WAIT_MS	10000
#define LOCK_PAUSE_MS	50
#define TRIES		5	/* with an editor at work */

/* A file about to be replaced. */
struct place {
	char	path[PATH_MAX];		/* without links */
	char	next[PATH_MAX];		/* its successor's */
	int	dir;			/* locked */
};

static enum status
refuse(const char *path, const char *reason)
{
	log_err("key-not-written", "file", path, "reason", reason, NULL);
	return ST_BAD;
}

static enum status
refuse_busy(const char *path, const char *reason)
{
	log_err("key-not-written", "file", path, "reason", reason, NULL);
	return ST_BUSY;
}

static void
place_close(struct place *place)
{
	if (place->dir >= 0)
		(void)close(place->dir);	/* and unlock */
}

/* Whoever may open the directory may lock it, for however long. */
static enum status
place_lock(const struct place *place, const char *path)
{
	int64_t	end_ms = clock_ms() + LOCK_WAIT_MS;

	while (flock(place->dir, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return refuse(path, strerror(errno));
		if (clock_ms() >= end_ms)
			return refuse_busy(path, "another program has locked "
			    "its directory for 10 seconds");
		clock_sleep_ms(LOCK_PAUSE_MS);
	}
	return ST_OK;
}

/* path may be one that is not there yet, in a directory that is. */
static enum status
place_open(const char *path, struct place *place)
{
	char	copy[PATH_MAX], name[PATH_MAX];

	place->dir = -1;
	if (realpath(path, place->path) == NULL) {
		if (errno != ENOENT || strlen(path) >= sizeof(place->path))
			return refuse(path, strerror(errno));
		(void)strcpy(place->path, path);
	}
	(void)strcpy(copy, place->path);
	(void)strcpy(name, place->path);
	if ((size_t)snprintf(place->next, sizeof(place->next), "%s/.%s.next",
	    dirname(copy), basename(name)) >= sizeof(place->next))
		return refuse(path, strerror(ENAMETOOLONG));
	(void)strcpy(copy, place->path);
	place->dir = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (place->dir < 0)
		return refuse(path, strerror(errno));
	return place_lock(place, path);
}

/* Owner, group and ACL of the old file; keyfile_write() sets the mode. */
static bool
keep_rights(int old, int new, const struct stat *file)
{
	char	acl[ACL_SIZE];
	ssize_t	size;

	if (fchown(new, file->st_uid, file->st_gid) != 0)
		return false;
	size = fgetxattr(old, ACL_NAME, acl, sizeof(acl));
	if (size >= 0)
		return fsetxattr(new, ACL_NAME, acl, (size_t)size, 0) == 0;
	if (errno != ENODATA && errno != ENOTSUP)
		return false;
	/* The directory may have given it one. */
	return fremovexattr(new, ACL_NAME) == 0 || errno == ENODATA ||
	    errno == ENOTSUP;
}

/* The successor, whole and on the disk, or errno; with mode if it is one of
 * no file. */
static bool
write_next(const struct place *place, mode_t mode,
    const struct keyfile_text *text)
{
	struct stat	file = { .st_mode = mode };
	int		old, new;
	bool		is_done;

	(void)unlink(place->next);
	old = open(place->path, O_RDONLY | O_CLOEXEC);
	if (old < 0 && errno != ENOENT)
		return false;
	new = open(place->next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	is_done = new >= 0 && (old < 0 || (fstat(old, &file) == 0 &&
	    keep_rights(old, new, &file))) && keyfile_write(new,
	    file.st_mode & 07777, text->bytes, text->len);
	if (new >= 0 && close(new) != 0)
		is_done = false;
	if (old >= 0)
		(void)close(old);
	return is_done;
}

/* Is the file the one of this text, still? What does not read is not. */
static bool
is_still(const char *path, enum keyfile_kind kind,
    const struct keyfile_text *old)
{
	struct keyfile_text	now = { 0 };
	bool			is_same;

	is_same = keyfile_text(path, kind, &now) == ST_OK &&
	    now.len == old->len &&
	    memcmp(now.bytes, old->bytes, old->len) == 0;
	WIPE(&now);
	return is_same;
}

/* What was written is to be in its place after a crash as well. */
static enum status
place_sync(const struct place *place)
{
	return fsync(place->dir) == 0 ? ST_OK :
	    refuse(place->path, strerror(errno));
}

static enum status
place_rename(const struct place *place)
{
	if (rename(place->next, place->path) == 0)
		return place_sync(place);
	(void)refuse(place->path, strerror(errno));
	(void)unlink(place->next);
	return ST_BAD;
}

static enum status
place_write(const struct place *place, const struct keyfile_text *text)
{
	if (write_next(place, 0600, text))
		return ST_OK;
	(void)refuse(place->path, strerror(errno));
	(void)unlink(place->next);
	return ST_BAD;
}

/* One line more, its newline included. False: it does not fit. */
static bool
put_line(struct keyfile_text *text, const char *line, size_t len)
{
	if (text->len + len + 1 > KEYRING_FILE_MAX)
		return false;
	memcpy(text->bytes + text->len, line, len);
	text->len += len;
	if (len == 0 || line[len - 1] != '\n')
		text->bytes[text->len++] = '\n';
	return true;
}

static size_t
line_len(const struct keyfile_text *text, size_t at)
{
	const char	*end = memchr(text->bytes + at, '\n', text->len - at);

	return end == NULL ? text->len - at :
	    (size_t)(end - text->bytes) - at + 1;
}

static bool
is_of(const char *line, size_t len, const struct key *key)
{
	size_t	id_len = strlen(key->id);

	return len > id_len && memcmp(line, key->id, id_len) == 0 &&
	    line[id_len] == ':';
}

/* The old lines in their order; the key's own, which stands at own if there is
 * one, goes above the first key (first), or is left out. */
static bool
copy_lines(const struct keyfile_text *old, const struct key *key, size_t own,
    bool is_first, struct keyfile_text *new)
{
	size_t	at, len;

	for (at = 0; at < old->len; at += len) {
		len = line_len(old, at);
		if (is_first && old->bytes[at] != '#' &&
		    old->bytes[at] != '\n') {
			is_first = false;
			if (!put_line(new, old->bytes + own,
			    line_len(old, own)))
				return false;
		}
		if (!is_of(old->bytes + at, len, key) &&
		    !put_line(new, old->bytes + at, len))
			return false;
	}
	return true;
}

/* NULL, or why the edit cannot be. */
static const char *
edit_text(const struct keyfile_text *old, enum keyfile_edit edit,
    const struct key *key, struct keyfile_text *new)
{
	struct key_line {
		char	text[KEYRING_LINE_SIZE];
	}		 line;
	size_t		 own;
	bool		 is_put;

	for (own = 0; own < old->len; own += line_len(old, own)) {
		if (is_of(old->bytes + own, line_len(old, own), key))
			break;
	}
	if (edit == KEYFILE_ADD && own < old->len)
		return "a key of this id is in it already";
	if (edit != KEYFILE_ADD && own == old->len)
		return "no key of this id is in it";
	is_put = copy_lines(old, key, own, edit == KEYFILE_FIRST, new);
	if (is_put && edit == KEYFILE_ADD) {
		keyring_line(key, line.text);
		is_put = put_line(new, line.text, strlen(line.text));
		WIPE(&line);
	}
	return is_put ? NULL : "it would be too long";
}

/* Is the text one of so many keys? NULL, or what is wrong with it. */
static const char *
check_text(const struct keyfile_text *text, size_t count)
{
	struct keyring	*ring;
	const char	*reason;
	unsigned int	 line;

	if (keyring_parse(text->bytes, text->len, &ring, &line, &reason) !=
	    ST_OK)
		return reason;
	if (keyring_count(ring) != count)
		reason = "a line would be lost";
	keyring_free(&ring);
	return reason;
}

/* ST_RETRY: somebody has edited the file meanwhile. */
static enum status
change(const struct place *place, const char *path, enum keyfile_kind kind,
    enum keyfile_edit edit, const struct key *key)
{
	struct keyfile_text	 old = { 0 }, new = { 0 };
	struct keyring		*ring = NULL;
	const char		*reason;
	size_t			 count;
	enum status		 st;

	st = keyfile_read(place->path, kind, &ring);
	if (st == ST_OK)
		st = keyfile_text(place->path, kind, &old);
	if (st != ST_OK)
		goto out;
	count = keyring_count(ring);
	reason = edit_text(&old, edit, key, &new);
	if (reason == NULL)
		reason = check_text(&new, edit == KEYFILE_ADD ? count + 1 :
		    edit == KEYFILE_REMOVE ? count - 1 : count);
	st = reason == NULL ? place_write(place, &new) : refuse(path, reason);
	if (st != ST_OK)
		goto out;
	if (is_still(place->path, kind, &old)) {
		st = place_rename(place);
	} else {
		(void)unlink(place->next);
		st = ST_RETRY;
	}
out:
	keyring_free(&ring);
	WIPE(&new);
	WIPE(&old);
	return st;
}

enum status
keyfile_change(const char *path, enum keyfile_kind kind,
    enum keyfile_edit edit, const struct key *key)
{
	struct place	place;
	enum status	st;
	int		tries = 0;

	st = place_open(path, &place);
	if (st == ST_OK) {
		do {
			st = change(&place, path, kind, edit, key);
		} while (st == ST_RETRY && ++tries < TRIES);
	}
	if (st == ST_RETRY)
		st = refuse_busy(path, "somebody edits it all the time");
	place_close(&place);
	return st;
}

/* Open the place, and make of the text what is to stand there. */
static enum status
open_for(const char *path, const char *text, struct place *place,
    struct keyfile_text *new)
{
	enum status	st;

	st = place_open(path, place);
	if (st == ST_OK && !put_line(new, text, strlen(text)))
		st = refuse(path, "it is too long");
	return st;
}

enum status
keyfile_replace(const char *path, const char *text)
{
	struct keyfile_text	new = { 0 };
	struct place		place;
	enum status		st;

	st = open_for(path, text, &place, &new);
	if (st == ST_OK)
		st = place_write(&place, &new);
	if (st == ST_OK)
		st = place_rename(&place);
	place_close(&place);
	WIPE(&new);
	return st;
}

enum status
keyfile_create(const char *path, unsigned int mode, const char *text)
{
	struct keyfile_text	new = { 0 };
	struct place		place;
	enum status		st;

	st = open_for(path, text, &place, &new);
	if (st != ST_OK)
		goto out;
	if (!write_next(&place, (mode_t)mode, &new) ||
	    link(place.next, place.path) != 0)
		st = refuse(path, errno == EEXIST ? "it exists: leave it, and "
		    "add a line to it if another key is wanted" :
		    strerror(errno));
	(void)unlink(place.next);
	if (st == ST_OK)
		st = place_sync(&place);
out:
	place_close(&place);
	WIPE(&new);
	return st;
}

enum status
keyfile_await(const char *path)
{
	struct place	place;
	enum status	st;

	st = place_open(path, &place);
	place_close(&place);
	return st;
}
