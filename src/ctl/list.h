/*
 * list.h - views as tables, as cards, and as JSON, which PostgreSQL
 * makes of each row. Private to command.
 */
#ifndef UMWS_COMMAND_LIST_H
#define UMWS_COMMAND_LIST_H

#include <stddef.h>

#include "ctl/verbs.h"
#include "edge/admin.h"

/* How a column of a view is shown. */
enum list_kind {
	LIST_TEXT,
	LIST_YES_NO,
	LIST_TIME,		/* to the second */
	LIST_OFF,		/* a number, whose 0 is "off" */
	LIST_UNLIMITED		/* likewise "unlimited" */
};

struct list_column {
	const char	*title;
	const char	*column;	/* of the view */
	enum list_kind	 kind;
};

/* An option that lets only some rows through: "--state" of the column
 * "state". */
struct list_filter {
	const char		*option;	/* of the verb, with a value */
	const char		*column;	/* of the view */
	enum admin_match	 match;
};

/*
 * The whole of a verb that lists: open the database, show the rows of a view
 * as aligned columns, with --json as one array, with --jsonl as one object a
 * line. Columns end with a NULL title. filters end with a NULL option; there is
 * "--limit" beside them if the verb has it. A time is written as in
 * 2026-11-26, 2026-11-26T10:00 (UTC) or, for so long ago, 90m, 12h, 7d. Returns
 * the exit code.
 */
int	list_all(struct command *command, const struct admin_view *view,
	    const struct list_column *columns,
	    const struct list_filter *filters);

#define LIST_TIME_SIZE	32	/* bytes of a time for the database */

/*
 * A time as list_all() takes it, in the form that an ADMIN_SINCE has: EX_OK, or
 * the exit code of what was printed about the option.
 */
int	list_time(const struct command *command, const char *option,
	    const char *value, char text[LIST_TIME_SIZE]);

/* Show the rows that a filter (NULL: none) lets through as aligned columns;
 * the database is open. */
int	list_table(struct command *command, const struct admin_view *view,
	    const struct admin_filter *filter,
	    const struct list_column *columns);

/*
 * The same for a form of one's own: a first line, and what print_row writes for
 * each row, of the values of the view's columns; printed as it is.
 */
int	list_lines(struct command *command, const struct admin_view *view,
	    const struct list_filter *filters, const char *first,
	    enum status (*print_row)(FILE *spool, const char *const *values));

/*
 * These rows, as print_row writes them, in a file without a name, at its
 * beginning; the caller closes it. NULL unless EX_OK. Opens the database.
 */
int	list_spool(struct command *command, const struct admin_view *view,
	    const struct list_filter *filters,
	    enum status (*print_row)(FILE *spool, const char *const *values),
	    FILE **spool);

/*
 * Show the rows that a filter lets through as one "title value" per line
 * (card), or as objects. *count is the number of rows.
 */
int	list_card(struct command *command, const struct admin_view *view,
	    const struct admin_filter *filter,
	    const struct list_column *columns, size_t *count);
int	list_json(struct command *command, const struct admin_view *view,
	    const struct admin_filter *filter, size_t *count);

/*
 * Print the lines of a spool, each an object, as one array, or with --jsonl as
 * they are.
 */
void	list_print_json(const struct command *command, FILE *spool);

/* A file without a name to keep lines in, and back to its beginning: EX_OK, or
 * the exit code of what was printed. */
int	list_spool_open(const struct command *command, FILE **spool);
int	list_spool_rewind(const struct command *command, FILE *spool);

/* The value of a column in a row of admin_read(). */
const char	*list_value(const struct admin_view *view,
		    const char *const *values, const char *column);

#endif
