/*
 * conf-value.c - parse a value of umws.conf, a function for each type; a
 * refusal names the key, the range and what was found.
 */
#include "config.h"

#include "app/conf-value.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/address.h"
#include "core/derive.h"
#include "edge/directory-map.h"
#include "edge/smtp.h"

#define SHORTEST	TEXT_MILLISECONDS
#define LONGEST		TEXT_HOURS

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

#define TOLD_SIZE	24	/* bytes of ", not '500ms'" */

/*
 * What was found, if it is a number with a unit or nothing at all: whatever
 * else was written to the wrong line may be a password.
 */
static const char *
told(const struct conf_value *value, char words[TOLD_SIZE])
{
	const char	*text = value->text;
	const char	*number = text + (*text == '-');
	size_t		 digits = strspn(number, "0123456789");
	size_t		 len = strlen(number);

	words[0] = '\0';
	if (*text == '\0' || (digits > 0 && digits <= TEXT_NUMBER_DIGITS &&
	    len - digits <= 2))
		(void)snprintf(words, TOLD_SIZE, ", not '%s'", text);
	return words;
}

bool
conf_parse_count(struct conf_value *value)
{
	const struct conf_key	*key = value->key;
	const char		*end;
	char			 words[TOLD_SIZE];
	uint64_t		 number;

	if (!text_number(value->text, &number, &end) || *end != '\0' ||
	    number < key->min || number > key->max)
		return value_refuse(value,
		    "%s must be a number from %u to %u%s",
		    key->name, key->min, key->max, told(value, words));
	*(unsigned int *)value->field = (unsigned int)number;
	return true;
}

static bool
parse_duration(struct conf_value *value, uint64_t unit_ms)
{
	const struct conf_key	*key = value->key;
	char			 min[TEXT_DURATION_SIZE];
	char			 max[TEXT_DURATION_SIZE];
	char			 words[TOLD_SIZE];
	uint64_t		 ms;

	if (!text_duration(value->text, SHORTEST, LONGEST, &ms))
		return value_refuse(value, "%s must be a number with a unit, "
		    "like 500ms, 30s, 5m or 1h%s", key->name,
		    told(value, words));
	if (ms < key->min * unit_ms || ms > key->max * unit_ms)
		return value_refuse(value, "%s must be from %s to %s%s",
		    key->name,
		    text_duration_print(key->min * unit_ms, SHORTEST,
		    LONGEST, min), text_duration_print(key->max * unit_ms,
		    SHORTEST, LONGEST, max), told(value, words));
	if (ms % unit_ms != 0)
		return value_refuse(value, "%s must be whole seconds%s",
		    key->name, told(value, words));
	*(unsigned int *)value->field = (unsigned int)(ms / unit_ms);
	return true;
}

bool
conf_parse_seconds(struct conf_value *value)
{
	return parse_duration(value, 1000);
}

bool
conf_parse_milliseconds(struct conf_value *value)
{
	return parse_duration(value, 1);
}

bool
conf_parse_bool(struct conf_value *value)
{
	bool	is_yes = strcmp(value->text, "yes") == 0;

	if (!is_yes && strcmp(value->text, "no") != 0)
		return value_refuse(value, "%s must be yes or no",
		    value->key->name);
	*(bool *)value->field = is_yes;
	return true;
}

bool
conf_parse_tls(struct conf_value *value)
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
	return value_refuse(value, "%s must be off, try or required",
	    value->key->name);
}

/* "m,t,p": memory in KiB, passes, lanes. */
bool
conf_parse_cost(struct conf_value *value)
{
	struct derive_cost	*cost = value->field;
	const char		*name = value->key->name, *end = value->text;
	uint64_t		 number[3] = { 0, 0, 0 };
	size_t			 i;

	for (i = 0; i < 3; i++) {
		if (!text_number(end, &number[i], &end) ||
		    *end++ != (i < 2 ? ',' : '\0'))
			return value_refuse(value, "%s must be m,t,p: memory "
			    "in KiB, passes, lanes, like 7168,5,1", name);
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

/* Every text: no longer or shorter than the key allows. */
static bool
check_length(struct conf_value *value)
{
	const struct conf_key	*key = value->key;
	size_t			 len = strlen(value->text);

	if (len < key->min)
		return value_refuse(value, "%s must not be empty: give a "
		    "value or leave the line out", key->name);
	if (len > key->max)
		return value_refuse(value, "%s is longer than %u bytes",
		    key->name, key->max);
	return true;
}

static bool
take_text(struct conf_value *value)
{
	*(const char **)value->field = value->text;
	return true;
}

/*
 * A text that has to look like something. Where a password could stand, in a
 * URL or instead of its file's path, the value is not told.
 */
static bool
parse_form(struct conf_value *value, bool is_fitting, const char *form)
{
	if (!check_length(value))
		return false;
	if (!is_fitting)
		return value_refuse(value, "%s must %s", value->key->name,
		    form);
	return take_text(value);
}

bool
conf_parse_text(struct conf_value *value)
{
	return check_length(value) && take_text(value);
}

bool
conf_parse_conninfo(struct conf_value *value)
{
	return conf_parse_text(value);
}

/*
 * Paths are told when a file is missing. So one has none of what a password
 * would stand behind.
 */
static bool
is_path(const char *text)
{
	return *text == '/' && strpbrk(text, ":;=?&@,") == NULL;
}

bool
conf_parse_path(struct conf_value *value)
{
	return parse_form(value, is_path(value->text) || *value->text == '\0',
	    "be an absolute path, without any of : ; = ? & @ ,");
}

bool
conf_parse_path_or_off(struct conf_value *value)
{
	return parse_form(value, is_path(value->text) ||
	    strcmp(value->text, "off") == 0, "be an absolute path, or off; "
	    "a path without any of : ; = ? & @ ,");
}

/* Is there a user, and so perhaps a password, before the host? */
static bool
has_user(const char *url)
{
	const char	*host = strstr(url, "://");

	return host != NULL && memchr(host + 3, '@', strcspn(host + 3, "/?#"))
	    != NULL;
}

bool
conf_parse_http_url(struct conf_value *value)
{
	return parse_form(value, *value->text == '\0' ||
	    ((has_prefix(value->text, "http://") ||
	    has_prefix(value->text, "https://")) && !has_user(value->text)),
	    "begin with https:// or http:// and the name of a host");
}

bool
conf_parse_hook(struct conf_value *value)
{
	return parse_form(value, *value->text == '\0' ||
	    is_path(value->text) || (has_prefix(value->text, "https://") &&
	    value->text[strlen("https://")] != '\0' &&
	    !has_user(value->text)), "begin with https:// and the name of a "
	    "host, without a user; or be the absolute path of a program, "
	    "without any of : ; = ? & @ ,");
}

/*
 * A host's name or address, a port, a '/': no place is left for a user and a
 * password, percent-encoded or not. len bytes of text count.
 */
static bool
is_server(const char *text, size_t len)
{
	const char	*end = text + len;
	size_t		 digits;

	if (len == 0)
		return false;
	if (*text == '[')
		text += strcspn(text, " ]") + 1;
	else
		text += strcspn(text, " :/@?#&%;,=[]");
	if (text < end && *text == ':') {
		digits = strspn(text + 1, "0123456789");
		text += digits + 1;
	}
	if (text < end && *text == '/')
		text++;
	return text == end;
}

static bool
is_server_url(const char *text, const char *scheme)
{
	return strncmp(text, scheme, strlen(scheme)) == 0 &&
	    is_server(text + strlen(scheme), strlen(text + strlen(scheme)));
}

bool
conf_parse_smtp_url(struct conf_value *value)
{
	return parse_form(value, is_server_url(value->text, "smtp://") ||
	    is_server_url(value->text, "smtps://") ||
	    (has_prefix(value->text, SMTP_PROGRAM) &&
	    is_path(value->text + strlen(SMTP_PROGRAM))),
	    "begin with smtp:// or smtps:// and go on with a host and a port, "
	    "without a user, which is smtp_user; or be sendmail: and the "
	    "absolute path of a program, without any of : ; = ? & @ ,");
}

/*
 * One server, or several of the same scheme, parted by blanks: each is asked
 * if those before it are away. Without what could follow the host, by which
 * libldap would be told more than the server.
 */
static bool
is_ldap_urls(const char *text)
{
	static const char *const	schemes[] = { "ldaps://", "ldap://",
	    "ldapi://" };
	const char			*scheme = NULL;
	size_t				 i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (has_prefix(text, schemes[i]))
			scheme = schemes[i];
	}
	while (scheme != NULL && has_prefix(text, scheme)) {
		text += strlen(scheme);
		if (strcspn(text, " ") == 0 || (scheme != schemes[2] ?
		    !is_server(text, strcspn(text, " ")) :
		    strcspn(text, " @?") != strcspn(text, " ")))
			return false;
		text += strcspn(text, " ");
		text += strspn(text, " ");
		if (*text == '\0')
			return true;
	}
	return false;
}

bool
conf_parse_ldap_url(struct conf_value *value)
{
	return parse_form(value, *value->text == '\0' ||
	    is_ldap_urls(value->text), "begin with ldaps://, ldap:// or "
	    "ldapi:// and the name of a host; several are parted by blanks, "
	    "and alike in that");
}

bool
conf_parse_ldap_map(struct conf_value *value)
{
	struct directory_map	map;
	char			reason[DIRECTORY_MAP_REASON_SIZE];

	if (!check_length(value))
		return false;
	if (directory_map_parse(value->text, &map, reason) != ST_OK)
		return value_refuse(value, "%s: %s", value->key->name,
		    reason);
	return take_text(value);
}

bool
conf_parse_sasl_mech(struct conf_value *value)
{
	return parse_form(value, *value->text == '\0' ||
	    strcmp(value->text, "GSSAPI") == 0 ||
	    strcmp(value->text, "EXTERNAL") == 0,
	    "be GSSAPI, EXTERNAL or empty");
}

bool
conf_parse_from(struct conf_value *value)
{
	const char	*address;
	size_t		 len;

	if (!check_length(value))
		return false;
	if (*value->text != '\0' &&
	    !address_of_sender(value->text, &address, &len))
		return value_refuse(value, "%s must be an address, like "
		    "umws@example.org or Voice mail <umws@example.org>",
		    value->key->name);
	return take_text(value);
}

bool
conf_parse_envelope_from(struct conf_value *value)
{
	const char	*text = value->text;

	if (!check_length(value))
		return false;
	if (*text != '\0' && strcmp(text, "<>") != 0 &&
	    !address_is_sender(text, strlen(text)))
		return value_refuse(value, "%s must be a bare address, or <> "
		    "for the null sender", value->key->name);
	return take_text(value);
}
