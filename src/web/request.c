/*
 * request.c - look up the parameters of a request, as the web server gives
 * them.
 */
#include "config.h"

#include "web/request.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *
request_param(const struct request *request, const char *name)
{
	unsigned int	 count;
	const char	*value;

	value = request->param(request->context, name, &count);
	return value == NULL ? "" : value;
}

size_t
request_length(const struct request *request)
{
	const char	*text = request_param(request, "CONTENT_LENGTH");
	size_t		 len = strlen(text), digits;

	if (len == 0 && strcasecmp(request_param(request,
	    "HTTP_TRANSFER_ENCODING"), "chunked") == 0)
		return REQUEST_UNTIL_END;
	digits = strspn(text, "0123456789");
	if (digits != len || len > 18)
		return REQUEST_NO_LENGTH;
	return len == 0 ? 0 : (size_t)strtoull(text, NULL, 10);
}
