/*
 * keyfile.c - read, check and create key files. A file is opened first and
 * checked then, so that nobody can change it between check and read. Symbolic
 * links are followed: operators use them, and what counts is the file they
 * lead to.
 */
#include "config.h"

#include "edge/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "edge/keyfile-acl.h"
#include "edge/keyfile-credential.h"
#include "edge/keyfile-text.h"

#define TODO_SIZE	512	/* bytes of an advice with a path in it */
#define GROUP_SIZE	64	/* bytes of a group's name, or its number */
#define REASON_SIZE	128	/* bytes of a reason with a name in it */
#define GROUPS_MAX	256	/* supplementary groups that we look at */

static enum status	refuse(const char *path, unsigned int line,
			    const char *reason, const char *format, ...)
			    __attribute__((format(printf, 4, 5)));

/* What to do is formatted from the further arguments. */
static enum status
refuse(const char *path, unsigned int line, const char *reason,
    const char *format, ...)
{
	char	todo[TODO_SIZE], number[LOG_NUMBER_SIZE];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(todo, sizeof(todo), format, ap);
	va_end(ap);
	log_err("key-refused", "file", path, "line",
	    line == 0 ? NULL : log_number(number, line), "reason", reason,
	    "todo", todo, NULL);
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

/*
 * The group to give our secrets to: that of our user, which is ours alone,
 * and not the one that we may share a socket with.
 */
static const char *
own_group(char text[GROUP_SIZE])
{
	const struct passwd	*user = getpwuid(geteuid());
	gid_t			 gid = user != NULL ? user->pw_gid : getegid();
	const struct group	*group = getgrgid(gid);

	if (group != NULL)
		(void)snprintf(text, GROUP_SIZE, "%s", group->gr_name);
	else
		(void)snprintf(text, GROUP_SIZE, "%u", (unsigned int)gid);
	return text;
}

static enum status
refuse_errno(const char *path)
{
	const char	*reason = strerror(errno);
	char		 group[GROUP_SIZE];

	switch (errno) {
	case ESTALE:
		return refuse(path, 0, "it is newer than the copy that systemd "
		    "made for us", "restart the service: reloading it does "
		    "not copy the file again");
	case ENOENT:
	case ENOTDIR:
		return refuse(path, 0, reason,
		    "umwsctl key create, or correct the path in umws.conf");
	case EACCES:
		return refuse(path, 0, reason, "chgrp %s %s && chmod 0640 %s, "
		    "let %s enter its directory, and run this program with "
		    "that group, if only as a supplementary one",
		    own_group(group), path, path, group);
	default:
		return refuse(path, 0, reason, "look at %s", path);
	}
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
refuse_web(const char *path, gid_t gid, const char *web_user)
{
	char			 ours[GROUP_SIZE], reason[REASON_SIZE];
	const struct group	*group;

	(void)own_group(ours);
	(void)snprintf(reason, sizeof(reason), "every process of the web "
	    "server (%s) can read it", web_user);
	group = getgrgid(gid);
	if (group != NULL && is_member(group, web_user))
		return refuse(path, 0, reason, "take %s out of group %s",
		    web_user, group->gr_name);
	if (geteuid() == 0)
		return refuse(path, 0, reason, "chgrp it to the group of the "
		    "program that reads it, such as umws_worker: %s", path);
	return refuse(path, 0, reason, "chgrp %s %s, and run this program "
	    "with that group, if only as a supplementary one", ours, path);
}

/* One whom the ACL names, by an entry that the mask leaves its right. */
static enum status
check_named(const char *path, const struct keyfile_grant *grant, bool is_secret)
{
	const char	*web_user;
	bool		 is_ours = grant->is_user ? grant->id == 0 ||
			    grant->id == geteuid() : group_is_ours(grant->id);
	bool		 is_web = is_secret && grant->may_read &&
			    !we_are_web_server() && !grant->is_user &&
			    keyfile_web_group(grant->id, &web_user);

	if (is_ours && grant->is_user)
		return ST_OK;
	if (!grant->may_write && (!is_secret || (is_ours && !is_web)))
		return ST_OK;
	return refuse(path, 0, grant->may_write ? "its ACL lets others write "
	    "it" : is_web ? "its ACL lets the web server read it" :
	    "its ACL lets others read it", "setfacl -x %c:%u %s, or -b for "
	    "all of it (getfacl shows it)", grant->is_user ? 'u' : 'g',
	    grant->id, path);
}

static enum status
check_owning_group(const char *path, const struct keyfile_grant *grant,
    bool is_secret)
{
	const char	*web_user;
	char		 group[GROUP_SIZE];

	if (grant->may_write)
		return refuse(path, 0, "its group can write it", "chmod %s %s",
		    is_secret ? "0640" : "0644", path);
	if (is_secret && !group_is_ours(grant->id))
		return refuse(path, 0, "a group that is not ours can read it",
		    "chgrp %s %s", own_group(group), path);
	if (is_secret && !we_are_web_server() &&
	    keyfile_web_group(grant->id, &web_user))
		return refuse_web(path, grant->id, web_user);
	return ST_OK;
}

/* Whom do group bits and ACL let at the file? */
static enum status
check_grants(int fd, const char *path, const struct stat *file, bool is_secret)
{
	struct keyfile_grant	 grants[KEYFILE_GRANTS_MAX];
	enum status		 st;
	size_t			 count, i;

	if (keyfile_grants(fd, file, grants, &count) != ST_OK)
		return refuse(path, 0, errno != 0 ? strerror(errno) :
		    "its ACL is of no form that we know, or too long",
		    "setfacl -b %s", path);
	for (i = 0; i < count; i++) {
		st = grants[i].is_named ?
		    check_named(path, &grants[i], is_secret) :
		    check_owning_group(path, &grants[i], is_secret);
		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* Is the file kept as its kind asks for? */
static enum status
check_keeping(int fd, const char *path, const struct stat *file,
    enum keyfile_kind kind)
{
	bool		 is_secret = kind == KEYFILE_SECRET;
	const char	*mode = is_secret ? "0640" : "0644";

	if (!S_ISREG(file->st_mode))
		return refuse(path, 0, "it is not a regular file",
		    "correct the path in umws.conf");
	if (is_secret && (file->st_mode & S_IRWXO) != 0)
		return refuse(path, 0, "others can use it", "chmod %s %s",
		    mode, path);
	if ((file->st_mode & S_IWOTH) != 0)
		return refuse(path, 0, "others can write it", "chmod %s %s",
		    mode, path);
	if (keyfile_is_credential(path))
		return ST_OK;
	if (file->st_uid != 0 && file->st_uid != geteuid())
		return refuse(path, 0, "its owner is neither root nor us",
		    "chown root %s", path);
	return check_grants(fd, path, file, is_secret);
}

static enum status
read_text(int fd, const char *path, struct keyfile_text *text)
{
	ssize_t	got;

	do {
		got = read(fd, text->bytes + text->len,
		    sizeof(text->bytes) - text->len);
		if (got > 0)
			text->len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		return refuse_errno(path);
	if (text->len > KEYRING_FILE_MAX)
		return refuse(path, 0, "it is too long for a key file",
		    "keep it below %d bytes", KEYRING_FILE_MAX);
	return ST_OK;
}

/*
 * Open the file, or what systemd has read of it for us: then *instead says
 * where that is, which the caller frees.
 */
static int
open_file(const char *path, char **instead)
{
	int	fd, problem;

	/* Non-blocking, or a FIFO in a key's place would hang the start. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd >= 0 || (errno != EACCES && errno != ENOENT))
		return fd;
	problem = errno;
	fd = keyfile_credential_open(UMWS_SYSCONFDIR, path, instead);
	if (fd < 0 && errno != ESTALE)
		errno = problem;
	return fd;
}

enum status
keyfile_text(const char *path, enum keyfile_kind kind,
    struct keyfile_text *text)
{
	char		*instead = NULL;
	struct stat	 file;
	enum status	 st;
	int		 fd;

	fd = open_file(path, &instead);
	if (instead != NULL)
		path = instead;
	if (fd < 0 || fstat(fd, &file) != 0)
		st = refuse_errno(path);
	else
		st = check_keeping(fd, path, &file, kind);
	if (st == ST_OK)
		st = read_text(fd, path, text);
	if (fd >= 0)
		(void)close(fd);
	free(instead);
	return st;
}

enum status
keyfile_read(const char *path, enum keyfile_kind kind, struct keyring **ring)
{
	struct keyfile_text	 text = { 0 };
	const char	*reason;
	unsigned int	 line;
	enum status	 st;

	*ring = NULL;
	st = keyfile_text(path, kind, &text);
	if (st == ST_OK && keyring_parse(text.bytes, text.len, ring, &line,
	    &reason) != ST_OK)
		st = refuse(path, line, reason,
		    "give it lines of id:base64, as umwsctl key create does");
	WIPE(&text);
	return st;
}

enum status
keyfile_read_line(const char *path, char *line, size_t size)
{
	struct keyfile_text	text = { 0 };
	size_t		len;
	enum status	st;

	line[0] = '\0';
	st = keyfile_text(path, KEYFILE_SECRET, &text);
	if (st == ST_OK) {
		/* One byte more than may be in use ends what is read. */
		text.bytes[text.len == sizeof(text.bytes) ? text.len - 1 :
		    text.len] = '\0';
		len = strcspn(text.bytes, "\r\n");
		if (len == 0 || len >= size) {
			st = refuse(path, 1, "no password stands there",
			    "give it one of 1 to %zu bytes", size - 1);
		} else {
			memcpy(line, text.bytes, len);
			line[len] = '\0';
		}
	}
	WIPE(&text);
	return st;
}

bool
keyfile_write(int fd, unsigned int mode, const char *text, size_t left)
{
	ssize_t	put;

	while (left > 0) {
		put = write(fd, text, left);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		text += put;
		left -= (size_t)put;
	}
	return fchmod(fd, (mode_t)mode) == 0 && fsync(fd) == 0;
}
