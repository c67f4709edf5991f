/*
 * tally.h - what a pass of the mailer says of its mails: a line for each, and
 * one at the end.
 */
#ifndef UMWS_TALLY_H
#define UMWS_TALLY_H

#include "app/judge.h"
#include "edge/outbox.h"

/* Mails of one pass; all zero at first. */
struct tally {
	unsigned int	sent;
	unsigned int	deferred;	/* kept, until after the pass */
	unsigned int	dead;
	unsigned int	attempts;	/* in all */
};

/* An attempt is over: its info line. */
void	tally_attempt(struct tally *tally, const struct outbox_mail *mail,
	    const struct attempt *attempt);

/*
 * The pass is over: one info line, with what the queue still holds; none
 * when no mail was tried. A database that does not answer has been logged,
 * and the line comes without.
 */
void	tally_end(const struct tally *tally, struct outbox *outbox);

#endif
