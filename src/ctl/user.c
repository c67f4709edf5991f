/*
 * user.c - "user add", "set", "show", "list", "enable", "disable" and "remove":
 * mailboxes, one by one.
 */
#include "config.h"

#include "ctl/user.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/pin-reset.h"
#include "ctl/policy-left.h"
#include "ctl/sync.h"
#include "ctl/verbs.h"
#include "core/username.h"

static const struct admin_view	users = {
	.name = "v_user",
	.key = "login",
	.is_folded = true,
	.order = { "login" },
	.columns = { "login", "email", "display_name", "extension", "locale",
	    "time_zone", "policy", "um_enabled", "has_pin", "generation",
	    "set_at", "expires_at", "is_expired", "must_change", "pin_locked",
	    "is_locked_out", "locked_out_at", "failed_logons", "reset_due",
	    "oof_status", "missed_call_notification_enabled",
	    "play_on_phone_dial_string", "telephone_access_folder_email",
	    "temporary_ends_at", "state", "synced" }
};

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
	return EX_OK;
}

static int
verb_add(struct command *command)
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
	user.time_zone = command_option(command, "--time-zone");
	user.policy = command_option(command, "--policy");
	user.is_enabled = command_option(command, "--disabled") == NULL;
	if (user.email == NULL)
		return command_fail(command, EX_USAGE, "user add: --email is "
		    "missing: PIN mails go there (see umwsctl user add "
		    "--help)");
	if (command_has(command, "--pin") && !user.is_enabled)
		return command_fail(command, EX_USAGE, "user add: --pin goes "
		    "without --disabled: a PIN would open nothing");
	st = command_user_check(command, &user, login, reason);
	if (st == ST_RETRY)
		return command_fail(command, EX_TEMPFAIL, "no memory");
	if (st != ST_OK)
		return command_fail(command, EX_DATAERR, "%s", reason);
	code = command_has(command, "--pin") ? pin_check_keys(command) : EX_OK;
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK)
		code = store_one(command, &user);
	if (code == EX_OK && command_has(command, "--pin"))
		code = pin_give(command, login, "user add");
	return code;
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
		{ "time zone", "time_zone", LIST_TEXT },
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
		{ "synced", "synced", LIST_TEXT },
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

/* A mailbox as it is now; all of it is owned. */
struct kept {
	char	*login;
	char	*name;
	char	*extension;
	char	*policy;
};

static char *
keep(const char *const *values, const char *column)
{
	const char	*text = list_value(&users, values, column);

	return strdup(text != NULL ? text : "");
}

static enum status
on_kept(void *context, const char *const *values)
{
	struct kept	*kept = context;

	kept->login = keep(values, "login");
	kept->name = keep(values, "display_name");
	kept->extension = keep(values, "extension");
	kept->policy = keep(values, "policy");
	return kept->login != NULL && kept->name != NULL &&
	    kept->extension != NULL && kept->policy != NULL ? ST_OK :
	    ST_RETRY;
}

/* After a change: are too few PINs left? */
static int
warn_changed(struct command *command, const char *login)
{
	struct policy_left	 left;
	struct kept		 kept = { .login = NULL };
	uint64_t		 pins = UINT64_MAX;
	enum status		 st;
	size_t			 count;

	st = admin_read(command->admin, &users,
	    &(struct admin_filter){ .name = login }, on_kept, &kept, &count);
	policy_left_init(&left);
	if (st == ST_OK && count > 0)
		st = policy_left_user(command, &left, &(struct admin_user){
		    .login = kept.login, .name = kept.name,
		    .extension = kept.extension, .policy = kept.policy },
		    &pins);
	if (st == ST_OK)
		policy_left_warn(command, login, pins);
	free(kept.login);
	free(kept.name);
	free(kept.extension);
	free(kept.policy);
	return st == ST_OK ? EX_OK : command_db_fail(command, st, "changed, "
	    "but not whether enough PINs are left");
}

static int
verb_set(struct command *command)
{
	static const char *const	given[] = { "--email", "--name",
	    "--extension", "--locale", "--time-zone", "--policy", "--login" };
	struct admin_user	 user = { .is_enabled = true };
	const char		*params[sizeof(given) / sizeof(given[0]) + 1];
	struct db_result	*result = NULL;
	char			 login[USERNAME_SIZE], other[USERNAME_SIZE];
	char			 reason[COMMAND_REASON_SIZE];
	enum status		 st;
	size_t			 i, count = 0;
	int			 code;

	for (i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		params[i + 1] = command_option(command, given[i]);
		count += params[i + 1] != NULL;
	}
	if (count == 0)
		return command_fail(command, EX_USAGE, "user set: say what "
		    "is to change (see umwsctl user set --help)");
	code = command_whom(command, command->words[0], login);
	if (code != EX_OK)
		return code;
	user.email = params[1];
	user.name = params[2];
	user.extension = params[3];
	user.locale = params[4];
	user.login = params[7];
	st = command_user_check(command, &user, other, reason);
	if (st == ST_RETRY)
		return command_fail(command, EX_TEMPFAIL, "no memory");
	if (st != ST_OK)
		return command_fail(command, EX_DATAERR, "%s", reason);
	params[0] = login;
	params[7] = user.login;
	code = command_open(command);
	if (code == EX_OK)
		code = command_call(command, "user_set", params,
		    sizeof(params) / sizeof(params[0]), &result);
	if (code == EX_OK)
		code = command_answer(command, result);
	db_result_free(&result);
	if (code == EX_OK && command_option(command, "--json") == NULL)
		code = warn_changed(command, user.login != NULL ? other :
		    login);
	return code;
}

static const struct verb_call	disable = {
	.function = "user_enable", .params = { "LOGIN", "=f" }
};
static const struct verb_call	removal = {
	.function = "user_remove", .params = { "LOGIN" },
	.question = "the mailbox goes for good, with its PIN, the history of "
	    "its PINs and its mails"
};

/* clang-format off */
static const char	add_help[] =
"A new mailbox has no PIN; its user gets one by a reset, or with --pin.\n\n"
"  --email ADDRESS  where its mails go\n"
"  --extension N    telephone extension, up to 20 digits\n"
"  --name TEXT      name in the mail's To field\n"
"  --locale TAG     language of the mails, like de or de-AT (the policy's)\n"
"  --time-zone NAME\n"
"                   whose clock they show, like Europe/Rome (the policy's)\n"
"  --policy NAME    PIN policy (default)\n"
"  --pin            draw the first PIN and welcome its user by a mail with it\n"
"  --disabled       without voice mail: ResetPIN is refused\n";

static const char	set_help[] =
"What is not given stays as it is. \"\" for no name, extension, locale, time\n"
"zone.\n\n"
"  --email ADDRESS  where its mails go. A mail that is still to go to the old\n"
"                   address is withdrawn; if one is under way, that is said\n"
"  --extension N    telephone extension, up to 20 digits\n"
"  --name TEXT      name in the mail's To field\n"
"  --locale TAG     language of the mails, like de or de-AT\n"
"  --time-zone NAME\n"
"                   whose clock they show, like Europe/Rome\n"
"  --policy NAME    PIN policy; it holds for the next PIN\n"
"  --login NEW      another login; the PIN stays, a role of the old one is\n"
"                   revoked\n"
"  --json           one array with what was done\n";

static const char	disable_help[] =
"ResetPIN is refused, every logon by phone is answered DENIED. A PIN mail\n"
"that is still to be sent is withdrawn; if one is under way, that is said.\n"
"The PIN stays as it is, for user enable; a role of the login stays, too, and\n"
"that is said.\n\n"
"  --json  one array with what was done\n";

static const char	remove_help[] =
"With its PIN, the history of its PINs, its mails and the roles of its login;\n"
"the audit keeps its rows. A mailbox that is added later under this login is\n"
"another one.\n\n"
"  --yes      do not ask\n"
"  --dry-run  say what would be done\n"
"  --json     one array with what was done\n";

static const char	import_help[] =
"FILE is CSV (- is standard input): UTF-8, columns parted by commas,\n"
"semicolons or tabs, which the first line, the header, shows. Columns, in\n"
"any order:\n"
"    login,email,name,extension,locale,time_zone,policy,enabled\n"
"Only login and email are needed; what has no column stays as it is, and so\n"
"does what an empty locale, time_zone, policy or enabled stands for.\n"
"Mailboxes that are there are changed where they differ, new ones are added;\n"
"none is removed.\n"
"All rows or none: each bad one is named with its line.\n\n"
"  --map FIELD=COLUMN,...  the file's names for these columns; others that\n"
"                          it has are then left alone\n"
"  --delimiter WORD        comma, semicolon or tab, whatever the header shows\n"
"  --asterisk              FILE is a voicemail.conf of Asterisk: mailboxes,\n"
"                          and PINs for those that have never had one\n"
"  --context NAME          with it: the mailboxes of this context alone\n"
"  --login WORD            with it: their logins are number (without the\n"
"                          option), email, or user, what is before its @\n"
"  --skip-bad              leave bad rows out and import the others\n"
"  --uneven                extensions are right though a few are shorter than\n"
"                          all others, as if a spreadsheet had taken zeros\n"
"  --dry-run               say what would be done, and the first differences\n"
"  --json                  one array with the counts\n";

static const char	sync_help[] =
"Like user import, and who is gone from the file or the directory is\n"
"disabled, never removed: only mailboxes that a sync has made or has had a\n"
"row for; those added by hand stay. Who comes back is enabled again. The\n"
"directory is that of ldap_url and the other ldap_* in umws.conf. For cron:\n"
"silent if nothing was changed, one line if something was. If more than\n"
"sync_max_gone (10) per cent are gone, or all, nothing is changed.\n\n"
"  --csv FILE     a file as of user import (- is standard input)\n"
"  --ldap         the directory\n"
"  --policy NAME  PIN policy of rows that name none\n"
"  --force        however many are gone, and whether its last line is whole\n"
"  --skip-bad     leave bad rows out and change the others; their mailboxes\n"
"                 stay as they are\n"
"  --map, --delimiter  as of user import\n"
"  --dry-run      say what would be done, and the first differences\n"
"  --json         one array with the counts\n";

static const char	export_help[] =
"CSV (RFC 4180) in UTF-8, as user import takes it. Fields are written as they\n"
"are: one that begins with = + - or @ is a formula to a spreadsheet. Or a\n"
"voicemail.conf of Asterisk, with a password that nobody can dial.\n\n"
"  --format FORMAT  csv (the default) or asterisk\n"
"  --context NAME   the section of voicemail.conf (default)\n"
"  --login PATTERN  whose login is like it; * is any text\n"
"  --policy NAME    of this policy\n"
"  --state STATE    as of user list\n";

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
	{ .name = "add", .usage = "LOGIN --email ADDRESS [OPTION...]",
	  .summary = "add a mailbox", .help = add_help,
	  .options = { "--email=", "--extension=", "--name=", "--locale=",
	  "--time-zone=", "--policy=", "--pin", "--disabled" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = verb_add },
	{ .name = "show", .usage = "LOGIN [--json | --jsonl]",
	  .summary = "show one mailbox", .help = show_help,
	  .options = { "--json", "--jsonl" }, .word_names = "LOGIN",
	  .words_min = 1, .words_max = 1, .run = verb_show },
	{ .name = "list", .usage = "[OPTION...]",
	  .summary = "list mailboxes", .help = list_help,
	  .options = { "--login=", "--policy=", "--state=", "--limit=",
	  "--json", "--jsonl" }, .run = verb_list },
	{ .name = "set", .usage = "LOGIN OPTION...",
	  .summary = "change a mailbox", .help = set_help,
	  .options = { "--email=", "--extension=", "--name=", "--locale=",
	  "--time-zone=", "--policy=", "--login=", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = verb_set },
	{ .name = "enable", .usage = "LOGIN [--pin] [--json]",
	  .summary = "enable a mailbox again", .help = user_enable_help,
	  .options = { "--pin", "--json" }, .word_names = "LOGIN",
	  .words_min = 1, .words_max = 1, .run = user_enable_verb },
	{ .name = "disable", .usage = "LOGIN [--json]",
	  .summary = "disable a mailbox and keep it", .help = disable_help,
	  .options = { "--json" }, .word_names = "LOGIN", .words_min = 1,
	  .words_max = 1, .run = command_act, .call = &disable },
	{ .name = "remove", .usage = "LOGIN [--yes] [--dry-run] [--json]",
	  .summary = "remove a mailbox", .help = remove_help,
	  .options = { "--yes", "--dry-run", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = command_act, .call = &removal },
	{ .name = "import", .usage = "FILE [OPTION...]",
	  .summary = "add and change the mailboxes of a file",
	  .help = import_help,
	  .options = { "--map=", "--delimiter=", "--asterisk",
	  "--context=", "--login=", "--skip-bad", "--uneven", "--dry-run",
	  "--json" },
	  .word_names = "FILE", .words_min = 1, .words_max = 1,
	  .run = command_import },
	{ .name = "sync", .usage = "--csv FILE | --ldap [OPTION...]",
	  .summary = "make mailboxes what a file or the directory has",
	  .help = sync_help,
	  .options = { "--csv=", "--ldap", "--policy=", "--force",
	  "--skip-bad", "--map=", "--delimiter=", "--dry-run", "--json" },
	  .run = command_sync },
	{ .name = "export", .usage = "[OPTION...]",
	  .summary = "write mailboxes as a file for user import",
	  .help = export_help,
	  .options = { "--format=", "--context=", "--login=", "--policy=",
	  "--state=" }, .run = command_export },
	{ .name = NULL }
};

const struct verb_group	verbs_user = { "user", verbs };
