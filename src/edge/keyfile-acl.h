/*
 * keyfile-acl.h - who may read a file by its group bits and its POSIX ACL.
 * Private to edge/keyfile.
 *
 * Where a file has an ACL, the group bits of its mode are the ACL's mask
 * (acl(5)): what the owning group, and the users and groups that the ACL names,
 * may do is what their entry and the mask both say. Owner and others are what
 * the mode says, with an ACL and without.
 */
#ifndef UMWS_KEYFILE_ACL_H
#define UMWS_KEYFILE_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/status.h"

#define KEYFILE_GRANTS_MAX	64	/* an ACL that names more is refused */

struct keyfile_grant {
	unsigned int	id;
	bool		is_user;	/* or a group */
	bool		is_named;	/* by the ACL; or the owning group */
	bool		may_read;
	bool		may_write;
};

/*
 * List the grants, the owning group's among them; those that let nobody read
 * or write are left out.
 *
 * ST_OK, or ST_BAD when the ACL cannot be read, is of a form that we do not
 * know, or too long: errno says which, 0 for the form.
 */
enum status	keyfile_grants(int fd, const struct stat *file,
		    struct keyfile_grant grants[KEYFILE_GRANTS_MAX],
		    size_t *count) MUSTCHECK;

#endif
