/*
 * import.c - "user add --csv": create mailboxes from a CSV file.
 *
 * The file is read and checked whole before the transaction begins, so that
 * a slow pipe holds nothing open in the database.
 */
#include "config.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "ctl/policy-left.h"
#include "ctl/user.h"
#include "ctl/verbs.h"
#include "core/csv.h"
#include "core/letter.h"

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
#define FIELDS_NEEDED	(FIELD_EMAIL + 1)	/* the first ones */
#define COLUMN_NONE	SIZE_MAX

struct row {
	unsigned int	 line;
	char		*fields[FIELD_COUNT];	/* owned */
	uint64_t	 pins;		/* policy_left_user() */
};

struct import {
	struct command	*command;
	const char	*file;		/* as errors call it */
	size_t		 columns;	/* of the header; 0: not seen yet */
	size_t		 place[FIELD_COUNT]; /* of each in a row, or
						* COLUMN_NONE */
	bool		 is_nameless[CSV_ROW_FIELDS_MAX]; /* those columns */
	struct row	*rows;		/* owned */
	size_t		 count;
	size_t		 size;
	size_t		 foreign;	/* rows in a language of no mail */
	int		 code;
};

static void
fields_user(const char *const *fields, struct admin_user *user)
{
	user->login = fields[FIELD_LOGIN];
	user->email = fields[FIELD_EMAIL];
	user->name = fields[FIELD_NAME];
	user->extension = fields[FIELD_EXTENSION];
	user->locale = fields[FIELD_LOCALE];
	user->policy = fields[FIELD_POLICY];
	user->is_enabled = true;
}

static enum status
import_refuse(struct import *import, unsigned int line, const char *reason)
{
	import->code = command_fail(import->command, EX_DATAERR, "%s:%u: %s",
	    import->file, line, reason);
	return ST_BAD;
}

static bool
is_blank(const char *field)
{
	return field[strspn(field, " \t")] == '\0';
}

/*
 * Which field a column's name means; FIELD_COUNT for none. Capitals and blanks
 * around it do not matter.
 */
static size_t
field_of(const char *name)
{
	size_t	k, len;

	name += strspn(name, " \t");
	for (k = 0; k < FIELD_COUNT; k++) {
		len = strlen(field_names[k]);
		if (strncasecmp(name, field_names[k], len) == 0 &&
		    is_blank(name + len))
			return k;
	}
	return FIELD_COUNT;
}

static enum status
import_header(struct import *import, const struct csv_row *row)
{
	char	reason[COMMAND_REASON_SIZE];
	size_t	i, k;

	if (row->count == 1 && strpbrk(row->fields[0], ";\t") != NULL)
		return import_refuse(import, row->line, "the columns are "
		    "parted by semicolons or tabs: save the file with commas");
	for (k = 0; k < FIELD_COUNT; k++)
		import->place[k] = COLUMN_NONE;
	for (i = 0; i < row->count; i++) {
		import->is_nameless[i] = is_blank(row->fields[i]);
		if (import->is_nameless[i])
			continue;
		k = field_of(row->fields[i]);
		if (k == FIELD_COUNT || import->place[k] != COLUMN_NONE) {
			(void)snprintf(reason, sizeof(reason), "column \"%s\" "
			    "%s; the header is " HEADER, row->fields[i],
			    k == FIELD_COUNT ? "is not known" :
			    "stands there twice");
			return import_refuse(import, row->line, reason);
		}
		import->place[k] = i;
	}
	for (k = 0; k < FIELDS_NEEDED; k++) {
		if (import->place[k] == COLUMN_NONE) {
			(void)snprintf(reason, sizeof(reason), "column \"%s\" "
			    "is missing; the header is " HEADER ", of which "
			    "login and email are needed", field_names[k]);
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

/* One row more, zeroed; NULL without memory. */
static struct row *
import_grow(struct import *import)
{
	struct row	*rows;
	size_t		 size = import->size == 0 ? 256 : import->size * 2;

	if (import->count == import->size) {
		rows = reallocarray(import->rows, size, sizeof(*rows));
		if (rows == NULL)
			return NULL;
		import->rows = rows;
		import->size = size;
	}
	memset(&import->rows[import->count], 0, sizeof(*import->rows));
	return &import->rows[import->count++];
}

/* Keep a row, its login normal; its fields are the reader's only for now. */
static enum status
import_row(struct import *import, const struct csv_row *from)
{
	struct admin_user	 user = { .login = NULL };
	const char		*fields[FIELD_COUNT];
	struct row		*row;
	char			 login[USERNAME_SIZE];
	char			 reason[COMMAND_REASON_SIZE];
	enum status		 st;
	size_t			 k;

	for (k = 0; k < FIELD_COUNT; k++)
		fields[k] = import->place[k] == COLUMN_NONE ? "" :
		    from->fields[import->place[k]];
	fields_user(fields, &user);
	st = command_user_check(import->command, &user, login, reason);
	if (st == ST_BAD)
		return import_refuse(import, from->line, reason);
	if (st != ST_OK)
		return import_no_memory(import);
	fields[FIELD_LOGIN] = login;
	row = import_grow(import);
	if (row == NULL)
		return import_no_memory(import);
	row->line = from->line;
	for (k = 0; k < FIELD_COUNT; k++) {
		row->fields[k] = strdup(fields[k]);
		if (row->fields[k] == NULL)
			return import_no_memory(import);
	}
	if (*user.locale != '\0' && !letter_speaks(user.locale))
		import->foreign++;
	return ST_OK;
}

/* Spreadsheets write such rows below a table: nothing but blanks. */
static bool
is_blank_row(const struct csv_row *row)
{
	size_t	i;

	for (i = 0; i < row->count; i++)
		if (!is_blank(row->fields[i]))
			return false;
	return true;
}

static enum status
on_row(void *context, const struct csv_row *row)
{
	struct import	*import = context;
	char		 reason[COMMAND_REASON_SIZE];
	size_t		 i;

	if (is_blank_row(row))
		return ST_OK;
	if (import->columns == 0)
		return import_header(import, row);
	if (row->count != import->columns) {
		(void)snprintf(reason, sizeof(reason), "%zu fields where the "
		    "header has %zu", row->count, import->columns);
		return import_refuse(import, row->line, reason);
	}
	for (i = 0; i < row->count; i++) {
		if (!import->is_nameless[i] || is_blank(row->fields[i]))
			continue;
		(void)snprintf(reason, sizeof(reason), "field %zu is "
		    "\"%.1024s\", but its column has no name; the header is "
		    HEADER, i + 1, row->fields[i]);
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

static int
compare_rows(const void *left, const void *right)
{
	const struct row	*a = left, *b = right;
	int			 order;

	order = strcmp(a->fields[FIELD_LOGIN], b->fields[FIELD_LOGIN]);
	return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static int
compare_lines(const void *left, const void *right)
{
	const struct row	*a = left, *b = right;

	return (a->line > b->line) - (a->line < b->line);
}

/* Two rows may mean one mailbox, though they do not look alike. */
static int
import_check_twins(struct import *import)
{
	struct row	*row, *twin = NULL;
	char		 reason[COMMAND_REASON_SIZE];
	size_t		 i;

	if (import->count == 0)
		return EX_OK;
	qsort(import->rows, import->count, sizeof(*row), compare_rows);
	for (i = 1; i < import->count && twin == NULL; i++) {
		row = &import->rows[i];
		if (strcmp(row[-1].fields[FIELD_LOGIN],
		    row->fields[FIELD_LOGIN]) == 0)
			twin = row;
	}
	if (twin != NULL) {
		(void)snprintf(reason, sizeof(reason), "the login \"%s\" "
		    "stands on line %u already (capitals and forms of one "
		    "character do not matter)", twin->fields[FIELD_LOGIN],
		    twin[-1].line);
		(void)import_refuse(import, twin->line, reason);
	}
	qsort(import->rows, import->count, sizeof(*row), compare_lines);
	return import->code;
}

static void
import_report(const struct import *import)
{
	FILE	*out = import->command->io->out;
	size_t	 i;

	(void)fprintf(out, "added %zu users\n", import->count);
	if (import->foreign > 0)
		(void)fprintf(out, "%zu of them have the locale of a language "
		    "that no mail is written in yet: theirs will be in "
		    "English\n", import->foreign);
	for (i = 0; i < import->count; i++)
		policy_left_warn(import->command,
		    import->rows[i].fields[FIELD_LOGIN],
		    import->rows[i].pins);
}

/* One transaction: all of them or none. */
static int
import_store(struct import *import)
{
	struct command		*command = import->command;
	struct policy_left	 left;
	struct admin_user	 user;
	char			 place[COMMAND_REASON_SIZE];
	enum status		 st;
	size_t			 i;

	policy_left_init(&left);
	st = admin_begin(command->admin);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	command->is_changing = true;
	for (i = 0; i < import->count; i++) {
		fields_user((const char *const *)import->rows[i].fields,
		    &user);
		st = policy_left_user(command, &left, &user,
		    &import->rows[i].pins);
		if (st == ST_OK)
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
		import_report(import);
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

int
command_import(struct command *command, const char *path)
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
	if (code == EX_OK)
		code = import_check_twins(&import);
	if (is_file)
		(void)fclose(stream);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = import_store(&import);
	import_free(&import);
	return code;
}

