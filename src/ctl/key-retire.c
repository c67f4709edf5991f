/*
 * key-retire.c - "key retire": take a key out of the files when nothing needs
 * it any more.
 *
 * The database counts what does, after the transactions under way have ended.
 * It refuses a mail key for new PINs first: from then on its mails can only
 * become fewer.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/key.h"
#include "base/secret.h"
#include "core/keyring.h"
#include "edge/keyfile-edit.h"

#define MAIL	"mail"		/* the kind that the database knows */

/* In which files the key is; never as the one in use. */
struct found {
	struct key	key;		/* its id alone */
	bool		is_in[KEY_FILES_MAX];
	size_t		count;
};

static int
look(const struct command *command, const struct key_kind *kind,
    struct found *found)
{
	const struct key_file	*file;
	struct keyring		*ring;
	const char		*path;
	bool			 is_current;

	for (file = kind->files; file->setting != NULL; file++) {
		path = key_path(command, file);
		if (strcmp(path, "off") == 0 || access(path, F_OK) != 0)
			continue;	/* not on this host */
		if (keyfile_read(path, file->secrecy, &ring) != ST_OK)
			return command_fail(command, EX_CANTCREAT, "%s is "
			    "not a file from which we may take a key", path);
		found->is_in[file - kind->files] =
		    keyring_find(ring, found->key.id) != NULL;
		is_current = file->is_leading &&
		    strcmp(keyring_at(ring, 0)->id, found->key.id) == 0;
		keyring_free(&ring);
		if (is_current)
			return command_fail(command, EX_DATAERR, "this key is "
			    "the first in %s, the one in use: umwsctl key "
			    "rotate %s", path, kind->name);
		found->count += found->is_in[file - kind->files] ? 1 : 0;
	}
	return EX_OK;
}

/* Do mails wait for it? EX_OK: none does, and none will. */
static int
await_mails(struct command *command, const char *id)
{
	const char		*params[] = { id };
	struct db_result	*result = NULL;
	int			 code;

	code = command_call(command, "key_mails", params, 1, &result);
	if (code == EX_OK && db_number(result, 0,
	    db_column(result, "mails")) > 0 && key_is_dry(command))
		key_say(command, "it would stay in its files at first, since "
		    "%s", db_text(result, 0, db_column(result, "message")));
	else if (code == EX_OK && db_number(result, 0,
	    db_column(result, "mails")) > 0)
		code = command_fail(command, EX_TEMPFAIL, "the key is retired: "
		    "no PIN is sealed to it any more. It stays in its files, "
		    "since %s: call this again when they are sent",
		    db_text(result, 0, db_column(result, "message")));
	db_result_free(&result);
	return code;
}

static int
retire(struct command *command, const struct key_kind *kind,
    const struct found *found)
{
	const char		*id = found->key.id;
	const char		*params[] = { kind->name, id,
				    found->count > 0 ? "t" : "f" };
	struct db_result	*result = NULL;
	int			 code = EX_OK;
	size_t			 i;

	for (i = 0; kind->files[i].setting != NULL && code == EX_OK; i++)
		if (found->is_in[i])
			code = key_await(command, &kind->files[i]);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = command_call(command, "key_retire", params, 3,
		    &result);
	db_result_free(&result);
	if (code == EX_OK && strcmp(kind->name, MAIL) == 0)
		code = await_mails(command, id);
	return code;
}

static int
take_out(const struct command *command, const struct key_kind *kind,
    const struct found *found)
{
	const struct key_file	*file;
	const char		*path;
	enum status		 st;

	for (file = kind->files; file->setting != NULL; file++) {
		path = key_path(command, file);
		if (!found->is_in[file - kind->files])
			continue;
		if (key_is_dry(command)) {
			key_say(command, "would take key %s out of %s",
			    found->key.id, path);
			continue;
		}
		st = keyfile_change(path, file->secrecy, KEYFILE_REMOVE,
		    &found->key);
		if (st != ST_OK)
			return key_file_fail(command, st, path);
		key_say(command, "took key %s out of %s", found->key.id, path);
	}
	if (found->count == 0)
		key_say(command, "key %s %s retired; it was in no file of this "
		    "host", found->key.id, key_is_dry(command) ? "would be" :
		    "is");
	key_report(command, kind, found->key.id, found->is_in,
	    key_is_dry(command) ? NULL : "next: the same on every other host "
	    "that has it, and reload the workers");
	return EX_OK;
}

/* Is it one that somebody knows? The database has mail keys by themselves. */
static int
check_known(const struct command *command, const struct key_kind *kind,
    const struct found *found)
{
	if (found->count > 0 || strcmp(kind->name, MAIL) == 0)
		return EX_OK;
	return command_fail(command, EX_DATAERR, "no key of this id is in %s",
	    key_path(command, kind->files));
}

int
key_retire(struct command *command)
{
	const struct key_kind	*kind;
	struct found		 found = { 0 };
	int			 code;

	kind = key_find(command, &code);
	if (kind == NULL)
		return code;
	if ((size_t)snprintf(found.key.id, sizeof(found.key.id), "%s",
	    command->words[1]) >= sizeof(found.key.id))
		return command_fail(command, EX_DATAERR, "an id of a key has "
		    "%zu characters at most", sizeof(found.key.id) - 1);
	code = look(command, kind, &found);
	if (code == EX_OK)
		code = check_known(command, kind, &found);
	if (code == EX_OK)
		code = command_confirm(command, kind->unused);
	if (code == EX_OK)
		code = retire(command, kind, &found);
	if (code == EX_OK)
		code = take_out(command, kind, &found);
	return code;
}
