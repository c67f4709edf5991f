/*
 * store-helpdesk.h - somebody acts for another mailbox by the web service: may
 * he, and whom does he mean? Which mailboxes are there, how is one, and the end
 * of a lockout; and how is one's own.
 *
 * A reset is store-reset's, with the caller's actor. What is told of a mailbox
 * is JSON that the database has made: it is handed on as it is.
 */
#ifndef UMWS_STORE_HELPDESK_H
#define UMWS_STORE_HELPDESK_H

#include <stdint.h>

#include "base/buf.h"
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

/*
 * Append a JSON object to *json: the caller's own mailbox; those that a text
 * means, of which the caller is the help desk; and the one of caller->login,
 * whose help desk is caller->actor. ST_OK, or ST_DENIED with *denial.
 */
enum status	store_mailbox_own(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    struct buf *json, struct denial *denial) MUSTCHECK;
enum status	store_helpdesk_find(struct store *store,
		    const struct store_caller *caller, const char *text,
		    int64_t deadline_ms, struct buf *json,
		    struct denial *denial) MUSTCHECK;
enum status	store_helpdesk_state(struct store *store,
		    const struct store_caller *caller, int64_t deadline_ms,
		    struct buf *json, struct denial *denial) MUSTCHECK;

/*
 * End the lockout of the mailbox and commit. Times are as of
 * store_properties_set().
 *
 * unlock_id  uuid; the database carries it out once
 *
 * ST_OK, or ST_DENIED with *denial, whose word is locked_by_admin for what
 * only an administrator may end; ST_UNKNOWN: no answer in time.
 */
enum status	store_helpdesk_unlock(struct store *store,
		    const struct store_caller *caller, const char *unlock_id,
		    int64_t try_ms, int64_t deadline_ms, struct buf *json,
		    struct denial *denial) MUSTCHECK;

#endif
