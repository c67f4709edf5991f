/*
 * logon-word.c - a table of words, read from both sides.
 */
#include "config.h"

#include "core/logon-word.h"

#include <assert.h>
#include <string.h>

static const char *const	words[] = {
	[LOGON_OK] = "OK",
	[LOGON_CHANGE] = "CHANGE",
	[LOGON_DENIED] = "DENIED",
	[LOGON_LOCKED] = "LOCKED",
	[LOGON_RESET] = "RESET",
	[LOGON_REFUSED] = "REFUSED",
	[LOGON_UNAVAILABLE] = "UNAVAILABLE",
};
_Static_assert(sizeof(words) / sizeof(words[0]) == LOGON_COUNT,
    "a text for each word");

const char *
logon_word_text(enum logon_word word)
{
	assert(word >= LOGON_OK && word < LOGON_COUNT);
	return words[word];
}

enum logon_word
logon_word_find(const char *text, size_t len)
{
	unsigned int	i;

	for (i = 0; i < LOGON_COUNT; i++)
		if (strlen(words[i]) == len &&
		    memcmp(words[i], text, len) == 0)
			break;
	return (enum logon_word)i;
}
