/*
 * sync.c - "user sync". Whoever stands in the source no more is disabled, never
 * removed, and only if a sync has made the mailbox or taken it over; so an
 * answer that is not whole does the most harm here, and is looked for.
 */
#include "config.h"

#include "ctl/sync.h"

#include <inttypes.h>
#include <sysexits.h>

#include "ctl/import.h"

/* Is it so much that the source is more likely to be wrong than right? */
static int
guard(const struct command *command, const char *source,
    const struct admin_stage_counts *counts)
{
	unsigned int	most = command->conf->sync_max_gone;

	if (command_has(command, "--force"))
		return EX_OK;
	if (counts->rows + counts->bad == 0)
		return command_fail(command, EX_DATAERR, "nothing was changed: "
		    "there is nobody in %s, and %" PRIu64 " of %" PRIu64
		    " mailboxes would be disabled (--force does it)", source,
		    counts->gone, counts->enabled);
	if (counts->gone * 100 > counts->enabled * (uint64_t)most)
		return command_fail(command, EX_DATAERR, "nothing was changed: "
		    "%" PRIu64 " of %" PRIu64 " mailboxes are gone from %s, "
		    "more than %u per cent (sync_max_gone in umws.conf; "
		    "--force does it)", counts->gone, counts->enabled, source,
		    most);
	if ((counts->gone + counts->disabled) * 100 >
	    counts->named * (uint64_t)most)
		return command_fail(command, EX_DATAERR, "nothing was changed: "
		    "%" PRIu64 " of %" PRIu64 " mailboxes are gone from %s, "
		    "or disabled by what stands there (%" PRIu64 "), more than "
		    "%u per cent (sync_max_gone in umws.conf; --force does "
		    "it)", counts->gone + counts->disabled, counts->named,
		    source, counts->disabled, most);
	return EX_OK;
}

static int
read_source(struct command *command, const char *path, struct stage *stage)
{
	return path != NULL ? import_read(command, path,
	    !command_has(command, "--force"), stage) :
	    sync_directory(command, stage);
}

int
command_sync(struct command *command)
{
	const char		*path = command_option(command, "--csv");
	bool			 is_ldap = command_has(command, "--ldap");
	struct stage_options	 options = {
		.source = path != NULL ? import_name(path) :
		    command->conf->directory.url,
		.action = "user_sync",
		.policy = command_option(command, "--policy"),
		.is_dry_run = command_has(command, "--dry-run"),
		.is_skipping = command_has(command, "--skip-bad"),
		.is_whole = true, .is_brief = true
	};
	struct admin_stage_counts counts;
	struct stage		*stage = NULL;
	int			 code;

	if (is_ldap == (path != NULL))
		return command_fail(command, EX_USAGE, "user sync: give "
		    "--csv FILE or --ldap");
	if (is_ldap && *options.source == '\0')
		return command_fail(command, EX_CONFIG, "user sync: there is "
		    "no ldap_url in umws.conf");
	code = stage_new(command, &options, &stage);
	if (code == EX_OK)
		code = read_source(command, path, stage);
	if (code == EX_OK)
		code = stage_compare(stage, &counts);
	if (code == EX_OK)
		code = guard(command, options.source, &counts);
	if (code == EX_OK)
		code = stage_apply(stage);
	stage_free(&stage);
	return code;
}
