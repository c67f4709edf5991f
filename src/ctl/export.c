/*
 * export.c - "user export": mailboxes as the file that "user import" takes;
 * for Asterisk in export-asterisk.c.
 *
 * A field is written as it is. One that begins with '=', '+', '-' or '@' is a
 * formula to a spreadsheet; to change it would change the mailbox at the next
 * import.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/import.h"
#include "ctl/list.h"
#include "ctl/user.h"
#include "base/buf.h"
#include "core/csv.h"

#define LINE_MAX_BYTES	16384	/* of one mailbox */
#define CRLF		"\r\n"	/* RFC 4180, section 2.1 */

/* The columns of IMPORT_HEADER. */
static const struct admin_view	view = {
	.name = "v_user",
	.key = "login",
	.order = { "login" },
	.columns = { "login", "email", "display_name", "extension", "locale",
	    "time_zone", "policy", "um_enabled" }
};

static enum status
print_row(FILE *spool, const char *const *values)
{
	struct buf	line = BUF_INIT(LINE_MAX_BYTES);
	enum status	st;
	size_t		i;

	for (i = 0; view.columns[i + 1] != NULL; i++) {
		csv_field(&line, values[i] != NULL ? values[i] : "");
		buf_puts(&line, ",");
	}
	buf_puts(&line, *values[i] == 't' ? "yes" CRLF : "no" CRLF);
	st = buf_status(&line);
	if (st == ST_OK)
		(void)fputs(buf_text(&line), spool);
	buf_free(&line);
	return st == ST_OK ? ST_OK : ST_RETRY;
}

int
command_export(struct command *command)
{
	static const struct list_filter	filters[] = {
		{ "--login", "login", ADMIN_LIKE },
		{ "--policy", "policy", ADMIN_EQUAL },
		{ "--state", "state", ADMIN_EQUAL },
		{ NULL, NULL, ADMIN_EQUAL }
	};

	const char	*format = command_option(command, "--format");
	bool		 is_asterisk = format != NULL &&
	    strcmp(format, "asterisk") == 0;

	if (format != NULL && !is_asterisk && strcmp(format, "csv") != 0)
		return command_fail(command, EX_USAGE, "user export: "
		    "--format is csv or asterisk");
	if (is_asterisk)
		return command_export_asterisk(command, filters);
	if (command_option(command, "--context") != NULL)
		return command_fail(command, EX_USAGE, "user export: "
		    "--context goes with --format asterisk only");
	return list_lines(command, &view, filters, IMPORT_HEADER CRLF,
	    print_row);
}
