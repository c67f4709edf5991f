/*
 * doctor-key.c - the key files of this host, and the database's ids beside
 * them. A file is judged as the program that reads it would (edge/keyfile).
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl/doctor.h"
#include "ctl/key.h"
#include "core/keyring.h"
#include "core/seal.h"

#define PATH_SIZE	1100	/* bytes of a path and a suffix */

static const struct key_file *
find_file(const char *setting, const struct key_kind **kind)
{
	const struct key_file	*file;

	for (*kind = key_kinds; (*kind)->name != NULL; (*kind)++) {
		for (file = (*kind)->files; file->setting != NULL; file++) {
			if (strcmp(file->setting, setting) == 0)
				return file;
		}
	}
	abort();	/* the settings of our checks are those of keys */
}

/* Without it: what does not work, and who may do without. */
static void
say_missing(struct doctor_line *line, const struct key_kind *kind,
    const struct key_file *file, const char *path)
{
	char		todo[DOCTOR_TEXT_SIZE];
	bool		may_miss = strcmp(kind->name, "audit") == 0 ||
			    strcmp(file->setting, "mail_key") == 0;

	(void)snprintf(todo, sizeof(todo), "umwsctl key create %s, or correct "
	    "%s in umws.conf%s", kind->name, file->setting,
	    strcmp(kind->name, "pepper") == 0 ? "; if PINs were set, put the "
	    "copy of the file back" : strcmp(file->setting, "mail_key") == 0 ?
	    "; on a host without a mailer nothing is wrong" :
	    strcmp(kind->name, "audit") == 0 ? "; on a host that does not "
	    "seal nothing is wrong" : "");
	doctor_say(line, may_miss ? DOCTOR_WARNING : DOCTOR_WRONG, todo,
	    "%s: %s", path, strerror(errno));
}

/*
 * We may be root, who reads everything: the group that it is for must be able
 * to, where there is one of that name here.
 */
static bool
is_for_group(const struct key_kind *kind, const struct key_file *file,
    const char *path, struct doctor_line *line)
{
	const struct group	*group = kind->group == NULL ? NULL :
				    getgrnam(kind->group);
	char			 todo[DOCTOR_TEXT_SIZE];
	struct stat		 info;

	if (group == NULL || file->secrecy == KEYFILE_PUBLIC ||
	    geteuid() != 0 || stat(path, &info) != 0 ||
	    (info.st_gid == group->gr_gid && (info.st_mode & S_IRGRP) != 0))
		return true;
	(void)snprintf(todo, sizeof(todo), "chgrp %s %s && chmod 0640 %s",
	    kind->group, path, path);
	doctor_say(line, DOCTOR_WRONG, todo, "%s: the group %s cannot read it",
	    path, kind->group);
	return false;
}

static void
check_file(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	const struct key_kind	*kind;
	const struct key_file	*file = find_file(check->with, &kind);
	const char		*path = key_path(doctor->command, file);
	struct keyring		*ring = NULL;

	if (strcmp(path, "off") == 0) {
		doctor_say(line, DOCTOR_OK, NULL, "%s is off", check->with);
		return;
	}
	if (access(path, R_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		say_missing(line, kind, file, path);
	else if (access(path, R_OK) != 0)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s: %s; run this as "
		    "root", path, strerror(errno));
	else if (keyfile_read(path, file->secrecy, &ring) != ST_OK)
		doctor_repeat(doctor, line, DOCTOR_WRONG, "it is refused");
	else if (is_for_group(kind, file, path, line))
		doctor_well(line, check);
	keyring_free(&ring);
}

/* The file's keys; where it cannot be read, its own check says why. */
static struct keyring *
read_file(const struct doctor *doctor, const char *setting,
    struct doctor_line *line)
{
	const struct key_kind	*kind;
	const struct key_file	*file = find_file(setting, &kind);
	struct keyring		*ring = NULL;

	if (keyfile_read(key_path(doctor->command, file), file->secrecy,
	    &ring) != ST_OK)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s cannot be read, "
		    "see above", setting);
	return ring;
}

static void
compare_pair(const struct keyring *secrets, const struct keyring *publics,
    const struct doctor_check *check, struct doctor_line *line)
{
	const struct key	*have, *secret;
	struct key		 half;
	size_t			 i;

	for (i = 0; i < keyring_count(publics); i++) {
		have = keyring_at(publics, i);
		secret = keyring_find(secrets, have->id);
		if (secret == NULL && i == 0) {
			doctor_say(line, DOCTOR_WRONG, "put the line of that "
			    "key into mail_key, or make another one the first "
			    "in mail_pub: umwsctl key rotate mail --use ID",
			    "PINs are sealed to the key %s, which is not in "
			    "mail_key", have->id);
			return;
		}
		if (secret != NULL && (!seal_public_half(secret, &half) ||
		    memcmp(half.bytes, have->bytes, sizeof(half.bytes)) != 0)) {
			doctor_say(line, DOCTOR_WRONG, "put the files of one "
			    "installation there, from the copy of the keys",
			    "the key %s of mail_pub is not the other half of "
			    "that in mail_key: no mail can be opened",
			    have->id);
			return;
		}
	}
	doctor_well(line, check);
}

static void
check_pair(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct keyring	*secrets = NULL, *publics;

	publics = read_file(doctor, "mail_pub", line);
	if (publics != NULL)
		secrets = read_file(doctor, "mail_key", line);
	if (secrets != NULL && key_begin(doctor->command) == 0)
		compare_pair(secrets, publics, check, line);
	keyring_free(&secrets);
	keyring_free(&publics);
}

/* The copy of one web server: true when there is nothing to say of it. */
static bool
is_copy_well(struct doctor *doctor, const char *server,
    const struct keyring *ring, struct doctor_line *line)
{
	const char		*secret = doctor->command->conf->web_secret;
	const struct key	*key;
	char			 path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%s.%s", secret, server);
	if (access(path, F_OK) != 0)
		return true;
	if (access(path, R_OK) != 0) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s: %s; run this as "
		    "root", path, strerror(errno));
		return false;
	}
	if (key_included(secret, server, ring, &key) != ST_OK) {
		doctor_repeat(doctor, line, DOCTOR_WRONG, "it is refused");
		return false;
	}
	if (key == keyring_at(ring, 0))
		return true;
	if (key == NULL)
		doctor_say(line, DOCTOR_WRONG, "umwsctl key rotate web --use "
		    "ID writes it anew; then reload the web server", "%s has "
		    "no key of web_secret: each request is refused", path);
	else
		doctor_say(line, DOCTOR_WARNING, "umwsctl key rotate web "
		    "--use ID writes it anew; then reload the web server",
		    "%s has the key %s, which is not the first of web_secret",
		    path, key->id);
	return false;
}

static void
check_copy(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct keyring	*ring;

	if (strcmp(doctor->command->conf->web_secret, "off") == 0) {
		doctor_say(line, DOCTOR_OK, NULL, "web_secret is off");
		return;
	}
	ring = read_file(doctor, "web_secret", line);
	if (ring != NULL && is_copy_well(doctor, "nginx", ring, line) &&
	    is_copy_well(doctor, "apache", ring, line))
		doctor_well(line, check);
	keyring_free(&ring);
}

/* What the database says to the ids of the files. */
static void
ask_ids(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct buf	 json = BUF_INIT(KEY_FILES_JSON_MAX);
	const char	*params[1];

	key_tell_files(doctor->command, &json);
	params[0] = buf_text(&json);
	/* What was heard of the files is another check's. */
	doctor_listen(doctor);
	if (buf_status(&json) == ST_OK)
		doctor_ask_with(doctor, check, params, 1, line);
	else
		doctor_say(line, DOCTOR_SKIPPED, NULL, "the paths are too "
		    "long");
	buf_free(&json);
}

#define KNOWN(kind, verdict, todo)					\
    "SELECT " verdict ", format('the key %s: %s', k.id, k.problem), '" todo \
    "' FROM umws.key_list($1::jsonb) k WHERE k.kind = '" kind		\
    "' AND k.id IS NOT NULL AND k.problem IS NOT NULL ORDER BY 1 DESC"

static const char	pepper_known[] = KNOWN("pepper", "'wrong'",
    "put its line back into pepper_key from the copy of the keys, and reload"
    " the workers");
static const char	mail_known[] = KNOWN("mail",
    "CASE WHEN k.is_current OR k.mails > 0 THEN 'wrong' ELSE 'warning' END",
    "umwsctl key create mail registers the first key of the files, or says"
    " how; a line that is missing is in the copy of the keys; umwsctl key"
    " retire mail ID ends a key that is lost");
static const char	audit_known[] = KNOWN("audit", "'warning'",
    "put its line back into audit_key from the copy of the keys");

const struct doctor_check	doctor_key_checks[] = {
	{ "key-pepper", "pepper_key is there, and for the worker alone",
	    check_file, "pepper_key", 0 },
	{ "key-mail-pub", "mail_pub is there, and nobody else can write it",
	    check_file, "mail_pub", 0 },
	{ "key-mail", "mail_key is there, and for the mailer alone",
	    check_file, "mail_key", 0 },
	{ "key-web", "web_secret is there, and for the worker alone",
	    check_file, "web_secret", 0 },
	{ "key-audit", "audit_key is there, and for whoever seals alone",
	    check_file, "audit_key", 0 },
	{ "key-mail-pair", "mail_pub and mail_key are of one pair", check_pair,
	    NULL, 0 },
	{ "key-web-copy", "the web server's copies of web_secret are the same",
	    check_copy, NULL, 0 },
	{ "key-pepper-known", "every PIN has its pepper in pepper_key", ask_ids,
	    pepper_known, DOCTOR_SCHEMA },
	{ "key-mail-known", "the database knows the mail keys, and waiting "
	    "mails have theirs", ask_ids, mail_known, DOCTOR_SCHEMA },
	{ "key-audit-known", "every seal has its key in audit_key", ask_ids,
	    audit_known, DOCTOR_SCHEMA },
	{ .name = NULL }
};
