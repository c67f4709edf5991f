/*
 * policy-format.c - how the values of a policy's keys are read and shown, by
 * their type.
 */
#include "config.h"

#include "ctl/policy-format.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/text.h"
#include "base/utf8.h"
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

const struct policy_format	policy_formats[] = {
	[POLICY_NUMBER] = { parse_number, print_number },
	[POLICY_BOOL] = { parse_bool, print_bool },
	[POLICY_SECONDS] = { parse_seconds, print_seconds },
	[POLICY_PINS] = { parse_pins, print_pins }
};
const struct policy_format	policy_format_text = { parse_text,
	print_text };
const struct policy_format	policy_format_line = { parse_line,
	print_text };
const struct policy_format	policy_format_markup = { parse_markup,
	print_text };
