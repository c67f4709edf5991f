/*
 * list.c - print a view of the database as a table, as a card or as JSON.
 *
 * A column is as wide as its widest cell, in a terminal's columns: names may be
 * of any script, and some characters take two.
 *
 * A list may be longer than memory, and whoever reads it may take all day: it
 * goes to a file without a name first, and is printed when the database has
 * been left alone. So it is printed whole or not at all.
 */
#include "config.h"

#include "ctl/list.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/terminal.h"
#include "base/text.h"
#include "core/unicode.h"

#define CELL_SIZE	1100	/* bytes of a value as shown */
#define PATH_SIZE	1100	/* bytes of a path */
#define SPOOL_DIR	"/var/tmp" /* where a long file may lie */

struct list {
	struct command			*command;
	const struct admin_view		*view;
	const struct list_column	*columns;
	FILE				*spool;	/* owned: one cell, or one
						 * object, a line */
	size_t				 width;	/* columns of the table */
	size_t				 widths[ADMIN_COLUMNS_MAX];
};

const char *
list_value(const struct admin_view *view, const char *const *values,
    const char *column)
{
	size_t	i;

	for (i = 0; strcmp(view->columns[i], column) != 0; i++)
		assert(view->columns[i + 1] != NULL);
	return values[i];
}

/* A value as people read it. */
static void
cell_text(const struct list_column *column, const char *value,
    char text[CELL_SIZE])
{
	char	*dot, *rest;

	if (value == NULL || *value == '\0')
		value = "-";
	else if (column->kind == LIST_YES_NO)
		value = *value == 't' ? "yes" : "no";
	else if (column->kind == LIST_OFF && strcmp(value, "0") == 0)
		value = "off";
	else if (column->kind == LIST_UNLIMITED && strcmp(value, "0") == 0)
		value = "unlimited";
	(void)snprintf(text, CELL_SIZE, "%s", value);
	dot = column->kind == LIST_TIME ? strchr(text, '.') : NULL;
	if (dot != NULL) {
		rest = dot + 1 + strspn(dot + 1, "0123456789");
		memmove(dot, rest, strlen(rest) + 1);
	}
}

/*
 * A file without a name, or NULL and the code to exit with. TMPDIR is for
 * whoever has too little room there.
 */
int
list_spool_open(const struct command *command, FILE **spool)
{
	const char	*dir = getenv("TMPDIR");
	char		 path[PATH_SIZE];
	int		 fd;

	*spool = NULL;
	if (dir == NULL || *dir == '\0')
		dir = SPOOL_DIR;
	(void)snprintf(path, sizeof(path), "%s/umwsctl-XXXXXX", dir);
	fd = mkstemp(path);
	if (fd >= 0) {
		(void)unlink(path);
		*spool = fdopen(fd, "w+e");
	}
	if (*spool != NULL)
		return EX_OK;
	if (fd >= 0)
		(void)close(fd);
	return command_fail(command, EX_CANTCREAT, "no list can be kept in "
	    "%s: %s; name another directory by TMPDIR", dir, strerror(errno));
}

/* All is read: back to its beginning. */
int
list_spool_rewind(const struct command *command, FILE *spool)
{
	if (fflush(spool) == 0 && !ferror(spool) &&
	    fseeko(spool, 0, SEEK_SET) == 0)
		return EX_OK;
	return command_fail(command, EX_IOERR, "the list could not be kept: "
	    "%s; name a directory with more room by TMPDIR", strerror(errno));
}

/* A full disk must not be filled by the rest. */
static enum status
spool_status(FILE *spool)
{
	return ferror(spool) ? ST_FAIL : ST_OK;
}

static void
spool_cell(FILE *spool, const char *text)
{
	command_print(spool, text);
	(void)putc('\n', spool);
}

static enum status
on_table_row(void *context, const char *const *values)
{
	struct list	*list = context;
	char		 text[CELL_SIZE];
	size_t		 i;

	for (i = 0; i < list->width; i++) {
		cell_text(&list->columns[i], list_value(list->view, values,
		    list->columns[i].column), text);
		spool_cell(list->spool, text);
	}
	return spool_status(list->spool);
}

/* How wide each column is, by what will be printed. */
static int
list_measure(struct list *list)
{
	char	*line = NULL;
	size_t	 column = 0, size = 0, width;
	ssize_t	 len;

	while ((len = getline(&line, &size, list->spool)) > 0) {
		line[len - 1] = '\0';
		width = unicode_width(line);
		if (width > list->widths[column])
			list->widths[column] = width;
		column = (column + 1) % list->width;
	}
	free(line);
	return list_spool_rewind(list->command, list->spool);
}

/* The last cell of a row ends it: no white space follows. */
static void
list_print(const struct list *list, FILE *out)
{
	char	*line = NULL;
	size_t	 column = 0, size = 0;
	ssize_t	 len;

	while (!ferror(out) && (len = getline(&line, &size, list->spool)) > 0) {
		if (column == list->width - 1) {
			(void)fputs(line, out);
			column = 0;
			continue;
		}
		line[len - 1] = '\0';
		(void)fprintf(out, "%s%*s", line,
		    (int)(list->widths[column] + 2 - unicode_width(line)),
		    "");
		column++;
	}
	free(line);
}

/* The status of a reading whose rows went to a spool. */
static int
list_end(const struct list *list, enum status st)
{
	if (st == ST_OK || ferror(list->spool))
		return list_spool_rewind(list->command, list->spool);
	return command_db_fail(list->command, st, NULL);
}

int
list_table(struct command *command, const struct admin_view *view,
    const struct admin_filter *filter, const struct list_column *columns)
{
	struct list	list = { .command = command, .view = view,
			    .columns = columns };
	enum status	st;
	size_t		count, i;
	int		code;

	code = list_spool_open(command, &list.spool);
	if (list.spool == NULL)
		return code;
	while (columns[list.width].title != NULL)
		list.width++;
	for (i = 0; i < list.width; i++)
		spool_cell(list.spool, columns[i].title);
	st = admin_read(command->admin, view, filter, on_table_row, &list,
	    &count);
	code = list_end(&list, st);
	if (code == EX_OK)
		code = list_measure(&list);
	if (code == EX_OK)
		list_print(&list, command->io->out);
	(void)fclose(list.spool);
	return code;
}

static enum status
on_card_row(void *context, const char *const *values)
{
	const struct list	*list = context;
	FILE			*out = list->command->io->out;
	char			 text[CELL_SIZE];
	size_t			 i;

	for (i = 0; list->columns[i].title != NULL; i++) {
		cell_text(&list->columns[i], list_value(list->view, values,
		    list->columns[i].column), text);
		(void)fprintf(out, "%-16s", list->columns[i].title);
		command_print(out, text);
		(void)putc('\n', out);
	}
	return ST_OK;
}

int
list_card(struct command *command, const struct admin_view *view,
    const struct admin_filter *filter, const struct list_column *columns,
    size_t *count)
{
	struct list	list = { .command = command, .view = view,
			    .columns = columns };
	enum status	st;

	st = admin_read(command->admin, view, filter, on_card_row, &list,
	    count);
	return st == ST_OK ? EX_OK : command_db_fail(command, st, NULL);
}

static enum status
on_json(void *context, const char *const *values)
{
	FILE	*spool = context;

	terminal_print_json(spool, values[0]);
	(void)putc('\n', spool);
	return spool_status(spool);
}

/* An object that is one line of the spool stays one. */
void
list_print_json(const struct command *command, FILE *spool)
{
	const bool	 is_array = !command_has(command, "--jsonl");
	const char	*before = is_array ? "[" : "";
	FILE		*out = command->io->out;
	char		*line = NULL;
	size_t		 size = 0;
	ssize_t		 len;

	while (!ferror(out) && (len = getline(&line, &size, spool)) > 0) {
		(void)fputs(before, out);
		(void)fwrite(line, 1, (size_t)len - 1, out);
		before = is_array ? ",\n " : "\n";
	}
	if (is_array)
		(void)fputs(*before == '[' ? "[]\n" : "]\n", out);
	else
		(void)fputs(before, out);
	free(line);
}

int
list_json(struct command *command, const struct admin_view *view,
    const struct admin_filter *filter, size_t *count)
{
	struct list	list = { .command = command };
	enum status	st;
	int		code;

	*count = 0;
	code = list_spool_open(command, &list.spool);
	if (list.spool == NULL)
		return code;
	st = admin_read_json(command->admin, view, filter, on_json,
	    list.spool, count);
	code = list_end(&list, st);
	if (code == EX_OK && (filter == NULL || filter->name == NULL ||
	    *count > 0))
		list_print_json(command, list.spool);
	(void)fclose(list.spool);
	return code;
}

/* "7d", or a date and perhaps a time of UTC, as PostgreSQL shall read it. */
int
list_time(const struct command *command, const char *option,
    const char *value, char text[LIST_TIME_SIZE])
{
	static const char	shape[] = "0000-00-00T00:00:00";
	uint64_t		ms;
	size_t			i;

	if (text_duration(value, TEXT_SECONDS, TEXT_DAYS, &ms)) {
		(void)snprintf(text, LIST_TIME_SIZE, "-%llu s",
		    (unsigned long long)(ms / 1000));
		return EX_OK;
	}
	for (i = 0; value[i] != '\0' && value[i] != 'Z' &&
	    shape[i] != '\0'; i++) {
		if (shape[i] == '0' ? value[i] < '0' || value[i] > '9' :
		    value[i] != shape[i] && (i != 10 || value[i] != ' '))
			break;
	}
	if ((i == 10 || i == 16 || i == 19) &&
	    (value[i] == '\0' || strcmp(value + i, "Z") == 0)) {
		(void)snprintf(text, LIST_TIME_SIZE, "%.*s+00", (int)i,
		    value);
		if (i == 10)
			(void)snprintf(text, LIST_TIME_SIZE, "%.10s 00:00+00",
			    value);
		return EX_OK;
	}
	return command_fail(command, EX_USAGE, "%s %.60s: give a time of UTC "
	    "as in 2026-11-26 or 2026-11-26T10:00, or how long ago as in "
	    "90m, 12h or 7d", option, value);
}

/* What the verb's options let through. times holds what values point to. */
static int
make_filter(const struct command *command, const struct list_filter *filters,
    struct admin_filter *filter, char times[][LIST_TIME_SIZE])
{
	struct admin_condition	*condition;
	const char		*value;
	int			 code = EX_OK;

	for (; filters != NULL && filters->option != NULL; filters++) {
		value = command_option(command, filters->option);
		if (value == NULL)
			continue;
		condition = &filter->conditions[filter->count];
		*condition = (struct admin_condition){ filters->column,
		    filters->match, value };
		if (filters->match == ADMIN_SINCE ||
		    filters->match == ADMIN_UNTIL) {
			condition->value = times[filter->count];
			code = list_time(command, filters->option, value,
			    times[filter->count]);
		}
		if (code != EX_OK)
			return code;
		filter->count++;
	}
	value = command_has(command, "--limit") ?
	    command_option(command, "--limit") : NULL;
	if (value != NULL && (!text_size(value, &filter->limit) ||
	    filter->limit == 0))
		return command_fail(command, EX_USAGE, "--limit %.60s: give a "
		    "number of rows from 1", value);
	return EX_OK;
}

int
list_all(struct command *command, const struct admin_view *view,
    const struct list_column *columns, const struct list_filter *filters)
{
	struct admin_filter	filter = { .name = NULL };
	char			times[ADMIN_CONDITIONS_MAX][LIST_TIME_SIZE];
	size_t			count;
	int			code;

	code = make_filter(command, filters, &filter, times);
	if (code == EX_OK)
		code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_has(command, "--json") || command_has(command, "--jsonl"))
		return list_json(command, view, &filter, &count);
	return list_table(command, view, &filter, columns);
}

/* Lines of somebody else's form into a spool. */
struct lines {
	FILE		*spool;
	enum status	 (*print_row)(FILE *spool, const char *const *values);
};

static enum status
on_line(void *context, const char *const *values)
{
	struct lines	*lines = context;
	enum status	 st;

	st = lines->print_row(lines->spool, values);
	return st == ST_OK ? spool_status(lines->spool) : st;
}

int
list_spool(struct command *command, const struct admin_view *view,
    const struct list_filter *filters,
    enum status (*print_row)(FILE *spool, const char *const *values),
    FILE **spool)
{
	struct list		list = { .command = command };
	struct lines		lines = { .print_row = print_row };
	struct admin_filter	filter = { .name = NULL };
	char			times[ADMIN_CONDITIONS_MAX][LIST_TIME_SIZE];
	size_t			count;
	int			code;

	*spool = NULL;
	code = make_filter(command, filters, &filter, times);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = list_spool_open(command, &list.spool);
	if (code != EX_OK)
		return code;
	lines.spool = list.spool;
	code = list_end(&list, admin_read(command->admin, view, &filter,
	    on_line, &lines, &count));
	if (code == EX_OK)
		*spool = list.spool;
	else
		(void)fclose(list.spool);
	return code;
}

int
list_lines(struct command *command, const struct admin_view *view,
    const struct list_filter *filters, const char *first,
    enum status (*print_row)(FILE *spool, const char *const *values))
{
	FILE	*out = command->io->out, *spool;
	char	*line = NULL;
	size_t	 size = 0;
	ssize_t	 len;
	int	 code;

	code = list_spool(command, view, filters, print_row, &spool);
	if (code != EX_OK)
		return code;
	(void)fputs(first, out);
	while (!ferror(out) && (len = getline(&line, &size, spool)) > 0)
		(void)fwrite(line, 1, (size_t)len, out);
	free(line);
	(void)fclose(spool);
	return EX_OK;
}
