/*
 * letter-language.c - which of the languages in letters/ a locale is written
 * in, lookup by RFC 4647, section 3.4, and what it does not find; and in which
 * region it is read.
 */
#include "config.h"

#include "core/letter-language.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define SCRIPT_LENGTH	4	/* a region has two or three */
#define EXTENDED_LENGTH	3	/* letters, "cmn"; a region's are digits */
#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/* Where the region says what it is written in, and lookup would not. */
static const struct {
	const char	*range, *tag;
} written[] = {
	{ "zh-CN", "zh-Hans" },
	{ "zh-MY", "zh-Hans" },
	{ "zh-SG", "zh-Hans" },
	{ "zh-cmn-Hans", "zh-Hans" },
};

/* Configurations of programs write de_AT. */
static bool
is_hyphen(char c)
{
	return c == '-' || c == '_';
}

/* Is tag the first len bytes of locale, in whatever letters? */
static bool
is_same(const char *tag, const char *locale, size_t len)
{
	size_t	i;

	for (i = 0; i < len && tag[i] != '\0'; i++)
		if (is_hyphen(locale[i]) ? tag[i] != '-' :
		    tolower((unsigned char)tag[i]) !=
		    tolower((unsigned char)locale[i]))
			return false;
	return i == len && tag[i] == '\0';
}

static const struct letter_language *
find(const char *locale, size_t len)
{
	const struct letter_language *const	*language;

	for (language = letter_languages; *language != NULL; language++)
		if (is_same((*language)->tag, locale, len))
			break;
	return *language;
}

static const struct letter_language *
find_written(const char *locale, size_t len)
{
	size_t	i;

	for (i = 0; i < COUNT(written); i++)
		if (is_same(written[i].range, locale, len))
			return find(written[i].tag, strlen(written[i].tag));
	return NULL;
}

/* The length without the last subtag, and a single letter before that. */
static size_t
shorten(const char *locale, size_t len)
{
	while (len > 0 && !is_hyphen(locale[--len]))
		;
	return len >= 2 && is_hyphen(locale[len - 2]) ? len - 2 : len;
}

/*
 * A language of other regions. One whose tag has a script is for those alone
 * whose locale has neither script nor region: zh is read as zh-Hans, and
 * zh-Hant or zh-TW is not.
 */
static const struct letter_language *
find_relative(const char *locale)
{
	const struct letter_language *const	*language;
	const char				*tag;
	size_t					 len, next;

	len = strcspn(locale, "-_");
	next = locale[len] == '\0' ? 0 : strcspn(locale + len + 1, "-_");
	for (language = letter_languages; *language != NULL; language++) {
		tag = (*language)->tag;
		if (strncasecmp(tag, locale, len) != 0 || tag[len] != '-')
			continue;
		if (next <= 1 || strcspn(tag + len + 1, "-") != SCRIPT_LENGTH)
			break;
	}
	return *language;
}

const struct letter_language *
letter_language_of(const char *locale)
{
	const struct letter_language	*language = NULL;
	size_t				 len;

	for (len = strlen(locale); len > 0; len = shorten(locale, len)) {
		language = find(locale, len);
		if (language == NULL)
			language = find_written(locale, len);
		if (language != NULL)
			return language;
	}
	return find_relative(locale);
}

/* The region in a tag, of *len bytes; 0: it has none. */
static const char *
region_in(const char *locale, size_t *len)
{
	bool	is_word;

	for (*len = strcspn(locale, "-_"); locale[*len] != '\0';) {
		locale += *len + 1;
		*len = strcspn(locale, "-_");
		is_word = isalpha((unsigned char)locale[0]);
		if (*len == 2 || (*len == EXTENDED_LENGTH && !is_word))
			return locale;
		/* Others stand behind it. */
		if (*len != SCRIPT_LENGTH && *len != EXTENDED_LENGTH)
			break;
	}
	*len = 0;
	return locale;
}

static bool
is_listed(const char *words, const char *word, size_t len)
{
	size_t	length;

	for (; *words != '\0'; words += length + (words[length] == ' ')) {
		length = strcspn(words, " ");
		if (length == len && strncasecmp(words, word, len) == 0)
			return true;
	}
	return false;
}

const struct letter_region *
letter_region_of(const struct letter_language *language, const char *locale)
{
	const struct letter_region	*region = language->regions;
	const char			*word;
	size_t				 len;

	word = region_in(locale, &len);
	for (; len > 0 && region != NULL && region->regions != NULL; region++)
		if (is_listed(region->regions, word, len))
			return region;
	return NULL;
}
