/*
 * request.h - one HTTP request and its answer, as endpoint and gateway hand
 * them to each other. Neither FastCGI nor CGI shows here.
 */
#ifndef UMWS_REQUEST_H
#define UMWS_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "core/crypto.h"

#define REQUEST_BODY_MAX	65536	/* bytes of a request's body */
#define ANSWER_FIELDS_MAX	2048	/* bytes of an answer's extra fields */
#define ANSWER_BODY_MAX		65536	/* bytes of an answer's body */

/*
 * Parameters and body of one request, by callbacks of the gateway.
 *
 * param  the value of a parameter, or NULL; *count says how many times it
 *        came. Borrowed until the request ends.
 * read   up to size bytes of the body; ST_OK with *len 0 is its end,
 *        ST_BAD a peer that broke off.
 */
struct request {
	void		*context;
	const char	*(*param)(void *context, const char *name,
			    unsigned int *count);
	enum status	 (*read)(void *context, char *bytes, size_t size,
			    size_t *len);
};

struct answer {
	int		 status;	/* HTTP */
	const char	*content_type;	/* static; NULL: there is no body */
	bool		 is_head;	/* the body is announced, not sent */
	struct buf	 fields;	/* "Name: value\r\n"... */
	struct buf	 body;
	char		 request_id[CRYPTO_UUID_SIZE];
};

/* The first value of a parameter, "" when absent. */
const char	*request_param(const struct request *request,
		    const char *name);

#define REQUEST_NO_LENGTH	SIZE_MAX
#define REQUEST_UNTIL_END	(SIZE_MAX - 1)

/*
 * CONTENT_LENGTH as a number; REQUEST_NO_LENGTH when it is none. Apache hands
 * a chunked body on as it comes, without one: REQUEST_UNTIL_END.
 */
size_t	request_length(const struct request *request);

#endif
