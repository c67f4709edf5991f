/*
 * command-list.c - views as aligned tables, as cards, as JSON.
 *
 * A column is as wide as its widest cell, counted in characters: names and
 * addresses are UTF-8.
 */
#include "config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "app/command-verbs.h"

#define CELL_SIZE	1100	/* bytes of a value as shown */

struct list {
	struct command			*command;
	enum admin_view			 view;
	const struct list_column	*columns;
	size_t				 width;	/* columns of the table */
	char				**cells; /* owned, row by row */
	size_t				 count;
	size_t				 size;
	bool				 is_broken; /* no memory */
};

size_t
list_index(enum admin_view view, const char *column)
{
	const char *const	*names = admin_columns(view);
	size_t			 i;

	for (i = 0; strcmp(names[i], column) != 0; i++)
		assert(names[i + 1] != NULL);
	return i;
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
	(void)snprintf(text, CELL_SIZE, "%s", value);
	dot = column->kind == LIST_TIME ? strchr(text, '.') : NULL;
	if (dot != NULL) {
		rest = dot + 1 + strspn(dot + 1, "0123456789");
		memmove(dot, rest, strlen(rest) + 1);
	}
}

static size_t
text_width(const char *text)
{
	size_t	width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void
list_add(struct list *list, const char *text)
{
	char	**cells;
	size_t	  size;

	if (list->count == list->size) {
		size = list->size == 0 ? 256 : list->size * 2;
		cells = reallocarray(list->cells, size, sizeof(*cells));
		if (cells == NULL) {
			list->is_broken = true;
			return;
		}
		list->cells = cells;
		list->size = size;
	}
	list->cells[list->count] = strdup(text);
	if (list->cells[list->count] == NULL)
		list->is_broken = true;
	else
		list->count++;
}

static void
on_table_row(void *context, const char *const *values)
{
	struct list	*list = context;
	char		 text[CELL_SIZE];
	size_t		 i;

	for (i = 0; i < list->width && !list->is_broken; i++) {
		cell_text(&list->columns[i], values[list_index(list->view,
		    list->columns[i].column)], text);
		list_add(list, text);
	}
}

/* The last cell of a row ends it: no white space follows. */
static void
list_print(const struct list *list, FILE *out)
{
	size_t	widths[ADMIN_COLUMNS_MAX] = { 0 };
	size_t	i, column, width;

	for (i = 0; i < list->count; i++) {
		width = text_width(list->cells[i]);
		if (width > widths[i % list->width])
			widths[i % list->width] = width;
	}
	for (i = 0; i < list->count; i++) {
		column = i % list->width;
		command_print(out, list->cells[i]);
		if (column == list->width - 1)
			(void)putc('\n', out);
		else
			(void)fprintf(out, "%*s", (int)(widths[column] + 2 -
			    text_width(list->cells[i])), "");
	}
}

static int
list_table(struct command *command, enum admin_view view,
    const struct list_column *columns, size_t *count)
{
	struct list	list = { .command = command, .view = view,
			    .columns = columns };
	enum status	st;
	size_t		i;
	int		code = EX_OK;

	*count = 0;
	while (columns[list.width].title != NULL)
		list_add(&list, columns[list.width++].title);
	st = admin_read(command->admin, view, NULL, on_table_row, &list,
	    count);
	if (st != ST_OK)
		code = command_db_fail(command, st, NULL);
	else if (list.is_broken)
		code = command_fail(command, EX_TEMPFAIL, "no memory");
	else
		list_print(&list, command->io->out);
	for (i = 0; i < list.count; i++)
		free(list.cells[i]);
	free(list.cells);
	return code;
}

static void
on_card_row(void *context, const char *const *values)
{
	const struct list	*list = context;
	FILE			*out = list->command->io->out;
	char			 text[CELL_SIZE];
	size_t			 i;

	for (i = 0; list->columns[i].title != NULL; i++) {
		cell_text(&list->columns[i], values[list_index(list->view,
		    list->columns[i].column)], text);
		(void)fprintf(out, "%-16s", list->columns[i].title);
		command_print(out, text);
		(void)putc('\n', out);
	}
}

int
list_card(struct command *command, enum admin_view view, const char *name,
    const struct list_column *columns, size_t *count)
{
	struct list	list = { .command = command, .view = view,
			    .columns = columns };
	enum status	st;

	st = admin_read(command->admin, view, name, on_card_row, &list,
	    count);
	return st == ST_OK ? EX_OK : command_db_fail(command, st, NULL);
}

/* PostgreSQL made the text: control bytes in it are escaped already. */
static void
on_json(void *context, const char *json)
{
	(void)fprintf(context, "%s\n", json);
}

int
list_json(struct command *command, enum admin_view view, const char *name,
    size_t *count)
{
	enum status	st;

	st = admin_read_json(command->admin, view, name, on_json,
	    command->io->out, count);
	return st == ST_OK ? EX_OK : command_db_fail(command, st, NULL);
}

int
list_all(struct command *command, enum admin_view view,
    const struct list_column *columns)
{
	size_t	count;
	int	code;

	code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_option(command, "--json") != NULL)
		return list_json(command, view, NULL, &count);
	return list_table(command, view, columns, &count);
}

int
verb_outbox_list(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "CREATED", "created_at", LIST_TIME },
		{ "LOGIN", "login", LIST_TEXT },
		{ "KIND", "kind", LIST_TEXT },
		{ "STATE", "state", LIST_TEXT },
		{ "TRIES", "attempts", LIST_TEXT },
		{ "NEXT TRY", "next_attempt_at", LIST_TIME },
		{ "LEASED", "is_leased", LIST_YES_NO },
		{ "SENT", "sent_at", LIST_TIME },
		{ "RECIPIENT", "recipient", LIST_TEXT },
		{ "ID", "id", LIST_TEXT },
		{ "LAST ERROR", "last_error", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};

	return list_all(command, ADMIN_OUTBOX, columns);
}
