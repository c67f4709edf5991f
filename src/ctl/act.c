/*
 * act.c - verbs that are one call of a function of the database: its
 * parameters from the command line, its rows to the output.
 */
#include "config.h"

#include <assert.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/list.h"
#include "ctl/user.h"
#include "ctl/verbs.h"
#include "base/terminal.h"
#include "core/username.h"

#define ANSWER_SIZE	16		/* bytes of "yes" */
#define NO_DATA		"P0002"		/* SQLSTATE: no_data_found */

int
command_confirm(const struct command *command, const char *question)
{
	FILE	*in = command->io->in, *err = command->io->err;
	char	 answer[ANSWER_SIZE] = "";

	if (command_has(command, "--yes") || command_has(command, "--dry-run"))
		return EX_OK;
	if (!isatty(fileno(in)))
		return command_fail(command, EX_USAGE, "%s: nobody is there "
		    "to be asked; say --yes", question);
	command_print(err, question);
	(void)fputs(": go on? (yes or no) ", err);
	(void)fflush(err);
	if (fgets(answer, sizeof(answer), in) == NULL)
		answer[0] = '\0';
	answer[strcspn(answer, "\n")] = '\0';
	if (strcasecmp(answer, "yes") == 0 || strcasecmp(answer, "y") == 0)
		return EX_OK;
	return command_fail(command, EX_USAGE, "nothing was changed: the "
	    "answer was not yes");
}

static enum status
end_transaction(struct command *command)
{
	if (!command_has(command, "--dry-run"))
		return admin_commit(command->admin);
	admin_rollback(command->admin);
	return ST_OK;
}

int
command_call(struct command *command, const char *function,
    const char *const *params, size_t count, struct db_result **result)
{
	enum status	st;
	int		code;

	*result = NULL;
	command->is_changing = !command_has(command, "--dry-run");
	if (command->is_changing) {
		st = admin_call(command->admin, function, params, count,
		    result);
	} else {
		st = admin_begin(command->admin);
		if (st == ST_OK)
			st = admin_call(command->admin, function, params,
			    count, result);
		if (st == ST_OK)
			st = end_transaction(command);
	}
	if (st == ST_OK)
		return EX_OK;
	db_result_free(result);
	/* What the database said is known until the next call. */
	if (st == ST_BAD &&
	    strcmp(admin_sqlstate(command->admin), NO_DATA) == 0)
		code = command_fail(command, EX_NOUSER, "%s",
		    admin_message(command->admin));
	else
		code = command_db_fail(command, st, NULL);
	admin_rollback(command->admin);
	return code;
}

static int
answer_json(const struct command *command, const struct db_result *result)
{
	FILE	*spool;
	size_t	 row, column = db_column(result, "json");
	int	 code;

	code = list_spool_open(command, &spool);
	if (spool == NULL)
		return code;
	for (row = 0; row < db_rows(result); row++) {
		terminal_print_json(spool, db_text(result, row, column));
		(void)putc('\n', spool);
	}
	code = list_spool_rewind(command, spool);
	if (code == EX_OK)
		list_print_json(command, spool);
	(void)fclose(spool);
	return code;
}

int
command_answer(const struct command *command, const struct db_result *result)
{
	FILE	*out = command->io->out;
	size_t	 row, column;

	if (command_has(command, "--json") || command_has(command, "--jsonl"))
		return answer_json(command, result);
	column = db_column(result, "message");
	for (row = 0; row < db_rows(result); row++)
		command_say(command, "%s\n", db_text(result, row, column));
	if (command_has(command, "--dry-run"))
		(void)fputs("nothing was changed: --dry-run\n", out);
	return EX_OK;
}

/* An option's value; of one that takes none "t" or "f". */
static const char *
option_param(const struct command *command, const char *name)
{
	const char	*value = command_option(command, name);
	size_t		 i, len = strlen(name);

	for (i = 0; strncmp(command->verb->options[i], name, len) != 0; i++)
		assert(command->verb->options[i + 1] != NULL);
	if (command->verb->options[i][len] == '=')
		return value;
	return value != NULL ? "t" : "f";
}

/* The values of a call's parameters, in their order. */
static int
take_params(const struct command *command, const char **params,
    size_t *count, char login[USERNAME_SIZE])
{
	const char *const	*from = command->verb->call->params;
	size_t			 i, word = 0;
	int			 code = EX_OK;

	for (i = 0; from[i] != NULL && code == EX_OK; i++) {
		if (from[i][0] == '=') {
			params[i] = from[i] + 1;
		} else if (from[i][0] == '-') {
			params[i] = option_param(command, from[i]);
		} else {
			params[i] = word < command->count ?
			    command->words[word] : NULL;
			word++;
		}
		if (strcmp(from[i], "LOGIN") == 0) {
			code = command_whom(command, params[i], login);
			params[i] = login;
		}
	}
	*count = i;
	return code;
}

int
command_act(struct command *command)
{
	const struct verb_call	*call = command->verb->call;
	const char		*params[ADMIN_PARAMS_MAX];
	struct db_result	*result = NULL;
	char			 login[USERNAME_SIZE];
	size_t			 count;
	int			 code;

	code = take_params(command, params, &count, login);
	if (code == EX_OK && call->question != NULL)
		code = command_confirm(command, call->question);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = command_call(command, call->function, params, count,
		    &result);
	if (code == EX_OK)
		code = command_answer(command, result);
	db_result_free(&result);
	return code;
}
