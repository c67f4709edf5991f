/*
 * config.c - "config check" and "config show": what is wrong with the settings
 * of all programs, and what is in force and from where.
 */
#include "config.h"

#include <sysexits.h>

#include "app/conf-list.h"
#include "base/terminal.h"
#include "base/text.h"
#include "ctl/verbs.h"
#include "edge/db.h"

#define JSON_MAX	65536	/* bytes of one setting */

/* Log each fault, and count them. */
static void
count_fault(void *context, const struct conf_fault *fault)
{
	size_t	*count = context;

	(*count)++;
	conf_log_fault(NULL, fault);
}

/* Read them: EX_OK, or EX_CONFIG after each fault has been told. */
static int
read_settings(struct command *command)
{
	size_t	count = 0;

	if (conf_read(command->config, count_fault, &count, &command->conf) ==
	    ST_OK)
		return EX_OK;
	return command_fail(command, EX_CONFIG, count == 1 ?
	    "the settings have one fault" : "the settings have %zu faults",
	    count);
}

static int
verb_check(struct command *command)
{
	static const char *const	names[] = { "database_worker",
		"database_mailer", "database_admin" };
	struct db_options		options;
	struct db			*db = NULL;
	enum status			st;
	int				code = read_settings(command), role;

	for (role = CONF_WORKER; command->conf != NULL && role <= CONF_ADMIN;
	    role++) {
		conf_db_options(command->conf, (enum conf_role)role,
		    &options);
		st = db_new(&options, &db);
		db_free(&db);
		if (st != ST_OK)
			code = command_fail(command, st == ST_FAIL ?
			    EX_CONFIG : EX_OSERR, "%s is of no use",
			    names[role]);
	}
	if (code == EX_OK)
		command_say(command, "no fault in the settings\n");
	return code;
}

static void
put_entry(const struct conf_entry *entry, struct buf *json)
{
	const struct conf_place	*place = &entry->place;

	buf_reset(json);
	buf_puts(json, "{");
	text_json_member(json, "key", entry->key);
	buf_puts(json, ",\"value\":");
	text_json_string(json, buf_text(&entry->value));
	text_json_member(json, "origin", place->file != NULL ? "file" :
	    place->variable != NULL ? "environment" : "default");
	text_json_member(json, "file", place->file);
	if (place->file != NULL)
		buf_printf(json, ",\"line\":%u", place->line);
	else
		buf_puts(json, ",\"line\":null");
	text_json_member(json, "variable", place->variable);
	buf_puts(json, "}");
}

static int
show_json(const struct command *command)
{
	FILE			*out = command->io->out;
	struct buf		 json = BUF_INIT(JSON_MAX);
	struct conf_entry	 entry = CONF_ENTRY_INIT;
	enum status		 st = ST_OK;
	size_t			 i;

	for (i = 0; st == ST_OK && i < conf_count(); i++) {
		st = conf_entry(command->conf, i, &entry);
		if (st == ST_OK) {
			put_entry(&entry, &json);
			st = buf_status(&json);
		}
		(void)fputs(i == 0 ? "[" : ",\n", out);
		terminal_print_json(out, buf_text(&json));
	}
	(void)fputs("]\n", out);
	buf_free(&entry.value);
	buf_free(&json);
	return st == ST_OK ? EX_OK : command_fail(command, EX_OSERR,
	    "no memory");
}

static int
verb_show(struct command *command)
{
	int	code = read_settings(command);

	if (code != EX_OK)
		return code;
	if (command_has(command, "--json"))
		return show_json(command);
	return conf_print(command->conf, command->io->out) == ST_OK ? EX_OK :
	    EX_OSERR;
}

/* clang-format off */
static const char	check_help[] =
"Reads umws.conf, the files umws.conf.d/*.conf beside it, the environment.\n"
"Each fault is a line; the exit code is 78 then. Nobody is connected to. Key\n"
"files are checked by those who read them: umws-fcgi(8), umws-mailer(8).\n";

static const char	show_help[] =
"A line for each key: key = value, a tab, and where it stands: default,\n"
"file:line, or environment. Passwords are hidden.\n\n"
"  --json  an array of objects: key, value, origin, file, line, variable\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "check", .usage = "",
	  .summary = "say what is wrong with the settings",
	  .help = check_help, .run = verb_check, .reads_conf = true },
	{ .name = "show", .usage = "[--json]",
	  .summary = "show the settings in force, and where each stands",
	  .help = show_help, .options = { "--json" }, .run = verb_show,
	  .reads_conf = true },
	{ .name = NULL }
};

const struct verb_group	verbs_config = { "config", verbs };
