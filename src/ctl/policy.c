/*
 * policy.c - "policy set", "show", "list" and "remove": PIN policies under
 * Exchange's names.
 *
 * "policy set" changes, reads back and checks in one transaction: what is
 * checked is what would be stored, defaults of a new policy included.
 */
#include "config.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/policy-explain.h"
#include "ctl/policy-key.h"
#include "ctl/policy-language.h"
#include "ctl/policy-left.h"
#include "ctl/policy-value.h"
#include "ctl/verbs.h"
#include "base/buf.h"
#include "base/text.h"
#include "core/policy.h"

#define JSON_MAX	65536	/* bytes of the settings */

/* A policy before and after, and the keys of both. */
struct change {
	struct policy_keys	keys;
	struct policy_values	old;
	struct policy_values	new;
	struct policy_count	left;
};

/* The value of the key at i as an operator would write it. */
static const char *
shown(const struct policy_keys *keys, size_t i, const char *value,
    char text[POLICY_VALUE_SIZE])
{
	const struct policy_key	*key = &keys->keys[i];

	return key->format->print(key->setting, value, text);
}

/* Does what would be stored leave enough PINs to draw? */
static int
judge(const struct command *command, struct change *change)
{
	struct policy	policy;
	uint64_t	enough;

	if (policy_values_parse(&change->keys, &change->new, &policy) !=
	    ST_OK)
		return command_fail(command, EX_SOFTWARE, "the database holds "
		    "a policy that no PIN is drawn by (MinPINLength %.20s); "
		    "nothing was changed", policy_values_of(&change->keys,
		    &change->new, "min_pin_length"));
	policy_count(&policy, &change->left);
	enough = policy_values_enough(&change->keys, &change->new);
	if (change->left.pins >= enough)
		return EX_OK;
	return command_fail(command, EX_DATAERR, "this would leave %" PRIu64
	    " PINs%s, fewer than %" PRIu64 ": raise MinPINLength, refuse "
	    "less or lower PINHistoryCount; nothing was changed",
	    change->left.pins, change->left.is_exact ? "" :
	    " that are certain", enough);
}

static void
print_changes(const struct command *command, const char *result,
    const struct change *change)
{
	const char *const	*old = (const char *const *)change->old.text;
	const char *const	*new = (const char *const *)change->new.text;
	char			 from[POLICY_VALUE_SIZE];
	char			 to[POLICY_VALUE_SIZE];
	FILE			*out = command->io->out;
	size_t			 i, count = 0;

	(void)fputs("policy ", out);
	command_print(out, command->words[0]);
	(void)fprintf(out, " %s", result);
	for (i = 0; i < change->keys.count; i++) {
		if (old[i] != NULL && strcmp(old[i], new[i]) == 0)
			continue;
		if (policy_language_is(change->keys.keys[i].setting)) {
			policy_language_changes(out, &change->keys.keys[i],
			    old[i] == NULL ? "" : old[i], new[i], &count);
			continue;
		}
		(void)fprintf(out, "%s%s ", count++ == 0 ? ": " : ", ",
		    change->keys.keys[i].setting->key);
		if (old[i] != NULL) {
			command_print(out, shown(&change->keys, i, old[i],
			    from));
			(void)fputs(" -> ", out);
		}
		command_print(out, shown(&change->keys, i, new[i], to));
	}
	if (count == 0)
		(void)fputs(": every value was like that before", out);
	(void)fputs("\nallows ", out);
	policy_left_print(out, &change->left);
	(void)putc('\n', out);
}

/* In the transaction: look, set, look again, judge, commit. */
static int
set_locked(struct command *command, struct change *change, const char *json)
{
	const char	*name = command->words[0];
	char		 result[ADMIN_RESULT_SIZE] = "";
	enum status	 st;
	int		 code = EX_OK;

	command->is_changing = true;
	st = policy_values_read(command, &change->keys, name, &change->old);
	if (st == ST_OK)
		st = admin_policy_set(command->admin, name, json, result);
	if (st == ST_OK)
		st = policy_values_read(command, &change->keys, name,
		    &change->new);
	if (st == ST_OK && change->new.text[0] == NULL)
		st = ST_FAIL;
	if (st == ST_OK)
		code = judge(command, change);
	if (st == ST_OK && code == EX_OK)
		st = admin_commit(command->admin);
	if (st != ST_OK)
		code = command_db_fail(command, st, NULL);
	else if (code == EX_OK)
		print_changes(command, result, change);
	policy_values_free(&change->old);
	policy_values_free(&change->new);
	return code;
}

static int
verb_set(struct command *command)
{
	struct change	change = { .keys.count = 0 };
	struct buf	json = BUF_INIT(JSON_MAX);
	enum status	st;
	int		code;

	policy_keys_init(&change.keys);
	code = policy_keys_parse(command, &change.keys, &json);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK) {
		st = admin_begin(command->admin);
		if (st == ST_OK)
			code = set_locked(command, &change, buf_text(&json));
		else
			code = command_db_fail(command, st, NULL);
		admin_rollback(command->admin);
	}
	buf_free(&json);
	return code;
}

/* Where policies are shown. */
struct show {
	FILE			*out;
	struct policy_keys	 keys;
};

static enum status
on_shown(void *context, const char *const *row)
{
	const struct show	*show = context;
	const struct policy_key	*key;
	const char		*value;
	char			 text[POLICY_VALUE_SIZE];
	FILE			*out = show->out;
	size_t			 i;

	command_print(out, row[0]);
	(void)putc('\n', out);
	for (i = 0; i < show->keys.count; i++) {
		key = &show->keys.keys[i];
		value = row[i + 1] == NULL ? "" : row[i + 1];
		if (policy_language_is(key->setting)) {
			policy_language_show(out, key, value);
			continue;
		}
		(void)fprintf(out, "  %*s ", -POLICY_KEY_COLUMNS,
		    key->setting->key);
		command_print(out, shown(&show->keys, i, value, text));
		(void)putc('\n', out);
	}
	return ST_OK;
}

static int
verb_show(struct command *command)
{
	const char	*name = command->count > 0 ? command->words[0] : NULL;
	struct show	 show = { .out = command->io->out };
	enum status	 st;
	size_t		 count = 0;
	int		 code;

	policy_keys_init(&show.keys);
	code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_option(command, "--count") != NULL)
		return policy_left_show(command, name);
	if (command_option(command, "--json") != NULL) {
		code = list_json(command, &show.keys.view,
		    &(struct admin_filter){ .name = name }, &count);
	} else {
		st = admin_read(command->admin, &show.keys.view,
		    &(struct admin_filter){ .name = name }, on_shown, &show,
		    &count);
		if (st != ST_OK)
			code = command_db_fail(command, st, NULL);
	}
	if (code == EX_OK && count == 0)
		return command_no_policy(command, name);
	return code;
}

static int
verb_list(struct command *command)
{
	static const struct admin_view	view = {
		.name = "v_policy_use",
		.key = "name",
		.order = { "name" },
		.columns = { "name", "min_pin_length", "pin_lifetime_days",
		    "users" }
	};
	static const struct list_column	columns[] = {
		{ "NAME", "name", LIST_TEXT },
		{ "LENGTH", "min_pin_length", LIST_TEXT },
		{ "LIFETIME", "pin_lifetime_days", LIST_UNLIMITED },
		{ "USERS", "users", LIST_TEXT },
		{ NULL, NULL, LIST_TEXT }
	};

	return list_all(command, &view, columns, NULL);
}

static const struct verb_call	removal = {
	.function = "policy_remove",
	.params = { "WORD" },
	.question = "the settings of the policy are lost"
};

/* clang-format off */
static const char	list_help[] =
"Digits of a drawn PIN, days until it must be changed, and how many mailboxes\n"
"have the policy.\n\n"
"  --json, --jsonl  the rows of the view umws.v_policy_use, as one array or\n"
"                   as one object a line; there 0 days are unlimited\n";

static const char	remove_help[] =
"Refused while a mailbox has it; the policy \"default\" always stays.\n\n"
"  --yes      do not ask\n"
"  --dry-run  change nothing, and say what would be\n"
"  --json     one array with what was done\n";

static const char	set_help[] =
"Keys are those of Exchange's UM mailbox policy, and some of ours:\n\n"
"  MinPINLength=4..24                  PINLifetime=DAYS|unlimited\n"
"  PINHistoryCount=1..20               AllowCommonPatterns=yes|no\n"
"  LogonFailuresBeforePINReset=N|off   MaxLogonAttempts=1..999\n"
"  LockoutDuration=TIME|unlimited      TempPINLifetime=DAYS|unlimited\n"
"  ResetsPerHour=N|off                 ResetsPerDay=N|off\n"
"  NotifyChange=yes|no                 NotifyLocked=yes|no\n"
"  AllowNotifyAddress=yes|no\n\n"
"For what mails say:\n\n"
"  DefaultLanguage=LANGUAGE            TimeZone=PLACE|none\n"
"  AccessNumbers=TEXT                  HelpDeskContact=TEXT\n"
"  ResetPINText=HTML                   UMEnabledText=HTML\n"
"  ResetPINText[LANGUAGE]=HTML         UMEnabledText[LANGUAGE]=HTML\n"
"  BrandName=TEXT                      BrandColor=#RRGGBB|none\n\n"
"What else a PIN is refused for: umwsctl policy rules lists it.\n\n"
"TIME is a number of seconds, or one with a unit: 30s, 15m, 1h, 1d. LANGUAGE\n"
"is de, or de-AT; PLACE is Europe/Berlin, or UTC. HTML is simple: umwsctl(1)\n"
"has its elements. TEXT and HTML may be empty: then there is none, or none in\n"
"that language.\n"
"A policy that leaves too few PINs to draw is refused.\n";

static const char	show_help[] =
"  --json, --jsonl\n"
"           the rows of the view umws.v_policy, as one array or as one\n"
"           object a line\n"
"  --count  how many PINs are left to draw, and their bits, for the mailbox\n"
"           whose extension and names refuse the most; with --json, objects\n"
"           of name, pins (null: more than 10^19), bits and is_exact\n";

static const char	explain_help[] =
"The PIN is read from the terminal, without echo, or is the first line of\n"
"standard input. Every rule that refuses it is named. Exit code 0: the policy\n"
"allows it; 65: it does not. Earlier PINs of a mailbox are not looked at.\n\n"
"  --login LOGIN  with the extension and the names of this mailbox\n"
"  --extension N  with this extension\n"
"  --name TEXT    with this name\n"
"  --json         one object: policy, allowed, rules (rule and sentence)\n";

static const char	rules_help[] =
"For each rule: its name, the key that sets it, the default, what it\n"
"refuses.\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "set", .usage = "NAME KEY=VALUE...",
	  .summary = "change a PIN policy, or make a new one",
	  .help = set_help, .word_names = "NAME and KEY=VALUE",
	  .words_min = 2, .words_max = COMMAND_WORDS_MAX, .run = verb_set },
	{ .name = "list", .usage = "[--json | --jsonl]",
	  .summary = "list the PIN policies and how many mailboxes have each",
	  .help = list_help, .options = { "--json", "--jsonl" },
	  .run = verb_list },
	{ .name = "remove", .usage = "NAME [--yes] [--dry-run] [--json]",
	  .summary = "remove a PIN policy that no mailbox has",
	  .help = remove_help, .options = { "--yes", "--dry-run", "--json" },
	  .word_names = "NAME", .words_min = 1, .words_max = 1,
	  .run = command_act, .call = &removal },
	{ .name = "show", .usage = "[NAME] [--count] [--json | --jsonl]",
	  .summary = "show all PIN policies, or one", .help = show_help,
	  .options = { "--count", "--json", "--jsonl" }, .words_max = 1,
	  .run = verb_show },
	{ .name = "explain", .usage = "NAME [OPTION...]",
	  .summary = "say which rules refuse a PIN", .help = explain_help,
	  .options = { "--login=", "--extension=", "--name=", "--json" },
	  .word_names = "NAME", .words_min = 1, .words_max = 1,
	  .run = policy_explain_verb },
	{ .name = "rules", .usage = "",
	  .summary = "list the rules that a PIN is held against",
	  .help = rules_help, .run = policy_rules_verb },
	{ .name = NULL }
};

const struct verb_group	verbs_policy = { "policy", verbs };
