/*
 * command-user.c - mailboxes: add, show, list.
 *
 * A CSV file is read and checked whole before the transaction begins, so
 * that a slow pipe holds nothing open in the database.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "app/command-verbs.h"
#include "core/csv.h"
#include "core/policy.h"

#define REASON_SIZE	1400	/* bytes of a sentence with a field in it */
#define EXTENSION_DIGITS (POLICY_EXTENSION_SIZE - 1)

enum field {
	FIELD_LOGIN,
	FIELD_EMAIL,
	FIELD_NAME,
	FIELD_EXTENSION,
	FIELD_LOCALE,
	FIELD_POLICY,
	FIELD_COUNT
};

static const char *const field_names[FIELD_COUNT] = {
	"login", "email", "name", "extension", "locale", "policy"
};

#define HEADER	"login,email,name,extension,locale,policy"

struct row {
	unsigned int	 line;
	char		*fields[FIELD_COUNT];	/* owned */
};

struct import {
	struct command	*command;
	const char	*file;		/* as errors call it */
	size_t		 columns;	/* of the header; 0: not seen yet */
	size_t		 place[FIELD_COUNT]; /* of each field in a row */
	struct row	*rows;		/* owned */
	size_t		 count;
	size_t		 size;
	int		 code;
};

/* What the database would refuse, said in words that name the value. */
static bool
user_is_plausible(const struct admin_user *user, char reason[REASON_SIZE])
{
	const char	*at = strchr(user->email, '@');

	reason[0] = '\0';
	if (*user->login == '\0') {
		(void)snprintf(reason, REASON_SIZE, "the login is empty");
	} else if (at == NULL || at == user->email || at[1] == '\0' ||
	    strchr(at + 1, '@') != NULL ||
	    strpbrk(user->email, " \t<>") != NULL) {
		(void)snprintf(reason, REASON_SIZE,
		    "\"%s\" is no mail address", user->email);
	} else if (user->extension != NULL && user->extension[
	    strspn(user->extension, "0123456789")] != '\0') {
		(void)snprintf(reason, REASON_SIZE,
		    "extension \"%s\" is not digits", user->extension);
	} else if (user->extension != NULL &&
	    strlen(user->extension) > EXTENSION_DIGITS) {
		(void)snprintf(reason, REASON_SIZE, "extension \"%s\" has "
		    "more than %d digits", user->extension, EXTENSION_DIGITS);
	}
	return reason[0] == '\0';
}

static void
row_user(const struct row *row, struct admin_user *user)
{
	user->login = row->fields[FIELD_LOGIN];
	user->email = row->fields[FIELD_EMAIL];
	user->name = row->fields[FIELD_NAME];
	user->extension = row->fields[FIELD_EXTENSION];
	user->locale = row->fields[FIELD_LOCALE];
	user->policy = row->fields[FIELD_POLICY];
	user->is_enabled = true;
}

static enum status
import_refuse(struct import *import, unsigned int line, const char *reason)
{
	import->code = command_fail(import->command, EX_DATAERR, "%s:%u: %s",
	    import->file, line, reason);
	return ST_BAD;
}

static enum status
import_header(struct import *import, const struct csv_row *row)
{
	char	reason[REASON_SIZE];
	bool	is_seen[FIELD_COUNT] = { false };
	size_t	i, k;

	for (i = 0; i < row->count; i++) {
		for (k = 0; k < FIELD_COUNT &&
		    strcmp(row->fields[i], field_names[k]) != 0; k++)
			;
		if (k == FIELD_COUNT || is_seen[k]) {
			(void)snprintf(reason, sizeof(reason), "column \"%s\" "
			    "%s; the header is " HEADER, row->fields[i],
			    k == FIELD_COUNT ? "is not known" :
			    "stands there twice");
			return import_refuse(import, row->line, reason);
		}
		is_seen[k] = true;
		import->place[k] = i;
	}
	for (k = 0; k < FIELD_COUNT; k++) {
		if (!is_seen[k]) {
			(void)snprintf(reason, sizeof(reason), "column \"%s\" "
			    "is missing; the header is " HEADER,
			    field_names[k]);
			return import_refuse(import, row->line, reason);
		}
	}
	import->columns = row->count;
	return ST_OK;
}

static enum status
import_no_memory(struct import *import)
{
	import->code = command_fail(import->command, EX_TEMPFAIL,
	    "no memory for %s", import->file);
	return ST_RETRY;
}

/* Keep a row; its fields are the reader's only for now. */
static enum status
import_row(struct import *import, const struct csv_row *from)
{
	struct admin_user	 user;
	struct row		*row, *rows;
	char			 reason[REASON_SIZE];
	size_t			 k, size;

	if (import->count == import->size) {
		size = import->size == 0 ? 256 : import->size * 2;
		rows = reallocarray(import->rows, size, sizeof(*rows));
		if (rows == NULL)
			return import_no_memory(import);
		import->rows = rows;
		import->size = size;
	}
	row = &import->rows[import->count++];
	memset(row, 0, sizeof(*row));
	row->line = from->line;
	for (k = 0; k < FIELD_COUNT; k++) {
		row->fields[k] = strdup(from->fields[import->place[k]]);
		if (row->fields[k] == NULL)
			return import_no_memory(import);
	}
	row_user(row, &user);
	if (!user_is_plausible(&user, reason))
		return import_refuse(import, row->line, reason);
	return ST_OK;
}

static enum status
on_row(void *context, const struct csv_row *row)
{
	struct import	*import = context;
	char		 reason[REASON_SIZE];

	if (import->columns == 0)
		return import_header(import, row);
	if (row->count != import->columns) {
		(void)snprintf(reason, sizeof(reason), "%zu fields where the "
		    "header has %zu", row->count, import->columns);
		return import_refuse(import, row->line, reason);
	}
	return import_row(import, row);
}

/* Read the whole stream into rows; what is wrong has been printed. */
static int
import_read(struct import *import, FILE *stream)
{
	struct csv_reader	*reader = NULL;
	char			 bytes[16384];
	enum status		 st;
	size_t			 len = sizeof(bytes);

	st = csv_reader_new(on_row, import, &reader);
	if (st != ST_OK)
		(void)import_no_memory(import);
	while (st == ST_OK && len == sizeof(bytes)) {
		len = fread(bytes, 1, sizeof(bytes), stream);
		st = csv_reader_feed(reader, bytes, len);
	}
	if (st == ST_OK && ferror(stream)) {
		import->code = command_fail(import->command, EX_NOINPUT,
		    "%s: %s", import->file, strerror(errno));
		st = ST_BAD;
	}
	if (st == ST_OK)
		st = csv_reader_finish(reader);
	if (st != ST_OK && import->code == EX_OK)
		(void)import_refuse(import, csv_reader_line(reader),
		    csv_reader_reason(reader));
	if (import->code == EX_OK && import->columns == 0)
		(void)import_refuse(import, 1, "the file is empty; its first "
		    "line is the header " HEADER);
	csv_reader_free(&reader);
	return import->code;
}

/* One transaction: all of them or none. */
static int
import_store(struct import *import)
{
	struct command		*command = import->command;
	struct admin_user	 user;
	char			 place[REASON_SIZE];
	enum status		 st;
	size_t			 i;

	st = admin_begin(command->admin);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	for (i = 0; i < import->count; i++) {
		row_user(&import->rows[i], &user);
		st = admin_user_add(command->admin, &user);
		if (st != ST_OK) {
			(void)snprintf(place, sizeof(place), "%s:%u",
			    import->file, import->rows[i].line);
			import->code = command_db_fail(command, st, place);
			goto out;
		}
	}
	st = admin_commit(command->admin);
	if (st != ST_OK)
		import->code = command_db_fail(command, st, NULL);
	else
		(void)fprintf(command->io->out, "added %zu users\n",
		    import->count);
out:
	admin_rollback(command->admin);
	return import->code;
}

static void
import_free(struct import *import)
{
	size_t	i, k;

	for (i = 0; i < import->count; i++) {
		for (k = 0; k < FIELD_COUNT; k++)
			free(import->rows[i].fields[k]);
	}
	free(import->rows);
}

static int
add_csv(struct command *command, const char *path)
{
	struct import	 import = { .command = command, .file = path };
	FILE		*stream = command->io->in;
	bool		 is_file = strcmp(path, "-") != 0;
	int		 code;

	if (is_file) {
		stream = fopen(path, "re");
		if (stream == NULL)
			return command_fail(command, EX_NOINPUT, "%s: %s",
			    path, strerror(errno));
	} else {
		import.file = "stdin";
	}
	code = import_read(&import, stream);
	if (is_file)
		(void)fclose(stream);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = import_store(&import);
	import_free(&import);
	return code;
}

static int
add_one(struct command *command)
{
	struct admin_user	user;
	char			reason[REASON_SIZE];
	enum status		st;
	int			code;

	user.login = command->words[0];
	user.email = command_option(command, "--email");
	user.name = command_option(command, "--name");
	user.extension = command_option(command, "--extension");
	user.locale = command_option(command, "--locale");
	user.policy = command_option(command, "--policy");
	user.is_enabled = command_option(command, "--disabled") == NULL;
	if (user.email == NULL)
		return command_fail(command, EX_USAGE, "user add: --email is "
		    "missing: PIN mails go there (see umwsctl user add "
		    "--help)");
	if (!user_is_plausible(&user, reason))
		return command_fail(command, EX_DATAERR, "%s", reason);
	code = command_open(command);
	if (code != EX_OK)
		return code;
	st = admin_user_add(command->admin, &user);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	(void)fputs("added ", command->io->out);
	command_print(command->io->out, user.login);
	(void)putc('\n', command->io->out);
	return EX_OK;
}

int
verb_user_add(struct command *command)
{
	static const char *const	of_one[] = { "--email", "--extension",
	    "--name", "--locale", "--policy", "--disabled" };
	const char	*path = command_option(command, "--csv");
	size_t		 i, given = command->count;

	for (i = 0; i < sizeof(of_one) / sizeof(of_one[0]); i++)
		given += command_option(command, of_one[i]) != NULL;
	if (path != NULL && given > 0)
		return command_fail(command, EX_USAGE, "user add: --csv takes "
		    "everything from the file: give nothing else");
	if (path != NULL)
		return add_csv(command, path);
	if (command->count == 0)
		return command_fail(command, EX_USAGE, "user add: it needs a "
		    "LOGIN, or --csv FILE (see umwsctl user add --help)");
	return add_one(command);
}

int
verb_user_show(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "login", "login", LIST_TEXT },
		{ "email", "email", LIST_TEXT },
		{ "name", "display_name", LIST_TEXT },
		{ "extension", "extension", LIST_TEXT },
		{ "locale", "locale", LIST_TEXT },
		{ "policy", "policy", LIST_TEXT },
		{ "enabled", "um_enabled", LIST_YES_NO },
		{ "has PIN", "has_pin", LIST_YES_NO },
		{ "PINs so far", "generation", LIST_TEXT },
		{ "PIN set at", "set_at", LIST_TIME },
		{ "PIN expires at", "expires_at", LIST_TIME },
		{ "expired", "is_expired", LIST_YES_NO },
		{ "must change", "must_change", LIST_YES_NO },
		{ "PIN locked", "pin_locked", LIST_YES_NO },
		{ "locked out", "is_locked_out", LIST_YES_NO },
		{ "locked out at", "locked_out_at", LIST_TIME },
		{ "failed logons", "failed_logons", LIST_TEXT },
		{ "reset due", "reset_due", LIST_YES_NO },
		{ "out of office", "oof_status", LIST_YES_NO },
		{ "missed calls", "missed_call_notification_enabled",
		    LIST_YES_NO },
		{ "play on phone", "play_on_phone_dial_string", LIST_TEXT },
		{ "read out folder", "telephone_access_folder_email",
		    LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	const char	*login = command->words[0];
	size_t		 count = 0;
	int		 code;

	code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_option(command, "--json") != NULL)
		code = list_json(command, ADMIN_USERS, login, &count);
	else
		code = list_card(command, ADMIN_USERS, login, columns,
		    &count);
	if (code == EX_OK && count == 0)
		return command_fail(command, EX_NOUSER, "there is no user "
		    "\"%.300s\": umwsctl user list shows them all", login);
	return code;
}

int
verb_user_list(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "LOGIN", "login", LIST_TEXT },
		{ "EMAIL", "email", LIST_TEXT },
		{ "EXTENSION", "extension", LIST_TEXT },
		{ "POLICY", "policy", LIST_TEXT },
		{ "ENABLED", "um_enabled", LIST_YES_NO },
		{ "PIN", "has_pin", LIST_YES_NO },
		{ "LOCKED OUT", "is_locked_out", LIST_YES_NO },
		{ "NAME", "display_name", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};

	return list_all(command, ADMIN_USERS, columns);
}
