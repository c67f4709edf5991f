/*
 * stage.h - mailboxes as they shall be, from a file or a directory: checked,
 * compared with those that are there, and made so in one transaction.
 * Private to ctl.
 *
 * A source hands over its rows one by one. They lie in a file without a name
 * until all of them are there: memory stays flat, and a slow source holds
 * nothing open in the database. From stage_compare() on a transaction is open,
 * which is left alone no longer than it takes to look at the counts.
 *
 *	code = stage_new(command, &options, &stage);
 *	for (each row; code == EX_OK)
 *		code = stage_add(stage, &row);
 *	if (code == EX_OK)
 *		code = stage_compare(stage, &counts);
 *	(a guard may look at the counts, and refuse)
 *	if (code == EX_OK)
 *		code = stage_apply(stage);
 *	stage_free(&stage);
 *
 * Each returns EX_OK, or the exit code of what was printed; after that only
 * stage_free(), which leaves nothing behind in the database.
 */
#ifndef UMWS_COMMAND_STAGE_H
#define UMWS_COMMAND_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "ctl/verbs.h"
#include "edge/admin-stage.h"

struct stage;

/* What came with an import of PINs, for its report. */
struct stage_pins {
	uint64_t	set;
	uint64_t	must_change;	/* of these: the policy refuses them */
	uint64_t	kept;		/* mailboxes that had a PIN */
	uint64_t	none;		/* mailboxes that get none */
	uint64_t	ignored;	/* options of the file */
};

/* Borrowed for the stage's life. */
struct stage_options {
	const char	*source;	/* what errors and the audit call it:
					 * "users.csv", "ldaps://dc.example" */
	const char	*action;	/* in the audit: "user_import" */
	bool		 is_dry_run;	/* compare, and say what differs */
	bool		 is_skipping;	/* bad rows are told and left out;
					 * else one is enough to refuse all */
	bool		 is_whole;	/* a sync: whoever stands in no row is
					 * gone, and enabled mailboxes that a
					 * sync has had are disabled. Bad
					 * rows may be skipped only while they
					 * say whom they are about */
	bool		 is_brief;	/* for cron: a line when something was
					 * changed, and none when not */
	const char	*policy;	/* of rows that name none; NULL: they
					 * say nothing */
	bool		 is_by_hand;	/* a spreadsheet may have taken zeros
					 * from the extensions: look for it */
	const struct stage_pins	*pins;	/* NULL: no import of PINs */
};

/*
 * A mailbox as the source has it, in UTF-8, of any length. NULL: the source
 * says nothing about it, and it stays as it is; so do an empty locale, time
 * zone, policy and enabled. A new mailbox then gets the default. An empty name
 * or extension is none.
 */
struct stage_row {
	unsigned int	 line;		/* in the source; 0: see place */
	const char	*place;		/* what the row is called there, as a
					 * DN; NULL: by its line */
	const char	*login;		/* needed */
	const char	*email;		/* needed */
	const char	*name;
	const char	*extension;
	const char	*locale;
	const char	*time_zone;
	const char	*policy;
	const char	*enabled;	/* yes, true, 1; no, false, 0; ... */
	const char	*fault;		/* why the source holds it to be no
					 * good, or NULL */
};

int	stage_new(struct command *command,
	    const struct stage_options *options, struct stage **stage);

/*
 * Check a row and keep it. One that is wrong is told, with its place and the
 * reason, and EX_OK returned: the others shall be told as well.
 */
int	stage_add(struct stage *stage, const struct stage_row *row);

/* A row that the source itself cannot make anything of: the same. */
int	stage_refuse(struct stage *stage, unsigned int line,
	    const char *place, const char *reason);

/* How far the source has come, in units of its own (total 0: nobody knows);
 * for a terminal. */
void	stage_progress(struct stage *stage, const char *what, uint64_t done,
	    uint64_t total);

/* Would stage_compare() go on, by what is known of the rows up to now? */
bool	stage_is_good(struct stage *stage);

/*
 * All rows are there: connect, check what only the database knows (twins, an
 * extension that is taken, a policy), and compare. Refuses, unless bad rows
 * are skipped, if there is any. counts->bad are all that were told.
 */
int	stage_compare(struct stage *stage,
	    struct admin_stage_counts *counts);

/* Make it so and say what was done, or with is_dry_run what would be. */
int	stage_apply(struct stage *stage);

void	stage_free(struct stage **stage);

#endif
