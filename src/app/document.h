/*
 * document.h - what GET and HEAD are answered with: the WSDL, and a page
 * for people who open the service's address in a browser.
 */
#ifndef UMWS_DOCUMENT_H
#define UMWS_DOCUMENT_H

#include "app/request.h"
#include "base/status.h"

/*
 * Fill *answer: ?wsdl in any letter case is the WSDL; without a query it is
 * the page, if Accept names text/html. Both at the two addresses of the
 * service only. Nothing that the client sent is part of the answer but Host,
 * in the WSDL, if it is a valid one.
 *
 * public_url  the service's address, or its site's if it has no path, or ""
 *
 * Returns ST_OK; ST_DENIED when there is no such document (405); ST_BAD for
 * a WSDL without public_url and without a valid Host (400); ST_RETRY when
 * the answer could not be written whole.
 */
enum status	document_get(const struct request *request,
		    const char *public_url, struct answer *answer)
		    MUSTCHECK;

#endif
