/*
 * policy-key.c - the keys of a PIN policy that are no rules, and the order of
 * all; a type of value is a pair of functions, which read and show it.
 */
#include "config.h"

#include "ctl/policy-key.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "ctl/policy-brand.h"
#include "ctl/policy-language.h"
#include "ctl/policy-reader.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/brand.h"
#include "core/character.h"
#include "core/markup.h"
#include "core/policy.h"

static const char *
print_number(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", setting->zero != NULL &&
	    strcmp(stored, "0") == 0 ? setting->zero : stored);
	return text;
}

static const char *
print_seconds(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	char		duration[TEXT_DURATION_SIZE];
	uint64_t	seconds;

	if ((setting->zero != NULL && strcmp(stored, "0") == 0) ||
	    !text_size(stored, &seconds))
		return print_number(setting, stored, text);
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", text_duration_print(
	    seconds * 1000, TEXT_SECONDS, TEXT_DAYS, duration));
	return text;
}

/* The smallest or the largest number as an operator would write it. */
static const char *
print_limit(const struct policy_setting *setting, unsigned int limit,
    char text[POLICY_VALUE_SIZE])
{
	char	number[16];

	(void)snprintf(number, sizeof(number), "%u", limit);
	return setting->type == POLICY_SECONDS ?
	    print_seconds(setting, number, text) :
	    print_number(setting, number, text);
}

/* A word may stand for 0; the numbers then begin with 1. */
static unsigned int
least(const struct policy_setting *setting)
{
	return setting->zero == NULL ? setting->min : 1;
}

/* A value out of range, or none at all. */
static int
refuse_number(const struct command *command,
    const struct policy_setting *setting, const char *text)
{
	char	min[POLICY_VALUE_SIZE], max[POLICY_VALUE_SIZE];

	return command_fail(command, EX_DATAERR, "%s is %s to %s%s%s, not "
	    "\"%.60s\"", setting->key, print_limit(setting, least(setting),
	    min), print_limit(setting, setting->max, max),
	    setting->zero == NULL ? "" : ", or ",
	    setting->zero == NULL ? "" : setting->zero, text);
}

static bool
is_zero(const struct policy_setting *setting, const char *text)
{
	return setting->zero != NULL &&
	    (strcasecmp(text, setting->zero) == 0 ||
	    strcasecmp(text, "unlimited") == 0 ||
	    strcasecmp(text, "off") == 0);
}

/* A whole number and nothing behind it, or a word for 0. */
static bool
number_of(const struct policy_setting *setting, const char *text,
    uint64_t *number)
{
	const char	*end;

	if (is_zero(setting, text)) {
		*number = 0;
		return true;
	}
	return text_number(text, number, &end) && *end == '\0';
}

static int
take_number(const struct command *command,
    const struct policy_setting *setting, const char *text, uint64_t number,
    struct buf *json)
{
	if (number < setting->min || number > setting->max)
		return refuse_number(command, setting, text);
	buf_printf(json, "%llu", (unsigned long long)number);
	return EX_OK;
}

static int
parse_number(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	uint64_t	number;

	if (!number_of(setting, text, &number))
		return refuse_number(command, setting, text);
	return take_number(command, setting, text, number, json);
}

/* 30, 30s, 30m, 1h or 1d. */
static int
parse_seconds(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	uint64_t	seconds, ms;

	if (!number_of(setting, text, &seconds)) {
		if (!text_duration(text, TEXT_SECONDS, TEXT_DAYS, &ms))
			return refuse_number(command, setting, text);
		seconds = ms / 1000;
	}
	return take_number(command, setting, text, seconds, json);
}

static int
parse_bool(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
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
	    "\"%.60s\"", setting->key, text);
}

static const char *
print_bool(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)setting;
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s",
	    *stored == 't' ? "yes" : "no");
	return text;
}

/* PINs parted by commas, blanks or both; none is repeated in what is said. */
static int
parse_pins(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	const char	*digits = text;
	size_t		 len, count = 0, size = 0;

	buf_puts(json, "\"");
	for (digits += strspn(digits, ", "); *digits != '\0';
	    digits += strspn(digits, ", ")) {
		len = strspn(digits, "0123456789");
		if (len < POLICY_LENGTH_MIN || len > POLICY_LENGTH_MAX ||
		    (digits[len] != '\0' && strchr(", ", digits[len]) == NULL))
			return command_fail(command, EX_DATAERR, "%s: number "
			    "%zu is no PIN of %d to %d digits (they are "
			    "parted by commas)", setting->key, count + 1,
			    POLICY_LENGTH_MIN, POLICY_LENGTH_MAX);
		buf_printf(json, "%s%.*s", count++ == 0 ? "" : ",", (int)len,
		    digits);
		size += len + 1;
		digits += len;
	}
	buf_puts(json, "\"");
	if (size > setting->max)
		return command_fail(command, EX_DATAERR, "%s has at most %u "
		    "characters, not %zu", setting->key, setting->max, size);
	return EX_OK;
}

static const char *
print_pins(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)setting;
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", *stored == '\0' ?
	    "none" : stored);
	return text;
}

static int
parse_text(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	size_t	count = utf8_count(text);

	text_json_string(json, text);
	if (count > setting->max)
		return command_fail(command, EX_DATAERR, "%s has at most %u "
		    "characters, not %zu", setting->key, setting->max, count);
	return EX_OK;
}

static const char *
print_text(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)setting;
	(void)snprintf(text, POLICY_VALUE_SIZE, "\"%s\"", stored);
	return text;
}

/* Does a character end its line, or show the rest of it as something else? */
static bool
is_misleading(uint32_t c)
{
	return c == UTF8_NONE || character_is_control(c) ||
	    character_misleads(c) || c == 0x61c || c == 0x200e || c == 0x200f;
}

/* One line, which a mail shows in a sentence of its own. */
static int
parse_line(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	size_t		at, len = strlen(text);
	uint32_t	c;

	for (at = 0; at < len;) {
		at += utf8_decode(text + at, &c);
		if (is_misleading(c))
			return command_fail(command, EX_DATAERR, "%s is one "
			    "line of text, without control characters and "
			    "without any that turn a text around",
			    setting->key);
	}
	if (len > 0 && (text[0] == ' ' || text[len - 1] == ' '))
		return command_fail(command, EX_DATAERR, "%s has no blank at "
		    "an end", setting->key);
	return parse_text(command, setting, text, json);
}

/* Simple HTML; what the mail could not show whole is refused here. */
static int
parse_markup(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	struct markup_fault	fault;
	enum status		st;
	int			code;

	code = parse_text(command, setting, text, json);
	if (code != EX_OK)
		return code;
	st = markup_check(text, &fault);
	if (st == ST_BAD)
		return command_fail(command, EX_DATAERR, "%s, character %zu, "
		    "at \"%.*s\": %s", setting->key, fault.position,
		    (int)fault.len, fault.at, fault.reason);
	return st == ST_OK ? EX_OK :
	    command_fail(command, EX_OSERR, "no memory");
}

/* By enum policy_type. */
static const struct policy_format	formats[] = {
	[POLICY_NUMBER] = { parse_number, print_number },
	[POLICY_BOOL] = { parse_bool, print_bool },
	[POLICY_SECONDS] = { parse_seconds, print_seconds },
	[POLICY_PINS] = { parse_pins, print_pins }
};
static const struct policy_format	format_text = { parse_text,
	print_text };
static const struct policy_format	format_line = { parse_line,
	print_text };
static const struct policy_format	format_markup = { parse_markup,
	print_text };

#define SETTING(key, column, type, min, max, zero) \
	{ key, column, type, min, max, zero, NULL }

/*
 * In the order in which they are shown; keys of rules that stand here by
 * their column are shown in this place, all others at the end.
 */
/* clang-format off */
static const struct {
	const struct policy_format	*format; /* NULL: by its type */
	const char			*rule;	/* NULL: the setting here */
	struct policy_setting		 setting;
} order[] = {
	{ .rule = "min_pin_length" },
	{ NULL, NULL, SETTING("PINLifetime", "pin_lifetime_days",
	    POLICY_NUMBER, 0, 999, "unlimited") },
	{ NULL, NULL, SETTING("PINHistoryCount", "pin_history_count",
	    POLICY_NUMBER, 1, POLICY_HISTORY_MAX, NULL) },
	{ .rule = "allow_common_patterns" },
	{ NULL, NULL, SETTING("LogonFailuresBeforePINReset",
	    "logon_failures_before_reset", POLICY_NUMBER, 0, 998, "off") },
	{ NULL, NULL, SETTING("MaxLogonAttempts", "max_logon_attempts",
	    POLICY_NUMBER, 1, 999, NULL) },
	{ &format_markup, NULL, SETTING("ResetPINText", "reset_pin_text",
	    POLICY_NUMBER, 0, 512, NULL) },
	{ &format_markup, NULL, SETTING("ResetPINText" POLICY_LANGUAGE,
	    "reset_pin_texts", POLICY_NUMBER, 0, 512, NULL) },
	{ NULL, NULL, SETTING("LockoutDuration", "lockout_duration_s",
	    POLICY_SECONDS, 0, 31536000, "unlimited") },
	{ &policy_format_language, NULL, SETTING("DefaultLanguage",
	    "default_language", POLICY_NUMBER, 0, 0, NULL) },
	{ &policy_format_zone, NULL, SETTING("TimeZone", "time_zone",
	    POLICY_NUMBER, 0, 0, NULL) },
	{ NULL, NULL, SETTING("TempPINLifetime", "temp_pin_lifetime_days",
	    POLICY_NUMBER, 0, 90, "unlimited") },
	{ &format_markup, NULL, SETTING("UMEnabledText", "um_enabled_text",
	    POLICY_NUMBER, 0, 512, NULL) },
	{ &format_markup, NULL, SETTING("UMEnabledText" POLICY_LANGUAGE,
	    "um_enabled_texts", POLICY_NUMBER, 0, 512, NULL) },
	{ &policy_format_brand_name, NULL, SETTING("BrandName", "brand_name",
	    POLICY_NUMBER, 0, BRAND_NAME_MAX, NULL) },
	{ &policy_format_brand_color, NULL, SETTING("BrandColor",
	    "brand_color", POLICY_NUMBER, 0, 0, "none") },
	{ NULL, NULL, SETTING("ResetsPerHour", "resets_per_hour",
	    POLICY_NUMBER, 0, 1000, "off") },
	{ NULL, NULL, SETTING("ResetsPerDay", "resets_per_day",
	    POLICY_NUMBER, 0, 10000, "off") },
	{ &format_text, NULL, SETTING("AccessNumbers", "access_numbers",
	    POLICY_NUMBER, 0, 200, NULL) },
	{ &format_line, NULL, SETTING("HelpDeskContact", "help_desk_contact",
	    POLICY_NUMBER, 0, 200, NULL) },
	{ NULL, NULL, SETTING("NotifyChange", "notify_change",
	    POLICY_BOOL, 0, 0, NULL) },
	{ NULL, NULL, SETTING("NotifyLocked", "notify_locked",
	    POLICY_BOOL, 0, 0, NULL) },
	{ NULL, NULL, SETTING("AllowNotifyAddress", "allow_notify_address",
	    POLICY_BOOL, 0, 0, NULL) }
};
/* clang-format on */

#define ORDER	(sizeof(order) / sizeof(order[0]))

static void
key_add(struct policy_keys *keys, const struct policy_format *format,
    const struct policy_setting *setting)
{
	assert(keys->count < POLICY_KEYS_MAX);
	keys->keys[keys->count++] = (struct policy_key){ setting,
		format != NULL ? format : &formats[setting->type] };
	keys->view.columns[keys->count] = setting->column;
}

static bool
is_in_order(const char *column)
{
	size_t	i;

	for (i = 0; i < ORDER; i++) {
		if (order[i].rule != NULL &&
		    strcmp(order[i].rule, column) == 0)
			return true;
	}
	return false;
}

static const struct policy_setting *
rule_setting(const char *column)
{
	const struct policy_setting	*setting = NULL;
	size_t				 rule;

	for (rule = 0; setting == NULL || strcmp(setting->column, column) != 0;
	    rule++) {
		assert(rule < POLICY_RULES);
		setting = policy_rule_setting((enum policy_rule)rule);
	}
	return setting;
}

void
policy_keys_init(struct policy_keys *keys)
{
	const struct policy_setting	*setting;
	size_t				 i;

	memset(keys, 0, sizeof(*keys));
	keys->view.name = "v_policy";
	keys->view.key = "name";
	keys->view.order[0] = "name";
	keys->view.columns[0] = "name";
	for (i = 0; i < ORDER; i++)
		key_add(keys, order[i].format, order[i].rule == NULL ?
		    &order[i].setting : rule_setting(order[i].rule));
	for (i = 0; i < POLICY_RULES; i++) {
		setting = policy_rule_setting((enum policy_rule)i);
		if (setting != NULL && !is_in_order(setting->column))
			key_add(keys, NULL, setting);
	}
}

static int
refuse_unknown(const struct command *command, const struct policy_keys *keys,
    const char *word)
{
	struct buf	names = BUF_INIT(2048);
	size_t		i;
	int		code;

	for (i = 0; i < keys->count; i++)
		buf_printf(&names, "%s%s", i == 0 ? "" : ", ",
		    keys->keys[i].setting->key);
	code = command_fail(command, EX_USAGE, "\"%.60s\" is no KEY=VALUE of "
	    "a policy; the keys are %s", word, buf_text(&names));
	buf_free(&names);
	return code;
}

/* The key that the first len bytes of a word name, or the count of keys. */
static size_t
find_key(const struct policy_keys *keys, const char *word, size_t len)
{
	const struct policy_setting	*setting;
	size_t				 k;

	for (k = 0; k < keys->count; k++) {
		setting = keys->keys[k].setting;
		if (policy_language_is(setting) ?
		    policy_language_is_named(setting, word, len) :
		    strlen(setting->key) == len &&
		    strncasecmp(setting->key, word, len) == 0)
			break;
	}
	return k;
}

/* The words from i on that name the key k, which has a value per language. */
static int
parse_languages(const struct command *command, const struct policy_keys *keys,
    size_t k, size_t i, struct buf *json)
{
	const char	*words[COMMAND_WORDS_MAX];
	const char	*word;
	size_t		 count = 0, len;
	int		 code;

	for (; i < command->count; i++) {
		word = command->words[i];
		len = strcspn(word, "=");
		if (word[len] == '=' && find_key(keys, word, len) == k)
			words[count++] = word;
	}
	buf_puts(json, "{");
	code = policy_language_parse(command, &keys->keys[k], words, count,
	    json);
	buf_puts(json, "}");
	return code;
}

int
policy_keys_parse(const struct command *command,
    const struct policy_keys *keys, struct buf *json)
{
	bool			 is_given[POLICY_KEYS_MAX] = { false };
	const struct policy_key	*key;
	const char		*word;
	size_t			 i, k, len;
	int			 code = EX_OK;

	buf_puts(json, "{");
	for (i = 1; code == EX_OK && i < command->count; i++) {
		word = command->words[i];
		len = strcspn(word, "=");
		k = find_key(keys, word, len);
		if (k == keys->count || word[len] != '=')
			return refuse_unknown(command, keys, word);
		key = &keys->keys[k];
		if (is_given[k] && policy_language_is(key->setting))
			continue;
		if (is_given[k])
			return command_fail(command, EX_USAGE, "%s is given "
			    "twice: which one holds?", key->setting->key);
		is_given[k] = true;
		buf_printf(json, "%s\"%s\": ", i == 1 ? "" : ", ",
		    key->setting->column);
		code = policy_language_is(key->setting) ?
		    parse_languages(command, keys, k, i, json) :
		    key->format->parse(command, key->setting, word + len + 1,
		    json);
	}
	buf_puts(json, "}");
	if (code == EX_OK && buf_status(json) != ST_OK)
		code = command_fail(command, EX_DATAERR,
		    "the settings are longer than 64 KiB");
	return code;
}
