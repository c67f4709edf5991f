/*
 * phone-account.c - take a list of accounts apart.
 */
#include "config.h"

#include "web/phone-account.h"

#include <stdio.h>
#include <string.h>

#define SEPARATOR	","
#define BLANKS		" \t"

/* The entry as it stands there, without the blanks around; *at goes behind. */
static bool
cut(const char **at, char entry[USERNAME_SIZE], bool *fits)
{
	size_t	len;

	*at += strspn(*at, SEPARATOR BLANKS);
	len = strcspn(*at, SEPARATOR);
	*fits = len < USERNAME_SIZE;
	(void)snprintf(entry, USERNAME_SIZE, "%.*s", (int)len, *at);
	*at += len;
	for (len = strlen(entry); len > 0 &&
	    strchr(BLANKS, entry[len - 1]) != NULL; len--)
		entry[len - 1] = '\0';
	return len > 0;
}

bool
phone_account_next(const char **at, const char *strip_domains,
    char login[USERNAME_SIZE])
{
	char		entry[USERNAME_SIZE], reason[USERNAME_REASON_SIZE];
	struct username	name;
	bool		fits;

	while (cut(at, entry, &fits)) {
		if (!fits || username_resolve(entry, strip_domains, &name,
		    reason) != ST_OK)
			continue;
		(void)strcpy(login, name.login);
		return true;
	}
	return false;
}

void
phone_accounts_note(const char *accounts, const char *strip_domains,
    struct scoreboard *board)
{
	const char	*at = accounts;
	char		 login[USERNAME_SIZE];

	while (phone_account_next(&at, strip_domains, login))
		scoreboard_add_service(board, login);
}
