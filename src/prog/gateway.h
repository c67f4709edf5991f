/*
 * gateway.h - one request in, one answer out: FastCGI or plain CGI.
 *
 * FastCGI 1.0 through libfcgi, one connection per request; CGI/1.1
 * (RFC 3875) on stdin, stdout and the environment. The same request code
 * runs behind both.
 */
#ifndef UMWS_GATEWAY_H
#define UMWS_GATEWAY_H

#include "web/request.h"
#include "base/status.h"

struct gateway;

/*
 * Serve a listening, non-blocking socket; after fork, in the child. Takes
 * over SIGPIPE. ST_OK, or ST_RETRY (logged).
 */
enum status	gateway_open(int listen_fd, struct gateway **gateway)
		    MUSTCHECK;

/* Serve the one request of a CGI process. ST_OK, or ST_RETRY. */
enum status	gateway_open_cgi(struct gateway **gateway) MUSTCHECK;

void		gateway_free(struct gateway **gateway);

/*
 * Take the next request, when the socket says that there is one. ST_OK:
 * *request borrows from the gateway until gateway_answer(). ST_RETRY:
 * another child was faster, or the peer broke off; there is none.
 *
 * timeout_s  how long the peer may then keep us waiting for a read or write
 */
enum status	gateway_accept(struct gateway *gateway,
		    unsigned int timeout_s, struct request *request)
		    MUSTCHECK;

/* Send the answer and end the request. A peer that has left is no error. */
void	gateway_answer(struct gateway *gateway,
	    const struct answer *answer);

#endif
