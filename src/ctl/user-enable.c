/*
 * user-enable.c - "user enable", with a PIN for its user if that is asked for.
 */
#include "config.h"

#include <sysexits.h>

#include "ctl/pin-reset.h"
#include "ctl/user.h"
#include "ctl/verbs.h"
#include "core/username.h"

/* The mailbox is enabled in one transaction, and gets its PIN in another. */
static int
enable(struct command *command, const char *login, bool has_pin)
{
	const char		*params[] = { login, "t" };
	struct db_result	*result = NULL;
	int			 code;

	code = command_call(command, "user_enable", params, 2, &result);
	if (code == EX_OK && !(has_pin && command_has(command, "--json")))
		code = command_answer(command, result);
	db_result_free(&result);
	if (code == EX_OK && has_pin)
		code = pin_give(command, login, "user enable");
	return code;
}

int
user_enable_verb(struct command *command)
{
	char	login[USERNAME_SIZE];
	bool	has_pin = command_has(command, "--pin");
	int	code;

	code = command_whom(command, command->words[0], login);
	if (code == EX_OK && has_pin)
		code = pin_check_keys(command);
	if (code == EX_OK)
		code = command_open(command);
	return code == EX_OK ? enable(command, login, has_pin) : code;
}

/* clang-format off */
const char	user_enable_help[] =
"Its PIN is what it was, and opens it again.\n\n"
"  --pin   draw another PIN and mail it, as pin reset does; the first one of\n"
"          the mailbox comes with a mail that welcomes its user\n"
"  --json  one array with what was done; with --pin that of pin reset\n";
/* clang-format on */
