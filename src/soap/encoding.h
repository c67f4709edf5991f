/*
 * encoding.h - check that a document has the encoding that the media type
 * says, and that surrogates come in pairs: what the XML parser does not check.
 *
 * Knows Unicode; knows nothing of XML.
 */
#ifndef UMWS_ENCODING_H
#define UMWS_ENCODING_H

#include <stdbool.h>
#include <stddef.h>

#include "soap/http.h"

/* One text, as far as it has come; zero but for its charset at first. */
struct encoding {
	enum http_charset	charset;	/* that of the media type */
	unsigned char		first[2];
	size_t			len;		/* bytes that have come */
	bool			wants_low;	/* half of a pair has come */
};

/*
 * Look at the next len bytes of a text. The number of those before what is
 * wrong goes to *good; all of them when nothing is.
 *
 * Returns NULL, or what is wrong: static, for a log, never the input.
 */
const char	*encoding_check(struct encoding *encoding, const char *bytes,
		    size_t len, size_t *good) MUSTCHECK;

#endif
