/*
 * key-create.c - "key create": make new keys, in files that do not exist yet.
 *
 * All paths are looked at before the first byte is written, and the mail
 * key is registered before its files are: a key that the database knows and
 * nobody holds does no harm, one that it does not know stops every reset. So
 * the mail key of files that are there is registered again where it is lost.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/key.h"
#include "base/secret.h"
#include "core/keyring.h"
#include "core/seal.h"
#include "edge/keyfile-edit.h"

#define PATH_SIZE	1100	/* a path of umws.conf and a suffix */

int
key_check_path(const struct command *command, const struct key_kind *kind,
    const char *path)
{
	struct stat	info;
	char		copy[PATH_SIZE];

	if (access(path, F_OK) != 0 && lstat(path, &info) == 0)
		return command_fail(command, EX_CANTCREAT, "%s is a link that "
		    "leads to no file, and is not followed: remove it, or "
		    "name another path in umws.conf", path);
	if (access(path, F_OK) == 0)
		return command_fail(command, EX_CANTCREAT, "%s exists and is "
		    "not overwritten: %s", path, kind->more);
	(void)snprintf(copy, sizeof(copy), "%s", path);
	if (access(dirname(copy), W_OK | X_OK) != 0)
		return command_fail(command, EX_CANTCREAT, "%s cannot be "
		    "written: %s; %s", path, strerror(errno),
		    geteuid() == 0 ? "make its directory, where root may "
		    "write" : "make its directory, or be root");
	return EX_OK;
}

int
key_check_group(const struct command *command, const struct key_kind *kind)
{
	const struct group	*group;
	const char		*web_user;

	if (kind->group == NULL)
		return EX_OK;
	group = getgrnam(kind->group);
	if (group == NULL || !keyfile_web_group(group->gr_gid, &web_user))
		return EX_OK;
	return command_fail(command, EX_CONFIG, "no key was made: %s is in "
	    "group %s, and every process of the web server could read what "
	    "that group may: take it out (gpasswd -d %s %s), and give the "
	    "socket's directory to the web server's group instead", web_user,
	    kind->group, web_user, kind->group);
}

int
key_create_file(const struct command *command, const char *path,
    unsigned int mode, const char *text)
{
	enum status	st;

	st = keyfile_create(path, mode, text);
	return st == ST_OK ? EX_OK : key_file_fail(command, st, path);
}

/* A file with one fresh key; id is for a report. */
static int
create_single(struct command *command, const struct key_kind *kind,
    const char *path, char id[KEYRING_ID_SIZE])
{
	struct key_text	 line;
	struct key	 key = { 0 };
	int		 code;

	code = key_check_path(command, kind, path);
	if (code != EX_OK)
		return code;
	key_draw(&key);
	(void)snprintf(id, KEYRING_ID_SIZE, "%s", key.id);
	keyring_line(&key, line.text);
	code = key_create_file(command, path, 0600, line.text);
	WIPE(&line);
	WIPE(&key);
	return code;
}

int
key_create_pepper(struct command *command, const struct key_kind *kind)
{
	const char	*path = command->conf->pepper_key;
	char		 id[KEYRING_ID_SIZE];
	int		 code;

	code = create_single(command, kind, path, id);
	if (code == EX_OK)
		command_say(command, "wrote %s, key %s: keep a copy in a "
		    "safe place\nnext: chgrp umws_worker %s && chmod 0640 "
		    "%s\n", path, id, path, path);
	return code;
}

int
key_create_audit(struct command *command, const struct key_kind *kind)
{
	const char	*path = command->conf->audit_key;
	char		 id[KEYRING_ID_SIZE];
	int		 code;

	code = create_single(command, kind, path, id);
	if (code == EX_OK)
		command_say(command, "wrote %s, key %s, for us alone: keep a "
		    "copy in a safe place, without it no seal can be "
		    "verified\nnext: let cron run umwsctl audit seal once a "
		    "day\n", path, id);
	return code;
}

static int
write_pair(struct command *command, const struct key *public_key,
    const struct key *secret_key)
{
	const struct conf	*conf = command->conf;
	struct key_text		 line;
	int			 code;

	keyring_line(secret_key, line.text);
	code = key_create_file(command, conf->mail_key, 0600, line.text);
	if (code != EX_OK)
		goto out;
	keyring_line(public_key, line.text);
	code = key_create_file(command, conf->mail_pub, 0644, line.text);
	if (code != EX_OK) {
		/* Half a pair would only be in the way. */
		(void)unlink(conf->mail_key);
		goto out;
	}
	command_say(command, "wrote %s and %s, key %s, known to "
	    "the database\nnext: chgrp umws_mailer %s && chmod 0640 %s\n",
	    conf->mail_key, conf->mail_pub, public_key->id, conf->mail_key,
	    conf->mail_key);
out:
	WIPE(&line);
	return code;
}

enum status
key_read_pair(const struct conf *conf, bool is_pub_there,
    struct key *public_key)
{
	struct keyring		*secrets = NULL, *publics = NULL;
	const struct key	*current, *secret;
	enum status		 st;

	st = keyfile_read(conf->mail_key, KEYFILE_SECRET, &secrets);
	if (st == ST_OK && is_pub_there)
		st = keyfile_read(conf->mail_pub, KEYFILE_PUBLIC, &publics);
	if (st != ST_OK)
		goto out;
	current = keyring_at(is_pub_there ? publics : secrets, 0);
	secret = keyring_find(secrets, current->id);
	if (secret == NULL || !seal_public_half(secret, public_key) ||
	    (is_pub_there && memcmp(public_key->bytes, current->bytes,
	    sizeof(public_key->bytes)) != 0))
		st = ST_BAD;
out:
	keyring_free(&publics);
	keyring_free(&secrets);
	return st;
}

/* Say what the database has made of the key of files that were there. */
static int
say_registered(const struct command *command, const struct key_kind *kind,
    const char *id, const char *result)
{
	const char	*path = command->conf->mail_key;

	if (strcmp(result, "retired") == 0)
		return command_fail(command, EX_CONFIG, "%s exists, and the "
		    "database has retired its key %s, so that no PIN is "
		    "sealed to it. To have it back, as a superuser: UPDATE "
		    "umws.mail_key SET state = 'active', retired_at = NULL "
		    "WHERE id = '%s'", path, id, id);
	if (strcmp(result, "known") == 0)
		return command_fail(command, EX_CANTCREAT, "%s exists and is "
		    "not overwritten (the database knows its key %s): %s",
		    path, id, kind->more);
	command_say(command, "%s exists and is not overwritten: its key %s, "
	    "which the database did not know, is known to it now\n", path,
	    id);
	if (strcmp(result, "added-beside") == 0)
		command_say(command, "it knows other keys as well: if PINs "
		    "are sealed to one that is lost, their mails wait until "
		    "its line is in mail_key; umws-mailer names it\n");
	return EX_OK;
}

/*
 * A database may have lost the row of a key whose files are there: by a restore
 * without it, say. mail_pub can be made again, too.
 */
static int
register_mail(struct command *command, const struct key_kind *kind)
{
	const struct conf	*conf = command->conf;
	struct key_text		 line;
	struct key		 public_key;
	char			 result[ADMIN_RESULT_SIZE];
	bool			 is_pub_there;
	enum status		 st;
	int			 code;

	is_pub_there = access(conf->mail_pub, F_OK) == 0;
	if (!is_pub_there) {
		code = key_check_path(command, kind, conf->mail_pub);
		if (code != EX_OK)
			return code;
	}
	if (key_read_pair(conf, is_pub_there, &public_key) != ST_OK)
		return command_fail(command, EX_CANTCREAT, "%s exists and is "
		    "not overwritten, and no key of it was registered: it is "
		    "to be a key file that we may read, with the secret half "
		    "of the first key in %s: %s", conf->mail_key,
		    conf->mail_pub, kind->more);
	code = command_open(command);
	if (code != EX_OK)
		return code;
	st = admin_mail_key_add(command->admin, public_key.id, result);
	if (st != ST_OK)
		return command_db_fail(command, st, "no key was registered");
	if (!is_pub_there) {
		keyring_line(&public_key, line.text);
		code = key_create_file(command, conf->mail_pub, 0644,
		    line.text);
		if (code != EX_OK)
			return code;
		command_say(command, "wrote %s anew, key %s\n",
		    conf->mail_pub, public_key.id);
		if (strcmp(result, "known") == 0)
			return EX_OK;
	}
	return say_registered(command, kind, public_key.id, result);
}

int
key_create_mail(struct command *command, const struct key_kind *kind)
{
	struct key	public_key, secret_key = { 0 };
	char		result[ADMIN_RESULT_SIZE];
	enum status	st;
	int		code;

	if (access(command->conf->mail_key, F_OK) == 0)
		return register_mail(command, kind);
	code = key_check_path(command, kind, command->conf->mail_key);
	if (code == EX_OK)
		code = key_check_path(command, kind, command->conf->mail_pub);
	if (code == EX_OK)
		code = command_open(command);
	if (code != EX_OK)
		return code;
	seal_key_pair(&public_key, &secret_key);
	st = admin_mail_key_add(command->admin, public_key.id, result);
	if (st == ST_OK)
		code = write_pair(command, &public_key, &secret_key);
	else
		code = command_db_fail(command, st, "no key was written");
	WIPE(&secret_key);
	return code;
}

/* A new file never takes an old one's place: what the old key is for would be
 * lost. */
int
key_create(struct command *command)
{
	const struct key_kind	*kind;
	int			 code;

	kind = key_find(command, &code);
	if (kind == NULL)
		return code;
	code = key_check_group(command, kind);
	if (code == EX_OK)
		code = key_begin(command);
	if (code != EX_OK)
		return code;
	command->is_changing = true;
	return kind->create(command, kind);
}
