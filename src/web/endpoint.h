/*
 * endpoint.h - one request: who asks, the route that answers it, the log.
 */
#ifndef UMWS_ENDPOINT_H
#define UMWS_ENDPOINT_H

#include "app/logon.h"
#include "app/properties.h"
#include "web/request.h"
#include "app/reset.h"
#include "base/status.h"
#include "core/keyring.h"
#include "edge/scoreboard.h"

struct endpoint_options {
	const char	*strip_domains;		/* "EXAMPLE,example.org" */
	const char	*public_url;		/* or "" */
	const char	*www_authenticate;	/* of our own 401 */
	const char	*tui_accounts;		/* "phone,phone2", or "" */
};

/* What an endpoint works with; all borrowed for its life. */
struct endpoint_parts {
	struct reset		*reset;
	struct properties_parts	 properties;
	struct logon_parts	 logon;
	const struct keyring	*web_secrets;	/* prove the web server; NULL
						 * with "web_secret = off" */
	struct scoreboard	*board;
};

struct endpoint;

/* ST_OK, or ST_RETRY without memory. */
enum status	endpoint_new(const struct endpoint_options *options,
		    const struct endpoint_parts *parts,
		    struct endpoint **endpoint) MUSTCHECK;
void		endpoint_free(struct endpoint **endpoint);

/*
 * Handle one request: fills *answer, always, and logs one line.
 * endpoint_answer_free() releases what *answer owns.
 */
void	endpoint_handle(struct endpoint *endpoint,
	    const struct request *request,
	    struct answer *answer);
void	endpoint_answer_free(struct answer *answer);

#endif
