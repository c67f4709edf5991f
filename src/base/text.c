/*
 * text.c - parse and print numbers and durations (ms, s, m, h); escape
 * strings for JSON.
 */
#include "config.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char	*name;
	uint64_t	 ms;
} units[] = {
	[TEXT_MILLISECONDS] = { "ms", 1 },
	[TEXT_SECONDS] = { "s", 1000 },
	[TEXT_MINUTES] = { "m", 60000 },
	[TEXT_HOURS] = { "h", 3600000 },
	[TEXT_DAYS] = { "d", 86400000 },
};

/* Read 1 to max digits; what follows is *end. */
static bool
read_digits(const char *text, size_t max, uint64_t *number, const char **end)
{
	size_t	i;

	*number = 0;
	for (i = 0; text[i] >= '0' && text[i] <= '9'; i++) {
		if (i == max)
			return false;
		*number = *number * 10 + (uint64_t)(text[i] - '0');
	}
	*end = text + i;
	return i > 0;
}

bool
text_number(const char *text, uint64_t *number, const char **end)
{
	return read_digits(text, TEXT_NUMBER_DIGITS, number, end);
}

bool
text_size(const char *text, uint64_t *number)
{
	const char	*end;

	if (read_digits(text, TEXT_SIZE_DIGITS, number, &end) && *end == '\0')
		return true;
	*number = 0;
	return false;
}

bool
text_duration(const char *text, enum text_unit smallest,
    enum text_unit largest, uint64_t *ms)
{
	const char	*name;
	uint64_t	 number;
	size_t		 i;

	*ms = 0;
	if (!text_number(text, &number, &name))
		return false;
	for (i = smallest; i <= largest; i++) {
		if (strcmp(name, units[i].name) == 0) {
			*ms = number * units[i].ms;
			return true;
		}
	}
	return false;
}

const char *
text_duration_print(uint64_t ms, enum text_unit smallest,
    enum text_unit largest, char text[TEXT_DURATION_SIZE])
{
	size_t	i = ms == 0 ? smallest : largest;

	while (i > smallest && ms % units[i].ms != 0)
		i--;
	(void)snprintf(text, TEXT_DURATION_SIZE, "%llu%s",
	    (unsigned long long)(ms / units[i].ms), units[i].name);
	return text;
}

void
text_json_escape(uint32_t c, char escape[TEXT_ESCAPE_SIZE])
{
	if (c < 0x10000)
		(void)snprintf(escape, TEXT_ESCAPE_SIZE, "\\u%04x", c);
	else
		(void)snprintf(escape, TEXT_ESCAPE_SIZE, "\\u%04x\\u%04x",
		    (0xd7c0u + (c >> 10)) & 0xffff, 0xdc00u | (c & 0x3ff));
}

void
text_json_string(struct buf *json, const char *text)
{
	char	escape[TEXT_ESCAPE_SIZE];

	buf_puts(json, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\') {
			buf_printf(json, "\\%c", *text);
		} else if ((unsigned char)*text < ' ') {
			text_json_escape((unsigned char)*text, escape);
			buf_puts(json, escape);
		} else {
			buf_append(json, text, 1);
		}
	}
	buf_puts(json, "\"");
}

size_t
text_distance(const char *a, const char *b)
{
	size_t	row[TEXT_DISTANCE_MAX + 1], i, j, diagonal, above, best;
	size_t	len = strlen(b);

	for (j = 0; j <= len; j++)
		row[j] = j;
	for (i = 0; a[i] != '\0'; i++) {
		diagonal = row[0];
		row[0] = i + 1;
		for (j = 0; j < len; j++) {
			above = row[j + 1];
			best = diagonal + (a[i] == b[j] ? 0 : 1);
			if (above + 1 < best)
				best = above + 1;
			if (row[j] + 1 < best)
				best = row[j] + 1;
			diagonal = above;
			row[j + 1] = best;
		}
	}
	return row[len];
}

void
text_json_member(struct buf *json, const char *name, const char *text)
{
	const char	*written = buf_text(json);
	size_t		 len = strlen(written);

	if (len > 0 && written[len - 1] != '{')
		buf_puts(json, ",");
	buf_printf(json, "\"%s\":", name);
	if (text == NULL || *text == '\0')
		buf_puts(json, "null");
	else
		text_json_string(json, text);
}
