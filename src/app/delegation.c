/*
 * delegation.c - bring the name of a mailbox into the form of the store, and
 * ask whether the caller may act for it.
 */
#include "config.h"

#include "app/delegation.h"

#include <string.h>

#include "edge/clock.h"
#include "edge/store-helpdesk.h"

void
delegation_resolve(const struct delegation *delegation, struct store *store,
    const struct store_caller *caller, char login[USERNAME_SIZE],
    struct outcome *outcome)
{
	static const char *const	 kinds[] = {
		[DELEGATION_NOBODY] = NULL,
		[DELEGATION_LOGIN] = "login",
		[DELEGATION_ADDRESS] = "address",
	};
	const char			*name = delegation->name;
	struct username			 username;
	struct denial			 denial = { .refusal =
					    REFUSAL_INTERNAL };
	char				 why[USERNAME_REASON_SIZE];

	memset(outcome, 0, sizeof(*outcome));
	/* What can be no login is looked up as it is, and not found. */
	if (delegation->kind == DELEGATION_LOGIN &&
	    username_resolve(name, delegation->strip_domains, &username,
	    why) == ST_OK)
		name = username.login;
	if (store_helpdesk_enter(store, caller, kinds[delegation->kind], name,
	    delegation->operation, clock_ms() + delegation->timeout_ms, login,
	    &denial) != ST_OK)
		outcome->denial = denial;
}
