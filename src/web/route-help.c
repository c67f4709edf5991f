/*
 * route-help.c - answer GET and HEAD with the WSDL, or with a page for people
 * who open the service's address in a browser. Nothing is looked up and
 * nothing changes.
 */
#include "config.h"

#include "web/route.h"

#include <string.h>
#include <strings.h>

#include "soap/http.h"
#include "soap/wsdl.h"

#define PATH_MAX_BYTES	40	/* of the paths below */
#define ADDRESS_MAX	(1024 + PATH_MAX_BYTES)	/* public_url and a path */
#define ESCAPE_MAX	6	/* bytes that one of an address can need */

_Static_assert(WSDL_MAX + ESCAPE_MAX * ADDRESS_MAX <= ANSWER_BODY_MAX,
    "the WSDL fits into an answer");

/* Where the service is, spelt as Exchange does. */
static const char *const	paths[] = { "/EWS/UM2007Legacy.asmx",
    "/UnifiedMessaging/Service.asmx" };

static const char	page[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<title>Voice mail PIN service</title>\n"
    "</head>\n"
    "<body>\n"
    "<h1>Voice mail PIN service</h1>\n"
    "<p>This is an address for programs, such as Outlook, which send it SOAP"
    " requests by POST. Opening it in a browser changes nothing: your PIN is"
    " still the same.</p>\n"
    "<p>To get a new PIN, use the voice mail settings of your mail program,"
    " or ask your help desk. The PIN comes by mail and is never shown"
    " here.</p>\n"
    "<p>For programmers: <a href=\"?wsdl\">the service's WSDL</a>.</p>\n"
    "</body>\n"
    "</html>\n";

/* The page has no script, no style and no form, and may not get any. */
static const char	page_fields[] =
    "Content-Security-Policy: default-src 'none'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Vary: Accept\r\n";

/* Which of our paths the request was sent to; NULL for any other. */
static const char *
find_path(const char *uri)
{
	size_t	uri_len = strcspn(uri, "?"), len, i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		len = strlen(paths[i]);
		if (uri_len >= len && strncasecmp(uri + uri_len - len,
		    paths[i], len) == 0)
			return paths[i];
	}
	return NULL;
}

/* Bytes of a URL before its path. */
static size_t
origin_length(const char *url)
{
	const char	*host = strstr(url, "://");

	if (host == NULL)
		return strlen(url);
	host += strlen("://");
	return (size_t)(host - url) + strcspn(host, "/?#");
}

static bool
is_https(const struct request *request)
{
	const char	*value = request_param(request, "HTTPS");

	return *value != '\0' && strcasecmp(value, "off") != 0;
}

/*
 * The service's address: public_url, with our path if it has none; without
 * public_url what Host says. ST_BAD: nobody says what we are called.
 */
static enum status
put_address(struct buf *address, const struct request *request,
    const char *public_url, const char *path)
{
	const char	*host = request_param(request, "HTTP_HOST");
	size_t		 len = origin_length(public_url);

	if (public_url[len] != '\0' && strcmp(public_url + len, "/") != 0) {
		buf_puts(address, public_url);
		return ST_OK;
	}
	if (len > 0)
		buf_append(address, public_url, len);
	else if (http_is_host(host))
		buf_printf(address, "%s://%s", is_https(request) ? "https" :
		    "http", host);
	else
		return ST_BAD;
	buf_puts(address, path);
	return ST_OK;
}

static void
answer_wsdl(struct turn *turn, const char *path)
{
	struct answer	*answer = turn->answer;
	struct buf	 address = BUF_INIT(ADDRESS_MAX);

	if (put_address(&address, turn->request, turn->options->public_url,
	    path) != ST_OK) {
		turn_refuse(turn, 400, "host",
		    "no public_url, and Host is no host");
		goto out;
	}
	answer->status = 200;
	answer->content_type = "text/xml; charset=utf-8";
	buf_puts(&answer->fields, "X-Content-Type-Options: nosniff\r\n");
	if (buf_status(&address) == ST_OK &&
	    wsdl_write(&answer->body, buf_text(&address)) == ST_OK)
		turn->result = "document";
	else
		turn_unwritten(turn);
out:
	buf_free(&address);
}

static void
answer_page(struct turn *turn)
{
	struct answer	*answer = turn->answer;

	answer->status = 200;
	answer->content_type = "text/html; charset=utf-8";
	buf_puts(&answer->fields, page_fields);
	buf_puts(&answer->body, page);
	if (buf_status(&answer->body) == ST_OK)
		turn->result = "document";
	else
		turn_unwritten(turn);
}

void
route_help(struct turn *turn)
{
	const char	*query = turn_param(turn, "QUERY_STRING");
	const char	*path = find_path(turn_param(turn, "REQUEST_URI"));

	if (path != NULL && strcasecmp(query, "wsdl") == 0)
		answer_wsdl(turn, path);
	else if (path != NULL && *query == '\0' &&
	    http_accepts_html(turn_param(turn, "HTTP_ACCEPT")))
		answer_page(turn);
	else
		turn_refuse_method(turn);
}
