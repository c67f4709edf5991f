/*
 * caller.h - the caller's identity, and the check that it comes from our web
 * server.
 *
 * Identity comes from FastCGI parameters that the web server sets itself:
 * UMWS_SECRET proves it, UMWS_ROUTE names what it forwards, REMOTE_USER and
 * AUTH_TYPE come only from a block that authenticates. Header-born
 * parameters (HTTP_...) are never identity.
 */
#ifndef UMWS_CALLER_H
#define UMWS_CALLER_H

#include "web/request.h"
#include "base/status.h"
#include "core/keyring.h"
#include "core/username.h"

enum caller_route {
	CALLER_SOAP,		/* the EWS endpoint; authenticated */
	CALLER_TUI,		/* the phone system's; authenticated, too */
	CALLER_MAILBOX,		/* the page's: one's own; authenticated */
	CALLER_HELPDESK,	/* the help desk's page; authenticated */
	CALLER_METRICS,		/* counters; the web server restricts it, as */
	CALLER_HEALTH,		/* ready or not */
	CALLER_LIVE		/* answers at all */
};

struct caller {
	enum caller_route	route;
	struct username		username;	/* .login: whom to look up */
	char			fault[USERNAME_REASON_SIZE]; /* why it can be
						 * nobody's login, or "" */
	const char		*address;	/* borrowed, or "" */
};

/*
 * secrets        the web server's, or NULL when none is asked for
 * strip_domains  as of username_resolve()
 * reason         a static sentence for the log when it is not ST_OK
 *
 * Returns ST_OK; ST_DENIED when nobody was authenticated (401); ST_RETRY
 * without memory; ST_FAIL when this is not what our web server would send
 * (500).
 */
enum status	caller_identify(const struct request *request,
		    const struct keyring *secrets, const char *strip_domains,
		    struct caller *caller, const char **reason) MUSTCHECK;

#endif
