/*
 * keyfile.h - key files on disk: refused unless they are kept like keys.
 *
 * A secret file belongs to root or to us, nobody else may read it, its
 * group may not write it, and a group that may read it is our own group
 * (root may read any). Below $CREDENTIALS_DIRECTORY (systemd) only "others"
 * counts. A public file needs only to be safe from being written.
 */
#ifndef UMWS_KEYFILE_H
#define UMWS_KEYFILE_H

#include <stddef.h>

#include "base/status.h"
#include "core/keyring.h"

enum keyfile_kind {
	KEYFILE_SECRET,
	KEYFILE_PUBLIC
};

/*
 * Read a key file. ST_OK, or ST_BAD when it is missing, unreadable, kept
 * carelessly or malformed: one err line names the file, the line in it and
 * what to do. *ring is NULL then.
 */
enum status	keyfile_read(const char *path, enum keyfile_kind kind,
		    struct keyring **ring) MUSTCHECK;

/*
 * Read a password, the first line of a secret file, into line with a NUL.
 * ST_OK, or ST_BAD (logged) as above or when the line is empty or does not
 * fit into size bytes; line is "" then. The caller wipes it.
 */
enum status	keyfile_read_line(const char *path, char *line, size_t size)
		    MUSTCHECK;

/*
 * Create path with mode (0600, 0644, ...) and write text; never overwrites.
 * ST_OK; ST_DENIED when it exists; ST_BAD when it cannot be written (both
 * logged, and nothing is left behind).
 */
enum status	keyfile_create(const char *path, unsigned int mode,
		    const char *text) MUSTCHECK;

#endif
