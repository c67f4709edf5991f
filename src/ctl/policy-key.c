/*
 * policy-key.c - one table of keys; a type of value is the pair of
 * functions that read and show it.
 */
#include "config.h"

#include "ctl/policy-key.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/text.h"
#include "base/utf8.h"
#include "core/markup.h"
#include "core/policy.h"

/* A value out of range, or none at all. */
static int
refuse_number(const struct command *command, const struct policy_key *key,
    const char *text)
{
	char	min[POLICY_VALUE_SIZE], max[POLICY_VALUE_SIZE], number[16];

	(void)snprintf(number, sizeof(number), "%u", key->max);
	(void)key->print(key, number, max);
	(void)snprintf(number, sizeof(number), "%u",
	    key->zero == NULL ? key->min : 1);
	(void)key->print(key, number, min);
	return command_fail(command, EX_DATAERR, "%s is %s to %s%s%s, not "
	    "\"%.60s\"", key->name, min, max, key->zero == NULL ? "" :
	    ", or ", key->zero == NULL ? "" : key->zero, text);
}

static bool
is_zero(const struct policy_key *key, const char *text)
{
	return key->zero != NULL && (strcasecmp(text, key->zero) == 0 ||
	    strcasecmp(text, "unlimited") == 0 ||
	    strcasecmp(text, "off") == 0);
}

/* A whole number and nothing behind it, or a word for 0. */
static bool
number_of(const struct policy_key *key, const char *text, uint64_t *number)
{
	const char	*end;

	if (is_zero(key, text)) {
		*number = 0;
		return true;
	}
	return text_number(text, number, &end) && *end == '\0';
}

static int
take_number(const struct command *command, const struct policy_key *key,
    const char *text, uint64_t number, struct buf *json)
{
	if (number < key->min || number > key->max)
		return refuse_number(command, key, text);
	buf_printf(json, "%llu", (unsigned long long)number);
	return EX_OK;
}

static int
parse_number(const struct command *command, const struct policy_key *key,
    const char *text, struct buf *json)
{
	uint64_t	number;

	if (!number_of(key, text, &number))
		return refuse_number(command, key, text);
	return take_number(command, key, text, number, json);
}

static const char *
print_number(const struct policy_key *key, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", key->zero != NULL &&
	    strcmp(stored, "0") == 0 ? key->zero : stored);
	return text;
}

/* 30, 30s, 30m, 1h or 1d. */
static int
parse_seconds(const struct command *command, const struct policy_key *key,
    const char *text, struct buf *json)
{
	uint64_t	seconds, ms;

	if (!number_of(key, text, &seconds)) {
		if (!text_duration(text, TEXT_SECONDS, TEXT_DAYS, &ms))
			return refuse_number(command, key, text);
		seconds = ms / 1000;
	}
	return take_number(command, key, text, seconds, json);
}

static const char *
print_seconds(const struct policy_key *key, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	char	duration[TEXT_DURATION_SIZE];

	if (key->zero != NULL && strcmp(stored, "0") == 0)
		return print_number(key, stored, text);
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", text_duration_print(
	    (uint64_t)strtoul(stored, NULL, 10) * 1000, TEXT_SECONDS,
	    TEXT_DAYS, duration));
	return text;
}

static int
parse_bool(const struct command *command, const struct policy_key *key,
    const char *text, struct buf *json)
{
	static const char *const	words[] = { "no", "yes", "false",
	    "true", "off", "on" };
	size_t				i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcasecmp(text, words[i]) == 0) {
			buf_puts(json, i % 2 == 1 ? "true" : "false");
			return EX_OK;
		}
	}
	return command_fail(command, EX_DATAERR, "%s is yes or no, not "
	    "\"%.60s\"", key->name, text);
}

static const char *
print_bool(const struct policy_key *key, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)key;
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s",
	    *stored == 't' ? "yes" : "no");
	return text;
}

static int
parse_text(const struct command *command, const struct policy_key *key,
    const char *text, struct buf *json)
{
	size_t	count = utf8_count(text);

	text_json_string(json, text);
	if (count > key->max)
		return command_fail(command, EX_DATAERR, "%s has at most %u "
		    "characters, not %zu", key->name, key->max, count);
	return EX_OK;
}

static const char *
print_text(const struct policy_key *key, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)key;
	(void)snprintf(text, POLICY_VALUE_SIZE, "\"%s\"", stored);
	return text;
}

/* Simple HTML; what the mail could not show whole is refused here. */
static int
parse_markup(const struct command *command, const struct policy_key *key,
    const char *text, struct buf *json)
{
	struct markup_fault	fault;
	enum status		st;
	int			code;

	code = parse_text(command, key, text, json);
	if (code != EX_OK)
		return code;
	st = markup_check(text, &fault);
	if (st == ST_BAD)
		return command_fail(command, EX_DATAERR, "%s, character %zu, "
		    "at \"%.*s\": %s", key->name, fault.position,
		    (int)fault.len, fault.at, fault.reason);
	return st == ST_OK ? EX_OK :
	    command_fail(command, EX_OSERR, "no memory");
}

#define NUMBER	parse_number, print_number
#define SECONDS	parse_seconds, print_seconds
#define BOOL	parse_bool, print_bool
#define TEXT	parse_text, print_text
#define MARKUP	parse_markup, print_text

/* clang-format off */
const struct policy_key	policy_keys[] = {
	{ "MinPINLength", "min_pin_length", NUMBER,
	    POLICY_LENGTH_MIN, POLICY_LENGTH_MAX, NULL },
	{ "PINLifetime", "pin_lifetime_days", NUMBER, 0, 999, "unlimited" },
	{ "PINHistoryCount", "pin_history_count", NUMBER,
	    1, POLICY_HISTORY_MAX, NULL },
	{ "AllowCommonPatterns", "allow_common_patterns", BOOL, 0, 0, NULL },
	{ "LogonFailuresBeforePINReset", "logon_failures_before_reset",
	    NUMBER, 0, 998, "off" },
	{ "MaxLogonAttempts", "max_logon_attempts", NUMBER, 1, 999, NULL },
	{ "ResetPINText", "reset_pin_text", MARKUP, 0, 512, NULL },
	{ "LockoutDuration", "lockout_duration_s", SECONDS,
	    0, 31536000, "unlimited" },
	{ "TempPINLifetime", "temp_pin_lifetime_days", NUMBER,
	    0, 90, "unlimited" },
	{ "UMEnabledText", "um_enabled_text", MARKUP, 0, 512, NULL },
	{ "ResetsPerHour", "resets_per_hour", NUMBER, 0, 1000, "off" },
	{ "ResetsPerDay", "resets_per_day", NUMBER, 0, 10000, "off" },
	{ "AccessNumbers", "access_numbers", TEXT, 0, 200, NULL },
	{ "NotifyChange", "notify_change", BOOL, 0, 0, NULL }
};
/* clang-format on */

#define KEYS	(sizeof(policy_keys) / sizeof(policy_keys[0]))

_Static_assert(KEYS <= POLICY_KEYS_MAX, "each has a column beside the name");

const size_t	policy_keys_count = KEYS;

const struct admin_view	policy_view = {
	.name = "v_policy",
	.key = "name",
	.order = { "name" },
	.columns = { "name", "min_pin_length", "pin_lifetime_days",
	    "pin_history_count", "allow_common_patterns",
	    "logon_failures_before_reset", "max_logon_attempts",
	    "lockout_duration_s", "temp_pin_lifetime_days",
	    "reset_pin_text", "um_enabled_text", "resets_per_hour",
	    "resets_per_day", "access_numbers", "notify_change" }
};

static int
refuse_unknown(const struct command *command, const char *word)
{
	struct buf	names = BUF_INIT(1024);
	size_t		i;
	int		code;

	for (i = 0; i < KEYS; i++)
		buf_printf(&names, "%s%s", i == 0 ? "" : ", ",
		    policy_keys[i].name);
	code = command_fail(command, EX_USAGE, "\"%.60s\" is no KEY=VALUE of "
	    "a policy; the keys are %s", word, buf_text(&names));
	buf_free(&names);
	return code;
}

/* The key that the first len bytes of a word name, or KEYS. */
static size_t
find_key(const char *word, size_t len)
{
	size_t	k;

	for (k = 0; k < KEYS; k++) {
		if (strlen(policy_keys[k].name) == len &&
		    strncasecmp(policy_keys[k].name, word, len) == 0)
			break;
	}
	return k;
}

int
policy_keys_parse(const struct command *command, struct buf *json)
{
	bool			 is_given[KEYS] = { false };
	const struct policy_key	*key;
	const char		*word;
	size_t			 i, k, len;
	int			 code = EX_OK;

	buf_puts(json, "{");
	for (i = 1; code == EX_OK && i < command->count; i++) {
		word = command->words[i];
		len = strcspn(word, "=");
		k = find_key(word, len);
		if (k == KEYS || word[len] != '=')
			return refuse_unknown(command, word);
		key = &policy_keys[k];
		if (is_given[k])
			return command_fail(command, EX_USAGE,
			    "%s is given twice: which one holds?", key->name);
		is_given[k] = true;
		buf_printf(json, "%s\"%s\": ", i == 1 ? "" : ", ",
		    key->column);
		code = key->parse(command, key, word + len + 1, json);
	}
	buf_puts(json, "}");
	if (code == EX_OK && buf_status(json) != ST_OK)
		code = command_fail(command, EX_DATAERR,
		    "the settings are longer than 64 KiB");
	return code;
}
