/*
 * sight.h - whether mails leave: what the database says of the queue and of
 * the mailers' last passes, and the trace that a pass leaves there.
 *
 * Calls the functions of sql/code/sight.sql; worker and mailer both may. All
 * ages are by the database's clock.
 */
#ifndef UMWS_SIGHT_H
#define UMWS_SIGHT_H

#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"

#define SIGHT_HOST_SIZE	256	/* bytes of a host's name, with the NUL */
#define SIGHT_NEVER	(-1)	/* an age that there is none of */

/* Counts of mails, and ages in seconds. */
struct sight {
	/* Of what waits, each in one of these: */
	int64_t	due;		/* nobody works on them */
	int64_t	later;		/* put off */
	int64_t	sending;	/* a mailer works on them */
	int64_t	unreadable;	/* the mailer can make no mail of them */
	int64_t	withheld;	/* copies enough have left, unanswered */
	int64_t	keyless;	/* of all these: no mailer holds their key */
	int64_t	lost;		/* dead or expired in the last 24 hours, and
				 * their mailbox got no other; 1000 at most */
	int64_t	oldest_due_s;	/* 0: none is due */
	int64_t	pass_s;		/* since a mailer ended a pass, or
				 * SIGHT_NEVER */
	int64_t	failing_s;	/* since when passes of a host do not end well,
				 * or SIGHT_NEVER */
	int64_t	failing_code;	/* their exit status */
	char	pass_host[SIGHT_HOST_SIZE];
	char	failing_host[SIGHT_HOST_SIZE];
};

/*
 * Read it all; deadline_ms is as of db_call(). The schema has been checked.
 * ST_OK, or what db_call() returned, which has been logged; *sight is all
 * zero then.
 */
enum status	sight_read(struct db *db, int64_t deadline_ms,
		    struct sight *sight) MUSTCHECK;

/* Mails of a pass, or of all passes of a host. */
struct sight_counts {
	int64_t	sent;
	int64_t	deferred;	/* attempts after which the mail was kept */
	int64_t	dead;
};

struct sight_pass {
	const char		*host;
	int64_t			 duration_ms;
	int			 exit_code;
	const char		*key_ids;	/* text of an SQL array */
	struct sight_counts	 counts;
};

/*
 * Note a pass that has ended. It does not wait for the database's disk: what
 * a crash loses the next pass writes anew.
 *
 * all  set to the counts of all passes of this host
 *
 * ST_OK, or what db_call() returned, logged.
 */
enum status	sight_note(struct db *db, const struct sight_pass *pass,
		    struct sight_counts *all) MUSTCHECK;

#endif
