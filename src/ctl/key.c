/*
 * key.c - the kinds of keys, and the verbs "key ...".
 */
#include "config.h"

#include "ctl/key.h"

#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include "core/crypto.h"
#include "core/derive.h"

#define ID_RANDOM_BYTES	4	/* 8 hex digits: no clock, no counter */

#define PATH(setting)	#setting, offsetof(struct conf, setting)

const struct key_kind	key_kinds[] = {
	{ "pepper", "umws_worker", "it keys the stored PINs, so keep every "
	  "line of it. To have a new key, ADD one: umwsctl key rotate pepper",
	  key_create_pepper,
	  { { PATH(pepper_key), KEYFILE_SECRET, true } } },
	{ "mail", "umws_mailer", "queued mails need its keys. To have a new "
	  "pair, ADD it: umwsctl key rotate mail", key_create_mail,
	  { { PATH(mail_key), KEYFILE_SECRET, false },
	    { PATH(mail_pub), KEYFILE_PUBLIC, true } } },
	{ "web", "umws_worker", "the web server proves itself by it. To have "
	  "a new one, ADD it: umwsctl key rotate web", key_create_web,
	  { { PATH(web_secret), KEYFILE_SECRET, true } } },
	{ "audit", NULL, "seals were made with it. To have a new one, ADD it: "
	  "umwsctl key rotate audit", key_create_audit,
	  { { PATH(audit_key), KEYFILE_SECRET, true } } },
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
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "create", .usage = "pepper|mail|web|audit",
	  .summary = "make a key file", .help = create_help,
	  .word_names = "pepper, mail, web or audit", .words_min = 1,
	  .words_max = 1, .run = key_create },
	{ .name = "list", .usage = "[--json | --jsonl]",
	  .summary = "list the keys and what needs them", .help = list_help,
	  .options = { "--json", "--jsonl" }, .run = key_list },
	{ .name = NULL }
};

const struct verb_group	verbs_key = { "key", verbs };
