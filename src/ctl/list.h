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
	LIST_TIME		/* to the second */
};

struct list_column {
	const char	*title;
	const char	*column;	/* of the view */
	enum list_kind	 kind;
};

/*
 * The whole of a verb that lists: open the database, show all of a view as
 * aligned columns or, with --json, as one array. Columns end with a NULL
 * title. Returns the exit code.
 */
int	list_all(struct command *command, const struct admin_view *view,
	    const struct list_column *columns);

/*
 * Show the rows of a view with this name as one "title value" per line
 * (card), or as an array. *count is the number of rows.
 */
int	list_card(struct command *command, const struct admin_view *view,
	    const char *name, const struct list_column *columns,
	    size_t *count);
int	list_json(struct command *command, const struct admin_view *view,
	    const char *name, size_t *count);

/* The value of a column in a row of admin_read(). */
const char	*list_value(const struct admin_view *view,
		    const char *const *values, const char *column);

#endif
