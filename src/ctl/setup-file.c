/*
 * setup-file.c - "setup": files and links that a step makes, with a line of
 * the record for each, and taking them away by it.
 *
 * A line is "made STEP PATH"; undo removes what is at PATH. What was there
 * before is not ours, and never in the record.
 */
#include "config.h"

#include <string.h>
#include <sysexits.h>

#include "ctl/setup.h"

static const struct hostfile_rights	plain = { 0, 0, 0644 };

/* Something is there that is not what we would make. */
static enum setup_found
refuse_other(struct setup *setup, const char *step, const char *path)
{
	if (setup_record_has(setup, "made", step, path))
		return setup_refuse(setup, "%s was made by setup and changed "
		    "since: put it back, or move it away", path);
	return setup_refuse(setup, "%s is there, was not made by setup and is "
	    "not what it would make: move it away", path);
}

enum setup_found
setup_look_file(struct setup *setup, const char *step, const char *path,
    const char *text)
{
	if (!hostfile_is_there(path))
		return SETUP_MISSING;
	if (hostfile_equals(path, text))
		return SETUP_THERE;
	return refuse_other(setup, step, path);
}

/* What could not be done was logged. */
static int
fail(const struct setup *setup, const char *path)
{
	return command_fail(setup->command, EX_CANTCREAT, "%s could not be "
	    "made, see above", path);
}

int
setup_make_file(struct setup *setup, const char *step, const char *path,
    const char *text)
{
	int	code;

	if (hostfile_equals(path, text))
		return EX_OK;
	code = setup_record_add(setup, "made", step, path);
	if (code == EX_OK && hostfile_write(path, text, &plain) != ST_OK)
		code = fail(setup, path);
	return code;
}

enum setup_found
setup_look_link(struct setup *setup, const char *step, const char *path,
    const char *target)
{
	if (!hostfile_is_there(path))
		return SETUP_MISSING;
	if (hostfile_links(path, target))
		return SETUP_THERE;
	return refuse_other(setup, step, path);
}

int
setup_make_link(struct setup *setup, const char *step, const char *path,
    const char *target)
{
	int	code;

	if (hostfile_links(path, target))
		return EX_OK;
	code = setup_record_add(setup, "made", step, path);
	if (code == EX_OK && hostfile_link(path, target) != ST_OK)
		code = fail(setup, path);
	return code;
}

static void
remove_one(void *context, const char *path)
{
	enum status	*st = context;

	if (hostfile_remove(path) != ST_OK)
		*st = ST_BAD;
}

int
setup_undo_made(struct setup *setup, const char *step)
{
	enum status	st = ST_OK;

	setup_record_each(setup, "made", step, remove_one, &st);
	return st == ST_OK ? EX_OK : command_fail(setup->command,
	    EX_CANTCREAT, "%s: not all could be taken away, see above", step);
}
