/*
 * delegation.h - whom does a caller act for who names another mailbox?
 *
 * Knows nothing of XML. Whoever may not learns nothing: not whether the
 * mailbox exists, and not what is wrong with the name.
 */
#ifndef UMWS_DELEGATION_H
#define UMWS_DELEGATION_H

#include "app/outcome.h"
#include "core/username.h"
#include "edge/store.h"

enum delegation_kind {
	DELEGATION_NOBODY = 0,	/* the caller names none that can be found */
	DELEGATION_LOGIN,	/* in whatever form, as the web server's name */
	DELEGATION_ADDRESS	/* of mail */
};

/* What the caller wants. Strings are borrowed. */
struct delegation {
	enum delegation_kind	 kind;
	const char		*name;
	const char		*operation;	/* for the audit */
	const char		*strip_domains;	/* of username_resolve() */
	unsigned int		 timeout_ms;
};

/*
 * With REFUSAL_NONE *login is the mailbox that the caller may act for now;
 * otherwise "". The audit has it in any case.
 */
void	delegation_resolve(const struct delegation *delegation,
	    struct store *store, const struct store_caller *caller,
	    char login[USERNAME_SIZE], struct outcome *outcome);

#endif
