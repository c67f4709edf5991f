/*
 * form.h - the fields of a form, application/x-www-form-urlencoded (the URL
 * standard of WHATWG, section 5.1), where each may come once.
 *
 * Pure. The text is decoded where it stands, so that whoever wipes it has
 * wiped every field.
 */
#ifndef UMWS_FORM_H
#define UMWS_FORM_H

#include <stddef.h>

#include "base/status.h"

#define FORM_MAX	4096	/* bytes of a form as it is sent */

struct form_text {
	size_t	len;
	char	bytes[FORM_MAX + 1];
};

struct form_field {
	const char	*name;
	const char	*value;		/* set by form_parse(); NULL: absent */
};

/*
 * Take a form apart: name=value parted by '&', each decoded ("%41", and '+'
 * for a blank). An empty text has no field.
 *
 * text    len bytes; decoded in place, the fields' values point into it
 * fields  which ones there are; value is set for each that came
 * reason  a static sentence for the log when it is not ST_OK
 *
 * Returns ST_OK; ST_BAD for a field that is not among them, or comes twice,
 * is no name=value, is wrongly encoded, has a NUL or is no UTF-8.
 */
enum status	form_parse(struct form_text *text, struct form_field *fields,
		    size_t count, const char **reason) MUSTCHECK;

#endif
