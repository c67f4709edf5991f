/*
 * keyfile-acl.c - read the POSIX ACL of a file, in the kernel's form
 * (linux/posix_acl_xattr.h): a version, then entries of tag, rights and id,
 * in little-endian.
 */
#include "config.h"

#include "edge/keyfile-acl.h"

#include <sys/xattr.h>

#include <endian.h>
#include <errno.h>
#include <stdint.h>

#define ACL_VERSION	2
#define ACL_READ	4
#define ACL_WRITE	2

enum acl_tag {
	ACL_USER = 0x02,
	ACL_GROUP_OBJ = 0x04,
	ACL_GROUP = 0x08
};

struct acl_entry {
	uint16_t	tag;
	uint16_t	rights;
	uint32_t	id;
};

/* Owner, owning group, mask and others have one entry each. */
struct acl {
	uint32_t		version;
	struct acl_entry	entries[KEYFILE_GRANTS_MAX + 3];
};
_Static_assert(sizeof(struct acl) == 4 + (KEYFILE_GRANTS_MAX + 3) * 8,
    "no padding");

static void
add_grant(struct keyfile_grant *grants, size_t *count, unsigned int tag,
    unsigned int id, unsigned int rights)
{
	struct keyfile_grant	*grant = &grants[*count];

	if ((rights & (ACL_READ | ACL_WRITE)) == 0)
		return;
	grant->is_user = tag == ACL_USER;
	grant->is_named = tag != ACL_GROUP_OBJ;
	grant->id = id;
	grant->may_read = (rights & ACL_READ) != 0;
	grant->may_write = (rights & ACL_WRITE) != 0;
	(*count)++;
}

enum status
keyfile_grants(int fd, const struct stat *file,
    struct keyfile_grant grants[KEYFILE_GRANTS_MAX], size_t *count)
{
	struct acl		 acl;
	const struct acl_entry	*entry;
	unsigned int		 mask = (file->st_mode & S_IRWXG) >> 3;
	unsigned int		 tag, rights;
	ssize_t			 size;
	size_t			 i;

	*count = 0;
	size = fgetxattr(fd, "system.posix_acl_access", &acl, sizeof(acl));
	if (size < 0 && (errno == ENODATA || errno == ENOTSUP)) {
		add_grant(grants, count, ACL_GROUP_OBJ, file->st_gid, mask);
		return ST_OK;
	}
	if (size < 0)
		return ST_BAD;
	errno = 0;
	if (size < 4 || (size - 4) % (ssize_t)sizeof(*entry) != 0 ||
	    le32toh(acl.version) != ACL_VERSION)
		return ST_BAD;
	/* The mode has the mask: without one, the owning group's rights. */
	for (i = 0; i < ((size_t)size - 4) / sizeof(*entry); i++) {
		entry = &acl.entries[i];
		tag = le16toh(entry->tag);
		rights = le16toh(entry->rights) & mask;
		if (*count == KEYFILE_GRANTS_MAX)
			return ST_BAD;
		if (tag == ACL_GROUP_OBJ)
			add_grant(grants, count, tag, file->st_gid, rights);
		else if (tag == ACL_USER || tag == ACL_GROUP)
			add_grant(grants, count, tag, le32toh(entry->id),
			    rights);
	}
	return ST_OK;
}
