/*
 * letter-fill.c - fill in the placeholders of a sentence.
 */
#include "config.h"

#include "core/letter-fill.h"

#include <assert.h>
#include <string.h>

#define FIRST_STRONG_ISOLATE	"\xe2\x81\xa8"
#define POP_ISOLATE		"\xe2\x81\xa9"

void
letter_fill(struct buf *buf, const char *template,
    const struct letter_value *values, size_t count, bool is_isolated)
{
	const char	*brace;
	size_t		 i, len;

	while ((brace = strchr(template, '{')) != NULL) {
		buf_append(buf, template, (size_t)(brace - template));
		len = strcspn(brace + 1, "}");
		for (i = 0; i < count; i++)
			if (strlen(values[i].name) == len &&
			    strncmp(values[i].name, brace + 1, len) == 0)
				break;
		assert(i < count);
		buf_puts(buf, is_isolated ? FIRST_STRONG_ISOLATE : "");
		buf_puts(buf, values[i].text);
		buf_puts(buf, is_isolated ? POP_ISOLATE : "");
		template = brace + len + 2;
	}
	buf_puts(buf, template);
}
