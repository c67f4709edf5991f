/*
 * judge.h - decide whether a refusal is about one mail or about us, by the
 * replies to the other mails of a pass.
 *
 * core/verdict says what one reply can mean. Here it is weighed against what
 * became of the other mails of the pass, because a mail that is given up is
 * lost: its PIN is erased. So a mail is dead only
 *
 *   - when it was refused twice in one pass, as its own fault, and another
 *     mail was taken between the two; or
 *   - when the server says that there is no such recipient, and the mail is
 *     alone: no other one was refused in the pass, none waits that is due,
 *     and none that was refused for good when it was tried last.
 *
 * Asks the outbox for the last of these, and talks to nobody else.
 */
#ifndef UMWS_JUDGE_H
#define UMWS_JUDGE_H

#include <stdbool.h>

#include "base/status.h"
#include "core/crypto.h"
#include "core/verdict.h"
#include "edge/outbox.h"
#include "edge/smtp.h"

#define JUDGE_REFUSED_MAX	64	/* mails remembered as refused */

/* How one attempt ended. */
struct attempt {
	enum outbox_result	 result;
	unsigned int		 retry_s;
	enum status		 pass;	/* not ST_OK: the pass ends with it */
	const char		*at;	/* what the reply is to, or NULL */
	char			 reply[SMTP_REPLY_SIZE]; /* or our reason */
};

/* What a pass has seen; all zero at first, but for the outbox. */
struct judge {
	struct outbox	*outbox;	/* borrowed */
	unsigned int	 taken;		/* mails */
	unsigned int	 doubts;	/* in a row, none taken between */
	unsigned int	 refused;	/* of the mails below */
	struct {
		char		 id[CRYPTO_UUID_SIZE];
		unsigned int	 taken;	/* mails, before it was refused */
	}		 mails[JUDGE_REFUSED_MAX];
	char		 first[CRYPTO_UUID_SIZE]; /* the first not taken */
	bool		 is_many;	/* and another one was not */
	bool		 is_told;	/* what to look at */
	enum status	 kept;		/* why a mail was */
	bool		 is_put_off;	/* a mail was, for nobody's fault */
	bool		 is_overdue;	/* which is no longer usual */
	const char	*look_at;	/* then, or NULL */
	const char	*at;		/* and the reply: to what, */
	char		 reply[SMTP_REPLY_SIZE]; /* and its words */
};

/* A mail was taken. */
void		judge_taken(struct judge *judge);

/* A mail was not taken, whatever for, and is to be tried again. */
void		judge_missed(struct judge *judge, const char *id);

/*
 * A mail was refused, after judge_missed().
 *
 * attempt  comes with the reply, OUTBOX_RETRY, the usual pause and ST_OK;
 *          goes with what is to become of the mail and of the pass
 *
 * What somebody must look at is one err line in a pass.
 */
void		judge_refused(struct judge *judge,
		    const struct outbox_mail *mail,
		    const struct verdict *verdict, struct attempt *attempt);

/*
 * The pass is through the queue. Where it took no mail and all were put off,
 * an err line says so, unless it is one mail that may have been greylisted.
 *
 * Returns ST_OK; ST_FAIL when a mail was kept for what is ours; ST_RETRY when
 * only for what is the server's.
 */
enum status	judge_end(struct judge *judge) MUSTCHECK;

#endif
