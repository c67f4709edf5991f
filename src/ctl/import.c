/*
 * import.c - "user import": the rows of a CSV file, which ctl/stage makes
 * mailboxes of.
 *
 * The file is read and checked whole before the transaction begins, so that
 * a slow pipe holds nothing open in the database.
 */
#include "config.h"

#include "ctl/import.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sysexits.h>

#include "ctl/user.h"
#include "core/csv.h"

enum field {
	FIELD_LOGIN,
	FIELD_EMAIL,
	FIELD_NAME,
	FIELD_EXTENSION,
	FIELD_LOCALE,
	FIELD_TIME_ZONE,
	FIELD_POLICY,
	FIELD_ENABLED,
	FIELD_COUNT
};

static const char *const field_names[FIELD_COUNT] = {
	"login", "email", "name", "extension", "locale", "time_zone",
	"policy", "enabled"
};

#define FIELDS_NEEDED	(FIELD_EMAIL + 1)	/* the first ones */
#define COLUMN_NONE	SIZE_MAX

struct import {
	struct command	*command;
	struct stage	*stage;
	const char	*file;		/* as errors call it */
	char		*map;		/* owned: the value of --map, cut up */
	const char	*names[FIELD_COUNT]; /* of columns */
	bool		 is_mapped;
	bool		 is_ended;	/* the last line must have its end */
	size_t		 columns;	/* of the header; 0: not seen yet */
	size_t		 place[FIELD_COUNT]; /* of each in a row, or
						* COLUMN_NONE */
	bool		 is_nameless[CSV_ROW_FIELDS_MAX]; /* those columns */
	int		 code;
};

const char *
import_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "stdin" : path;
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

/* Capitals and blanks around a column's name do not matter. */
static bool
is_name(const char *text, const char *name)
{
	size_t	len = strlen(name);

	text += strspn(text, " \t");
	return strncasecmp(text, name, len) == 0 && is_blank(text + len);
}

/* Which field a column is; FIELD_COUNT for none. */
static size_t
field_of(const char *text, const char *const *names)
{
	size_t	k = 0;

	while (k < FIELD_COUNT && !is_name(text, names[k]))
		k++;
	return k;
}

/* "login=sAMAccountName,extension=telephoneNumber" */
static int
take_map(struct import *import, const char *text)
{
	char	*rest, *item, *name;
	size_t	 k;

	memcpy(import->names, field_names, sizeof(field_names));
	import->is_mapped = text != NULL;
	if (text == NULL)
		return EX_OK;
	import->map = strdup(text);
	if (import->map == NULL)
		return command_fail(import->command, EX_TEMPFAIL, "no memory");
	rest = import->map;
	while ((item = strsep(&rest, ",")) != NULL) {
		name = strchr(item, '=');
		if (name != NULL)
			*name++ = '\0';
		k = field_of(item, field_names);
		if (name == NULL || is_blank(name) || k == FIELD_COUNT ||
		    import->names[k] != field_names[k])
			return command_fail(import->command, EX_USAGE, "--map "
			    "%.300s: give FIELD=COLUMN,..., each of the fields "
			    IMPORT_HEADER " once at most", text);
		name += strspn(name, " \t");
		name[strcspn(name, "\t")] = '\0';
		import->names[k] = name;
	}
	return EX_OK;
}

static enum status
refuse_column(struct import *import, unsigned int line, const char *column,
    const char *what)
{
	char	reason[COMMAND_REASON_SIZE];

	(void)snprintf(reason, sizeof(reason), "column \"%s\" %s; the header "
	    "is " IMPORT_HEADER "%s", column, what, import->is_mapped ?
	    ", or as --map has it" : ", of which login and email are needed");
	return import_refuse(import, line, reason);
}

static enum status
import_header(struct import *import, const struct csv_row *row)
{
	size_t	i, k;

	for (k = 0; k < FIELD_COUNT; k++)
		import->place[k] = COLUMN_NONE;
	for (i = 0; i < row->count; i++) {
		import->is_nameless[i] = is_blank(row->fields[i]);
		if (import->is_nameless[i])
			continue;
		k = field_of(row->fields[i], import->names);
		if (k == FIELD_COUNT && import->is_mapped)
			continue;
		if (k == FIELD_COUNT || import->place[k] != COLUMN_NONE)
			return refuse_column(import, row->line,
			    row->fields[i], k == FIELD_COUNT ? "is not known" :
			    "stands there twice");
		import->place[k] = i;
	}
	for (k = 0; k < FIELD_COUNT; k++)
		if ((k < FIELDS_NEEDED || import->names[k] !=
		    field_names[k]) && import->place[k] == COLUMN_NONE)
			return refuse_column(import, row->line,
			    import->names[k], "is missing");
	import->columns = row->count;
	return ST_OK;
}

static const char *
field(const struct import *import, const struct csv_row *row, enum field k)
{
	return import->place[k] == COLUMN_NONE ? NULL :
	    row->fields[import->place[k]];
}

static int
import_row(struct import *import, const struct csv_row *from)
{
	struct stage_row	row = { .line = from->line };

	row.login = field(import, from, FIELD_LOGIN);
	row.email = field(import, from, FIELD_EMAIL);
	row.name = field(import, from, FIELD_NAME);
	row.extension = field(import, from, FIELD_EXTENSION);
	row.locale = field(import, from, FIELD_LOCALE);
	row.time_zone = field(import, from, FIELD_TIME_ZONE);
	row.policy = field(import, from, FIELD_POLICY);
	row.enabled = field(import, from, FIELD_ENABLED);
	return stage_add(import->stage, &row);
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

/* Does the row have the header's form? The reason, if not. */
static bool
is_shaped(const struct import *import, const struct csv_row *row,
    char reason[COMMAND_REASON_SIZE])
{
	size_t	i;

	if (row->count != import->columns) {
		(void)snprintf(reason, COMMAND_REASON_SIZE, "%zu fields where "
		    "the header has %zu", row->count, import->columns);
		return false;
	}
	for (i = 0; i < row->count; i++) {
		if (!import->is_nameless[i] || is_blank(row->fields[i]))
			continue;
		(void)snprintf(reason, COMMAND_REASON_SIZE, "field %zu is "
		    "\"%.1024s\", but its column has no name; the header is "
		    IMPORT_HEADER, i + 1, row->fields[i]);
		return false;
	}
	return true;
}

static enum status
on_row(void *context, const struct csv_row *row)
{
	struct import	*import = context;
	char		 reason[COMMAND_REASON_SIZE];

	if (is_blank_row(row))
		return ST_OK;
	if (import->columns == 0)
		return import_header(import, row);
	if (is_shaped(import, row, reason))
		import->code = import_row(import, row);
	else
		import->code = stage_refuse(import->stage, row->line, NULL,
		    reason);
	return import->code == EX_OK ? ST_OK : ST_BAD;
}

/* Give the whole stream to a reader. */
static void
import_stream(struct import *import, struct csv_reader *reader,
    FILE *stream)
{
	struct stat	about;
	char		bytes[16384];
	enum status	st = ST_OK;
	uint64_t	done = 0, total = 0;
	size_t		len = sizeof(bytes);
	char		last = '\n';

	if (fstat(fileno(stream), &about) == 0 && S_ISREG(about.st_mode))
		total = (uint64_t)about.st_size;
	while (st == ST_OK && len == sizeof(bytes)) {
		len = fread(bytes, 1, sizeof(bytes), stream);
		st = csv_reader_feed(reader, bytes, len);
		done += len;
		if (len > 0)
			last = bytes[len - 1];
		stage_progress(import->stage, "reading", done, total);
	}
	if (st == ST_OK && ferror(stream)) {
		import->code = command_fail(import->command, EX_NOINPUT,
		    "%s: %s", import->file, strerror(errno));
		return;
	}
	if (st == ST_OK)
		st = csv_reader_finish(reader);
	if (st != ST_OK && import->code == EX_OK)
		(void)import_refuse(import, csv_reader_line(reader),
		    csv_reader_reason(reader));
	if (import->code == EX_OK && import->columns == 0)
		(void)import_refuse(import, 1, "the file is empty; its first "
		    "line is the header " IMPORT_HEADER);
	if (import->code == EX_OK && import->is_ended &&
	    last != '\n' && last != '\r')
		(void)import_refuse(import, csv_reader_line(reader),
		    "nothing was changed: this last line has no line end, so "
		    "the rest of the file may be missing (--force takes it)");
}

/* What parts the columns, as the operator says; '\0': find it out. */
static int
take_delimiter(const struct command *command, char *delimiter)
{
	static const struct {
		const char	*word;
		char		 delimiter;
	} words[] = {
		{ ",", ',' }, { "comma", ',' }, { ";", ';' },
		{ "semicolon", ';' }, { "\t", '\t' }, { "\\t", '\t' },
		{ "tab", '\t' }
	};
	const char	*text = NULL;
	size_t		 i;

	*delimiter = '\0';
	if (command_has(command, "--delimiter"))
		text = command_option(command, "--delimiter");
	if (text == NULL)
		return EX_OK;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(text, words[i].word) == 0)
			*delimiter = words[i].delimiter;
	return *delimiter != '\0' ? EX_OK : command_fail(command, EX_USAGE,
	    "--delimiter %.60s: give comma, semicolon or tab", text);
}

int
import_read(struct command *command, const char *path, bool is_ended,
    struct stage *stage)
{
	struct import		 import = { .command = command,
				    .stage = stage, .is_ended = is_ended,
				    .file = import_name(path) };
	struct csv_reader	*reader = NULL;
	bool			 is_file = strcmp(path, "-") != 0;
	FILE			*stream = is_file ? NULL : command->io->in;
	char			 delimiter;

	import.code = take_map(&import, command_has(command, "--map") ?
	    command_option(command, "--map") : NULL);
	if (import.code == EX_OK)
		import.code = take_delimiter(command, &delimiter);
	if (import.code == EX_OK && is_file) {
		stream = fopen(path, "re");
		if (stream == NULL)
			import.code = command_fail(command, EX_NOINPUT,
			    "%s: %s", path, strerror(errno));
	}
	if (import.code == EX_OK &&
	    csv_reader_new(on_row, &import, &reader) != ST_OK)
		import.code = command_fail(command, EX_TEMPFAIL,
		    "no memory for %s", import.file);
	if (import.code == EX_OK) {
		if (delimiter != '\0')
			csv_reader_part_by(reader, delimiter);
		import_stream(&import, reader, stream);
	}
	csv_reader_free(&reader);
	if (is_file && stream != NULL)
		(void)fclose(stream);
	free(import.map);
	return import.code;
}

int
command_import(struct command *command)
{
	const char		*path = command->words[0];
	struct stage_options	 options = {
		.source = import_name(path), .action = "user_import",
		.is_dry_run = command_option(command, "--dry-run") != NULL,
		.is_skipping = command_option(command, "--skip-bad") != NULL,
		.is_by_hand = command_option(command, "--uneven") == NULL
	};
	struct admin_stage_counts counts;
	struct stage		*stage = NULL;
	int			 code;

	if (command_has(command, "--asterisk"))
		return command_import_voicemail(command);
	if (command_has(command, "--context") ||
	    command_has(command, "--login"))
		return command_fail(command, EX_USAGE, "user import: "
		    "%s is for --asterisk", command_has(command, "--context") ?
		    "--context" : "--login");
	code = stage_new(command, &options, &stage);
	if (code == EX_OK)
		code = import_read(command, path, false, stage);
	if (code == EX_OK)
		code = stage_compare(stage, &counts);
	if (code == EX_OK)
		code = stage_apply(stage);
	stage_free(&stage);
	return code;
}
