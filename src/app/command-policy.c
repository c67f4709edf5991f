/*
 * command-policy.c - PIN policies under Exchange's names.
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
#include <strings.h>
#include <sysexits.h>

#include "app/command-verbs.h"
#include "base/buf.h"
#include "core/markup.h"
#include "core/policy.h"

#define PINS_MIN	1000	/* that a policy must leave to draw */
#define PINS_PER_OLD	20	/* and for each PIN in the history */
#define JSON_MAX	65536	/* bytes of the settings */
#define VALUE_SIZE	2200	/* bytes of a value as shown: 512 letters */

enum key_type {
	KEY_NUMBER,		/* min, max: the number */
	KEY_SECONDS,		/* min, max: seconds; 30, 30s, 30m, 1h, 1d */
	KEY_BOOL,
	KEY_TEXT,		/* max: characters */
	KEY_MARKUP		/* the same, of core/markup's simple HTML */
};

struct policy_key {
	const char	*name;		/* Exchange's, or ours */
	const char	*column;
	enum key_type	 type;
	unsigned int	 min;
	unsigned int	 max;
	const char	*zero;		/* word for 0, or NULL */
};

/* clang-format off */
static const struct policy_key keys[] = {
	{ "MinPINLength", "min_pin_length", KEY_NUMBER,
	    POLICY_LENGTH_MIN, POLICY_LENGTH_MAX, NULL },
	{ "PINLifetime", "pin_lifetime_days", KEY_NUMBER,
	    0, 999, "unlimited" },
	{ "PINHistoryCount", "pin_history_count", KEY_NUMBER,
	    1, POLICY_HISTORY_MAX, NULL },
	{ "AllowCommonPatterns", "allow_common_patterns", KEY_BOOL,
	    0, 0, NULL },
	{ "LogonFailuresBeforePINReset", "logon_failures_before_reset",
	    KEY_NUMBER, 0, 998, "off" },
	{ "MaxLogonAttempts", "max_logon_attempts", KEY_NUMBER,
	    1, 999, NULL },
	{ "ResetPINText", "reset_pin_text", KEY_MARKUP, 0, 512, NULL },
	{ "LockoutDuration", "lockout_duration_s", KEY_SECONDS,
	    0, 31536000, "unlimited" },
	{ "TempPINLifetime", "temp_pin_lifetime_days", KEY_NUMBER,
	    0, 90, "unlimited" },
	{ "UMEnabledText", "um_enabled_text", KEY_MARKUP, 0, 512, NULL },
	{ "ResetsPerHour", "resets_per_hour", KEY_NUMBER, 0, 1000, "off" },
	{ "ResetsPerDay", "resets_per_day", KEY_NUMBER, 0, 10000, "off" },
	{ "AccessNumbers", "access_numbers", KEY_TEXT, 0, 200, NULL }
};
/* clang-format on */

#define KEYS	(sizeof(keys) / sizeof(keys[0]))

/* One row of v_policy, in the order of keys. */
struct values {
	char	*text[KEYS];	/* owned; all NULL when there is no row */
	bool	 is_broken;	/* no memory */
};

static void
values_free(struct values *values)
{
	size_t	i;

	for (i = 0; i < KEYS; i++) {
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

	for (i = 0; i < KEYS; i++) {
		text = row[list_index(ADMIN_POLICIES, keys[i].column)];
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
	st = admin_read(command->admin, ADMIN_POLICIES, name, on_values,
	    values, &count);
	return st == ST_OK && values->is_broken ? ST_RETRY : st;
}

/* Seconds in the largest unit that divides them. */
static void
seconds_text(unsigned long seconds, char text[VALUE_SIZE])
{
	static const struct {
		unsigned long	 seconds;
		char		 name;
	} units[] = { { 86400, 'd' }, { 3600, 'h' }, { 60, 'm' } };
	size_t	i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (seconds > 0 && seconds % units[i].seconds == 0) {
			(void)snprintf(text, VALUE_SIZE, "%lu%c",
			    seconds / units[i].seconds, units[i].name);
			return;
		}
	}
	(void)snprintf(text, VALUE_SIZE, "%lus", seconds);
}

/* A stored value as an operator would write it. */
static const char *
value_text(const struct policy_key *key, const char *stored,
    char text[VALUE_SIZE])
{
	(void)snprintf(text, VALUE_SIZE, "%s", stored);
	if (key->type == KEY_BOOL)
		(void)snprintf(text, VALUE_SIZE, "%s",
		    *stored == 't' ? "yes" : "no");
	else if (key->type == KEY_TEXT || key->type == KEY_MARKUP)
		(void)snprintf(text, VALUE_SIZE, "\"%s\"", stored);
	else if (key->zero != NULL && strcmp(stored, "0") == 0)
		(void)snprintf(text, VALUE_SIZE, "%s", key->zero);
	else if (key->type == KEY_SECONDS)
		seconds_text(strtoul(stored, NULL, 10), text);
	return text;
}

/* Append text as a JSON string (RFC 8259, section 7). */
static void
json_string(struct buf *json, const char *text)
{
	buf_puts(json, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			buf_printf(json, "\\%c", *text);
		else if ((unsigned char)*text < ' ')
			buf_printf(json, "\\u%04x",
			    (unsigned int)(unsigned char)*text);
		else
			buf_append(json, text, 1);
	}
	buf_puts(json, "\"");
}

/* A whole number of at most nine digits; *rest is what follows. */
static bool
number_parse(const char *text, unsigned long *number, const char **rest)
{
	size_t	digits = strspn(text, "0123456789");

	*number = strtoul(text, NULL, 10);
	*rest = text + digits;
	return digits > 0 && digits <= 9;
}

static bool
json_number(const struct policy_key *key, const char *text,
    struct buf *json)
{
	static const struct {
		const char	*name;
		unsigned long	 seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "m", 60 }, { "h", 3600 },
	    { "d", 86400 } };
	unsigned long	 number;
	const char	*unit;
	size_t		 i;

	if (key->zero != NULL && (strcasecmp(text, key->zero) == 0 ||
	    strcasecmp(text, "unlimited") == 0 ||
	    strcasecmp(text, "off") == 0))
		text = "0";
	if (!number_parse(text, &number, &unit))
		return false;
	for (i = 0; strcmp(unit, units[i].name) != 0; i++) {
		if (key->type != KEY_SECONDS ||
		    i + 1 == sizeof(units) / sizeof(units[0]))
			return false;
	}
	number *= units[i].seconds;
	buf_printf(json, "%lu", number);
	return number >= key->min && number <= key->max;
}

static bool
json_bool(const char *text, struct buf *json)
{
	static const char *const	words[] = { "no", "yes", "false",
	    "true", "off", "on" };
	size_t				i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			buf_puts(json, i % 2 == 1 ? "true" : "false");
			return true;
		}
	}
	return false;
}

static size_t
characters(const char *text)
{
	size_t	count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

/* A text that the mail could not show whole is refused here. */
static int
markup_judge(const struct command *command, const struct policy_key *key,
    const char *text)
{
	struct markup_fault	fault;

	switch (markup_check(text, &fault)) {
	case ST_OK:
		return EX_OK;
	case ST_BAD:
		return command_fail(command, EX_DATAERR, "%s, character %zu, "
		    "at \"%.*s\": %s", key->name, fault.position,
		    (int)fault.len, fault.at, fault.reason);
	case ST_DENIED:
	case ST_RETRY:
	case ST_UNKNOWN:
	case ST_FAIL:
		break;
	}
	return command_fail(command, EX_OSERR, "no memory");
}

/* Append "column": value, or say what would be right. */
static int
json_setting(const struct command *command, const struct policy_key *key,
    const char *text, struct buf *json)
{
	char	min[VALUE_SIZE], max[VALUE_SIZE], number[16];

	buf_printf(json, "%s\"%s\": ", json->len > 1 ? ", " : "",
	    key->column);
	switch (key->type) {
	case KEY_BOOL:
		if (json_bool(text, json))
			return EX_OK;
		return command_fail(command, EX_DATAERR, "%s is yes or no, "
		    "not \"%.60s\"", key->name, text);
	case KEY_TEXT:
	case KEY_MARKUP:
		json_string(json, text);
		if (characters(text) <= key->max)
			return key->type == KEY_TEXT ? EX_OK :
			    markup_judge(command, key, text);
		return command_fail(command, EX_DATAERR, "%s has at most %u "
		    "characters, not %zu", key->name, key->max,
		    characters(text));
	case KEY_NUMBER:
	case KEY_SECONDS:
		break;
	}
	if (json_number(key, text, json))
		return EX_OK;
	(void)snprintf(number, sizeof(number), "%u", key->max);
	(void)value_text(key, number, max);
	(void)snprintf(number, sizeof(number), "%u",
	    key->zero == NULL ? key->min : 1);
	(void)value_text(key, number, min);
	return command_fail(command, EX_DATAERR, "%s is %s to %s%s%s, not "
	    "\"%.60s\"", key->name, min, max, key->zero == NULL ? "" :
	    ", or ", key->zero == NULL ? "" : key->zero, text);
}

static int
refuse_unknown(const struct command *command, const char *word)
{
	struct buf	names = BUF_INIT(1024);
	size_t		i;
	int		code;

	for (i = 0; i < KEYS; i++)
		buf_printf(&names, "%s%s", i == 0 ? "" : ", ", keys[i].name);
	code = command_fail(command, EX_USAGE, "\"%.60s\" is no KEY=VALUE of "
	    "a policy; the keys are %s", word, buf_text(&names));
	buf_free(&names);
	return code;
}

/* The words after NAME into one JSON object. */
static int
settings_parse(const struct command *command, struct buf *json)
{
	bool		 is_given[KEYS] = { false };
	const char	*word;
	size_t		 i, k, len;
	int		 code = EX_OK;

	buf_puts(json, "{");
	for (i = 1; code == EX_OK && i < command->count; i++) {
		word = command->words[i];
		len = strcspn(word, "=");
		for (k = 0; k < KEYS; k++) {
			if (strlen(keys[k].name) == len &&
			    strncasecmp(keys[k].name, word, len) == 0)
				break;
		}
		if (k == KEYS || word[len] != '=')
			return refuse_unknown(command, word);
		if (is_given[k])
			return command_fail(command, EX_USAGE,
			    "%s is given twice: which one holds?",
			    keys[k].name);
		is_given[k] = true;
		code = json_setting(command, &keys[k], word + len + 1, json);
	}
	buf_puts(json, "}");
	if (code == EX_OK && buf_status(json) != ST_OK)
		code = command_fail(command, EX_DATAERR,
		    "the settings are longer than 64 KiB");
	return code;
}

static const char *
stored(const struct values *values, const char *column)
{
	size_t	i;

	for (i = 0; strcmp(keys[i].column, column) != 0; i++)
		assert(i + 1 < KEYS);
	return values->text[i];
}

/* What is drawn by, as the worker would read it. */
static enum status
rules_read(const struct values *values, struct policy *policy)
{
	struct buf	rules = BUF_INIT(POLICY_RULES_SIZE);
	enum status	st;
	size_t		i;

	for (i = 0; i < KEYS; i++) {
		if (policy_is_rule(keys[i].column))
			buf_printf(&rules, "%s%s=%s", rules.len == 0 ? "" :
			    " ", keys[i].column, values->text[i]);
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
	char	 from[VALUE_SIZE], to[VALUE_SIZE];
	FILE	*out = command->io->out;
	size_t	 i, count = 0;

	(void)fputs("policy ", out);
	command_print(out, command->words[0]);
	(void)fprintf(out, " %s", result);
	for (i = 0; i < KEYS; i++) {
		if (old->text[i] != NULL &&
		    strcmp(old->text[i], new->text[i]) == 0)
			continue;
		(void)fprintf(out, "%s%s ", count++ == 0 ? ": " : ", ",
		    keys[i].name);
		if (old->text[i] != NULL) {
			command_print(out, value_text(&keys[i], old->text[i],
			    from));
			(void)fputs(" -> ", out);
		}
		command_print(out, value_text(&keys[i], new->text[i], to));
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

int
verb_policy_set(struct command *command)
{
	struct buf	json = BUF_INIT(JSON_MAX);
	enum status	st;
	int		code;

	code = settings_parse(command, &json);
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
	char		 text[VALUE_SIZE];
	const char	*value;
	FILE		*out = context;
	size_t		 i;

	command_print(out, row[list_index(ADMIN_POLICIES, "name")]);
	(void)putc('\n', out);
	for (i = 0; i < KEYS; i++) {
		value = row[list_index(ADMIN_POLICIES, keys[i].column)];
		(void)fprintf(out, "  %-29s", keys[i].name);
		command_print(out, value_text(&keys[i],
		    value == NULL ? "" : value, text));
		(void)putc('\n', out);
	}
	return ST_OK;
}

int
verb_policy_show(struct command *command)
{
	const char	*name = command->count > 0 ? command->words[0] : NULL;
	enum status	 st;
	size_t		 count = 0;
	int		 code;

	code = command_open(command);
	if (code != EX_OK)
		return code;
	if (command_option(command, "--json") != NULL) {
		code = list_json(command, ADMIN_POLICIES, name, &count);
	} else {
		st = admin_read(command->admin, ADMIN_POLICIES, name,
		    on_shown, command->io->out, &count);
		if (st != ST_OK)
			code = command_db_fail(command, st, NULL);
	}
	if (code == EX_OK && count == 0)
		return command_fail(command, EX_DATAERR, "there is no policy "
		    "\"%.100s\": umwsctl policy show lists them all", name);
	return code;
}
