/*
 * conf-value.c - one parser per type; a refusal names the key, the range
 * and what was found.
 */
#include "config.h"

#include "app/conf-value.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "core/address.h"
#include "core/derive.h"
#include "edge/smtp.h"

#define NUMBER_DIGITS	9	/* that always fit into 32 bits */

static bool	value_refuse(struct conf_value *value, const char *format, ...)
		    __attribute__((format(printf, 2, 3)));

/* Note why a value is refused; always false, for "return value_refuse()". */
static bool
value_refuse(struct conf_value *value, const char *format, ...)
{
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(value->reason, sizeof(value->reason), format, ap);
	va_end(ap);
	return false;
}

/* Read decimal digits; *end is what follows. False for none or too many. */
static bool
number_parse(const char *text, uint64_t *number, const char **end)
{
	size_t	i;

	*number = 0;
	for (i = 0; text[i] >= '0' && text[i] <= '9'; i++) {
		if (i == NUMBER_DIGITS)
			return false;
		*number = *number * 10 + (uint64_t)(text[i] - '0');
	}
	*end = text + i;
	return i > 0;
}

static bool
parse_count(struct conf_value *value)
{
	const struct conf_key	*key = value->key;
	const char		*end;
	uint64_t		 number;

	if (!number_parse(value->text, &number, &end) || *end != '\0' ||
	    number < key->min || number > key->max)
		return value_refuse(value,
		    "%s must be a number from %u to %u, not '%.60s'",
		    key->name, key->min, key->max, value->text);
	*(unsigned int *)value->field = (unsigned int)number;
	return true;
}

/* Write ms in the largest unit that divides it. */
static const char *
duration_text(uint64_t ms, char text[32])
{
	static const struct {
		uint64_t	 ms;
		const char	*name;
	} units[] = { { 3600000, "h" }, { 60000, "m" }, { 1000, "s" } };
	size_t	i;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (ms >= units[i].ms && ms % units[i].ms == 0) {
			(void)snprintf(text, 32, "%llu%s",
			    (unsigned long long)(ms / units[i].ms),
			    units[i].name);
			return text;
		}
	}
	(void)snprintf(text, 32, "%llums", (unsigned long long)ms);
	return text;
}

/* Milliseconds of "500ms", "30s", "5m" or "1h"; false for anything else. */
static bool
duration_parse(const char *text, uint64_t *ms)
{
	const char	*unit;
	uint64_t	 number;

	*ms = 0;
	if (!number_parse(text, &number, &unit))
		return false;
	if (strcmp(unit, "ms") == 0)
		*ms = number;
	else if (strcmp(unit, "s") == 0)
		*ms = number * 1000;
	else if (strcmp(unit, "m") == 0)
		*ms = number * 60000;
	else if (strcmp(unit, "h") == 0)
		*ms = number * 3600000;
	else
		return false;
	return true;
}

static bool
parse_duration(struct conf_value *value, uint64_t unit_ms)
{
	const struct conf_key	*key = value->key;
	char			 min[32], max[32];
	uint64_t		 ms;

	if (!duration_parse(value->text, &ms))
		return value_refuse(value, "%s must be a number with a unit, "
		    "like 500ms, 30s, 5m or 1h, not '%.60s'", key->name,
		    value->text);
	if (ms < key->min * unit_ms || ms > key->max * unit_ms)
		return value_refuse(value, "%s must be from %s to %s, "
		    "not '%.60s'", key->name,
		    duration_text(key->min * unit_ms, min),
		    duration_text(key->max * unit_ms, max), value->text);
	if (ms % unit_ms != 0)
		return value_refuse(value, "%s must be whole seconds, "
		    "not '%.60s'", key->name, value->text);
	*(unsigned int *)value->field = (unsigned int)(ms / unit_ms);
	return true;
}

static bool
parse_bool(struct conf_value *value)
{
	bool	is_yes = strcmp(value->text, "yes") == 0;

	if (!is_yes && strcmp(value->text, "no") != 0)
		return value_refuse(value, "%s must be yes or no, not '%.60s'",
		    value->key->name, value->text);
	*(bool *)value->field = is_yes;
	return true;
}

static bool
parse_tls(struct conf_value *value)
{
	static const struct {
		const char	*name;
		enum smtp_tls	 tls;
	} words[] = {
		{ "off", SMTP_TLS_OFF },
		{ "try", SMTP_TLS_TRY },
		{ "required", SMTP_TLS_REQUIRED },
	};
	size_t	i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(value->text, words[i].name) == 0) {
			*(enum smtp_tls *)value->field = words[i].tls;
			return true;
		}
	}
	return value_refuse(value,
	    "%s must be off, try or required, not '%.60s'", value->key->name,
	    value->text);
}

/* "m,t,p": memory in KiB, passes, lanes. */
static bool
parse_cost(struct conf_value *value)
{
	struct derive_cost	*cost = value->field;
	const char		*name = value->key->name, *end = value->text;
	uint64_t		 number[3] = { 0, 0, 0 };
	size_t			 i;

	for (i = 0; i < 3; i++) {
		if (!number_parse(end, &number[i], &end) ||
		    *end++ != (i < 2 ? ',' : '\0'))
			return value_refuse(value, "%s must be m,t,p: memory "
			    "in KiB, passes, lanes, like 7168,5,1, "
			    "not '%.60s'", name, value->text);
	}
	if (number[0] < 8 || number[0] > 1048576)
		return value_refuse(value, "%s: m must be from 8 to 1048576 "
		    "KiB, not %llu", name, (unsigned long long)number[0]);
	if (number[1] < 1 || number[1] > 1000)
		return value_refuse(value, "%s: t must be from 1 to 1000, "
		    "not %llu", name, (unsigned long long)number[1]);
	if (number[2] != 1)
		return value_refuse(value, "%s: p must be 1, the only number "
		    "of lanes that libsodium computes, not %llu", name,
		    (unsigned long long)number[2]);
	cost->memory_kib = (unsigned int)number[0];
	cost->passes = (unsigned int)number[1];
	cost->lanes = (unsigned int)number[2];
	return true;
}

static bool
has_prefix(const char *text, const char *prefix)
{
	size_t	len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 && text[len] != '\0';
}

/*
 * A bare address. The local part of a sender is ASCII, which every server
 * takes; the domain may be of any script, and the mailer makes it an A-label.
 */
static bool
is_address(const char *text, size_t len)
{
	char	address[ADDRESS_MAX + 1], reason[ADDRESS_REASON_SIZE], *at;
	bool	is_ascii;

	if (len > ADDRESS_MAX)
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	at = strchr(address, '@');
	if (at == NULL)
		return false;
	*at = '\0';
	is_ascii = utf8_is_ascii(address);
	*at = '@';
	return is_ascii && address_check(address, reason) == ST_OK;
}

bool
conf_from_address(const char *from, const char **address, size_t *len)
{
	const char	*open = strrchr(from, '<');

	*address = from;
	*len = strlen(from);
	if (open != NULL) {
		if (from[*len - 1] != '>')
			return false;
		*address = open + 1;
		*len -= (size_t)(open - from) + 2;
	}
	return is_address(*address, *len);
}

/*
 * What a text has to look like, beyond its length. Where a password could
 * stand, in a URL or instead of its file's path, the value is not told.
 */
static bool
text_fits(struct conf_value *value)
{
	const char	*name = value->key->name, *text = value->text;
	const char	*address;
	size_t		 len;

	switch (value->key->type) {
	case TYPE_PATH:
		if (*text != '/' && *text != '\0')
			return value_refuse(value, "%s must be an absolute "
			    "path", name);
		break;
	case TYPE_PATH_OR_OFF:
		if (*text != '/' && strcmp(text, "off") != 0)
			return value_refuse(value, "%s must be an absolute "
			    "path, or off", name);
		break;
	case TYPE_HTTP_URL:
		if (*text != '\0' && !has_prefix(text, "http://") &&
		    !has_prefix(text, "https://"))
			return value_refuse(value, "%s must begin with "
			    "https:// or http://", name);
		break;
	case TYPE_SMTP_URL:
		if (!has_prefix(text, "smtp://") &&
		    !has_prefix(text, "smtps://"))
			return value_refuse(value, "%s must begin with "
			    "smtp:// or smtps://", name);
		break;
	case TYPE_FROM:
		if (!conf_from_address(text, &address, &len))
			return value_refuse(value, "%s must be an address, "
			    "like umws@example.org or Voice mail "
			    "<umws@example.org>, not '%.200s'", name, text);
		break;
	case TYPE_ENVELOPE_FROM:
		if (*text != '\0' && strcmp(text, "<>") != 0 &&
		    !is_address(text, strlen(text)))
			return value_refuse(value, "%s must be a bare "
			    "address, or <> for the null sender, "
			    "not '%.200s'", name, text);
		break;
	default:
		break;
	}
	return true;
}

static bool
parse_text(struct conf_value *value)
{
	const struct conf_key	*key = value->key;
	size_t			 len = strlen(value->text);

	if (len < key->min)
		return value_refuse(value, "%s must not be empty: give a "
		    "value or leave the line out", key->name);
	if (len > key->max)
		return value_refuse(value, "%s is longer than %u bytes",
		    key->name, key->max);
	return text_fits(value);
}

bool
conf_value_parse(struct conf_value *value)
{
	switch (value->key->type) {
	case TYPE_COUNT:
		return parse_count(value);
	case TYPE_SECONDS:
		return parse_duration(value, 1000);
	case TYPE_MILLISECONDS:
		return parse_duration(value, 1);
	case TYPE_BOOL:
		return parse_bool(value);
	case TYPE_TLS:
		return parse_tls(value);
	case TYPE_COST:
		return parse_cost(value);
	case TYPE_TEXT:
	case TYPE_PATH:
	case TYPE_PATH_OR_OFF:
	case TYPE_HTTP_URL:
	case TYPE_SMTP_URL:
	case TYPE_FROM:
	case TYPE_ENVELOPE_FROM:
		return parse_text(value);
	}
	return false;
}

bool
conf_type_is_text(enum conf_type type)
{
	return type != TYPE_COUNT && type != TYPE_SECONDS &&
	    type != TYPE_MILLISECONDS && type != TYPE_BOOL &&
	    type != TYPE_TLS && type != TYPE_COST;
}
