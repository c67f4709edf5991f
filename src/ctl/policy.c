/*
 * policy.c - PIN policies under Exchange's names.
 *
 * policy set changes, reads back and judges in one transaction: what is
 * judged is what would be stored, defaults of a new policy included.
 */
#include "config.h"

#include <assert.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/policy-key.h"
#include "ctl/verbs.h"
#include "base/buf.h"
#include "core/policy.h"

#define PINS_MIN	1000	/* that a policy must leave to draw */
#define PINS_PER_OLD	20	/* and for each PIN in the history */
#define JSON_MAX	65536	/* bytes of the settings */

/* One row of v_policy, in the order of keys. */
struct values {
	char	*text[POLICY_KEYS_MAX];	/* owned; all NULL when there is no
					 * row */
	bool	 is_broken;		/* no memory */
};

static void
values_free(struct values *values)
{
	size_t	i;

	for (i = 0; i < policy_keys_count; i++) {
		free(values->text[i]);
		values->text[i] = NULL;
	}
}

static enum status
on_values(void *context, const char *const *row)
{
	struct values	*values = context;
	const char	*text;
	size_t		 i;

	for (i = 0; i < policy_keys_count; i++) {
		text = list_value(&policy_view, row, policy_keys[i].column);
		values->text[i] = strdup(text == NULL ? "" : text);
		if (values->text[i] == NULL)
			values->is_broken = true;
	}
	return ST_OK;
}

static enum status
values_read(struct command *command, const char *name,
    struct values *values)
{
	enum status	st;
	size_t		count;

	values_free(values);
	st = admin_read(command->admin, &policy_view, name, on_values,
	    values, &count);
	return st == ST_OK && values->is_broken ? ST_RETRY : st;
}

/* The value of the key at i as an operator would write it. */
static const char *
shown(size_t i, const char *value, char text[POLICY_VALUE_SIZE])
{
	return policy_keys[i].print(&policy_keys[i], value, text);
}

static const char *
stored(const struct values *values, const char *column)
{
	size_t	i;

	for (i = 0; strcmp(policy_keys[i].column, column) != 0; i++)
		assert(i + 1 < policy_keys_count);
	return values->text[i];
}

/* What is drawn by, as the worker would read it. */
static enum status
rules_read(const struct values *values, struct policy *policy)
{
	struct buf	rules = BUF_INIT(POLICY_RULES_SIZE);
	enum status	st;
	size_t		i;

	for (i = 0; i < policy_keys_count; i++) {
		if (policy_is_rule(policy_keys[i].column))
			buf_printf(&rules, "%s%s=%s", rules.len == 0 ? "" :
			    " ", policy_keys[i].column, values->text[i]);
	}
	st = buf_status(&rules);
	if (st == ST_OK)
		st = policy_parse(buf_text(&rules), policy);
	buf_free(&rules);
	return st;
}

/* Does what would be stored leave enough PINs to draw? */
static int
judge(const struct command *command, const struct values *values,
    uint64_t *pins)
{
	struct policy	policy;
	unsigned long	history;

	history = strtoul(stored(values, "pin_history_count"), NULL, 10);
	*pins = 0;
	if (rules_read(values, &policy) != ST_OK)
		return command_fail(command, EX_SOFTWARE, "the database holds "
		    "a policy that no PIN is drawn by (MinPINLength %.20s); "
		    "nothing was changed", stored(values, "min_pin_length"));
	*pins = policy_count(&policy);
	if (*pins >= PINS_MIN && *pins >= PINS_PER_OLD * history)
		return EX_OK;
	return command_fail(command, EX_DATAERR, "this would leave %" PRIu64
	    " PINs, fewer than %lu: raise MinPINLength or lower "
	    "PINHistoryCount; nothing was changed", *pins,
	    PINS_PER_OLD * history > PINS_MIN ? PINS_PER_OLD * history :
	    (unsigned long)PINS_MIN);
}

static void
print_changes(const struct command *command, const char *result,
    const struct values *old, const struct values *new, uint64_t pins)
{
	char	 from[POLICY_VALUE_SIZE], to[POLICY_VALUE_SIZE];
	FILE	*out = command->io->out;
	size_t	 i, count = 0;

	(void)fputs("policy ", out);
	command_print(out, command->words[0]);
	(void)fprintf(out, " %s", result);
	for (i = 0; i < policy_keys_count; i++) {
		if (old->text[i] != NULL &&
		    strcmp(old->text[i], new->text[i]) == 0)
			continue;
		(void)fprintf(out, "%s%s ", count++ == 0 ? ": " : ", ",
		    policy_keys[i].name);
		if (old->text[i] != NULL) {
			command_print(out, shown(i, old->text[i], from));
			(void)fputs(" -> ", out);
		}
		command_print(out, shown(i, new->text[i], to));
	}
	if (count == 0)
		(void)fputs(": every value was like that before", out);
	if (pins == UINT64_MAX)
		(void)fprintf(out, "\nallows more than 10^19 PINs\n");
	else
		(void)fprintf(out, "\nallows %" PRIu64 " PINs\n", pins);
}

/* In the transaction: look, set, look again, judge, commit. */
static int
set_locked(struct command *command, const char *json)
{
	struct values	 old = { 0 }, new = { 0 };
	const char	*name = command->words[0];
	char		 result[ADMIN_RESULT_SIZE] = "";
	uint64_t	 pins = 0;
	enum status	 st;
	int		 code = EX_OK;

	command->is_changing = true;
	st = values_read(command, name, &old);
	if (st == ST_OK)
		st = admin_policy_set(command->admin, name, json, result);
	if (st == ST_OK)
		st = values_read(command, name, &new);
	if (st == ST_OK && new.text[0] == NULL)
		st = ST_FAIL;
	if (st == ST_OK)
		code = judge(command, &new, &pins);
	if (st == ST_OK && code == EX_OK)
		st = admin_commit(command->admin);
	if (st != ST_OK)
		code = command_db_fail(command, st, NULL);
	else if (code == EX_OK)
		print_changes(command, result, &old, &new, pins);
	values_free(&old);
	values_free(&new);
	return code;
}

static int
verb_set(struct command *command)
{
	struct buf	json = BUF_INIT(JSON_MAX);
	enum status	st;
	int		code;

	code = policy_keys_parse(command, &json);
	if (code == EX_OK)
		code = command_open(command);
	if (code == EX_OK) {
		st = admin_begin(command->admin);
		if (st == ST_OK)
			code = set_locked(command, buf_text(&json));
		else
			code = command_db_fail(command, st, NULL);
		admin_rollback(command->admin);
	}
	buf_free(&json);
	return code;
}

static enum status
on_shown(void *context, const char *const *row)
{
	char		 text[POLICY_VALUE_SIZE];
	const char	*value;
	FILE		*out = context;
	size_t		 i;

	command_print(out, list_value(&policy_view, row, "name"));
	(void)putc('\n', out);
	for (i = 0; i < policy_keys_count; i++) {
		value = list_value(&policy_view, row,
		    policy_keys[i].column);
		(void)fprintf(out, "  %-29s", policy_keys[i].name);
		command_print(out, shown(i, value == NULL ? "" : value,
		    text));
		(void)putc('\n', out);
	}
	return ST_OK;
}

static int
verb_show(struct command *command)
{
	const char	*name = command->count > 0 ? command->words[0] : NULL;
	enum status	 st;
	size_t		 count = 0;
	int		 code;

	code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_option(command, "--json") != NULL) {
		code = list_json(command, &policy_view, name, &count);
	} else {
		st = admin_read(command->admin, &policy_view, name,
		    on_shown, command->io->out, &count);
		if (st != ST_OK)
			code = command_db_fail(command, st, NULL);
	}
	if (code == EX_OK && count == 0)
		return command_fail(command, EX_DATAERR, "there is no policy "
		    "\"%.100s\": umwsctl policy show lists them all", name);
	return code;
}

/* clang-format off */
static const char	set_help[] =
"Keys are those of Exchange's UM mailbox policy, and some of ours:\n\n"
"  MinPINLength=4..24                  PINLifetime=DAYS|unlimited\n"
"  PINHistoryCount=1..20               AllowCommonPatterns=yes|no\n"
"  LogonFailuresBeforePINReset=N|off   MaxLogonAttempts=1..999\n"
"  ResetPINText=TEXT                   UMEnabledText=TEXT\n"
"  LockoutDuration=TIME|unlimited      TempPINLifetime=DAYS|unlimited\n"
"  ResetsPerHour=N|off                 ResetsPerDay=N|off\n"
"  AccessNumbers=TEXT  NotifyChange=yes|no\n\n"
"TIME is a number of seconds, or one with a unit: 30s, 15m, 1h, 1d.\n"
"A policy that leaves too few PINs to draw is refused.\n";

static const char	show_help[] =
"  --json  one array with the rows of the view umws.v_policy\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ "set", "NAME KEY=VALUE...",
	    "change a PIN policy, or make a new one", set_help,
	    { NULL }, "NAME and KEY=VALUE", 2, COMMAND_WORDS_MAX, verb_set },
	{ "show", "[NAME] [--json]", "show all PIN policies, or one",
	    show_help, { "--json" }, "", 0, 1, verb_show },
	{ .name = NULL }
};

const struct verb_group	verbs_policy = { "policy", verbs };
