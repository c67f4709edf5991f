/*
 * directory-map.c - read the map of a directory's attributes. What it lets
 * through may stand in a search request as it is.
 */
#include "config.h"

#include "edge/directory-map.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define EXTENSION_DIGITS	20	/* that an extension may have */
#define WORD_SIZE		128	/* bytes of "field=attribute:N" */
#define LETTERS			"abcdefghijklmnopqrstuvwxyz" \
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS			"0123456789"

static const char *const	field_names[DIRECTORY_FIELDS] = { "login",
    "email", "name", "extension", "locale", "time_zone", "policy",
    "enabled" };

/* "mail", "2.5.4.3", "cn;lang-de": what is no such thing may be a password, so
 * it is not told. */
static bool
is_attribute(const char *text)
{
	size_t	len = strspn(text, LETTERS) > 0 ?
		    strspn(text, LETTERS DIGITS "-") :
		    strspn(text, DIGITS ".");

	if (len == 0)
		return false;
	return text[len] == '\0' || (text[len] == ';' && text[len + 1] != '\0'
	    && text[len + strspn(text + len, LETTERS DIGITS "-;")] == '\0');
}

static enum status
parse_digits(char *attribute, struct directory_map *map,
    char reason[DIRECTORY_MAP_REASON_SIZE])
{
	char		*colon = strchr(attribute, ':');
	const char	*end;
	uint64_t	 digits;

	if (colon == NULL)
		return ST_OK;
	if (!text_number(colon + 1, &digits, &end) || *end != '\0' ||
	    digits < 1 || digits > EXTENSION_DIGITS) {
		(void)snprintf(reason, DIRECTORY_MAP_REASON_SIZE, "what "
		    "stands after the ':' of the extension must be how many "
		    "of its last digits count, 1 to %d", EXTENSION_DIGITS);
		return ST_BAD;
	}
	*colon = '\0';
	map->extension_digits = (unsigned int)digits;
	return ST_OK;
}

static enum status
parse_word(char *word, struct directory_map *map,
    char reason[DIRECTORY_MAP_REASON_SIZE])
{
	char	*attribute = strchr(word, '=');
	size_t	 i;

	if (attribute != NULL)
		*attribute++ = '\0';
	for (i = 0; i < DIRECTORY_FIELDS && (attribute == NULL ||
	    strcmp(word, field_names[i]) != 0); i++)
		;
	if (i == DIRECTORY_FIELDS) {
		(void)snprintf(reason, DIRECTORY_MAP_REASON_SIZE, "each word "
		    "must be FIELD=ATTRIBUTE, and a field is one of login, "
		    "email, name, extension, locale, time_zone, policy and "
		    "enabled");
		return ST_BAD;
	}
	if (i == DIRECTORY_EXTENSION &&
	    parse_digits(attribute, map, reason) != ST_OK)
		return ST_BAD;
	if (!is_attribute(attribute) ||
	    strlen(attribute) >= DIRECTORY_ATTRIBUTE_SIZE) {
		(void)snprintf(reason, DIRECTORY_MAP_REASON_SIZE, "what "
		    "stands after %s= is no attribute's name of at most %d "
		    "bytes", field_names[i], DIRECTORY_ATTRIBUTE_SIZE - 1);
		return ST_BAD;
	}
	if (map->attributes[i][0] != '\0') {
		(void)snprintf(reason, DIRECTORY_MAP_REASON_SIZE, "%s stands "
		    "there twice", field_names[i]);
		return ST_BAD;
	}
	(void)strcpy(map->attributes[i], attribute);
	return ST_OK;
}

enum status
directory_map_parse(const char *text, struct directory_map *map,
    char reason[DIRECTORY_MAP_REASON_SIZE])
{
	char	word[WORD_SIZE];
	size_t	len;

	memset(map, 0, sizeof(*map));
	reason[0] = '\0';
	for (text += strspn(text, " \t"); *text != '\0';
	    text += strspn(text, " \t")) {
		len = strcspn(text, " \t");
		(void)snprintf(word, sizeof(word), "%.*s", (int)len, text);
		if (len >= sizeof(word))
			word[0] = '\0';	/* of no form that is known */
		if (parse_word(word, map, reason) != ST_OK)
			return ST_BAD;
		text += len;
	}
	if (map->attributes[DIRECTORY_LOGIN][0] == '\0' ||
	    map->attributes[DIRECTORY_EMAIL][0] == '\0') {
		(void)snprintf(reason, DIRECTORY_MAP_REASON_SIZE, "login and "
		    "email are needed, as in login=uid email=mail");
		return ST_BAD;
	}
	return ST_OK;
}
