/*
 * mailer-follow.h - "umws-mailer --follow": stay, and have a pass run as soon
 * as there is something to send.
 *
 * Each pass is a process of its own, which alone reads the keys, opens mails
 * and speaks to the mail server; it ends with the pass, and all that was in
 * clear in it. One is forked before it is wanted, reads the keys, connects to
 * the database and waits. The process that stays knows umws.conf and has a
 * connection to the database as well.
 */
#ifndef UMWS_MAILER_FOLLOW_H
#define UMWS_MAILER_FOLLOW_H

#include <stdbool.h>

#include "app/conf.h"

#define FOLLOW_KEY_IDS_SIZE	1025	/* bytes of an SQL array's text */

/* What the process of a pass tells the one that stays. */
struct follow_report {
	unsigned int	attempts;
	unsigned int	sent;
	char		key_ids[FOLLOW_KEY_IDS_SIZE];	/* "": not known */
};

/* The pass may begin, or (false) is not wanted. is_brief: of deliver_parts. */
typedef bool	(*follow_wait)(bool *is_brief);

/* How to do it; all but miss() run in a process that then ends. */
struct follow_parts {
	const char	*file;		/* umws.conf; NULL: the default one */
	/* Can a pass be begun, as far as umws.conf and keys go? EX_OK, or an
	 * exit code whose reason has been logged. */
	int		(*check)(const struct conf *conf);
	/* Get ready for a pass, wait, run it; its exit code. *report is all
	 * zero. */
	int		(*pass)(const struct conf *conf, follow_wait wait,
			    struct follow_report *report);
	/* No pass could be run; code says why. */
	void		(*miss)(const struct conf *conf, int code);
};

/*
 * Run until SIGTERM or SIGINT, both of which the caller has blocked. Mails in
 * work are finished.
 *
 * SIGHUP reads umws.conf anew. When it, or a key, is wrong the old settings
 * stay, and one err line says so.
 *
 * Returns EX_OK; when it could not begin EX_CONFIG, or EX_OSERR, both logged.
 */
int	mailer_follow(const struct follow_parts *parts);

#endif
