/*
 * store-helpdesk.h - somebody acts for another mailbox by the web service: may
 * he, and whom does he mean?
 *
 * A reset is then store-reset's, with the caller's actor.
 */
#ifndef UMWS_STORE_HELPDESK_H
#define UMWS_STORE_HELPDESK_H

#include <stdint.h>

#include "base/status.h"
#include "core/refusal.h"
#include "core/username.h"
#include "edge/store.h"

/*
 * kind       "login", "address", or NULL: nobody is named; it takes the same
 *            time
 * operation  what shall be done, for the audit
 *
 * ST_OK: *login is that of the mailbox. ST_DENIED: *denial says why not.
 */
enum status	store_helpdesk_enter(struct store *store,
		    const struct store_caller *caller, const char *kind,
		    const char *name, const char *operation,
		    int64_t deadline_ms, char login[USERNAME_SIZE],
		    struct denial *denial) MUSTCHECK;

#endif
