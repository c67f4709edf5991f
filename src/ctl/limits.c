/*
 * limits.c - "limits show" and "limits set": the limits that hold whatever
 * the policy. Which there are is the database's to say.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/verbs.h"
#include "base/buf.h"
#include "base/text.h"

#define JSON_MAX	65536	/* bytes of the settings */

static const struct admin_view	limits = {
	.name = "v_limits",
	.key = "key",
	.order = { "position" },
	.columns = { "key", "value", "meaning", "position" }
};

static int
verb_show(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "LIMIT", "key", LIST_TEXT },
		{ "VALUE", "value", LIST_OFF },
		{ "MEANING", "meaning", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};

	return list_all(command, &limits, columns, NULL);
}

static int
verb_set(struct command *command)
{
	struct buf		 json = BUF_INIT(JSON_MAX);
	struct db_result	*result = NULL;
	const char		*params[1];
	size_t			 i;
	int			 code = EX_OK;

	for (i = 0; i < command->count; i++) {
		buf_puts(&json, i == 0 ? "[" : ",");
		text_json_string(&json, command->words[i]);
	}
	buf_puts(&json, "]");
	if (buf_status(&json) != ST_OK)
		code = command_fail(command, EX_DATAERR,
		    "the settings are longer than 64 KiB");
	if (code == EX_OK)
		code = command_open(command);
	params[0] = buf_text(&json);
	if (code == EX_OK)
		code = command_call(command, "limits_set", params, 1, &result);
	if (code == EX_OK)
		code = command_answer(command, result);
	db_result_free(&result);
	buf_free(&json);
	return code;
}

/* clang-format off */
static const char	show_help[] =
"  --json, --jsonl  the rows of the view umws.v_limits, as one array or as\n"
"                   one object a line; there 0 is off\n";

static const char	set_help[] =
"A limit is a number from 1 to 1000000, or off. It holds at once, on every\n"
"host; umwsctl limits show lists the keys. How often a user may reset the own\n"
"PIN is in the policy.\n\n"
"  --json     one array with key, old_value and new_value of each\n"
"  --dry-run  change nothing, and say what would be\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "show", .usage = "[--json | --jsonl]",
	  .summary = "show the limits that hold whatever the policy",
	  .help = show_help, .options = { "--json", "--jsonl" },
	  .run = verb_show },
	{ .name = "set", .usage = "KEY=VALUE... [--dry-run] [--json]",
	  .summary = "change limits", .help = set_help,
	  .options = { "--dry-run", "--json" }, .word_names = "KEY=VALUE",
	  .words_min = 1, .words_max = COMMAND_WORDS_MAX, .run = verb_set },
	{ .name = NULL }
};

const struct verb_group	verbs_limits = { "limits", verbs };
