/*
 * judge.h - decide whether a refusal is about one mail or about us, by the
 * replies to the other mails of a pass.
 *
 * core/verdict says what one reply can mean. Here it is weighed against what
 * became of the other mails of the pass, because a mail that is given up is
 * lost: its PIN is erased. So a mail is dead only
 *
 *   - when it was refused twice in one pass, as its own fault, another mail
 *     was taken between the two, and not many were refused as it was; unless
 *     the reply names the recipient, it must have been refused so in another
 *     pass as well, JUDGE_DOUBT_S before, which took a mail of another
 *     recipient, and no attempt between must have ended otherwise; or
 *   - when the server says that there is no such recipient, and the mail is
 *     alone: no other one was refused in the pass, none waits that is due or
 *     was tried and not taken, and none has died like this since a mail was
 *     taken.
 *
 * Several mails may be under way at once. Between the two is a mail that was
 * begun after the first refusal; and one that judge_knows() is to be alone on
 * its way, so that nothing is taken beside its second.
 *
 * What may be ours ends a pass that has taken no mail. Before that, mails to
 * other domains are tried: a server can refuse all mails to one domain in words
 * that are about us, and those behind them would wait for as many passes as
 * there are of the others.
 *
 * Asks the outbox whether a mail is alone, and talks to nobody else.
 */
#ifndef UMWS_JUDGE_H
#define UMWS_JUDGE_H

#include <stdbool.h>

#include "base/status.h"
#include "core/address.h"
#include "core/crypto.h"
#include "core/verdict.h"
#include "edge/outbox.h"
#include "edge/smtp.h"

#define JUDGE_REFUSED_MAX	64	/* mails remembered as refused */
#define JUDGE_DOUBT_S		300	/* between two passes that refuse it */

/* How one attempt ended. */
struct attempt {
	enum outbox_result	 result;
	unsigned int		 retry_s;
	enum status		 pass;	/* not ST_OK: the pass ends with it */
	bool			 is_domains; /* but goes on with mails to other
					 * domains than judge->domain, if some
					 * are due */
	const char		*at;	/* what the reply is to, or NULL */
	char			 reply[SMTP_REPLY_SIZE]; /* or our reason */
};

/* What a pass has seen; all zero at first, but for the outbox. */
struct judge {
	struct outbox	*outbox;	/* borrowed */
	unsigned int	 begun;		/* mails */
	unsigned int	 newest;	/* of those that were taken: it was
					 * the so-manieth that was begun */
	unsigned int	 taken;		/* mails, */
	char		 taken_by[ADDRESS_MAX + 1]; /* the first's
						 * recipient */
	bool		 is_taken_by_many;	/* and there was another */
	unsigned int	 doubts;	/* in a row, none taken between */
	unsigned int	 strangers;	/* mails refused: FAULT_MAIL, */
	unsigned int	 in_doubt;	/* FAULT_DOUBT */
	unsigned int	 refused;	/* of the mails below */
	struct {
		char		 id[CRYPTO_UUID_SIZE];
		unsigned int	 begun;	/* mails, before it was refused */
		enum fault	 fault;
		bool		 is_old;	/* refused JUDGE_DOUBT_S ago */
	}		 mails[JUDGE_REFUSED_MAX];
	char		 first[CRYPTO_UUID_SIZE]; /* the first not taken */
	bool		 is_many;	/* and another one was not */
	bool		 is_vouched;	/* the outbox knows that we took */
	char		 domain[ADDRESS_MAX + 1]; /* the first one for whose
						 * mails the pass would have
						 * ended; or "" */
	enum status	 kept;		/* why a mail was */
	struct judge_note {
		bool		 is_set;
		const char	*look_at;	/* settings, or NULL */
		const char	*at;		/* what the reply was to */
		char		 reply[SMTP_REPLY_SIZE];
	}		 ours,		/* the first that kept a mail */
			 put_off;	/* one that was nobody's fault */
	bool		 is_overdue;	/* which is no longer usual */
	struct {
		char		 id[CRYPTO_UUID_SIZE];	/* or "" */
		unsigned int	 attempts;
		char		 reply[SMTP_REPLY_SIZE];
	}		 late;		/* the first, put off for hours */
};

/* A mail begins: the so-manieth of the pass. */
unsigned int	judge_begin(struct judge *judge);

/* Has the mail been refused in this pass? Then no other is to be under way
 * while it is. */
bool		judge_knows(const struct judge *judge, const char *id);

/* A mail was taken; order is what judge_begin() said. */
void		judge_taken(struct judge *judge,
		    const struct outbox_mail *mail, unsigned int order);

/* A mail was not taken, whatever for, and is to be tried again. */
void		judge_missed(struct judge *judge, const char *id);

/*
 * A mail was refused, after judge_missed().
 *
 * attempt  comes with the reply, OUTBOX_RETRY, the usual pause and ST_OK;
 *          goes with what is to become of the mail and of the pass
 */
void		judge_refused(struct judge *judge,
		    const struct outbox_mail *mail,
		    const struct verdict *verdict, struct attempt *attempt);

/* A mail got no reply at all, after judge_missed(): it is put off. */
void		judge_silent(struct judge *judge,
		    const struct outbox_mail *mail,
		    const struct attempt *attempt);

/*
 * The pass ends. What somebody must look at is one err line, and no line when
 * a connection that was refused has been logged. Where a pass took no mail and
 * all were put off, it says so, unless it is one mail that may have been
 * greylisted. Where others were taken, a mail that is put off for hours is one
 * warn line.
 *
 * is_through  no mail is left that is due
 * logged      the settings of the err line about a refused connection that
 *             ended the pass, or NULL
 *
 * Returns ST_OK; ST_FAIL when a mail was kept for what is ours; ST_RETRY when
 * only for what is the server's.
 */
enum status	judge_end(struct judge *judge, bool is_through,
		    const char *logged) MUSTCHECK;

#endif
