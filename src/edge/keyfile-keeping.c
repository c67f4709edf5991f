/*
 * keyfile-keeping.c - whom owner, mode and ACL of a file let at it, and what to
 * do about whoever should not be there.
 */
#include "config.h"

#include "edge/keyfile-keeping.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "edge/keyfile-acl.h"
#include "edge/keyfile-credential.h"

#define REASON_SIZE	128	/* bytes of a reason with a name in it */
#define GROUPS_MAX	256	/* supplementary groups that we look at */

/* What is looked at, and what is wrong with it. */
struct look {
	int			 fd;
	const char		*path;
	const struct stat	*file;
	enum keyfile_kind	 kind;
	struct keyfile_fault	*fault;
};

static enum status	refuse(const struct look *look, const char *reason,
			    const char *format, ...)
			    __attribute__((format(printf, 3, 4)));

/* What to do is formatted from the further arguments. */
static enum status
refuse(const struct look *look, const char *reason, const char *format, ...)
{
	va_list	ap;

	(void)snprintf(look->fault->reason, sizeof(look->fault->reason), "%s",
	    reason);
	va_start(ap, format);
	(void)vsnprintf(look->fault->todo, sizeof(look->fault->todo), format,
	    ap);
	va_end(ap);
	return ST_BAD;
}

/* Users, and their groups, that web servers run as. */
static const char *const	web_users[] = { "www-data", "nginx", "apache",
    "httpd", "http", "www", "lighttpd", "caddy", "haproxy" };

#define WEB_USERS	(sizeof(web_users) / sizeof(web_users[0]))

static bool
is_member(const struct group *group, const char *name)
{
	char	**member;

	for (member = group->gr_mem; *member != NULL; member++) {
		if (strcmp(*member, name) == 0)
			return true;
	}
	return false;
}

bool
keyfile_web_group(gid_t gid, const char **web_user)
{
	const struct group	*group = getgrgid(gid);
	const struct passwd	*user;
	size_t			 i;

	for (i = 0; i < WEB_USERS; i++) {
		*web_user = web_users[i];
		if (group != NULL &&
		    (strcmp(group->gr_name, web_users[i]) == 0 ||
		    is_member(group, web_users[i])))
			return true;
		user = getpwnam(web_users[i]);
		if (user != NULL && user->pw_gid == gid)
			return true;
	}
	*web_user = NULL;
	return false;
}

/* Plain CGI: the web server starts us as itself, and has all that we have. */
static bool
we_are_web_server(void)
{
	const struct passwd	*user = getpwuid(geteuid());
	size_t			 i;

	for (i = 0; user != NULL && i < WEB_USERS; i++) {
		if (strcmp(user->pw_name, web_users[i]) == 0)
			return true;
	}
	return false;
}

const char *
keyfile_own_group(char text[KEYFILE_GROUP_SIZE])
{
	const struct passwd	*user = getpwuid(geteuid());
	gid_t			 gid = user != NULL ? user->pw_gid : getegid();
	const struct group	*group = getgrgid(gid);

	if (group != NULL)
		(void)snprintf(text, KEYFILE_GROUP_SIZE, "%s", group->gr_name);
	else
		(void)snprintf(text, KEYFILE_GROUP_SIZE, "%u",
		    (unsigned int)gid);
	return text;
}

static bool
group_is_ours(gid_t gid)
{
	gid_t	groups[GROUPS_MAX];
	int	count, i;

	if (geteuid() == 0 || gid == getegid())
		return true;
	count = getgroups(GROUPS_MAX, groups);
	for (i = 0; i < count; i++) {
		if (groups[i] == gid)
			return true;
	}
	return false;
}

/*
 * The web server could read what stands between it and the PINs. One of the
 * two is wrong: the file's group, or who is in our own.
 */
static enum status
refuse_web(const struct look *look, gid_t gid, const char *web_user)
{
	char			 ours[KEYFILE_GROUP_SIZE];
	char			 reason[REASON_SIZE];
	const struct group	*group;

	(void)keyfile_own_group(ours);
	(void)snprintf(reason, sizeof(reason), "every process of the web "
	    "server (%s) can read it", web_user);
	group = getgrgid(gid);
	if (group != NULL && is_member(group, web_user))
		return refuse(look, reason, "take %s out of group %s",
		    web_user, group->gr_name);
	if (geteuid() == 0)
		return refuse(look, reason, "chgrp it to the group of the "
		    "program that reads it, such as umws_worker: %s",
		    look->path);
	return refuse(look, reason, "chgrp %s %s, and run this program "
	    "with that group, if only as a supplementary one", ours,
	    look->path);
}

/* One whom the ACL names, by an entry that the mask leaves its right. */
static enum status
check_named(const struct look *look, const struct keyfile_grant *grant)
{
	const char	*web_user;
	bool		 is_secret = look->kind == KEYFILE_SECRET;
	bool		 is_ours = grant->is_user ? grant->id == 0 ||
			    grant->id == geteuid() : group_is_ours(grant->id);
	bool		 is_web = is_secret && grant->may_read &&
			    !we_are_web_server() && !grant->is_user &&
			    keyfile_web_group(grant->id, &web_user);

	if (is_ours && grant->is_user)
		return ST_OK;
	if (!grant->may_write && (!is_secret || (is_ours && !is_web)))
		return ST_OK;
	return refuse(look, grant->may_write ? "its ACL lets others write "
	    "it" : is_web ? "its ACL lets the web server read it" :
	    "its ACL lets others read it", "setfacl -x %c:%u %s, or -b for "
	    "all of it (getfacl shows it)", grant->is_user ? 'u' : 'g',
	    grant->id, look->path);
}

/* The mode that a file should have. */
static const char *
mode_of(const struct look *look)
{
	return look->kind == KEYFILE_SECRET ? "0640" :
	    look->kind == KEYFILE_FOLDER ? "0755" : "0644";
}

static enum status
check_owning_group(const struct look *look, const struct keyfile_grant *grant)
{
	const char	*web_user;
	bool		 is_secret = look->kind == KEYFILE_SECRET;
	char		 group[KEYFILE_GROUP_SIZE];

	if (grant->may_write)
		return refuse(look, "its group can write it", "chmod %s %s",
		    mode_of(look), look->path);
	if (is_secret && !group_is_ours(grant->id))
		return refuse(look, "a group that is not ours can read it",
		    "chgrp %s %s", keyfile_own_group(group), look->path);
	if (is_secret && !we_are_web_server() &&
	    keyfile_web_group(grant->id, &web_user))
		return refuse_web(look, grant->id, web_user);
	return ST_OK;
}

/* Whom do group bits and ACL let at the file? */
static enum status
check_grants(const struct look *look)
{
	struct keyfile_grant	 grants[KEYFILE_GRANTS_MAX];
	enum status		 st;
	size_t			 count, i;

	if (keyfile_grants(look->fd, look->file, grants, &count) != ST_OK)
		return refuse(look, errno != 0 ? strerror(errno) :
		    "its ACL is of no form that we know, or too long",
		    "setfacl -b %s", look->path);
	for (i = 0; i < count; i++) {
		st = grants[i].is_named ? check_named(look, &grants[i]) :
		    check_owning_group(look, &grants[i]);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* Where nothing can be written, nobody can, whatever the mode. */
static bool
is_read_only(int fd)
{
	struct statvfs	system;

	return fstatvfs(fd, &system) == 0 && (system.f_flag & ST_RDONLY) != 0;
}

static enum status
check(const struct look *look)
{
	mode_t	mode = look->file->st_mode;

	if (look->kind == KEYFILE_FOLDER ? !S_ISDIR(mode) : !S_ISREG(mode))
		return refuse(look, look->kind == KEYFILE_FOLDER ?
		    "it is not a directory" : "it is not a regular file",
		    "correct the path in umws.conf");
	if (look->kind == KEYFILE_FOLDER && is_read_only(look->fd))
		return ST_OK;
	if (look->kind == KEYFILE_SECRET && (mode & S_IRWXO) != 0)
		return refuse(look, "others can use it", "chmod %s %s",
		    mode_of(look), look->path);
	if ((mode & S_IWOTH) != 0)
		return refuse(look, "others can write it", "chmod %s %s",
		    mode_of(look), look->path);
	if (look->kind == KEYFILE_SETTINGS || keyfile_is_credential(look->path))
		return ST_OK;
	if (look->file->st_uid != 0 && look->file->st_uid != geteuid())
		return refuse(look, "its owner is neither root nor us",
		    "chown root %s", look->path);
	return check_grants(look);
}

enum status
keyfile_keeping(int fd, const char *path, const struct stat *file,
    enum keyfile_kind kind, struct keyfile_fault *fault)
{
	const struct look	look = { fd, path, file, kind, fault };

	return check(&look);
}
