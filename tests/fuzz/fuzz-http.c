/*
 * fuzz-http.c - any strings as header fields. What may be refused is in the
 * unit tests; here is what must hold for all that is accepted.
 *
 * The input is up to four strings, divided by newlines.
 */
#include "config.h"

#include "soap/http.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "soap/soap.h"
#include "fuzz.h"

#define STRINGS		4
#define STRING_SIZE	4096

const char	fuzz_target[] = "http";

static void
check_content_type(const char *value)
{
	enum http_charset	charset = HTTP_CHARSET_ASCII;
	enum status		st = http_content_type(value, &charset);

	assert(st == ST_OK || st == ST_BAD);
	assert(charset <= HTTP_CHARSET_ASCII);
	if (st != ST_OK) {
		assert(charset == HTTP_CHARSET_NONE);
		return;
	}
	assert(strcasestr(value, "text/xml") != NULL);
	assert(charset == HTTP_CHARSET_NONE ||
	    strcasestr(value, "charset=") != NULL);
}

/* An action fits one operation and no other, unless there is none. */
static void
check_soap_action(const char *value, const char *operation)
{
	bool	is_empty = value[strspn(value, " \t\"")] == '\0';

	if (http_soap_action_fits(value, operation) && !is_empty) {
		assert(strstr(value, operation) != NULL);
		assert(strstr(value, SOAP_NS_TAIL "messages") != NULL);
		assert(*operation == '\0' ||
		    !http_soap_action_fits(value, ""));
	}
}

/* A page of another host never gets in, whatever the other fields say. */
static void
check_same_site(const char *site, const char *origin, const char *host,
    const char *public_url)
{
	if (*origin != '\0' && http_is_same_site(site, origin, host,
	    public_url)) {
		assert(strncasecmp(origin, "http", 4) == 0);
		assert(strpbrk(strchr(origin, '/') + 2, "/?#@ ") == NULL);
		assert(http_is_same_site("none", origin, host, public_url));
		assert(http_is_same_site(NULL, origin, host, "") ||
		    http_is_same_site(NULL, origin, "", public_url));
	}
	assert(!http_is_same_site("cross-site", origin, host, public_url));
	assert(!http_is_same_site(site, "null", host, public_url));
	assert(!http_is_same_site(site, origin, "", "") || *origin == '\0');
}

/* What we would answer with is an authority and nothing besides. */
static void
check_host(const char *value)
{
	char	origin[STRING_SIZE + sizeof("http://")];

	if (!http_is_host(value))
		return;
	assert(strlen(value) <= HTTP_HOST_MAX);
	assert(strpbrk(value, "/?#@ \r\n\"<>") == NULL);
	(void)snprintf(origin, sizeof(origin), "http://%s", value);
	assert(http_is_same_site(NULL, origin, value, ""));
}

/* Whatever else is in the list is an encoding that we cannot undo. */
static void
check_identity(const char *value)
{
	const size_t	len = strlen("identity");

	if (!http_is_identity(value))
		return;
	while (*(value += strspn(value, " \t,")) != '\0') {
		assert(strncasecmp(value, "identity", len) == 0);
		value += len;
		assert(strchr(" \t,", *value) != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char	 text[STRING_SIZE], *rest = text;
	char	*strings[STRINGS];
	size_t	 i;

	if (size >= sizeof(text))
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (i = 0; i < STRINGS; i++) {
		strings[i] = rest == NULL ? text + size : rest;
		if (rest != NULL)
			(void)strsep(&rest, "\n");
	}
	check_content_type(strings[0]);
	check_soap_action(strings[0], strings[1]);
	check_same_site(strings[0], strings[1], strings[2], strings[3]);
	check_host(strings[0]);
	check_identity(strings[0]);
	assert(!http_accepts_html(strings[0]) ||
	    strcasestr(strings[0], "text/html") != NULL);
	assert(!http_accepts_json(strings[0]) ||
	    strcasestr(strings[0], "application/json") != NULL);
	assert(!http_is_form(strings[0]) || strncasecmp(strings[0],
	    "application/x-www-form-urlencoded", 33) == 0);
	return 0;
}
