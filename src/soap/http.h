/*
 * http.h - parse and check the HTTP header fields of a SOAP request.
 *
 * Pure functions over header values; a NULL value means that the field was
 * absent. Source: RFC 9110; SOAP 1.1, section 6.1.1; Fetch Metadata.
 */
#ifndef UMWS_HTTP_H
#define UMWS_HTTP_H

#include <stdbool.h>

#include "base/status.h"

#define HTTP_HOST_MAX	261	/* bytes: a name of 255 and a port */

enum http_charset {
	HTTP_CHARSET_NONE = 0,	/* not given */
	HTTP_CHARSET_UTF8,
	HTTP_CHARSET_UTF16,
	HTTP_CHARSET_ASCII
};

/*
 * Content-Type (RFC 9110, section 8.3). ST_OK for text/xml with no charset
 * or one of the above; ST_BAD, to be answered 415, for everything else.
 */
enum status	http_content_type(const char *value,
		    enum http_charset *charset) MUSTCHECK;

/*
 * Content-Encoding (RFC 9110, section 8.4): is the body as it is? Absent, or
 * nothing but "identity".
 */
bool	http_is_identity(const char *value);

/*
 * SOAPAction: absent, empty, or namespace + "/" or "#" + operation, quoted
 * or not. Both schemes of the messages namespace are the same.
 */
bool	http_soap_action_fits(const char *value, const char *operation);

/*
 * May a page of this origin call us? Sec-Fetch-Site must be absent,
 * same-origin or none; Origin must be absent, or name the host and port of
 * Host, or those of public_url ("" for none). "null" is foreign.
 */
bool	http_is_same_site(const char *sec_fetch_site, const char *origin,
	    const char *host, const char *public_url);

/* Is it host [":" port], RFC 9110 section 7.2, that one can answer with? */
bool	http_is_host(const char *value);

/*
 * Does Accept name text/html itself? Browsers do; what programs send, be it
 * nothing or any type, is no wish for a page.
 */
bool	http_accepts_html(const char *value);

/* Does Accept name application/json itself? */
bool	http_accepts_json(const char *value);

/*
 * Content-Type: is it application/x-www-form-urlencoded, which has no
 * parameter that means anything?
 */
bool	http_is_form(const char *value);

#endif
