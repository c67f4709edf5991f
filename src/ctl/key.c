/*
 * key.c - the kinds of keys, and the verbs "key ...".
 */
#include "config.h"

#include "ctl/key.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/text.h"
#include "core/crypto.h"
#include "core/derive.h"
#include "edge/keyfile-edit.h"

#define ID_RANDOM_BYTES	4	/* 8 hex digits: no clock, no counter */

#define LINE_SIZE	2400	/* bytes of a line for people */
#define JSON_MAX	8192	/* bytes of an answer */

#define PATH(setting)	#setting, offsetof(struct conf, setting)

const struct key_kind	key_kinds[] = {
	{ .name = "pepper", .group = "umws_worker",
	  .more = "it keys the stored PINs, so keep every line of it. To have "
	  "a new key, ADD one: umwsctl key rotate pepper",
	  .create = key_create_pepper,
	  .asked = "every host with a worker has this key in its pepper_key, "
	  "and its workers were reloaded since",
	  .added = "1. copy its line to the end of pepper_key on every other "
	  "host with a worker, and to where copies of the keys are kept\n"
	  "2. reload the workers of all hosts\n"
	  "3. on each of these hosts, as below, and reload its workers",
	  .used = "reload the workers of this host. PINs come under the new "
	  "key by good logons and resets; once key list says that nothing "
	  "needs an old one: umwsctl key retire pepper ID",
	  .unused = "no host has this key as the first in its pepper_key, "
	  "and all workers were reloaded since another one is; it is taken "
	  "out for good",
	  .files = { { PATH(pepper_key), KEYFILE_SECRET, true } } },
	{ .name = "mail", .group = "umws_mailer",
	  .more = "queued mails need its keys. To have a new pair, ADD it: "
	  "umwsctl key rotate mail", .create = key_create_mail,
	  .asked = "every host with a mailer has this key in its mail_key",
	  .added = "1. copy its line of mail_key to the end of mail_key on "
	  "every other host with a mailer, which needs no reload, and that of "
	  "mail_pub to the end of mail_pub on every other host with a worker\n"
	  "2. on each host with a worker, as below, and reload its workers",
	  .used = "reload the workers of this host. Once all workers are, the "
	  "old one may go: umwsctl key retire mail ID",
	  .unused = "no host has this key as the first in its mail_pub, and "
	  "all workers were reloaded since another one is",
	  .files = { { PATH(mail_key), KEYFILE_SECRET, false },
	    { PATH(mail_pub), KEYFILE_PUBLIC, true } } },
	{ .name = "web", .group = "umws_worker",
	  .more = "the web server proves itself by it. To have a new one, ADD "
	  "it: umwsctl key rotate web",
	  .create = key_create_web, .use = key_include,
	  .asked = "every worker of this web server has this key in its "
	  "web_secret, and was reloaded since",
	  .added = "1. copy its line to the end of web_secret on every other "
	  "host with a worker of the same web server\n"
	  "2. reload the workers of all these hosts\n"
	  "3. as below, on each of them, which writes the files that the web "
	  "server includes",
	  .used = "where another host has the web server, copy the file .nginx "
	  "or .apache beside web_secret to it. Reload the web server. Once "
	  "all web servers are: umwsctl key retire web ID, and reload the "
	  "workers",
	  .unused = "no web server includes this key any more",
	  .files = { { PATH(web_secret), KEYFILE_SECRET, true } } },
	{ .name = "audit", .more = "seals were made with it. To have a new "
	  "one, ADD it: umwsctl key rotate audit", .create = key_create_audit,
	  .asked = "the copies of the keys have this one, too",
	  .added = "1. copy its line to where copies of the keys are kept, and "
	  "to the end of audit_key wherever else audit verify is run\n"
	  "2. as below, on the host that seals",
	  .used = "nothing: the next audit seal is made with it. Keep the old "
	  "one as long as its seals are to be verified",
	  .unused = "no host has this key as the first in its audit_key; it is "
	  "taken out for good",
	  .files = { { PATH(audit_key), KEYFILE_SECRET, true } } },
	{ .name = NULL }
};

const struct key_kind *
key_find(const struct command *command, int *code)
{
	const struct key_kind	*kind;
	const char		*verb = command->verb->name;

	*code = EX_OK;
	for (kind = key_kinds; kind->name != NULL; kind++) {
		if (strcmp(command->words[0], kind->name) == 0)
			return kind;
	}
	*code = command_fail(command, EX_USAGE, "there is no key \"%.60s\": "
	    "key %s %s pepper, mail, web or audit", command->words[0], verb,
	    strcmp(verb, "create") == 0 ? "makes" : "is for");
	return NULL;
}

const char *
key_path(const struct command *command, const struct key_file *file)
{
	const char	*path;

	memcpy(&path, (const char *)command->conf + file->path, sizeof(path));
	return path;
}

bool
key_is_dry(const struct command *command)
{
	return command_has(command, "--dry-run");
}

void
key_say(const struct command *command, const char *format, ...)
{
	char	line[LINE_SIZE];
	va_list	args;

	if (command_has(command, "--json"))
		return;
	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	command_say(command, "%s\n", line);
}

void
key_report(const struct command *command, const struct key_kind *kind,
    const char *id, const bool files[KEY_FILES_MAX], const char *next)
{
	struct buf	 json = BUF_INIT(JSON_MAX);
	const char	*comma = "";
	size_t		 i;

	if (!command_has(command, "--json")) {
		if (next != NULL)
			command_say(command, "%s\n", next);
		if (key_is_dry(command))
			command_say(command, "nothing was changed: "
			    "--dry-run\n");
		return;
	}
	buf_printf(&json, "[{\"kind\": \"%s\", \"id\": ", kind->name);
	text_json_string(&json, id);
	buf_puts(&json, ", \"files\": [");
	for (i = 0; kind->files[i].setting != NULL; i++) {
		if (!files[i])
			continue;
		buf_puts(&json, comma);
		text_json_string(&json, key_path(command, &kind->files[i]));
		comma = ", ";
	}
	buf_puts(&json, "], \"next\": ");
	if (next != NULL)
		text_json_string(&json, next);
	else
		buf_puts(&json, "null");
	command_say(command, "%s}]\n", buf_text(&json));
	buf_free(&json);
}

int
key_file_fail(const struct command *command, enum status st,
    const char *path)
{
	if (st == ST_BUSY)
		return command_fail(command, EX_TEMPFAIL, "%s was not changed: "
		    "somebody else is at it, see above: try again", path);
	return command_fail(command, EX_CANTCREAT, "%s was not changed", path);
}

int
key_await(const struct command *command, const struct key_file *file)
{
	const char	*path = key_path(command, file);
	enum status	 st;

	st = keyfile_await(path);
	return st == ST_OK ? EX_OK : key_file_fail(command, st, path);
}

const struct key_file *
key_leading(const struct key_kind *kind)
{
	const struct key_file	*file = kind->files;

	while (!file->is_leading)
		file++;
	return file;
}

int
key_begin(const struct command *command)
{
	if (crypto_init() == ST_OK && derive_init() == ST_OK)
		return EX_OK;
	return command_fail(command, EX_SOFTWARE, "no key was made: the "
	    "library is not usable");
}

void
key_draw(struct key *key)
{
	unsigned char	id[ID_RANDOM_BYTES];
	size_t		i;

	crypto_random(id, sizeof(id));
	for (i = 0; i < sizeof(id); i++)
		(void)snprintf(key->id + 2 * i, 3, "%02x",
		    (unsigned int)id[i]);
	crypto_random(key->bytes, sizeof(key->bytes));
}

/* clang-format off */
static const char	create_help[] =
"Writes the file that umws.conf names, readable by its owner only, and says\n"
"which group to give it to. Never overwrites: umwsctl(1) has how to add a key\n"
"to a file.\n\n"
"  pepper  pepper_key, which keys the stored verifiers. Keep a copy: without\n"
"          it no stored PIN can be checked any more.\n"
"  mail    mail_key (the mailer's) and mail_pub (the worker's); registers\n"
"          the key in the database. Where mail_key is there already, and\n"
"          the database has lost its key, it is registered again.\n"
"  web     web_secret and, beside it, files .nginx and .apache for those to\n"
"          include: they prove the web server to the worker.\n"
"  audit   audit_key, which umwsctl audit seals with, for whoever runs that\n"
"          alone. Keep a copy: without it no seal can be verified.\n";

static const char	list_help[] =
"Lists the keys of this host's files, in their order, and those that only\n"
"the database knows, by their ids: which is current, and what still needs\n"
"it. A file that is missing, or that we may not read, and a key that is in\n"
"one place only, are named as problems.\n\n"
"  --json, --jsonl  the rows of umws.key_list(), as one array or as one\n"
"                   object a line\n";

static const char	rotate_help[] =
"Adds a new key as the last line of its file, where it is known and not in\n"
"use, and says what to do next, and on which host. With --use the key of that\n"
"id becomes the first line, the one in use. A key must be in the files of all\n"
"hosts before it is the first one anywhere. Files are replaced as a whole,\n"
"and keep owner, group, mode and ACL.\n\n"
"  pepper  pepper_key, on each host with a worker.\n"
"  mail    mail_key and mail_pub, the database knowing the key before.\n"
"  web     web_secret; --use also writes the files that web servers include.\n"
"  audit   audit_key, where audit seal and audit verify are run.\n"
"\n"
"  --use ID   make this key the one in use, on this host\n"
"  --yes      do not ask whether all other hosts have it\n"
"  --dry-run  look at files and database, and change neither\n"
"  --json     an array with one object: kind, id, files (that have it now),\n"
"             next (what is to be done)\n";

static const char	retire_help[] =
"Takes a key out of this host's files, once nothing needs it: no PIN and none\n"
"of the history a pepper, no waiting mail a mail key, no seal an audit key.\n"
"If something does, it says how much. No PIN is sealed to a retired mail key,\n"
"so that its mails become fewer. The key in use is never retired.\n\n"
"  --yes      do not ask whether other hosts or web servers use it\n"
"  --dry-run  look at files and database, and change neither\n"
"  --json     an array with one object: kind, id, files (it was taken out\n"
"             of them), next (what is to be done)\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "create", .usage = "pepper|mail|web|audit",
	  .summary = "make a key file", .help = create_help,
	  .word_names = "pepper, mail, web or audit", .words_min = 1,
	  .words_max = 1, .run = key_create },
	{ .name = "list", .usage = "[--json | --jsonl]",
	  .summary = "list the keys and what needs them", .help = list_help,
	  .options = { "--json", "--jsonl" }, .run = key_list },
	{ .name = "rotate", .usage = "pepper|mail|web|audit [OPTION...]",
	  .summary = "add a key, or make it the one in use",
	  .help = rotate_help, .options = { "--use=", "--yes",
	  "--dry-run", "--json" },
	  .word_names = "pepper, mail, web or audit", .words_min = 1,
	  .words_max = 1, .run = key_rotate },
	{ .name = "retire", .usage = "pepper|mail|web|audit ID [OPTION...]",
	  .summary = "take out a key that nothing needs",
	  .help = retire_help, .options = { "--yes", "--dry-run", "--json" },
	  .word_names = "pepper, mail, web or audit, and the key's id",
	  .words_min = 2, .words_max = 2, .run = key_retire },
	{ .name = NULL }
};

const struct verb_group	verbs_key = { "key", verbs };
