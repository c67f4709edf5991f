/*
 * policy-key.c - the keys of a PIN policy that are no rules, and the order of
 * all.
 */
#include "config.h"

#include "ctl/policy-key.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "ctl/policy-brand.h"
#include "ctl/policy-format.h"
#include "ctl/policy-language.h"
#include "ctl/policy-reader.h"
#include "core/brand.h"
#include "core/policy.h"

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
	{ &policy_format_markup, NULL, SETTING("ResetPINText", "reset_pin_text",
	    POLICY_NUMBER, 0, 512, NULL) },
	{ &policy_format_markup, NULL, SETTING("ResetPINText" POLICY_LANGUAGE,
	    "reset_pin_texts", POLICY_NUMBER, 0, 512, NULL) },
	{ NULL, NULL, SETTING("LockoutDuration", "lockout_duration_s",
	    POLICY_SECONDS, 0, 31536000, "unlimited") },
	{ &policy_format_language, NULL, SETTING("DefaultLanguage",
	    "default_language", POLICY_NUMBER, 0, 0, NULL) },
	{ &policy_format_zone, NULL, SETTING("TimeZone", "time_zone",
	    POLICY_NUMBER, 0, 0, NULL) },
	{ NULL, NULL, SETTING("TempPINLifetime", "temp_pin_lifetime_days",
	    POLICY_NUMBER, 0, 90, "unlimited") },
	{ &policy_format_markup, NULL, SETTING("UMEnabledText",
	    "um_enabled_text", POLICY_NUMBER, 0, 512, NULL) },
	{ &policy_format_markup, NULL, SETTING("UMEnabledText" POLICY_LANGUAGE,
	    "um_enabled_texts", POLICY_NUMBER, 0, 512, NULL) },
	{ &policy_format_brand_name, NULL, SETTING("BrandName", "brand_name",
	    POLICY_NUMBER, 0, BRAND_NAME_MAX, NULL) },
	{ &policy_format_brand_color, NULL, SETTING("BrandColor",
	    "brand_color", POLICY_NUMBER, 0, 0, "none") },
	{ NULL, NULL, SETTING("ResetsPerHour", "resets_per_hour",
	    POLICY_NUMBER, 0, 1000, "off") },
	{ NULL, NULL, SETTING("ResetsPerDay", "resets_per_day",
	    POLICY_NUMBER, 0, 10000, "off") },
	{ &policy_format_text, NULL, SETTING("AccessNumbers", "access_numbers",
	    POLICY_NUMBER, 0, 200, NULL) },
	{ &policy_format_line, NULL, SETTING("HelpDeskContact",
	    "help_desk_contact", POLICY_NUMBER, 0, 200, NULL) },
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
		format != NULL ? format : &policy_formats[setting->type] };
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
	const char	*words[COMMAND_WORDS_MAX] = { NULL };
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
