/*
 * key-web.c - "key create web": the secret between web server and worker, and
 * the files beside it by which each web server includes it.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/key.h"
#include "base/secret.h"
#include "core/keyring.h"
#include "edge/keyfile-edit.h"

#define PATH_SIZE	1100	/* a path of umws.conf and a suffix */
#define INCLUDE_SIZE	128	/* bytes of the line for a web server */

/* The web server's form of the shared secret, wiped as a whole. */
struct include_text {
	char	text[INCLUDE_SIZE];
};

/* How each web server reads it, from a file beside the key file. */
static const struct {
	const char	*suffix;
	const char	*before;
	const char	*after;
} includes[] = {
	{ "nginx", "fastcgi_param UMWS_SECRET \"", "\";\n" },
	{ "apache", "SetEnv UMWS_SECRET \"", "\"\n" },
};

#define INCLUDES	(sizeof(includes) / sizeof(includes[0]))

static void
include_path(const char *path, size_t i, char result[PATH_SIZE])
{
	(void)snprintf(result, PATH_SIZE, "%s.%s", path, includes[i].suffix);
}

/* line  as it stands in the key file: id, colon, secret, newline */
static void
print_include(size_t i, const char *line, struct include_text *include)
{
	const char	*secret = strchr(line, ':') + 1;

	(void)snprintf(include->text, sizeof(include->text), "%s%.*s%s",
	    includes[i].before, (int)strcspn(secret, "\n"), secret,
	    includes[i].after);
}

static int
create_include(const struct command *command, const char *path, size_t i,
    const char *line)
{
	struct include_text	include;
	int			code;

	print_include(i, line, &include);
	code = key_create_file(command, path, 0600, include.text);
	WIPE(&include);
	return code;
}

enum status
key_included(const char *web_secret, const char *server,
    const struct keyring *ring, const struct key **key)
{
	struct include_text	 found, include;
	struct key_text		 line;
	char			 name[PATH_SIZE];
	enum status		 st;
	size_t			 i, k;

	*key = NULL;
	for (i = 0; strcmp(includes[i].suffix, server) != 0; i++)
		;
	include_path(web_secret, i, name);
	st = keyfile_read_line(name, found.text, sizeof(found.text));
	for (k = 0; st == ST_OK && k < keyring_count(ring); k++) {
		keyring_line(keyring_at(ring, k), line.text);
		print_include(i, line.text, &include);
		include.text[strcspn(include.text, "\n")] = '\0';
		if (*key == NULL && strcmp(found.text, include.text) == 0)
			*key = keyring_at(ring, k);
	}
	WIPE(&include);
	WIPE(&line);
	WIPE(&found);
	return st;
}

int
key_include(const struct command *command, const struct key *key)
{
	struct include_text	 include;
	struct key_text		 line;
	char			 name[PATH_SIZE];
	enum status		 st = ST_OK;
	size_t			 i;

	keyring_line(key, line.text);
	for (i = 0; i < INCLUDES && st == ST_OK; i++) {
		include_path(command->conf->web_secret, i, name);
		print_include(i, line.text, &include);
		st = keyfile_replace(name, include.text);
	}
	WIPE(&include);
	WIPE(&line);
	return st == ST_OK ? EX_OK : key_file_fail(command, st, name);
}

/* All of the files, or none. */
static int
write_web(const struct command *command, const char *path, const char *line)
{
	char	name[PATH_SIZE];
	size_t	made;
	int	code;

	code = key_create_file(command, path, 0600, line);
	if (code != EX_OK)
		return code;
	for (made = 0; made < INCLUDES; made++) {
		include_path(path, made, name);
		code = create_include(command, name, made, line);
		if (code != EX_OK)
			break;
	}
	if (code == EX_OK)
		return EX_OK;
	while (made > 0) {
		include_path(path, --made, name);
		(void)unlink(name);
	}
	(void)unlink(path);
	return code;
}

/* Files for web servers that are missing beside a secret, as when what made
 * them was killed, are made again. EX_OK, and *is_made if there were any. */
static int
restore_includes(struct command *command, const char *path, bool *is_made)
{
	struct keyring	*ring = NULL;
	struct key_text	 line;
	char		 name[PATH_SIZE];
	size_t		 i;
	int		 code = EX_OK;

	*is_made = false;
	for (i = 0; i < INCLUDES && code == EX_OK; i++) {
		include_path(path, i, name);
		if (access(name, F_OK) == 0)
			continue;
		if (ring == NULL &&
		    keyfile_read(path, KEYFILE_SECRET, &ring) != ST_OK)
			return command_fail(command, EX_CANTCREAT, "%s exists "
			    "and is not a file to make %s of", path, name);
		keyring_line(keyring_at(ring, 0), line.text);
		code = create_include(command, name, i, line.text);
		if (code == EX_OK)
			command_say(command, "wrote %s anew\n", name);
		*is_made = true;
	}
	WIPE(&line);
	keyring_free(&ring);
	return code;
}

int
key_create_web(struct command *command, const struct key_kind *kind)
{
	const char	*path = command->conf->web_secret;
	char		 name[PATH_SIZE];
	struct key_text	 line;
	struct key	 key = { 0 };
	bool		 is_made;
	size_t		 i;
	int		 code;

	if (strcmp(path, "off") == 0)
		return command_fail(command, EX_CONFIG, "web_secret is off in "
		    "umws.conf: give it the path of the file to write");
	if (access(path, F_OK) == 0) {
		code = restore_includes(command, path, &is_made);
		if (code != EX_OK || is_made)
			return code;
	}
	code = key_check_path(command, kind, path);
	for (i = 0; i < INCLUDES && code == EX_OK; i++) {
		include_path(path, i, name);
		code = key_check_path(command, kind, name);
	}
	if (code != EX_OK)
		return code;
	key_draw(&key);
	keyring_line(&key, line.text);
	code = write_web(command, path, line.text);
	if (code == EX_OK)
		command_say(command, "wrote %s, and %s.nginx and "
		    "%s.apache for these web servers to include\nnext: chgrp "
		    "umws_worker %s && chmod 0640 %s\n", path, path, path,
		    path, path);
	WIPE(&line);
	WIPE(&key);
	return code;
}
