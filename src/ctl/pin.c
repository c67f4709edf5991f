/*
 * pin.c - "pin ...": the state of a mailbox's PIN, and a new one.
 */
#include "config.h"

#include "ctl/pin-reset.h"
#include "ctl/verbs.h"

static const struct verb_call	lock = {
	.function = "pin_lock",
	.params = { "LOGIN", "=t", "--change", "--reason" }
};
static const struct verb_call	unlock = {
	.function = "pin_lock",
	.params = { "LOGIN", "=f", "--change", "--reason" }
};

/* clang-format off */
static const char	lock_help[] =
"A mailbox that is locked out hears LOCKED at every logon by phone, until\n"
"pin unlock, a reset by an administrator or the policy's LockoutDuration.\n\n"
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
"again, a lockout ends, no limit holds. A PIN that is locked against change\n"
"stays as it is. Reads pepper_key and mail_pub of umws.conf: run it as root,\n"
"or with the worker's group.\n\n"
"  --reason TEXT  for the audit; needed\n"
"  --json         one array with what was done\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "reset", .usage = "LOGIN --reason TEXT [--json]",
	  .summary = "draw a new PIN and mail it to its user",
	  .help = reset_help, .options = { "--reason=", "--json" },
	  .word_names = "LOGIN", .words_min = 1, .words_max = 1,
	  .run = pin_reset_verb },
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
