/*
 * stage-report.h - what an import or a sync has done, for people and programs.
 * Private to ctl/stage.
 */
#ifndef UMWS_COMMAND_STAGE_REPORT_H
#define UMWS_COMMAND_STAGE_REPORT_H

#include <stdint.h>
#include <stdio.h>

#include "ctl/stage.h"
#include "ctl/verbs.h"

struct stage_report {
	struct command				*command;
	const struct stage_options		*options;
	const struct admin_stage_counts	*counts;
	uint64_t				 mails;
	FILE					*said;	/* owned: lines */
	FILE					*left;	/* owned: mailboxes
							 * whose PINs are to be
							 * counted */
};

/* In the transaction: note all that is to be told. EX_OK, or the exit code of
 * what was printed. */
int	stage_report_take(struct stage_report *report);

/* After its end: tell it, and who is left too few PINs. */
int	stage_report_print(struct stage_report *report);

void	stage_report_free(struct stage_report *report);

#endif
