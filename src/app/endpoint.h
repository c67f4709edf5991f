/*
 * endpoint.h - one request: identity, HTTP before SOAP, the envelope, the
 * operation table, the answer.
 */
#ifndef UMWS_ENDPOINT_H
#define UMWS_ENDPOINT_H

#include "app/request.h"
#include "app/service.h"
#include "base/status.h"
#include "core/keyring.h"
#include "edge/scoreboard.h"

struct endpoint_options {
	const char	*strip_domains;		/* "EXAMPLE,example.org" */
	const char	*public_url;		/* or "" */
	const char	*www_authenticate;	/* of our own 401 */
};

struct endpoint;

/*
 * web_secrets  proves the web server; NULL with "web_secret = off"
 * Service, secrets and board are borrowed. ST_OK, or ST_RETRY without
 * memory.
 */
enum status	endpoint_new(const struct endpoint_options *options,
		    struct service *service,
		    const struct keyring *web_secrets, struct scoreboard *board,
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
