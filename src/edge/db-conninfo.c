/*
 * db-conninfo.c - libpq parses the connection string, and says which of its
 * keywords are secrets.
 */
#include "config.h"

#include "edge/db-conninfo.h"

#include <libpq-fe.h>
#include <stddef.h>
#include <string.h>

#include "edge/db-connect-forms.h"
#include "edge/db-connect-hosts-check.h"

static bool
is_set(const PQconninfoOption *option)
{
	return option->val != NULL && option->val[0] != '\0';
}

static bool
is_secret(const PQconninfoOption *option)
{
	return option->dispchar[0] == '*' ||
	    db_value_has_swallowed(option->val) ||
	    db_form_fault(option->keyword, option->val) != NULL;
}

/* A name without a '=' is a database's: libpq does not parse it. */
static bool
is_name(const char *conninfo)
{
	return strchr(conninfo, '=') == NULL &&
	    strstr(conninfo, "://") == NULL;
}

bool
db_conninfo_has_secret(const char *conninfo)
{
	PQconninfoOption	*options, *option;
	bool			 has_one = false;

	if (!db_conninfo_is_readable(conninfo))
		return strcasestr(conninfo, "pass") != NULL ||
		    strcasestr(conninfo, "pwd") != NULL ||
		    strchr(conninfo, '@') != NULL;
	if (is_name(conninfo))
		return false;
	options = PQconninfoParse(conninfo, NULL);
	if (options == NULL)
		return true;
	for (option = options; option->keyword != NULL; option++)
		has_one |= is_set(option) && is_secret(option);
	PQconninfoFree(options);
	return has_one;
}

/* As libpq reads it: in quotes where it has to be. */
static void
show_value(const char *value, struct buf *text)
{
	if (strpbrk(value, " \t'\\") == NULL) {
		buf_puts(text, value);
		return;
	}
	buf_puts(text, "'");
	for (; *value != '\0'; value++) {
		if (*value == '\'' || *value == '\\')
			buf_puts(text, "\\");
		buf_append(text, value, 1);
	}
	buf_puts(text, "'");
}

void
db_conninfo_show(const char *conninfo, struct buf *text)
{
	PQconninfoOption	*options = NULL, *option;
	const char		*blank = "";

	if (!db_conninfo_has_secret(conninfo)) {
		buf_puts(text, db_conninfo_is_readable(conninfo) ? conninfo :
		    DB_HIDDEN);
		return;
	}
	if (db_conninfo_is_readable(conninfo))
		options = PQconninfoParse(conninfo, NULL);
	if (options == NULL) {
		buf_puts(text, DB_HIDDEN);
		return;
	}
	for (option = options; option->keyword != NULL; option++) {
		if (!is_set(option))
			continue;
		buf_printf(text, "%s%s=", blank, option->keyword);
		if (is_secret(option))
			buf_puts(text, DB_HIDDEN);
		else
			show_value(option->val, text);
		blank = " ";
	}
	PQconninfoFree(options);
}
