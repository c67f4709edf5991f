/*
 * keyfile.h - key files on disk. A file whose owner or rights would let others
 * read it is refused.
 *
 * A secret file belongs to root or to us, nobody else may read it, its
 * group may not write it, and a group that may read it is our own group
 * (root may read any). No web server may be in that group, whose every
 * process could read the secret then: keyfile_web_group(). A public file needs
 * only to be safe from being written.
 *
 * A file of the default folder that we may not read, or that is not there, is
 * looked for under its name in $CREDENTIALS_DIRECTORY (systemd); of files below
 * that only "others" counts. Such a copy that is older than its file is
 * refused.
 *
 * A POSIX ACL counts as far as its mask lets it: a group that it names is held
 * to the same rules as the file's own, and it may name no user but root and us.
 */
#ifndef UMWS_KEYFILE_H
#define UMWS_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"
#include "core/keyring.h"

enum keyfile_kind {
	KEYFILE_SECRET,
	KEYFILE_PUBLIC,
	/* Not of keys, and for keyfile-keeping.h alone: a directory, held to
	 * the rules of a public file, unless its file system is read-only; and
	 * a file without a secret that only others may not write. */
	KEYFILE_FOLDER,
	KEYFILE_SETTINGS
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
 * Is a web server in this group? That is a group called www-data, nginx,
 * apache, httpd, http, www, lighttpd, caddy or haproxy, the own group of a user
 * of such a name, or one that such a user is a member of. *web_user is set to
 * that name, which is static, or to NULL.
 */
bool	keyfile_web_group(gid_t gid, const char **web_user);

#endif
