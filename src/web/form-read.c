/*
 * form-read.c - read a form to its end, as it was announced or as it comes.
 */
#include "config.h"

#include "web/form-read.h"

#include <assert.h>

const char *
form_read(const struct request *request, size_t max, struct form_text *text)
{
	size_t	announced = request_length(request);
	size_t	len;

	assert(max <= FORM_MAX);
	text->len = 0;
	if (announced == REQUEST_NO_LENGTH)
		return "CONTENT_LENGTH is no number";
	if (announced != REQUEST_UNTIL_END && announced > max)
		return "the form is too long";
	do {
		/* One byte more than there may be shows that there is. */
		if (request->read(request->context, text->bytes + text->len,
		    max + 1 - text->len, &len) != ST_OK)
			return "the body broke off";
		text->len += len;
	} while (len > 0 && text->len <= max);
	if (text->len > max)
		return "the form is too long";
	if (announced != REQUEST_UNTIL_END && text->len != announced)
		return "the body is not as long as announced";
	return NULL;
}
