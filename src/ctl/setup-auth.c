/*
 * setup-auth.c - "setup": the ways in which users prove who they are. Each has
 * a file auth-WAY.conf for a web server, some also a server-WAY.conf, with
 * names in them that --auth gives. Another way is another row.
 */
#include "config.h"

#include <sys/stat.h>

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/setup-auth.h"

/* A keytab or a file of passwords is read by the server's own processes. */
static const struct setup_way	ways[] = {
	{ "basic", "FILE", {
	  { "/etc/nginx/umws.htpasswd", "/etc/apache2/umws.htpasswd",
	    SETUP_NAME_READ } } },
	{ "certificate", "AUTHORITY,REVOKED", {
	  { "/etc/nginx/umws-clients.pem", "/etc/apache2/umws-clients.pem",
	    SETUP_NAME_FILE },
	  { "/etc/nginx/umws-clients.crl", "/etc/apache2/umws-clients.crl",
	    SETUP_NAME_FILE } } },
	{ "kerberos", "KEYTAB,REALM", {
	  { "/etc/nginx/umws.keytab", "/etc/apache2/umws.keytab",
	    SETUP_NAME_READ },
	  { "EXAMPLE.ORG", "EXAMPLE.ORG", SETUP_NAME_REALM } } },
	{ .name = NULL }
};

const struct setup_way *
setup_auth_way(const struct setup *setup)
{
	const char		*auth = setup->wish.auth;
	const struct setup_way	*way;
	size_t			 len = auth == NULL ? 0 :
				    strcspn(auth, "=");

	for (way = ways; way->name != NULL; way++)
		if (strlen(way->name) == len && len > 0 &&
		    strncmp(auth, way->name, len) == 0 && auth[len] == '=')
			return way;
	return NULL;
}

bool
setup_auth_name(const struct setup *setup, size_t i,
    char name[SETUP_PATH_SIZE])
{
	const char	*at = strchr(setup->wish.auth, '=') + 1;
	size_t		 len;

	for (; i > 0; i--) {
		at += strcspn(at, ",");
		if (*at++ == '\0')
			return false;
	}
	len = strcspn(at, ",");
	if (len == 0 || len >= SETUP_PATH_SIZE)
		return false;
	(void)snprintf(name, SETUP_PATH_SIZE, "%.*s", (int)len, at);
	return true;
}

/* The web server's processes read it, who run as www-data. */
static int
check_read(const struct setup *setup, const char *path)
{
	const struct group	*group = getgrnam(SETUP_WEB_GROUP);
	const struct passwd	*user = getpwnam(SETUP_WEB_GROUP);
	struct stat		 info;

	if (stat(path, &info) != 0 || (info.st_mode & S_IROTH) != 0 ||
	    (user != NULL && info.st_uid == user->pw_uid &&
	    (info.st_mode & S_IRUSR) != 0) ||
	    (group != NULL && info.st_gid == group->gr_gid &&
	    (info.st_mode & S_IRGRP) != 0))
		return EX_OK;
	return command_fail(setup->command, EX_CONFIG, "%s cannot be read by "
	    "the web server: chgrp %s %s && chmod 0640 %s; nothing was "
	    "changed", path, SETUP_WEB_GROUP, path, path);
}

static int
check_name(const struct setup *setup, enum setup_name kind, const char *name)
{
	int	code;

	if (kind == SETUP_NAME_REALM)
		return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
		    == strlen(name) ? EX_OK : command_fail(setup->command,
		    EX_USAGE, "--auth kerberos: a realm is like EXAMPLE.ORG; "
		    "nothing was changed");
	code = setup_check_file(setup, "--auth", name);
	if (code == EX_OK && kind == SETUP_NAME_READ)
		code = check_read(setup, name);
	return code;
}

int
setup_check_auth(struct setup *setup)
{
	const struct setup_way	*way;
	char			 name[SETUP_PATH_SIZE];
	size_t			 i;
	int			 code = EX_OK;

	if (setup->web == NULL)
		return EX_OK;
	way = setup_auth_way(setup);
	if (way == NULL)
		return command_fail(setup->command, EX_USAGE, "--auth is "
		    "basic=FILE, certificate=AUTHORITY,REVOKED or "
		    "kerberos=KEYTAB,REALM; for others give --web none and "
		    "see doc/web-servers.md; nothing was changed");
	for (i = 0; i < SETUP_NAMES && way->names[i].nginx != NULL; i++) {
		if (!setup_auth_name(setup, i, name))
			return command_fail(setup->command, EX_USAGE,
			    "--auth %s needs %s; nothing was changed",
			    way->name, way->usage);
		code = check_name(setup, way->names[i].kind, name);
		if (code != EX_OK)
			return code;
	}
	return setup_auth_name(setup, i, name) ?
	    command_fail(setup->command, EX_USAGE, "--auth %s is %s=%s, and "
	    "no more; nothing was changed", way->name, way->name,
	    way->usage) : EX_OK;
}
