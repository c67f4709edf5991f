/*
 * outbox-watch.h - wait for mails: when the next one is due, and word of new
 * ones as soon as they are committed.
 *
 * A transaction that queues a mail notifies the channel umws_outbox, without
 * data, unless another one is just about to. Notifications are hints: they may
 * be lost, come late, or come from anybody, so whoever waits looks by itself
 * from time to time. Behind a pooler that does not keep sessions (PgBouncer in
 * transaction mode) there are none.
 *
 * Holds one connection for as long as it is there; a lost one is made anew by
 * the next look.
 */
#ifndef UMWS_OUTBOX_WATCH_H
#define UMWS_OUTBOX_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"

#define WATCH_NEVER	INT64_MAX	/* nothing waits */

struct watch;

/*
 * options are copied, what they point to is borrowed. That nobody lets us in
 * is logged when it begins, not at each look. As db_new().
 */
enum status	watch_new(const struct db_options *options,
		    struct watch **watch) MUSTCHECK;
void		watch_free(struct watch **watch);

/*
 * Connect and listen, if that is not so, and ask when there is something to
 * do. What is queued after that comes as a notification, if any do.
 *
 * key_ids  outbox_key_ids() of who is to send the mails; NULL: all keys
 * due_ms   set to milliseconds until a mail is due, has to be expired, or
 *          somebody's lease on one ends: 0, now; or WATCH_NEVER
 *
 * Returns ST_OK; ST_RETRY when the database is away or busy; ST_FAIL when it
 * refuses us, or schema or rights are wrong. What is new of it has been logged.
 */
enum status	watch_look(struct watch *watch, const char *key_ids,
		    int64_t *due_ms) MUSTCHECK;

/* Do notifications come? As of the last look that was ST_OK. */
bool		watch_is_listening(const struct watch *watch);

/* For poll(2), to be read from: as db_socket(). */
int		watch_socket(const struct watch *watch);

/*
 * Is it time for a look: was there a notification since this was asked, or is
 * the connection lost? Does not wait.
 */
bool		watch_is_woken(struct watch *watch);

#endif
