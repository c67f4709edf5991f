/*
 * form.c - percent encoding, and one field after the other.
 */
#include "config.h"

#include "web/form.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Decode len bytes where they stand, which there is room behind for a NUL. */
static const char *
decode(char *text, size_t len)
{
	char	*to = text;
	size_t	 i;
	int	 high, low;

	for (i = 0; i < len; i++, to++) {
		*to = text[i] == '+' ? ' ' : text[i];
		if (*to == '%') {
			high = i + 2 < len ? hex_digit(text[i + 1]) : -1;
			low = high >= 0 ? hex_digit(text[i + 2]) : -1;
			if (low < 0)
				return "a % without two hex digits";
			*to = (char)(high * 16 + low);
			i += 2;
		}
		if (*to == '\0')
			return "a NUL";
	}
	*to = '\0';
	return utf8_is_valid(text) ? NULL : "no UTF-8";
}

/* One name=value of len bytes. NULL, or what is wrong with it. */
static const char *
take(char *text, size_t len, struct form_field *fields, size_t count)
{
	char		*equals = memchr(text, '=', len);
	char		*value;
	const char	*wrong;
	size_t		 i;

	if (equals == NULL)
		return "a field without =";
	value = equals + 1;
	wrong = decode(value, len - (size_t)(value - text));
	if (wrong == NULL)
		wrong = decode(text, (size_t)(equals - text));
	if (wrong != NULL)
		return wrong;
	for (i = 0; i < count && strcmp(fields[i].name, text) != 0; i++)
		;
	if (i == count)
		return "an unknown field";
	if (fields[i].value != NULL)
		return "a field that comes twice";
	fields[i].value = value;
	return NULL;
}

enum status
form_parse(struct form_text *text, struct form_field *fields, size_t count,
    const char **reason)
{
	char	*at = text->bytes, *ampersand;
	size_t	 left = text->len, len, i;

	assert(text->len <= FORM_MAX);
	*reason = NULL;
	for (i = 0; i < count; i++)
		fields[i].value = NULL;
	while (left > 0 && *reason == NULL) {
		ampersand = memchr(at, '&', left);
		len = ampersand == NULL ? left : (size_t)(ampersand - at);
		*reason = take(at, len, fields, count);
		left -= ampersand == NULL ? len : len + 1;
		at += len + 1;
	}
	return *reason == NULL ? ST_OK : ST_BAD;
}
