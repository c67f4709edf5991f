/*
 * agi.c - Asterisk's lines: names and values, codes and results.
 */
#include "config.h"

#include "core/agi.h"

#include <string.h>

#define CODE_LEN	3

/* Keep a value if it fits and is printable ASCII; else as if not said. */
static void
keep(const char *text, size_t len, char value[AGI_VALUE_SIZE])
{
	size_t	i;

	value[0] = '\0';
	if (len >= AGI_VALUE_SIZE)
		return;
	for (i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return;
	memcpy(value, text, len);
	value[len] = '\0';
}

bool
agi_environment(const char *line, size_t len, struct agi_channel *channel)
{
	static const char	prefix[] = "agi_";
	const char		*colon = memchr(line, ':', len);
	size_t			 name_len, at;

	if (colon == NULL || len < sizeof(prefix) - 1 ||
	    memcmp(line, prefix, sizeof(prefix) - 1) != 0)
		return false;
	name_len = (size_t)(colon - line);
	at = name_len + 1;
	while (at < len && line[at] == ' ')
		at++;
	if (name_len == strlen("agi_uniqueid") &&
	    memcmp(line, "agi_uniqueid", name_len) == 0)
		keep(line + at, len - at, channel->unique_id);
	else if (name_len == strlen("agi_callerid") &&
	    memcmp(line, "agi_callerid", name_len) == 0)
		keep(line + at, len - at, channel->caller_id);
	/* What Asterisk writes for a caller who shows no number. */
	if (strcmp(channel->caller_id, "unknown") == 0)
		channel->caller_id[0] = '\0';
	return true;
}

static bool
begins(const char *line, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

enum agi_result
agi_reply(const char *line, size_t len, const char **value, size_t *value_len)
{
	static const char	done[] = "200 result=";
	const char		*end;

	*value = NULL;
	*value_len = 0;
	if (begins(line, len, done)) {
		*value = line + strlen(done);
		len -= strlen(done);
		end = memchr(*value, ' ', len);
		*value_len = end == NULL ? len : (size_t)(end - *value);
		return AGI_DONE;
	}
	if (begins(line, len, "511") || begins(line, len, "HANGUP"))
		return AGI_GONE;
	if (len >= CODE_LEN && line[0] == '5' &&
	    line[1] >= '0' && line[1] <= '9' &&
	    line[2] >= '0' && line[2] <= '9')
		return AGI_REFUSED;
	return AGI_GARBLED;
}
