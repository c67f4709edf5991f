/*
 * http.c - parse and check HTTP header fields: Content-Type, SOAPAction, Host
 * and others.
 *
 * An empty value counts as absent: web servers hand an absent field on as
 * an empty FastCGI parameter. What does not fit the grammar is refused.
 */
#include "config.h"

#include "soap/http.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "soap/soap.h"

#define PARAMETER_SIZE	16	/* bytes; every word we look for is shorter */

/* Host and port as in RFC 3986, section 3.2, without user information. */
struct authority {
	const char	*host;
	size_t		 host_len;
	unsigned int	 port;
};

static bool
is_absent(const char *value)
{
	return value == NULL || *value == '\0';
}

/* tchar of RFC 9110, section 5.6.2. */
static bool
is_token_char(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') ||
	    (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static void
skip_space(const char **at)
{
	*at += strspn(*at, " \t");
}

/* Add c to a word; even cut, a longer one equals none that we look for. */
static void
word_add(char word[PARAMETER_SIZE], size_t *len, char c)
{
	if (*len < PARAMETER_SIZE - 1)
		word[(*len)++] = c;
}

/* A token, which must not be empty. */
static bool
read_token(const char **at, char word[PARAMETER_SIZE])
{
	size_t	len = 0;

	memset(word, 0, PARAMETER_SIZE);
	while (is_token_char(**at))
		word_add(word, &len, *(*at)++);
	return len > 0;
}

/* A quoted string, RFC 9110 section 5.6.4, with its escapes undone. */
static bool
read_quoted(const char **at, char word[PARAMETER_SIZE])
{
	size_t	len = 0;

	memset(word, 0, PARAMETER_SIZE);
	(*at)++;
	while (**at != '"') {
		if (**at == '\\')
			(*at)++;
		if (**at == 0x7f || ((unsigned char)**at < ' ' &&
		    **at != '\t'))
			return false;
		word_add(word, &len, *(*at)++);
	}
	(*at)++;
	return true;
}

static bool
read_charset(const char *word, enum http_charset *charset)
{
	if (strcasecmp(word, "utf-8") == 0)
		*charset = HTTP_CHARSET_UTF8;
	else if (strcasecmp(word, "utf-16") == 0)
		*charset = HTTP_CHARSET_UTF16;
	else if (strcasecmp(word, "us-ascii") == 0)
		*charset = HTTP_CHARSET_ASCII;
	else
		return false;
	return true;
}

/* parameters = *( OWS ";" OWS [ parameter ] ), RFC 9110 section 5.6.6. */
static bool
read_parameters(const char *at, enum http_charset *charset)
{
	char	name[PARAMETER_SIZE], value[PARAMETER_SIZE];
	bool	has_value;

	for (;;) {
		skip_space(&at);
		if (*at == '\0')
			return true;
		if (*at++ != ';')
			return false;
		skip_space(&at);
		if (*at == ';' || *at == '\0')
			continue;
		if (!read_token(&at, name) || *at++ != '=')
			return false;
		has_value = *at == '"' ? read_quoted(&at, value) :
		    read_token(&at, value);
		if (!has_value)
			return false;
		if (strcasecmp(name, "charset") != 0)
			continue;
		/* Two charsets: whoever stands before us may take the other. */
		if (*charset != HTTP_CHARSET_NONE ||
		    !read_charset(value, charset))
			return false;
	}
}

enum status
http_content_type(const char *value, enum http_charset *charset)
{
	static const char	type[] = "text/xml";

	*charset = HTTP_CHARSET_NONE;
	if (value == NULL)
		return ST_BAD;
	skip_space(&value);
	if (strncasecmp(value, type, strlen(type)) != 0)
		return ST_BAD;
	if (!read_parameters(value + strlen(type), charset)) {
		*charset = HTTP_CHARSET_NONE;
		return ST_BAD;
	}
	return ST_OK;
}

bool
http_is_identity(const char *value)
{
	char	word[PARAMETER_SIZE];

	if (value == NULL)
		return true;
	/* A list, RFC 9110 section 5.6.1: empty elements mean nothing. */
	for (;;) {
		value += strspn(value, " \t,");
		if (*value == '\0')
			return true;
		if (!read_token(&value, word) ||
		    strcasecmp(word, "identity") != 0)
			return false;
		skip_space(&value);
		if (*value != ',' && *value != '\0')
			return false;
	}
}

/* Does text, len bytes long, begin with prefix? Then step over it. */
static bool
skip_prefix(const char **text, size_t *len, const char *prefix)
{
	size_t	size = strlen(prefix);

	if (*len < size || strncmp(*text, prefix, size) != 0)
		return false;
	*text += size;
	*len -= size;
	return true;
}

bool
http_soap_action_fits(const char *value, const char *operation)
{
	size_t	len;

	if (is_absent(value))
		return true;
	skip_space(&value);
	len = strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		len--;
	if (len >= 2 && value[0] == '"' && value[len - 1] == '"') {
		value++;
		len -= 2;
	}
	if (len == 0)
		return true;
	if (!skip_prefix(&value, &len, "https" SOAP_NS_TAIL "messages") &&
	    !skip_prefix(&value, &len, SOAP_NS_MESSAGES))
		return false;
	if (!skip_prefix(&value, &len, "/") && !skip_prefix(&value, &len, "#"))
		return false;
	return len == strlen(operation) && memcmp(value, operation, len) == 0;
}

/* Unreserved and sub-delims characters of RFC 3986 that hosts have. */
static bool
is_host_char(char c)
{
	return is_token_char(c) && strchr("#^`|", c) == NULL;
}

/*
 * Read host [":" port] at the start of text; *end is what follows. Without
 * a port it is default_port.
 */
static bool
read_authority(const char *text, unsigned int default_port,
    struct authority *authority, const char **end)
{
	const char	*at = text;
	unsigned int	 port = 0;

	if (*at == '[') {
		at += 1 + strspn(at + 1, "0123456789ABCDEFabcdef:.");
		if (at == text + 1 || *at++ != ']')
			return false;
	} else {
		while (is_host_char(*at))
			at++;
	}
	authority->host = text;
	authority->host_len = (size_t)(at - text);
	authority->port = default_port;
	if (*at == ':') {
		for (at++; *at >= '0' && *at <= '9' && port <= 65535; at++)
			port = port * 10 + (unsigned int)(*at - '0');
		if (port == 0 || port > 65535)
			return false;
		authority->port = port;
	}
	*end = at;
	return authority->host_len > 0;
}

/* Read "http://" or "https://" and the authority behind it. */
static bool
read_url(const char *url, unsigned int *default_port,
    struct authority *authority, const char **end)
{
	if (strncasecmp(url, "https://", strlen("https://")) == 0)
		*default_port = 443;
	else if (strncasecmp(url, "http://", strlen("http://")) == 0)
		*default_port = 80;
	else
		return false;
	return read_authority(strchr(url, ':') + strlen("://"), *default_port,
	    authority, end);
}

static bool
is_same_authority(const struct authority *a, const struct authority *b)
{
	return a->port == b->port && a->host_len == b->host_len &&
	    strncasecmp(a->host, b->host, a->host_len) == 0;
}

bool
http_is_same_site(const char *sec_fetch_site, const char *origin,
    const char *host, const char *public_url)
{
	struct authority	 theirs, ours;
	const char		*end;
	unsigned int		 port;

	if (!is_absent(sec_fetch_site) &&
	    strcmp(sec_fetch_site, "same-origin") != 0 &&
	    strcmp(sec_fetch_site, "none") != 0)
		return false;
	if (is_absent(origin))
		return true;
	if (!read_url(origin, &port, &theirs, &end) || *end != '\0')
		return false;
	/*
	 * Host has no scheme, and TLS may have ended before us: without a
	 * port it has the one that is the default of the origin's scheme.
	 */
	if (!is_absent(host) && read_authority(host, port, &ours, &end) &&
	    *end == '\0' && is_same_authority(&theirs, &ours))
		return true;
	return !is_absent(public_url) &&
	    read_url(public_url, &port, &ours, &end) &&
	    strchr("/?#", *end) != NULL && is_same_authority(&theirs, &ours);
}

bool
http_is_host(const char *value)
{
	struct authority	 authority;
	const char		*end;

	return !is_absent(value) && strlen(value) <= HTTP_HOST_MAX &&
	    read_authority(value, 80, &authority, &end) && *end == '\0';
}

/* Is a media type among those that Accept names? */
static bool
accepts(const char *value, const char *type)
{
	size_t	len = strlen(type);

	if (value == NULL)
		return false;
	for (;;) {
		value += strspn(value, ", \t");
		if (*value == '\0')
			return false;
		if (strncasecmp(value, type, len) == 0 &&
		    strchr(",; \t", value[len]) != NULL)
			return true;
		value += strcspn(value, ",");
	}
}

bool
http_accepts_html(const char *value)
{
	return accepts(value, "text/html");
}

bool
http_accepts_json(const char *value)
{
	return accepts(value, "application/json");
}

bool
http_is_form(const char *value)
{
	static const char	form[] = "application/x-www-form-urlencoded";

	if (value == NULL || strncasecmp(value, form, strlen(form)) != 0)
		return false;
	value += strlen(form);
	skip_space(&value);
	return *value == '\0' || *value == ';';
}
