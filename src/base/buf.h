/*
 * buf.h - a growing output buffer that knows its maximum.
 *
 * Errors stick: after an append that would pass the maximum, or that finds
 * no memory, the buffer is broken, further appends do nothing, and
 * buf_status() says why. Thus a writer checks once, at its end.
 */
#ifndef UMWS_BUF_H
#define UMWS_BUF_H

#include <stddef.h>

#include "base/status.h"

struct buf {
	char	*data;		/* owned; NUL-terminated once len > 0 */
	size_t	 len;		/* bytes in use, without the NUL */
	size_t	 size;		/* bytes allocated */
	size_t	 max;		/* bytes that len may reach */
	enum status st;		/* not ST_OK: broken */
};

#define BUF_INIT(limit)	{ NULL, 0, 0, (limit), ST_OK }

/* Append len bytes, a string, or formatted text. */
void	buf_append(struct buf *buf, const void *bytes, size_t len);
void	buf_puts(struct buf *buf, const char *text);
void	buf_printf(struct buf *buf, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* The content as a string, never NULL; borrowed until the next append. */
const char	*buf_text(const struct buf *buf);

/*
 * ST_OK, or why an append was refused since the last reset: ST_BAD when it
 * would have passed the maximum, ST_RETRY when no memory was found.
 */
enum status	buf_status(const struct buf *buf) MUSTCHECK;

/* Break the buffer, unless st is ST_OK: what it was made from is broken. */
void	buf_fail(struct buf *buf, enum status st);

/* Forget the content (wiping it) and keep the memory. */
void	buf_reset(struct buf *buf);

/* Wipe and release; the buffer is then empty and usable again. */
void	buf_free(struct buf *buf);

#endif
