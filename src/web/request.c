/*
 * request.c - look up the parameters of a request, as the web server gives
 * them.
 */
#include "config.h"

#include "web/request.h"

#include <stdint.h>
#include <strings.h>

#include "base/text.h"

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
	uint64_t	 len = 0;

	if (*text == '\0' && strcasecmp(request_param(request,
	    "HTTP_TRANSFER_ENCODING"), "chunked") == 0)
		return REQUEST_UNTIL_END;
	if (*text != '\0' && !text_size(text, &len))
		return REQUEST_NO_LENGTH;
	return (size_t)len;
}
