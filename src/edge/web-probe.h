/*
 * web-probe.h - what a web server answers to one request of HTTP, and how its
 * TLS is. By libcurl; follows no redirection and reads no proxy settings.
 */
#ifndef UMWS_WEB_PROBE_H
#define UMWS_WEB_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEB_HEADERS_MAX	4	/* of a request */
#define WEB_WORDS_SIZE	160	/* bytes of a reason, with the NUL */
#define WEB_BODY_SIZE	4096	/* bytes that are kept of a body, likewise */

struct web_request {
	const char	*url;
	const char	*body;		/* of a POST of text/xml; NULL: GET */
	const char	*headers[WEB_HEADERS_MAX]; /* "Name: value", or NULL */
	const char	*from;		/* address to ask from, or NULL */
	const char	*ca_file;	/* of authorities; NULL: the system's */
	unsigned int	 timeout_s;
	bool		 is_careless;	/* takes any certificate */
	bool		 is_old;	/* offers TLS 1.1 at most */
};

struct web_answer {
	int	code;			/* of HTTP; 0: none came */
	bool	is_certificate_bad;	/* that is why */
	bool	is_local;		/* it is this host */
	bool	has_challenge;		/* WWW-Authenticate */
	bool	has_date;
	int64_t	date;			/* of the server, seconds since 1970 */
	int64_t	asked_at;		/* our clock in the middle of it */
	bool	has_expiry;
	int64_t	expires_at;		/* the certificate, likewise */
	char	words[WEB_WORDS_SIZE];	/* why none came */
	char	body[WEB_BODY_SIZE];
};

/* Ask; *answer is set whatever comes. */
void	web_probe(const struct web_request *request,
	    struct web_answer *answer);

#endif
