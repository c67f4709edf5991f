/*
 * admin-stage.h - the operator's calls that take in many mailboxes: see
 * sql/code/admin-stage.sql. Each returns what those of edge/admin.h do, and is
 * waited for longer: a hundred thousand rows may be compared in one.
 */
#ifndef UMWS_ADMIN_STAGE_H
#define UMWS_ADMIN_STAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "edge/admin.h"

/* What comparing has found. */
struct admin_stage_counts {
	uint64_t	rows;		/* of the source, without bad ones */
	uint64_t	bad;		/* rows that are no good */
	uint64_t	added;		/* mailboxes that are new */
	uint64_t	changed;	/* that differ, gone ones apart */
	uint64_t	same;
	uint64_t	gone;		/* enabled ones that no row names */
	uint64_t	enabled;	/* enabled mailboxes before any of it */
	uint64_t	disabled;	/* of changed: enabled ones whose row
					 * says that they are not */
	uint64_t	named;		/* enabled ones with a row, or gone */
};

/* Begin the transaction. ST_BUSY while another import or sync runs. */
enum status	admin_stage_begin(struct admin *admin) MUSTCHECK;

/* Take in rows: the text of a JSON array, as umws.stage_add() wants it. */
enum status	admin_stage_add(struct admin *admin, const char *rows)
		    MUSTCHECK;

/*
 * Compare them with the mailboxes that are there. What is found stands in the
 * view umws.v_stage until the transaction ends. counts->bad are those that only
 * the database finds.
 */
enum status	admin_stage_compare(struct admin *admin, bool is_by_hand,
		    bool is_whole, struct admin_stage_counts *counts)
		    MUSTCHECK;

/*
 * Make the mailboxes so. action and source are for the audit. *mails is how
 * many mails were withdrawn or are under way.
 */
enum status	admin_stage_apply(struct admin *admin, const char *action,
		    const char *source, uint64_t *mails) MUSTCHECK;

/* Forget the rows and commit. */
enum status	admin_stage_commit(struct admin *admin) MUSTCHECK;

#endif
