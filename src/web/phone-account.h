/*
 * phone-account.h - the accounts of phone systems, as tui_accounts lists them.
 */
#ifndef UMWS_PHONE_ACCOUNT_H
#define UMWS_PHONE_ACCOUNT_H

#include <stdbool.h>

#include "core/username.h"
#include "edge/scoreboard.h"

/*
 * The next one of the list as the login that its caller would have, whatever
 * form it is in; one that is no login is left out. False: that was the last.
 *
 * at             where in the list; begins at its begin
 * strip_domains  as of username_resolve()
 */
bool	phone_account_next(const char **at, const char *strip_domains,
	    char login[USERNAME_SIZE]);

/* Give each a number on the board, so that its logons are counted apart. */
void	phone_accounts_note(const char *accounts, const char *strip_domains,
	    struct scoreboard *board);

#endif
