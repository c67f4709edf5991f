/*
 * stage-report.c - what was done is read before the transaction ends, kept in
 * files without a name, and printed when it is certain.
 */
#include "config.h"

#include "ctl/stage-report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/policy-left.h"

#define DIFFERENCES_SHOWN	20
#define LEFT_FIELDS		4	/* lines of a mailbox in "left" */

static const struct admin_view	stage_view = {
	.name = "v_stage", .key = "number", .order = { "policy", "number" },
	.columns = { "login", "display_name", "extension", "policy",
	    "what", "difference", "mail" }
};

static const char *
value(const char *const *values, const char *column)
{
	const char	*text = list_value(&stage_view, values, column);

	return text != NULL ? text : "";
}

static enum status
on_mail(void *context, const char *const *values)
{
	struct stage_report	*report = context;

	(void)fprintf(report->said, "%s\n", value(values, "mail"));
	return ferror(report->said) ? ST_FAIL : ST_OK;
}

static enum status
on_difference(void *context, const char *const *values)
{
	struct stage_report	*report = context;
	const char		*difference = value(values, "difference");

	(void)fprintf(report->said, "%s %s%s%s\n", value(values, "what"),
	    value(values, "login"), *difference != '\0' ? ": " : "",
	    difference);
	return ferror(report->said) ? ST_FAIL : ST_OK;
}

static enum status
on_touched(void *context, const char *const *values)
{
	struct stage_report	*report = context;

	if (strcmp(value(values, "what"), "disable") == 0)
		return ST_OK;
	(void)fprintf(report->left, "%s\n%s\n%s\n%s\n",
	    value(values, "login"), value(values, "display_name"),
	    value(values, "extension"), value(values, "policy"));
	return ferror(report->left) ? ST_FAIL : ST_OK;
}

/* The rows of the view of which column says so. */
static int
take(struct stage_report *report, const char *column, uint64_t limit,
    enum status (*on_row)(void *context, const char *const *values))
{
	struct admin_view	view = stage_view;
	struct admin_filter	filter = {
		.conditions = { { column, ADMIN_EQUAL, "true" } },
		.count = 1, .limit = limit
	};
	enum status		st;
	size_t			count;

	if (on_row != on_touched) {
		view.order[0] = "number";
		view.order[1] = NULL;
	}
	st = admin_read(report->command->admin, &view, &filter, on_row,
	    report, &count);
	if (ferror(report->said) || ferror(report->left))
		return EX_OK;	/* said when it is rewound */
	return st == ST_OK ? EX_OK : command_db_fail(report->command, st,
	    NULL);
}

int
stage_report_take(struct stage_report *report)
{
	int		code;

	code = list_spool_open(report->command, &report->said);
	if (code == EX_OK)
		code = list_spool_open(report->command, &report->left);
	if (code == EX_OK && report->options->is_dry_run)
		code = take(report, "is_touched", DIFFERENCES_SHOWN,
		    on_difference);
	if (code == EX_OK && report->mails > 0)
		code = take(report, "has_mail", 0, on_mail);
	if (code == EX_OK)
		code = take(report, "is_touched", 0, on_touched);
	if (code == EX_OK)
		code = list_spool_rewind(report->command, report->said);
	if (code == EX_OK)
		code = list_spool_rewind(report->command, report->left);
	return code;
}

/* Count the PINs that are left to those who were added or changed. */
static int
print_left(struct stage_report *report)
{
	struct policy_left	 left;
	struct admin_user	 user = { .is_enabled = true };
	char			*lines[LEFT_FIELDS] = { NULL };
	size_t			 sizes[LEFT_FIELDS] = { 0 }, i;
	ssize_t			 len = 0;
	uint64_t		 pins;
	enum status		 st = ST_OK;

	policy_left_init(&left);
	while (st == ST_OK) {
		for (i = 0; i < LEFT_FIELDS && len >= 0; i++) {
			len = getline(&lines[i], &sizes[i], report->left);
			if (len > 0)
				lines[i][len - 1] = '\0';
		}
		if (len < 0)
			break;
		user.login = lines[0];
		user.name = lines[1];
		user.extension = lines[2];
		user.policy = lines[3];
		st = policy_left_user(report->command, &left, &user, &pins);
		if (st == ST_OK)
			policy_left_warn(report->command, user.login, pins);
	}
	for (i = 0; i < LEFT_FIELDS; i++)
		free(lines[i]);
	return st == ST_OK ? EX_OK : command_db_fail(report->command, st,
	    "done, but not whether enough PINs are left to each");
}

static void
print_json(const struct stage_report *report)
{
	const struct admin_stage_counts	*counts = report->counts;
	const struct stage_pins		*pins = report->options->pins;
	FILE				*out = report->command->io->out;

	(void)fprintf(out, "[{\"added\":%" PRIu64
	    ",\"changed\":%" PRIu64 ",\"disabled\":%" PRIu64 ",\"same\":%"
	    PRIu64 ",\"bad\":%" PRIu64 ",\"mails\":%" PRIu64
	    ",\"is_dry_run\":%s", counts->added, counts->changed,
	    counts->gone, counts->same, counts->bad, report->mails,
	    report->options->is_dry_run ? "true" : "false");
	if (pins != NULL)
		(void)fprintf(out, ",\"pins_set\":%" PRIu64
		    ",\"pins_must_change\":%" PRIu64 ",\"pins_kept\":%" PRIu64
		    ",\"pins_none\":%" PRIu64 ",\"options_ignored\":%" PRIu64,
		    pins->set, pins->must_change, pins->kept, pins->none,
		    pins->ignored);
	(void)fputs("}]\n", out);
}

/* "added 3 users", or "would add 3 users". */
static void
print_count(const struct stage_report *report, const char *did,
    const char *would, uint64_t count, const char *whom)
{
	bool	is_dry_run = report->options->is_dry_run;

	(void)fprintf(report->command->io->out, "%s%s %" PRIu64 " %s\n",
	    is_dry_run ? "would " : "", is_dry_run ? would : did, count,
	    whom);
}

static void
print_pins(const struct stage_report *report)
{
	const struct stage_pins	*pins = report->options->pins;

	print_count(report, "set", "set", pins->set, "PINs");
	if (pins->must_change > 0)
		(void)fprintf(report->command->io->out, "%" PRIu64 " of them "
		    "are refused by the policy, and must be changed at the "
		    "next logon\n", pins->must_change);
	if (pins->kept > 0)
		print_count(report, "kept", "keep", pins->kept,
		    "PINs that umws has already");
	if (pins->none > 0)
		(void)fprintf(report->command->io->out, "%" PRIu64
		    " mailboxes have no PIN\n", pins->none);
	if (pins->ignored > 0)
		(void)fprintf(report->command->io->out, "%" PRIu64 " options "
		    "of the file mean nothing here\n", pins->ignored);
}

static void
print_counts(const struct stage_report *report)
{
	const struct admin_stage_counts	*counts = report->counts;
	FILE				*out = report->command->io->out;

	print_count(report, "added", "add", counts->added, "users");
	if (counts->changed > 0)
		print_count(report, "changed", "change", counts->changed,
		    "users");
	if (counts->gone > 0)
		print_count(report, "disabled", "disable", counts->gone,
		    "users who are gone");
	if (counts->bad > 0)
		print_count(report, "left out", "leave out", counts->bad,
		    "bad rows");
	if (counts->same > 0 &&
	    counts->added + counts->changed + counts->gone == 0)
		(void)fprintf(out, "nothing is to be changed: all %" PRIu64
		    " users are so already\n", counts->same);
	else if (counts->same > 0)
		(void)fprintf(out, "%" PRIu64 " users are so already\n",
		    counts->same);
}

static void
print_said(const struct stage_report *report)
{
	FILE	*out = report->command->io->out;
	char	*line = NULL;
	size_t	 size = 0;
	ssize_t	 len;

	while (!ferror(out) &&
	    (len = getline(&line, &size, report->said)) > 0) {
		line[len - 1] = '\0';
		command_print(out, line);
		(void)putc('\n', out);
	}
	free(line);
}

/* One line, if anything was done. */
static void
print_brief(const struct stage_report *report)
{
	const struct admin_stage_counts	*counts = report->counts;
	FILE				*out = report->command->io->out;

	if (counts->added + counts->changed + counts->gone + counts->bad == 0)
		return;
	(void)fputs(report->options->source, out);
	(void)fprintf(out, ": added %" PRIu64 ", changed %" PRIu64
	    ", disabled %" PRIu64, counts->added, counts->changed,
	    counts->gone);
	if (counts->bad > 0)
		(void)fprintf(out, ", left out %" PRIu64 " bad rows",
		    counts->bad);
	if (report->mails > 0)
		(void)fprintf(out, "; %" PRIu64 " mails were withdrawn or are "
		    "under way", report->mails);
	(void)putc('\n', out);
}

int
stage_report_print(struct stage_report *report)
{
	int	code;

	if (command_has(report->command, "--json")) {
		print_json(report);
		return EX_OK;
	}
	if (report->options->is_brief && !report->options->is_dry_run) {
		print_brief(report);
		return EX_OK;
	}
	print_counts(report);
	if (report->options->pins != NULL)
		print_pins(report);
	print_said(report);
	code = print_left(report);
	if (report->options->is_dry_run)
		(void)fputs("nothing was changed: --dry-run\n",
		    report->command->io->out);
	return code;
}

void
stage_report_free(struct stage_report *report)
{
	if (report->said != NULL)
		(void)fclose(report->said);
	if (report->left != NULL)
		(void)fclose(report->left);
}
