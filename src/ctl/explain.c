/*
 * explain.c - "explain": what a reset by a name would answer, and why.
 */
#include "config.h"

#include <sysexits.h>

#include "ctl/user.h"
#include "ctl/verbs.h"
#include "core/username.h"

static int
verb_explain(struct command *command)
{
	struct db_result	*result = NULL;
	struct username		 username;
	const char		*params[3];
	char			 login[USERNAME_SIZE];
	char			 why[USERNAME_REASON_SIZE];
	int			 code;

	code = command_whom(command, command->words[0], login);
	if (code == EX_OK && username_resolve(command->words[0],
	    command->conf->strip_domains, &username, why) != ST_OK)
		code = command_fail(command, EX_TEMPFAIL, "no memory");
	if (code == EX_OK)
		code = command_open(command);
	if (code != EX_OK)
		return code;
	params[0] = login;
	params[1] = username.other;
	params[2] = username.is_stripped ? "t" : "f";
	code = command_call(command, "explain", params, 3, &result);
	command->is_changing = false;
	if (code == EX_OK)
		code = command_answer(command, result);
	db_result_free(&result);
	return code;
}

/* clang-format off */
static const char	help[] =
"LOGIN is the name as the web server has it, with a domain or without.\n"
"Nothing is changed. The limit per address is not looked at. Times are\n"
"UTC.\n\n"
"  --json, --jsonl  for each line topic (mailbox, reset, phone, audit, mail),\n"
"                   word, at and message; one array, or one object a line\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "", .usage = "LOGIN [--json | --jsonl]",
	  .summary = "say what a reset by a name would answer, and why",
	  .help = help, .options = { "--json", "--jsonl" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = verb_explain },
	{ .name = NULL }
};

const struct verb_group	verbs_explain = { "explain", verbs };
