/*
 * keyfile-edit.c - replace a key file: its successor is written beside it,
 * brought to the disk and renamed.
 *
 * The lock is on the directory, since the file itself is another one each
 * time. The successor's name is always the same, so that what a killed process
 * left of it is in the way of nobody and goes with the next edit.
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
#include "edge/keyfile-text.h"

#define ACL_NAME	"system.posix_acl_access"
#define ACL_SIZE	4096	/* bytes */

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

static void
place_close(struct place *place)
{
	if (place->dir >= 0)
		(void)close(place->dir);	/* and unlock */
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
	if (place->dir < 0 || flock(place->dir, LOCK_EX) != 0)
		return refuse(path, strerror(errno));
	return ST_OK;
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

/* The successor, whole and on the disk, or errno. */
static bool
write_next(const struct place *place, const struct keyfile_text *text)
{
	struct stat	file = { .st_mode = 0600 };
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

static enum status
place_write(const struct place *place, const struct keyfile_text *text)
{
	enum status	st = ST_OK;

	if (!write_next(place, text) ||
	    rename(place->next, place->path) != 0) {
		st = refuse(place->path, strerror(errno));
		(void)unlink(place->next);
	} else if (fsync(place->dir) != 0) {
		st = refuse(place->path, strerror(errno));
	}
	return st;
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

enum status
keyfile_change(const char *path, enum keyfile_kind kind,
    enum keyfile_edit edit, const struct key *key)
{
	struct keyfile_text	 old = { 0 }, new = { 0 };
	struct keyring		*ring = NULL;
	struct place		 place;
	const char		*reason;
	size_t			 count;
	enum status		 st;

	st = place_open(path, &place);
	if (st == ST_OK)
		st = keyfile_read(place.path, kind, &ring);
	if (st == ST_OK)
		st = keyfile_text(place.path, kind, &old);
	if (st == ST_OK) {
		count = keyring_count(ring);
		reason = edit_text(&old, edit, key, &new);
		if (reason == NULL)
			reason = check_text(&new, edit == KEYFILE_ADD ?
			    count + 1 : edit == KEYFILE_REMOVE ? count - 1 :
			    count);
		st = reason == NULL ? place_write(&place, &new) :
		    refuse(path, reason);
	}
	keyring_free(&ring);
	place_close(&place);
	WIPE(&new);
	WIPE(&old);
	return st;
}

enum status
keyfile_replace(const char *path, const char *text)
{
	struct keyfile_text	new = { 0 };
	struct place		place;
	enum status		st;

	st = place_open(path, &place);
	if (st == ST_OK) {
		st = put_line(&new, text, strlen(text)) ?
		    place_write(&place, &new) : refuse(path, "it is too long");
	}
	place_close(&place);
	WIPE(&new);
	return st;
}
