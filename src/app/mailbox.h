/*
 * mailbox.h - what the pages show of mailboxes, and the end of a lockout: one's
 * own mailbox, and for a help desk those of others.
 *
 * Knows nothing of HTTP. What is shown is JSON as the database has made it.
 */
#ifndef UMWS_APP_MAILBOX_H
#define UMWS_APP_MAILBOX_H

#include "app/outcome.h"
#include "app/properties.h"
#include "base/buf.h"
#include "edge/store.h"

/* The caller's own mailbox, or that there is none. */
void	mailbox_own(const struct properties_parts *parts,
	    const struct store_caller *caller, struct buf *json,
	    struct outcome *outcome);

/*
 * The mailboxes that a text means, for the help desk that the caller is. Who is
 * none is refused as by delegation_resolve(), in the same time.
 */
void	mailbox_find(const struct properties_parts *parts,
	    const struct store_caller *caller, const char *text,
	    struct buf *json, struct outcome *outcome);

/*
 * The state of the mailbox of caller->login, and the end of its lockout, for
 * caller->actor, after delegation_resolve(). REFUSAL_PIN_LOCKED: only an
 * administrator may end this one; REFUSAL_TRANSIENT: unknown.
 */
void	mailbox_state(const struct properties_parts *parts,
	    const struct store_caller *caller, struct buf *json,
	    struct outcome *outcome);
void	mailbox_unlock(const struct properties_parts *parts,
	    const struct store_caller *caller, struct buf *json,
	    struct outcome *outcome);

#endif
