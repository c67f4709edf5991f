/*
 * letter-language.c - which language a locale gets.
 */
#include "config.h"

#include "core/letter-language.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Are the first len bytes of a locale one of the tags in a list? */
static bool
is_tag_of(const char *list, const char *locale, size_t len)
{
	size_t	i, end;

	for (; list != NULL && *list != '\0';
	    list += end + (list[end] != '\0')) {
		end = strcspn(list, " ");
		for (i = 0; end == len && i < len; i++)
			if (strncasecmp(&list[i], &locale[i], 1) != 0 &&
			    !(list[i] == '-' && locale[i] == '_'))
				break;
		if (end == len && i == len)
			return true;
	}
	return false;
}

/*
 * Without the last part of a tag, and without the single letter before it,
 * which means nothing alone: the length of what is left.
 */
static size_t
truncated(const char *locale, size_t len)
{
	size_t	last = 0, i;

	for (i = 0; i < len; i++)
		if (locale[i] == '-' || locale[i] == '_')
			last = i;
	if (last >= 2 && (locale[last - 2] == '-' || locale[last - 2] == '_'))
		last -= 2;
	return last;
}

const struct letter_language *
letter_language_of(const char *locale)
{
	const struct letter_language *const	*at;
	size_t					 len;

	for (len = strlen(locale); len > 0; len = truncated(locale, len))
		for (at = letter_languages; *at != NULL; at++) {
			if (is_tag_of((*at)->except, locale, len))
				return NULL;
			if (is_tag_of((*at)->tag, locale, len) ||
			    is_tag_of((*at)->also, locale, len))
				return *at;
		}
	return NULL;
}
