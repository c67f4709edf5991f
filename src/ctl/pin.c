/*
 * pin.c - "pin ...": the state of a mailbox's PIN, and a new one.
 */
#include "config.h"

#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/pin-reset.h"
#include "ctl/user.h"
#include "ctl/verbs.h"

static const struct verb_call	lock = {
	.function = "pin_lock",
	.params = { "LOGIN", "=t", "--change", "--reason" }
};
static const struct verb_call	unlock = {
	.function = "pin_lock",
	.params = { "LOGIN", "=f", "--change", "--reason" }
};
static const struct verb_call	expire = {
	.function = "pin_expire",
	.params = { "LOGIN", "--reason" }
};

static const struct admin_view	states = {
	.name = "v_pin", .key = "login", .is_folded = true,
	.order = { "login" },
	.columns = { "login", "state", "has_pin", "is_expired",
	    "is_first_time", "must_change", "is_locked_out", "pin_locked",
	    "failed_logons", "reset_due", "set_at", "expires_at",
	    "temporary_ends_at", "locked_out_at", "lockout_ends_at",
	    "locked_by_admin" }
};

static int
verb_status(struct command *command)
{
	static const struct list_column	columns[] = {
		{ "Login:", "login", LIST_TEXT },
		{ "State:", "state", LIST_TEXT },
		{ "PIN set:", "set_at", LIST_TIME },
		{ "Expires:", "expires_at", LIST_TIME },
		{ "Expired:", "is_expired", LIST_YES_NO },
		{ "First-time user:", "is_first_time", LIST_YES_NO },
		{ "Must be changed:", "must_change", LIST_YES_NO },
		{ "Drawn PIN ends:", "temporary_ends_at", LIST_TIME },
		{ "Locked out:", "is_locked_out", LIST_YES_NO },
		{ "By an administrator:", "locked_by_admin", LIST_YES_NO },
		{ "Locked out since:", "locked_out_at", LIST_TIME },
		{ "Lockout ends:", "lockout_ends_at", LIST_TIME },
		{ "Locked against change:", "pin_locked", LIST_YES_NO },
		{ "Failed logons:", "failed_logons", LIST_TEXT },
		{ "Reset due:", "reset_due", LIST_YES_NO },
		{ NULL, NULL, LIST_TEXT }
	};
	char			login[USERNAME_SIZE];
	struct admin_filter	filter = { .name = login };
	size_t			count = 0;
	int			code;

	code = command_whom(command, command->words[0], login);
	if (code == EX_OK)
		code = command_open(command);
	if (code != EX_OK)
		return code;
	code = command_has(command, "--json") ?
	    list_json(command, &states, &filter, &count) :
	    list_card(command, &states, &filter, columns, &count);
	if (code == EX_OK && count == 0)
		return command_no_user(command, login);
	return code;
}

/* clang-format off */
static const char	lock_help[] =
"A mailbox that is locked out hears LOCKED at every logon by phone, until\n"
"pin unlock: no reset ends that, nor does the policy's LockoutDuration.\n\n"
"  --change       lock the PIN against change instead: ResetPIN is refused,\n"
"                 logons go on\n"
"  --reason TEXT  for the audit\n"
"  --json         one array with what was done\n";

static const char	unlock_help[] =
"Failed logons are counted from 0 again.\n\n"
"  --change       let the PIN be changed again\n"
"  --reason TEXT  for the audit\n"
"  --json         one array with what was done\n";

static const char	reset_help[] =
"Draws a new PIN by the mailbox's policy, as ResetPIN does, and queues the\n"
"mail with it; nobody but its reader sees the PIN. Failed logons count from 0\n"
"again, a lockout ends (but not one by pin lock), no limit holds. A PIN that\n"
"is locked against change stays as it is. Reads pepper_key and mail_pub of\n"
"umws.conf: run it as root, or as umwsctl(1) says for a help desk.\n\n"
"  --reason TEXT     for the audit; needed\n"
"  --notify ADDRESS  mail the PIN there, if AllowNotifyAddress is in the\n"
"                    policy; a mail without the PIN tells the user\n"
"  --json            one array with what was done\n";

static const char	set_help[] =
"For somebody who has to get a PIN by another way than by mail: pin reset is\n"
"the better one. The PIN is typed twice without echo, or is one line on\n"
"standard input; it is never an argument. Policy and history hold for it, and\n"
"it has to be changed at the first logon. A mail tells the user of it, if the\n"
"policy has NotifyChange. The rest is as in pin reset.\n\n"
"  --reason TEXT  for the audit\n"
"  --json         one array with what was done\n";

static const char	expire_help[] =
"The PIN opens the mailbox as before; whoever uses it has to change it.\n\n"
"  --reason TEXT  for the audit\n"
"  --json         one array with what was done\n";

static const char	status_help[] =
"What Exchange's Get-UMMailboxPIN shows, and when what ends. A first-time\n"
"user has never set a PIN of their own. No verb shows a PIN.\n\n"
"  --json  one array, with the columns of umws.v_pin\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "reset", .usage =
	      "LOGIN --reason TEXT [--notify ADDRESS] [--json]",
	  .summary = "draw a new PIN and mail it to its user",
	  .help = reset_help,
	  .options = { "--reason=", "--notify=", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = pin_reset_verb },
	{ .name = "set", .usage = "LOGIN [--reason TEXT] [--json]",
	  .summary = "set a PIN that somebody has to get another way",
	  .help = set_help, .options = { "--reason=", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = pin_set_verb },
	{ .name = "expire", .usage = "LOGIN [--reason TEXT] [--json]",
	  .summary = "force a change of the PIN at the next logon",
	  .help = expire_help, .options = { "--reason=", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = command_act, .call = &expire },
	{ .name = "status", .usage = "LOGIN [--json]",
	  .summary = "show the state of a mailbox's PIN",
	  .help = status_help, .options = { "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = verb_status },
	{ .name = "lock", .usage = "LOGIN [--change] [--reason TEXT] [--json]",
	  .summary = "lock a mailbox out, or its PIN against change",
	  .help = lock_help, .options = { "--change", "--reason=", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = command_act, .call = &lock },
	{ .name = "unlock",
	  .usage = "LOGIN [--change] [--reason TEXT] [--json]",
	  .summary = "end what pin lock or failed logons did",
	  .help = unlock_help,
	  .options = { "--change", "--reason=", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = command_act, .call = &unlock },
	{ .name = NULL }
};

const struct verb_group	verbs_pin = { "pin", verbs };
