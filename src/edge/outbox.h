/*
 * outbox.h - the queue of mails: claim under a lease, begin, settle.
 *
 * Calls the functions of sql/code/outbox.sql. A claim's lease holds 60 s,
 * a begun mail's 12 minutes from its begin; whatever dies in between, the
 * lease ends and the mail is claimed again.
 */
#ifndef UMWS_OUTBOX_H
#define UMWS_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"
#include "core/crypto.h"
#include "core/keyring.h"
#include "core/letter.h"
#include "core/seal.h"
#include "edge/db.h"

#define OUTBOX_BATCH_MAX	100	/* mails of one claim */
#define OUTBOX_WANTS_MAX	12	/* mails of one begin */
#define OUTBOX_ERROR_MAX	500	/* bytes of a settled mail's error */
#define OUTBOX_NAMES_MAX	4096	/* bytes for outbox_missing_keys() */
#define OUTBOX_EXPIRED_MAX	10	/* mails that are named */

/* Mails of one claim, all under its token. */
struct outbox_batch {
	size_t	count;
	char	token[CRYPTO_UUID_SIZE];
	char	ids[OUTBOX_BATCH_MAX][CRYPTO_UUID_SIZE];
};

/* Our right to a begun mail, until it is settled; the outbox's own. */
struct outbox_lease {
	struct db_result *rows;	/* NULL: there is none */
	char		 id[CRYPTO_UUID_SIZE];
	char		 token[CRYPTO_UUID_SIZE];
	int64_t		 begun_ms;
};

/*
 * A begun mail; any number may be at once. Strings are borrowed from the
 * lease until it ends, the mail's id for as long as the struct lives.
 */
struct outbox_mail {
	struct letter	 letter;	/* all that the mail shows */
	int64_t		 user_id;
	struct sealed	 sealed;	/* len 0: nothing is sealed, as in what
					 * letter_is_open(), or it could not be
					 * read */
	unsigned int	 attempts;	/* this one included, from 1 */
	unsigned int	 unanswered;	/* begun before, and no answer */
	unsigned int	 doubted_s;	/* so long ago it was OUTBOX_DOUBT for
					 * the first time, and OUTBOX_AGAIN or
					 * that since; 0: it was not */
	struct outbox_lease lease;
};

enum outbox_result {
	OUTBOX_SENT,
	OUTBOX_RETRY,
	OUTBOX_DOUBT,		/* kept, and perhaps refused for good, while
				 * another recipient's mail was taken */
	OUTBOX_AGAIN,		/* kept, and nothing is known of it: not tried,
				 * or in doubt, and no other one was taken */
	OUTBOX_UNANSWERED,	/* kept, and maybe sent */
	OUTBOX_WITHHELD,	/* not tried, for what may have been sent */
	OUTBOX_UNSENT,		/* not tried, and as it was before its begin */
	OUTBOX_UNREADABLE,	/* we can make no mail of it: kept */
	OUTBOX_DEAD,		/* refused for good: its PIN is erased */
	OUTBOX_LONE		/* the same, with none to compare with */
};

struct outbox;

/*
 * db and keys are borrowed for the outbox's life; only mails sealed to one of
 * the keys, or with nothing sealed in them, are claimed. ST_OK; ST_RETRY
 * without memory; ST_FAIL for more keys than a claim can name (both logged).
 */
enum status	outbox_new(struct db *db, const struct keyring *keys,
		    struct outbox **outbox) MUSTCHECK;
void		outbox_free(struct outbox **outbox);

/* The ids of its keys, as the text of an SQL array; borrowed. */
const char	*outbox_key_ids(const struct outbox *outbox);

/*
 * Can the host that we are connected to commit? An old leader that a failover
 * left behind answers every question about a queue of yesterday, and only a
 * write shows it: then the other hosts are tried. Comes before all else.
 * ST_OK, ST_RETRY, ST_FAIL as below.
 */
enum status	outbox_probe(struct outbox *outbox) MUSTCHECK;

/*
 * Ask in vain what a pass asks, so that its first mail does not wait until the
 * database has made its plans. No mail is claimed; what of the queue is over
 * ends, as by outbox_claim(). Best effort: what goes wrong has been logged.
 */
void		outbox_warm(struct outbox *outbox);

/*
 * Claim up to limit due mails (1..OUTBOX_BATCH_MAX) under a fresh token. A mail
 * of a user who has another one leased, by whomever, is not among them, nor are
 * two of one user; unless one of the two tells that a PIN went elsewhere. Mails
 * whose time is over end here: one warn line for each of the first
 * OUTBOX_EXPIRED_MAX of the outbox's life, and one for how many others a claim
 * has ended; none for what has ended by itself, as a lock.
 * ST_OK, *batch may be empty; ST_RETRY when the database is away or busy;
 * ST_FAIL when schema or rights are wrong (both logged).
 */
enum status	outbox_claim(struct outbox *outbox, unsigned int limit,
		    struct outbox_batch *batch) MUSTCHECK;

/* One mail that outbox_begin() is to begin, and what became of that. */
struct outbox_want {
	const char		*id;	/* of a batch, NULL: only settle */
	const char		*token;	/* of that batch */
	struct outbox_lease	*sent;	/* a mail that was sent: it is settled,
					 * and its lease ends; or NULL */
	struct outbox_mail	*mail;	/* set, unless id is NULL */
	enum status		 st;	/* set: of the begin, */
	enum status		 settled; /* and of settling sent */
};

/*
 * Begin mails of batches (1..OUTBOX_WANTS_MAX), whose SMTP transactions come
 * next, and note that others were sent: one call and one commit. When that
 * fails they are done one after the other, so that a mail that cannot be begun
 * never costs another's settlement, which is tried as outbox_settle() does.
 *
 * Of each, st is ST_OK; ST_DENIED when it is no longer to be sent (a newer PIN,
 * an ended lease); ST_BAD when its row makes the database complain (logged),
 * which is no reason to leave out others; ST_RETRY and ST_FAIL as above. Nor is
 * any begun behind a settlement that failed: its st is that one's.
 *
 * Returns ST_OK, or the first settlement's that failed.
 */
enum status	outbox_begin(struct outbox *outbox, struct outbox_want *wants,
		    size_t count) MUSTCHECK;

/*
 * Settle a begun mail; its lease ends, whatever is returned. When it was sent
 * this is tried for as long as the lease holds, because losing it means a
 * second copy.
 *
 * retry_s  seconds until the next attempt of what is kept
 * error    why not sent, or ""; at most OUTBOX_ERROR_MAX bytes
 *
 * Returns ST_OK, also when the row is no longer ours; ST_RETRY when the
 * database stayed away, ST_FAIL (both logged).
 */
enum status	outbox_settle(struct outbox *outbox,
		    struct outbox_lease *lease,
		    enum outbox_result result, unsigned int retry_s,
		    const char *error) MUSTCHECK;

/*
 * Give back the mails of a batch, by its token, that were not begun, so that
 * the next pass need not wait for their lease to end. Best effort: what goes
 * wrong has been logged, and the lease ends by itself.
 */
void		outbox_release(struct outbox *outbox, const char *token);

/*
 * The ids of keys that waiting mails are sealed to and we do not hold, with
 * commas between, "" when there is none. ST_OK, ST_RETRY, ST_FAIL.
 */
enum status	outbox_missing_keys(struct outbox *outbox, struct buf *names)
		    MUSTCHECK;

/*
 * May the mail be judged with no other one to compare with? Not while another
 * waits that is due, or was tried and not taken; nor after a mail that was
 * settled as OUTBOX_LONE, before outbox_vouch(). ST_OK, ST_RETRY, ST_FAIL;
 * *is_alone is false without an answer.
 */
enum status	outbox_is_alone(struct outbox *outbox, const char *id,
		    bool *is_alone) MUSTCHECK;

/*
 * Mails to the domain are refused: let those to others go first. None that
 * waits for it, and is not under way, is due for retry_s. *has_others is false,
 * and nothing is changed, when no mail to another domain is due; and without
 * an answer. Comes behind outbox_release(). ST_OK, ST_RETRY, ST_FAIL.
 */
enum status	outbox_give_way(struct outbox *outbox, const char *domain,
		    unsigned int retry_s, bool *has_others) MUSTCHECK;

/* Mails are taken: settings and server are good. ST_OK, ST_RETRY, ST_FAIL. */
enum status	outbox_vouch(struct outbox *outbox) MUSTCHECK;

/*
 * How many mails wait, due or not, and how many seconds ago the oldest of them
 * was queued. ST_OK, ST_RETRY, ST_FAIL.
 */
enum status	outbox_left(struct outbox *outbox, int64_t *waiting,
		    int64_t *oldest_s) MUSTCHECK;

/* The ids of waiting mails that were last settled as OUTBOX_UNREADABLE, the
 * oldest 10, likewise. */
enum status	outbox_unreadable(struct outbox *outbox, struct buf *ids)
		    MUSTCHECK;

#endif
