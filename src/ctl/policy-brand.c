/*
 * policy-brand.c - read and show a policy's BrandName and BrandColor. What is
 * a name and a colour, core/brand says.
 */
#include "config.h"

#include "ctl/policy-brand.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/text.h"
#include "base/utf8.h"
#include "core/brand.h"

static int
parse_name(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	const char	*fault = brand_name_fault(text);
	size_t		 count = utf8_count(text);

	if (fault != NULL)
		return command_fail(command, EX_DATAERR, "%s is one line that "
		    "can be read, and this has: %s", setting->key, fault);
	if (count > setting->max)
		return command_fail(command, EX_DATAERR, "%s has at most %u "
		    "characters, not %zu", setting->key, setting->max, count);
	text_json_string(json, text);
	return EX_OK;
}

static const char *
print_name(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)setting;
	(void)snprintf(text, POLICY_VALUE_SIZE, "\"%s\"", stored);
	return text;
}

static int
parse_color(const struct command *command,
    const struct policy_setting *setting, const char *text, struct buf *json)
{
	char	color[BRAND_COLOR_SIZE] = "";
	size_t	i;

	if (*text != '\0' && strcasecmp(text, setting->zero) != 0) {
		if (!brand_is_color(text))
			return command_fail(command, EX_DATAERR, "%s is # and "
			    "six hex digits, as #1a56b0, or %s, not "
			    "\"%.60s\"", setting->key, setting->zero, text);
		for (i = 0; text[i] != '\0'; i++)
			color[i] = (char)tolower((unsigned char)text[i]);
	}
	text_json_string(json, color);
	return EX_OK;
}

static const char *
print_color(const struct policy_setting *setting, const char *stored,
    char text[POLICY_VALUE_SIZE])
{
	(void)snprintf(text, POLICY_VALUE_SIZE, "%s", *stored == '\0' ?
	    setting->zero : stored);
	return text;
}

const struct policy_format	policy_format_brand_name = { parse_name,
	print_name };
const struct policy_format	policy_format_brand_color = { parse_color,
	print_color };
