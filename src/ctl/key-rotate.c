/*
 * key-rotate.c - "key rotate": add a key where it is known and not in use, and
 * make it the one in use.
 *
 * Two steps, since a key must be in the files of all hosts before it is the
 * first one anywhere: what one host makes by it, every other has to read. The
 * database knows a mail key before any file holds it.
 */
#include "config.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/key.h"
#include "base/secret.h"
#include "core/keyring.h"
#include "core/seal.h"
#include "edge/keyfile-edit.h"

#define PATH_SIZE	1100	/* a path of umws.conf */
#define NEXT_SIZE	1200	/* what to do next */

/* A new key: in each of the kind's files, the form that it has there. */
struct halves {
	struct key	keys[KEY_FILES_MAX];
};

/* Can the file take one key more? */
static int
check_file(const struct command *command, const struct key_file *file)
{
	const char	*path = key_path(command, file);
	struct keyring	*ring;
	char		 copy[PATH_SIZE];
	size_t		 count;

	if (strcmp(path, "off") == 0)
		return command_fail(command, EX_CONFIG, "%s is off in "
		    "umws.conf: there is no key to rotate", file->setting);
	if (keyfile_read(path, file->secrecy, &ring) != ST_OK)
		return command_fail(command, EX_CANTCREAT, "%s gets no key: "
		    "keys are added on a host that has the file, and as a "
		    "user who may read and write it", path);
	count = keyring_count(ring);
	keyring_free(&ring);
	if (count == KEYRING_KEYS_MAX)
		return command_fail(command, EX_CANTCREAT, "%s holds %zu keys "
		    "already: retire those that nothing needs (key list)",
		    path, count);
	(void)snprintf(copy, sizeof(copy), "%s", path);
	if (access(dirname(copy), W_OK | X_OK) != 0)
		return command_fail(command, EX_CANTCREAT, "%s cannot be "
		    "written: its directory: %s", path, strerror(errno));
	return key_await(command, file);
}

static int
note(struct command *command, const struct key_kind *kind, const char *id,
    bool is_used)
{
	const char		*params[] = { kind->name, id,
				    is_used ? "t" : "f" };
	struct db_result	*result = NULL;
	int			 code;

	code = command_open(command);
	if (code == EX_OK)
		code = command_call(command, "key_note", params, 3, &result);
	db_result_free(&result);
	return code;
}

static int
change_file(const struct command *command, const struct key_file *file,
    enum keyfile_edit edit, const struct key *key)
{
	const char	*path = key_path(command, file);
	enum status	 st;

	st = keyfile_change(path, file->secrecy, edit, key);
	return st == ST_OK ? EX_OK : key_file_fail(command, st, path);
}

static void
draw(const struct key_kind *kind, struct halves *halves)
{
	if (kind->files[1].setting != NULL)
		seal_key_pair(&halves->keys[1], &halves->keys[0]);
	else
		key_draw(&halves->keys[0]);
}

static int
add(struct command *command, const struct key_kind *kind)
{
	struct halves	halves = { 0 };
	const char	*id = halves.keys[0].id, *path;
	bool		files[KEY_FILES_MAX] = { false };
	char		next[NEXT_SIZE];
	size_t		i;
	int		code;

	code = key_begin(command);
	for (i = 0; code == EX_OK && kind->files[i].setting != NULL; i++)
		code = check_file(command, &kind->files[i]);
	if (code != EX_OK)
		return code;
	draw(kind, &halves);
	code = note(command, kind, id, false);
	for (i = 0; code == EX_OK && kind->files[i].setting != NULL; i++) {
		path = key_path(command, &kind->files[i]);
		if (!key_is_dry(command))
			code = change_file(command, &kind->files[i],
			    KEYFILE_ADD, &halves.keys[i]);
		if (code == EX_OK && key_is_dry(command))
			key_say(command, "would add a key to %s, as its last "
			    "line", path);
		else if (code == EX_OK)
			key_say(command, "added key %s to %s, as its last line",
			    id, path);
		files[i] = code == EX_OK;
	}
	(void)snprintf(next, sizeof(next), "next:\n%s:\n   umwsctl key rotate "
	    "%s --use %s", kind->added, kind->name, id);
	if (code == EX_OK)
		key_report(command, kind, id, files,
		    key_is_dry(command) ? NULL : next);
	WIPE(&halves);
	return code;
}

/* The key of this id, from the leading file; or of a mail key the half for it,
 * where only the other file has it yet. */
static int
find(const struct command *command, const struct key_kind *kind,
    const char *id, struct key *key, bool *is_there)
{
	const struct key_file	*file = key_leading(kind);
	const struct key	*found = NULL;
	struct keyring		*ring = NULL, *secrets = NULL;
	const char		*path = key_path(command, file);
	bool			 is_found = false;

	*is_there = false;
	if (strcmp(path, "off") != 0 &&
	    keyfile_read(path, file->secrecy, &ring) == ST_OK)
		found = keyring_find(ring, id);
	if (found != NULL) {
		*key = *found;
		*is_there = is_found = true;
	} else if (ring != NULL && file != kind->files &&
	    access(key_path(command, kind->files), R_OK) == 0 &&
	    keyfile_read(key_path(command, kind->files), KEYFILE_SECRET,
	    &secrets) == ST_OK) {
		found = keyring_find(secrets, id);
		is_found = found != NULL && seal_public_half(found, key);
	}
	keyring_free(&secrets);
	keyring_free(&ring);
	return is_found ? EX_OK : command_fail(command, EX_DATAERR, "no key of "
	    "this id is in %s: put its line below the others first, from the "
	    "host where key rotate has made it", path);
}

static int
put_first(const struct command *command, const struct key_kind *kind,
    const struct key *key, bool is_there)
{
	const struct key_file	*file = key_leading(kind);
	int			 code = EX_OK;

	if (!is_there)
		code = change_file(command, file, KEYFILE_ADD, key);
	if (code == EX_OK)
		code = change_file(command, file, KEYFILE_FIRST, key);
	if (code == EX_OK && kind->use != NULL)
		code = kind->use(command, key);
	return code;
}

static int
use(struct command *command, const struct key_kind *kind, const char *id)
{
	const struct key_file	*file = key_leading(kind);
	struct key		 key = { 0 };
	bool			 is_there = false;
	bool			 files[KEY_FILES_MAX] = { false };
	char			 next[NEXT_SIZE];
	int			 code;

	code = key_begin(command);
	if (code == EX_OK)
		code = find(command, kind, id, &key, &is_there);
	if (code == EX_OK)
		code = command_confirm(command, kind->asked);
	if (code == EX_OK)
		code = key_await(command, file);
	if (code == EX_OK)
		code = note(command, kind, key.id, true);
	if (code == EX_OK && !key_is_dry(command))
		code = put_first(command, kind, &key, is_there);
	if (code == EX_OK) {
		key_say(command, "key %s %s the first in %s", key.id,
		    key_is_dry(command) ? "would be" : "is",
		    key_path(command, file));
		(void)snprintf(next, sizeof(next), "next: %s", kind->used);
		files[file - kind->files] = true;
		key_report(command, kind, key.id, files,
		    key_is_dry(command) ? NULL : next);
	}
	WIPE(&key);
	return code;
}

int
key_rotate(struct command *command)
{
	const struct key_kind	*kind;
	const char		*id = command_option(command, "--use");
	int			 code;

	kind = key_find(command, &code);
	if (kind == NULL)
		return code;
	return id == NULL ? add(command, kind) : use(command, kind, id);
}
