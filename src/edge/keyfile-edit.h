/*
 * keyfile-edit.h - make a key file, put another key into it, take one out.
 *
 * A file is replaced as a whole by another one that has its owner, group, mode
 * and ACL: whoever reads it, or whatever ends us, sees the old one, if there is
 * one, or the new one. Its other lines stay as they are, comments included. A
 * symbolic link is followed, and stays.
 *
 * Who edits a file at the same time waits, 10 s at most; what an editor, which
 * knows no lock, has made of the file meanwhile is what is changed then.
 *
 * All return ST_OK; ST_BUSY (logged) when somebody else holds the lock, or
 * does not leave the file alone; or ST_BAD (logged). In both cases the file is
 * as it was.
 */
#ifndef UMWS_KEYFILE_EDIT_H
#define UMWS_KEYFILE_EDIT_H

#include "base/status.h"
#include "core/keyring.h"
#include "edge/keyfile.h"

enum keyfile_edit {
	KEYFILE_ADD,		/* as the last line */
	KEYFILE_FIRST,		/* what is there above all other keys */
	KEYFILE_REMOVE
};

/*
 * key  of KEYFILE_ADD all of it counts, of the others its id.
 *
 * ST_BAD: it is refused by keyfile_read(), the id is there (not there), there
 * are too many keys, none would be left, or the directory cannot be written.
 */
enum status	keyfile_change(const char *path, enum keyfile_kind kind,
		    enum keyfile_edit edit, const struct key *key) MUSTCHECK;

/*
 * Write text in the place of a file's, or into a new file with mode 0600, as
 * safely. It is no key file.
 */
enum status	keyfile_replace(const char *path, const char *text) MUSTCHECK;

/*
 * Create path with mode (0600, 0644, ...) and text; never overwrites. ST_BAD
 * when it exists or cannot be written; nothing is left behind then.
 */
enum status	keyfile_create(const char *path, unsigned int mode,
		    const char *text) MUSTCHECK;

/* Would the lock be had now? For before something else is done that only makes
 * sense with the file. */
enum status	keyfile_await(const char *path) MUSTCHECK;

#endif
