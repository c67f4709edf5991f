/*
 * user.c - "user add", "user show" and "user list": mailboxes.
 */
#include "config.h"

#include "ctl/user.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/policy-left.h"
#include "ctl/verbs.h"
#include "base/utf8.h"
#include "core/address.h"
#include "core/character.h"
#include "core/letter.h"
#include "core/locale.h"
#include "core/policy.h"
#include "core/unicode.h"
#include "core/username.h"

#define EXTENSION_DIGITS (POLICY_EXTENSION_SIZE - 1)

static const struct admin_view	users = {
	.name = "v_user",
	.key = "login",
	.is_folded = true,
	.order = { "login" },
	.columns = { "login", "email", "display_name", "extension", "locale",
	    "policy", "um_enabled", "has_pin", "generation", "set_at",
	    "expires_at", "is_expired", "must_change", "pin_locked",
	    "is_locked_out", "locked_out_at", "failed_logons", "reset_due",
	    "oof_status", "missed_call_notification_enabled",
	    "play_on_phone_dial_string", "telephone_access_folder_email",
	    "temporary_ends_at", "state" }
};

static enum status
refuse_login(const char *text, const char *why,
    char reason[COMMAND_REASON_SIZE])
{
	if (*text == '\0')
		(void)snprintf(reason, COMMAND_REASON_SIZE,
		    "the login is empty");
	else if (*why != '\0')
		(void)snprintf(reason, COMMAND_REASON_SIZE,
		    "\"%.1024s\" can be no login: it %s", text, why);
	else
		(void)snprintf(reason, COMMAND_REASON_SIZE, "login "
		    "\"%.512s\" is longer than %d bytes", text,
		    USERNAME_STORED_MAX);
	return ST_BAD;
}

/* A domain was dropped: should the rest be added, or is it dropped again? */
static enum status
refuse_stripped(const struct command *command, const char *text,
    const char *login, char reason[COMMAND_REASON_SIZE])
{
	struct username	again;
	char		why[USERNAME_REASON_SIZE];
	enum status	st;

	st = username_resolve(login, command->conf->strip_domains,
	    &again, why);
	if (st == ST_RETRY)
		return st;
	(void)snprintf(reason, COMMAND_REASON_SIZE, "nobody could log on as "
	    "\"%.512s\": strip_domains in umws.conf makes it \"%s\", %s",
	    text, login, st == ST_OK && !again.is_stripped ? "so add that" :
	    "which can be no login either: give it without a domain");
	return ST_BAD;
}

/* The login as it is looked up, if the web server could ever name it. */
static enum status
check_login(const struct command *command, struct admin_user *user,
    char login[USERNAME_SIZE], char reason[COMMAND_REASON_SIZE])
{
	struct username	username;
	char		why[USERNAME_REASON_SIZE];
	enum status	st;

	st = username_resolve(user->login,
	    command->conf->strip_domains, &username, why);
	if (st == ST_RETRY)
		return st;
	if (st == ST_OK && username.is_stripped)
		return refuse_stripped(command, user->login, username.login,
		    reason);
	if (st != ST_OK || strlen(username.login) > USERNAME_STORED_MAX)
		return refuse_login(user->login, why, reason);
	(void)strcpy(login, username.login);
	user->login = login;
	return ST_OK;
}

static enum status
check_email(const struct admin_user *user, char reason[COMMAND_REASON_SIZE])
{
	char		why[ADDRESS_REASON_SIZE];
	enum status	st = address_check(user->email, why);

	if (st == ST_BAD)
		(void)snprintf(reason, COMMAND_REASON_SIZE, "\"%.1024s\" is "
		    "no mail address: it %s", user->email, why);
	return st;
}

/* A name that a mail can show: something visible, as it is written. */
static enum status
check_name(const struct admin_user *user, char reason[COMMAND_REASON_SIZE])
{
	const char	*text = user->name;
	uint32_t	 c;
	bool		 is_visible = text == NULL || *text == '\0';

	while (text != NULL && *text != '\0') {
		text += utf8_decode(text, &c);
		if (c == UTF8_NONE)
			return ST_OK;	/* the database says so */
		if (character_misleads(c)) {
			(void)snprintf(reason, COMMAND_REASON_SIZE, "the name "
			    "has U+%04X, which makes it look like another",
			    (unsigned int)c);
			return ST_BAD;
		}
		is_visible = is_visible || unicode_invisible(c) == NULL;
	}
	if (!is_visible)
		(void)snprintf(reason, COMMAND_REASON_SIZE, "the name has no "
		    "character that can be seen");
	return is_visible ? ST_OK : ST_BAD;
}

static bool
is_given(const char *option)
{
	return option != NULL && *option != '\0';
}

/* What the database would refuse, said in words that name the value. */
enum status
command_user_check(const struct command *command, struct admin_user *user,
    char login[USERNAME_SIZE], char reason[COMMAND_REASON_SIZE])
{
	enum status	st;

	reason[0] = '\0';
	st = check_login(command, user, login, reason);
	if (st == ST_OK)
		st = check_email(user, reason);
	if (st == ST_OK)
		st = check_name(user, reason);
	if (st != ST_OK)
		return st;
	if (is_given(user->extension) && user->extension[
	    strspn(user->extension, "0123456789")] != '\0')
		(void)snprintf(reason, COMMAND_REASON_SIZE,
		    "extension \"%.1024s\" is not digits", user->extension);
	else if (is_given(user->extension) &&
	    strlen(user->extension) > EXTENSION_DIGITS)
		(void)snprintf(reason, COMMAND_REASON_SIZE, "extension "
		    "\"%.1024s\" has more than %d digits", user->extension,
		    EXTENSION_DIGITS);
	else if (is_given(user->locale) && !locale_is_known(user->locale))
		(void)snprintf(reason, COMMAND_REASON_SIZE, "locale "
		    "\"%.1024s\" is of no language in our list: give a tag of "
		    "BCP 47, a code of ISO 639 such as en, de or fr and "
		    "perhaps a region, as in de-AT", user->locale);
	return reason[0] == '\0' ? ST_OK : ST_BAD;
}

/* Add it, and say what its user may wonder about. */
static int
store_one(struct command *command, const struct admin_user *user)
{
	struct policy_left	left;
	uint64_t		pins;
	enum status		st;

	policy_left_init(&left);
	st = policy_left_user(command, &left, user, &pins);
	if (st == ST_OK) {
		command->is_changing = true;
		st = admin_user_add(command->admin, user);
	}
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	(void)fputs("added ", command->io->out);
	command_print(command->io->out, user->login);
	(void)putc('\n', command->io->out);
	policy_left_warn(command, user->login, pins);
	if (is_given(user->locale) && !letter_speaks(user->locale))
		(void)fprintf(command->io->out, "no mail is written in %s "
		    "yet: the mails will be in English\n", user->locale);
	return EX_OK;
}

static int
add_one(struct command *command)
{
	struct admin_user	user;
	char			login[USERNAME_SIZE];
	char			reason[COMMAND_REASON_SIZE];
	enum status		st;
	int			code;

	user.login = command->words[0];
	user.email = command_option(command, "--email");
	user.name = command_option(command, "--name");
	user.extension = command_option(command, "--extension");
	user.locale = command_option(command, "--locale");
	user.policy = command_option(command, "--policy");
	user.is_enabled = command_option(command, "--disabled") == NULL;
	if (user.email == NULL)
		return command_fail(command, EX_USAGE, "user add: --email is "
		    "missing: PIN mails go there (see umwsctl user add "
		    "--help)");
	st = command_user_check(command, &user, login, reason);
	if (st == ST_RETRY)
		return command_fail(command, EX_TEMPFAIL, "no memory");
	if (st != ST_OK)
		return command_fail(command, EX_DATAERR, "%s", reason);
	code = command_open(command);
	return code == EX_OK ? store_one(command, &user) : code;
}
static int
verb_add(struct command *command)
{
	static const char *const	of_one[] = { "--email", "--extension",
	    "--name", "--locale", "--policy", "--disabled" };
	const char	*path = command_option(command, "--csv");
	size_t		 i, given = command->count;

	for (i = 0; i < sizeof(of_one) / sizeof(of_one[0]); i++)
		given += command_option(command, of_one[i]) != NULL;
	if (path != NULL && given > 0)
		return command_fail(command, EX_USAGE, "user add: --csv takes "
		    "everything from the file: give nothing else");
	if (path != NULL)
		return command_import(command, path);
	if (command->count == 0)
		return command_fail(command, EX_USAGE, "user add: it needs a "
		    "LOGIN, or --csv FILE (see umwsctl user add --help)");
	return add_one(command);
}

int
command_whom(const struct command *command, const char *text,
    char login[USERNAME_SIZE])
{
	struct username	username;
	char		why[USERNAME_REASON_SIZE];
	enum status	st;

	st = username_resolve(text, command->conf->strip_domains, &username,
	    why);
	if (st == ST_RETRY)
		return command_fail(command, EX_TEMPFAIL, "no memory");
	if (st != ST_OK)
		return command_fail(command, EX_NOUSER, "there is no user "
		    "\"%.300s\", and can be none: it %s", text, why);
	(void)strcpy(login, username.login);
	return EX_OK;
}

int
command_no_user(const struct command *command, const char *login)
{
	return command_fail(command, EX_NOUSER, "there is no user "
	    "\"%.300s\": umwsctl user list shows them all", login);
}

static int
verb_show(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "login", "login", LIST_TEXT },
		{ "email", "email", LIST_TEXT },
		{ "name", "display_name", LIST_TEXT },
		{ "extension", "extension", LIST_TEXT },
		{ "locale", "locale", LIST_TEXT },
		{ "policy", "policy", LIST_TEXT },
		{ "state", "state", LIST_TEXT },
		{ "enabled", "um_enabled", LIST_YES_NO },
		{ "has PIN", "has_pin", LIST_YES_NO },
		{ "PINs so far", "generation", LIST_TEXT },
		{ "PIN set at", "set_at", LIST_TIME },
		{ "PIN expires at", "expires_at", LIST_TIME },
		{ "opens until", "temporary_ends_at", LIST_TIME },
		{ "expired", "is_expired", LIST_YES_NO },
		{ "must change", "must_change", LIST_YES_NO },
		{ "PIN locked", "pin_locked", LIST_YES_NO },
		{ "locked out", "is_locked_out", LIST_YES_NO },
		{ "locked out at", "locked_out_at", LIST_TIME },
		{ "failed logons", "failed_logons", LIST_TEXT },
		{ "reset due", "reset_due", LIST_YES_NO },
		{ "out of office", "oof_status", LIST_YES_NO },
		{ "missed calls", "missed_call_notification_enabled",
		    LIST_YES_NO },
		{ "play on phone", "play_on_phone_dial_string", LIST_TEXT },
		{ "read out folder", "telephone_access_folder_email",
		    LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	char		 login[USERNAME_SIZE];
	size_t		 count = 0;
	int		 code;

	code = command_whom(command, command->words[0], login);
	if (code != EX_OK)
		return code;
	code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_option(command, "--json") != NULL)
		code = list_json(command, &users,
		    &(struct admin_filter){ .name = login }, &count);
	else
		code = list_card(command, &users,
		    &(struct admin_filter){ .name = login }, columns, &count);
	if (code == EX_OK && count == 0)
		return command_no_user(command, login);
	return code;
}

static int
verb_list(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "LOGIN", "login", LIST_TEXT },
		{ "EMAIL", "email", LIST_TEXT },
		{ "EXTENSION", "extension", LIST_TEXT },
		{ "POLICY", "policy", LIST_TEXT },
		{ "STATE", "state", LIST_TEXT },
		{ "NAME", "display_name", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};
	static const struct list_filter	filters[] = {
		{ "--login", "login", ADMIN_LIKE },
		{ "--policy", "policy", ADMIN_EQUAL },
		{ "--state", "state", ADMIN_EQUAL },
		{ NULL, NULL, ADMIN_EQUAL }
	};

	return list_all(command, &users, columns, filters);
}

/* clang-format off */
static const char	add_help[] =
"A new mailbox has no PIN; its user gets one by a reset.\n\n"
"  --email ADDRESS  where PIN mails go\n"
"  --extension N    telephone extension, up to 20 digits\n"
"  --name TEXT      name in the mail's To field\n"
"  --locale TAG     language of the mails (en), like de or de-AT\n"
"  --policy NAME    PIN policy (default)\n"
"  --disabled       without voice mail: ResetPIN is refused\n"
"  --csv FILE       add every row of FILE (- is standard input), or none if\n"
"                   one is wrong. RFC 4180, UTF-8; the first line is the\n"
"                   header, its columns in any order:\n"
"                   login,email,name,extension,locale,policy\n"
"                   Only login and email are needed.\n";

static const char	show_help[] =
"Never the PIN: it is stored nowhere.\n\n"
"  --json, --jsonl  the row of the view umws.v_user, in an array or alone\n";

static const char	list_help[] =
"  --login PATTERN  whose login is like it; * is any text\n"
"  --policy NAME    of this policy\n"
"  --state STATE    disabled, locked_out, reset_due, no_pin, ended (a drawn\n"
"                   PIN too old), expired, must_change or ready\n"
"  --limit N        no more than N, by login\n"
"  --json, --jsonl  the rows of the view umws.v_user, as one array or as\n"
"                   one object a line\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "add",
	  .usage = "LOGIN --email ADDRESS [OPTION...] | --csv FILE",
	  .summary = "add one mailbox, or those of a file", .help = add_help,
	  .options = { "--email=", "--extension=", "--name=", "--locale=",
	  "--policy=", "--disabled", "--csv=" },
	  .word_names = "LOGIN", .words_max = 1, .run = verb_add },
	{ .name = "show", .usage = "LOGIN [--json | --jsonl]",
	  .summary = "show one mailbox", .help = show_help,
	  .options = { "--json", "--jsonl" }, .word_names = "LOGIN",
	  .words_min = 1, .words_max = 1, .run = verb_show },
	{ .name = "list", .usage = "[OPTION...]",
	  .summary = "list mailboxes", .help = list_help,
	  .options = { "--login=", "--policy=", "--state=", "--limit=",
	  "--json", "--jsonl" }, .run = verb_list },
	{ .name = NULL }
};

const struct verb_group	verbs_user = { "user", verbs };
