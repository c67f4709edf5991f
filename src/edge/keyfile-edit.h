/*
 * keyfile-edit.h - put another key into a key file, and take one out.
 *
 * A file is replaced as a whole by another one that has its owner, group, mode
 * and ACL: whoever reads it, or whatever ends us, sees the old one or the new
 * one. Its other lines stay as they are, comments included. Who edits a file
 * at the same time waits. A symbolic link is followed, and stays.
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
 * Returns ST_OK; ST_BAD (logged), and the file is as it was: it is refused by
 * keyfile_read(), the id is there (not there), there are too many keys, none
 * would be left, or the directory cannot be written.
 */
enum status	keyfile_change(const char *path, enum keyfile_kind kind,
		    enum keyfile_edit edit, const struct key *key) MUSTCHECK;

/*
 * Write text in the place of a file's, or into a new file with mode 0600, as
 * safely. It is no key file. ST_OK, or ST_BAD (logged).
 */
enum status	keyfile_replace(const char *path, const char *text) MUSTCHECK;

#endif
