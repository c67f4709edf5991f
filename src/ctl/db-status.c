/*
 * db-status.c - "db status": how large the database is, and how fast it grows.
 */
#include "config.h"

#include "ctl/db.h"

#include <sysexits.h>

#include "ctl/list.h"

#define COLUMNS	"version", "oldest_program", "database_bytes",		\
		"waiting_mails", "oldest_waiting_at", "last_seal",	\
		"last_seal_at", "last_pass_at", "last_pass_host",	\
		"last_pass_code"

/* What it takes to count is not asked for twice. */
static const struct admin_view	status = {
	.name = "v_status",
	.key = "version",
	.order = { "version" },
	.columns = { COLUMNS }
};

static const struct admin_view	whole_status = {
	.name = "v_status",
	.key = "version",
	.order = { "version" },
	.columns = { COLUMNS, "tables" }
};

static const struct admin_view	tables = {
	.name = "v_table",
	.key = "name",
	.order = { "bytes DESC", "name" },
	.columns = { "name", "row_count", "bytes", "rows_per_day",
	    "bytes_per_day" }
};

int
db_status(struct command *command)
{
	static const struct list_column	card[] = {
		{ "Schema", "version", LIST_TEXT },
		{ "Oldest program", "oldest_program", LIST_TEXT },
		{ "Bytes", "database_bytes", LIST_TEXT },
		{ "Waiting mails", "waiting_mails", LIST_TEXT },
		{ "The oldest", "oldest_waiting_at", LIST_TIME },
		{ "Last seal", "last_seal", LIST_TEXT },
		{ "Made", "last_seal_at", LIST_TIME },
		{ "Last mailer pass", "last_pass_at", LIST_TIME },
		{ "On", "last_pass_host", LIST_TEXT },
		{ "Its exit code", "last_pass_code", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	static const struct list_column	columns[] = {
		{ "TABLE", "name", LIST_TEXT },
		{ "ROWS", "row_count", LIST_TEXT },
		{ "BYTES", "bytes", LIST_TEXT },
		{ "ROWS A DAY", "rows_per_day", LIST_TEXT },
		{ "BYTES A DAY", "bytes_per_day", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	size_t	count;
	int	code;

	code = command_open(command);
	if (code != EX_OK)
		return code;
	admin_take_time(command->admin);	/* it counts all rows */
	if (command_has(command, "--json"))
		return list_json(command, &whole_status, NULL, &count);
	code = list_card(command, &status, NULL, card, &count);
	if (code != EX_OK)
		return code;
	(void)putc('\n', command->io->out);
	return list_table(command, &tables, NULL, columns);
}

/* clang-format off */
const char	db_status_help[] =
"Rows are counted, so it reads every table once. What a day brings is what\n"
"the last seven brought, divided; of tables whose rows have no time it is not\n"
"known. Bytes are those of a table with its indexes.\n\n"
"  --json  the row of the view umws.v_status, as one array\n";
/* clang-format on */
