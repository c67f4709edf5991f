/*
 * admin-view.c - read views for umwsctl, page by page through a cursor.
 */
#include "config.h"

#include "edge/admin-view.h"

#include <string.h>

#include "base/buf.h"
#include "edge/admin.h"
#include "edge/clock.h"

#define SQL_MAX		8192		/* bytes of a statement of ours */
#define PAGE_ROWS	"1000"		/* rows that we hold at once */
#define NO_CURSOR	"34000"		/* SQLSTATE: invalid_cursor_name */

/* Times in a form that neither TimeZone nor DateStyle changes. */
static void
append_columns(struct buf *list, const struct admin_view *view)
{
	const char	*name;
	size_t		 i, len;

	for (i = 0; view->columns[i] != NULL; i++) {
		name = view->columns[i];
		len = strlen(name);
		buf_puts(list, i == 0 ? "" : ", ");
		if (strcmp(name, "at") == 0 ||
		    (len > 3 && strcmp(name + len - 3, "_at") == 0))
			buf_printf(list, "pg_catalog.to_char(v.%s AT TIME "
			    "ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US"
			    "\"+00:00\"') AS %s", name, name);
		else
			buf_printf(list, "v.%s", name);
	}
}

/* The rows of one login or name, which is $n. */
static void
append_key(struct buf *sql, const struct admin_view *view, size_t n)
{
	if (view->is_folded)
		buf_printf(sql, "pg_catalog.lower(v.%s COLLATE \"C\")"
		    " = pg_catalog.lower($%zu COLLATE \"C\")", view->key, n);
	else
		buf_printf(sql, "v.%s = $%zu", view->key, n);
}

/* In a pattern only '*' means more than itself. */
static void
append_condition(struct buf *sql, const struct admin_condition *condition,
    size_t n)
{
	const char	*column = condition->column;
	const char	*op = condition->match == ADMIN_SINCE ? ">=" : "<";

	switch (condition->match) {
	case ADMIN_EQUAL:
		buf_printf(sql, "v.%s::text = $%zu", column, n);
		break;
	case ADMIN_LIKE:
		/* No backslash, which standard_conforming_strings rules. */
		buf_printf(sql, "v.%s::text ILIKE pg_catalog.replace("
		    "pg_catalog.replace(pg_catalog.replace("
		    "pg_catalog.replace($%zu, '!', '!!'), '%%', '!%%'),"
		    " '_', '!_'), '*', '%%') ESCAPE '!'", column, n);
		break;
	case ADMIN_SINCE:
	case ADMIN_UNTIL:
		buf_printf(sql, "v.%s %s CASE WHEN $%zu LIKE '-%%' THEN"
		    " pg_catalog.now() + $%zu::interval ELSE"
		    " $%zu::timestamptz END", column, op, n, n, n);
		break;
	}
}

/* The WHERE of a filter, whose values are the parameters. */
static void
append_filter(struct buf *sql, const struct admin_view *view,
    const struct admin_filter *filter, const char **params, size_t *count)
{
	size_t	i;

	*count = 0;
	if (filter == NULL)
		return;
	if (filter->name != NULL) {
		params[(*count)++] = filter->name;
		buf_puts(sql, " WHERE ");
		append_key(sql, view, *count);
	}
	for (i = 0; i < filter->count; i++) {
		params[(*count)++] = filter->conditions[i].value;
		buf_puts(sql, *count == 1 ? " WHERE " : " AND ");
		append_condition(sql, &filter->conditions[i], *count);
	}
}

static void
append_order(struct buf *sql, const struct admin_view *view)
{
	size_t	i;

	for (i = 0; view->order[i] != NULL; i++)
		buf_printf(sql, "%s v.%s", i == 0 ? " ORDER BY" : ",",
		    view->order[i]);
}

/*
 * A snapshot of the view behind a cursor. A read-only transaction needs no id
 * of its own to be known by: the cursor is there as long as it is.
 */
static enum status
open_cursor(struct admin *admin, const struct admin_view *view,
    const struct admin_filter *filter, bool is_json)
{
	const char		*params[ADMIN_CONDITIONS_MAX + 1];
	size_t			 count;
	struct buf		 sql = BUF_INIT(SQL_MAX);
	struct db_result	*result = NULL;
	enum status		 st;

	/* Objects are made of rows in order: they are too long to sort. */
	buf_printf(&sql, "DECLARE rows NO SCROLL CURSOR FOR %sSELECT ",
	    is_json ? "SELECT pg_catalog.row_to_json(o) FROM (" : "");
	append_columns(&sql, view);
	buf_printf(&sql, " FROM umws.%s v", view->name);
	append_filter(&sql, view, filter, params, &count);
	append_order(&sql, view);
	if (filter != NULL && filter->limit > 0)
		buf_printf(&sql, " LIMIT %llu",
		    (unsigned long long)filter->limit);
	buf_puts(&sql, is_json ? ") o" : "");
	st = buf_status(&sql) == ST_OK ? ST_OK : ST_RETRY;
	if (st == ST_OK && admin->xid[0] == '\0')
		st = db_script(admin->db,
		    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
		    clock_ms() + ADMIN_LONG_MS);
	if (st == ST_OK)
		st = db_call(admin->db, buf_text(&sql), params, count, 0,
		    &result);
	db_result_free(&result);
	buf_free(&sql);
	return st;
}

/* Hand over one page; *rows is how many rows it has. */
static enum status
read_page(struct admin *admin, size_t columns,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *rows)
{
	static const char	 fetch[] = "FETCH " PAGE_ROWS " FROM rows";
	struct db_result	*result = NULL;
	const char		*values[ADMIN_COLUMNS_MAX];
	enum status		 st;
	size_t			 i, row;

	*rows = 0;
	st = db_call(admin->db, fetch, NULL, 0, 0, &result);
	if (st == ST_OK)
		*rows = db_rows(result);
	else if (strcmp(db_sqlstate(admin->db), NO_CURSOR) == 0)
		st = admin_transaction_lost();
	st = admin_in_transaction(admin, st);
	for (row = 0; st == ST_OK && row < *rows; row++) {
		for (i = 0; i < columns; i++)
			values[i] = db_is_null(result, row, i) ? NULL :
			    db_text(result, row, i);
		st = on_row(context, values);
	}
	db_result_free(&result);
	return st;
}

static enum status
read_all(struct admin *admin, const struct admin_view *view,
    const struct admin_filter *filter, bool is_json,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	size_t		rows, columns = 0;
	enum status	st;

	*count = 0;
	while (view->columns[columns] != NULL)
		columns++;
	if (filter == NULL || filter->name == NULL)
		db_set_timeout(admin->db, ADMIN_LONG_MS);
	st = admin_in_transaction(admin,
	    open_cursor(admin, view, filter, is_json));
	do {
		rows = 0;
		if (st == ST_OK)
			st = read_page(admin, is_json ? 1 : columns, on_row,
			    context, &rows);
		*count += rows;
	} while (rows > 0);
	if (st == ST_OK)
		st = db_script(admin->db, admin->xid[0] == '\0' ? "COMMIT" :
		    "CLOSE rows", clock_ms() + ADMIN_LONG_MS);
	db_set_timeout(admin->db, admin->timeout_ms);
	return st;
}

enum status
admin_read(struct admin *admin, const struct admin_view *view,
    const struct admin_filter *filter,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	return read_all(admin, view, filter, false, on_row, context, count);
}

enum status
admin_read_json(struct admin *admin, const struct admin_view *view,
    const struct admin_filter *filter,
    enum status (*on_row)(void *context, const char *const *values),
    void *context, size_t *count)
{
	return read_all(admin, view, filter, true, on_row, context, count);
}
