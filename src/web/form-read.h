/*
 * form-read.h - the body of a request that is a form.
 */
#ifndef UMWS_FORM_READ_H
#define UMWS_FORM_READ_H

#include <stddef.h>

#include "web/form.h"
#include "web/request.h"

/*
 * Read the whole body, max bytes of it at most and FORM_MAX, and hold it
 * against its announced length. NULL, or why it is none: static.
 */
const char	*form_read(const struct request *request, size_t max,
		    struct form_text *text);

#endif
