/*
 * buf.c - an output buffer in memory that doubles up to its maximum. What it
 * gives back is wiped.
 */
#include "config.h"

#include "base/buf.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"

#define BUF_FIRST	256	/* bytes of the first allocation */

/* Make room for len more bytes and the NUL; false breaks the buffer. */
static bool
buf_reserve(struct buf *buf, size_t len)
{
	size_t	 size;
	char	*data;

	if (len > buf->max - buf->len)
		buf_fail(buf, ST_BAD);
	if (buf->st != ST_OK)
		return false;
	if (buf->len + len < buf->size)
		return true;
	size = buf->size == 0 ? BUF_FIRST : buf->size;
	while (size <= buf->len + len)
		size *= 2;
	/* Not realloc(): the old copy may hold a PIN and must be wiped. */
	data = malloc(size);
	if (data == NULL) {
		buf_fail(buf, ST_RETRY);
		return false;
	}
	if (buf->data != NULL) {
		memcpy(data, buf->data, buf->len + 1);
		secret_wipe(buf->data, buf->size);
		free(buf->data);
	}
	buf->data = data;
	buf->size = size;
	return true;
}

void
buf_append(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !buf_reserve(buf, len))
		return;
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
buf_puts(struct buf *buf, const char *text)
{
	buf_append(buf, text, strlen(text));
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list	ap;
	int	len;

	va_start(ap, format);
	len = vsnprintf(NULL, 0, format, ap);
	va_end(ap);
	if (len < 0)
		buf_fail(buf, ST_BAD);
	if (len <= 0 || !buf_reserve(buf, (size_t)len))
		return;
	va_start(ap, format);
	(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, format, ap);
	va_end(ap);
	buf->len += (size_t)len;
}

const char *
buf_text(const struct buf *buf)
{
	return buf->len == 0 ? "" : buf->data;
}

enum status
buf_status(const struct buf *buf)
{
	return buf->st;
}

/* The first reason stays. */
void
buf_fail(struct buf *buf, enum status st)
{
	if (buf->st == ST_OK)
		buf->st = st;
}

void
buf_reset(struct buf *buf)
{
	if (buf->data != NULL)
		secret_wipe(buf->data, buf->size);
	buf->len = 0;
	buf->st = ST_OK;
}

void
buf_free(struct buf *buf)
{
	buf_reset(buf);
	free(buf->data);
	buf->data = NULL;
	buf->size = 0;
}
