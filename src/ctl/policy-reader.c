/*
 * policy-reader.c - read and show the language and the time zone of a policy.
 */
#include "config.h"

#include "ctl/policy-reader.h"

#include <stdio.h>
#include <strings.h>
#include <sysexits.h>

#include "ctl/user.h"
#include "base/text.h"

#define NONE	"none"

static int
parse_language(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	char	reason[COMMAND_REASON_SIZE];

	if (command_locale_check(text, reason) != ST_OK)
		return command_fail(command, EX_DATAERR, "%s: %s",
		    setting->key, reason);
	text_json_string(json, text);
	return EX_OK;
}

static const char *
print_language(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)setting;
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", stored);
	return text;
}

static int
parse_zone(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	(void)command;
	(void)setting;
	text_json_string(json, strcasecmp(text, NONE) == 0 ? "" : text);
	return EX_OK;
}

static const char *
print_zone(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)setting;
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", *stored == '\0' ? NONE :
	    stored);
	return text;
}

const struct policy_format	policy_format_language = { parse_language,
	print_language };
const struct policy_format	policy_format_zone = { parse_zone,
	print_zone };
