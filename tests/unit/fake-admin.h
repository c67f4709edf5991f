/*
 * fake-admin.h - edge/admin without a database: it notes its calls and fails
 * where it is told to. Link fake-admin.o before the libraries.
 *
 * How many PINs a policy leaves is told, too. So is the list of files that
 * "db upgrade" expects.
 */
#ifndef UMWS_FAKE_ADMIN_H
#define UMWS_FAKE_ADMIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

#define FAKE_CALLS_MAX	65536	/* bytes of calls */
#define FAKE_ROWS_MAX	8	/* mailboxes of an import */

/* What the fake shall answer, and what it was asked. */
struct fake_admin {
	int64_t		 version;
	int64_t		 oldest;
	const char	*fail_call;	/* the call that fails, or NULL */
	unsigned int	 fail_after;	/* so many of these that succeed */
	enum status	 fail_status;
	int64_t		 version_left;	/* a file leaves; 0: its own */
	int64_t		 version_kept;	/* beside the reference's */
	int64_t		 version_locked; /* seen under the lock; 0: same */
	bool		 has_rows;
	bool		 is_set;	/* policy_set was called */
	uint64_t	 pins;
	const char	*sqlstate;	/* of whatever fails; NULL: "" */
	const char	*todo;		/* about it, or NULL */
	bool		 is_superuser;
	const char	*mended;	/* a line, or NULL */
	const char	*wrong;		/* likewise */
	const char	*key_result;	/* of mail_key_add; NULL: added */
	struct buf	 calls;
	bool		 is_used;	/* between new and free */
	char		 logins[FAKE_ROWS_MAX][64]; /* of stage_add() */
	size_t		 rows;
};

extern struct fake_admin	fake;

/* What sql_files_list() says; fake_reset() leaves it. */
extern const char		*fake_sql_files;

/* A schema of this version, rows in every view, no failure, no calls. */
void	fake_reset(void);
void	fake_free(void);

#endif
