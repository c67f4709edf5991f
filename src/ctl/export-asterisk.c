/*
 * export-asterisk.c - "user export --format asterisk": mailboxes as a
 * voicemail.conf, without PINs. A mailbox names its time zone by a line that
 * has to stand above it, so each row is kept as two lines, the zone and the
 * mailbox, and the zones are printed first.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/list.h"
#include "ctl/user.h"
#include "base/buf.h"
#include "core/voicemail-line.h"

#define LINE_MAX_BYTES	16384	/* of one mailbox */
#define CONTEXT		"default"

enum column { LOGIN, EXTENSION, NAME, EMAIL, LOCALE, TIME_ZONE, ENABLED };

static const struct admin_view	view = {
	.name = "v_user",
	.key = "login",
	.order = { "login" },
	.columns = { "login", "extension", "display_name", "email", "locale",
	    "time_zone", "um_enabled" }
};

static enum status
print_row(FILE *spool, const char *const *values)
{
	struct buf			line = BUF_INIT(LINE_MAX_BYTES);
	const struct voicemail_entry	entry = {
		.login = values[LOGIN],
		.extension = values[EXTENSION],
		.name = values[NAME],
		.email = values[EMAIL],
		.locale = values[LOCALE],
		.time_zone = values[TIME_ZONE],
		.is_enabled = *values[ENABLED] == 't'
	};
	enum status			st;

	buf_printf(&line, "%s\n", entry.time_zone != NULL ? entry.time_zone :
	    "");
	voicemail_line(&line, &entry);
	st = buf_status(&line);
	if (st == ST_OK)
		(void)fputs(buf_text(&line), spool);
	buf_free(&line);
	return st == ST_OK ? ST_OK : ST_RETRY;
}

/* Every name once, in the order in which they come. */
struct zones {
	char	**names;	/* owned, and so are they */
	size_t	  count;
};

static enum status
zones_add(struct zones *zones, const char *name)
{
	char	**grown;
	size_t	  i;

	for (i = 0; i < zones->count; i++)
		if (strcmp(zones->names[i], name) == 0)
			return ST_OK;
	grown = reallocarray(zones->names, zones->count + 1, sizeof(*grown));
	if (grown == NULL)
		return ST_RETRY;
	zones->names = grown;
	zones->names[zones->count] = strdup(name);
	return zones->names[zones->count++] != NULL ? ST_OK : ST_RETRY;
}

static void
zones_free(struct zones *zones)
{
	while (zones->count > 0)
		free(zones->names[--zones->count]);
	free(zones->names);
}

/* [zonemessages], unless no mailbox names a zone. */
static enum status
print_zones(FILE *spool, FILE *out)
{
	struct zones	 zones = { NULL, 0 };
	struct buf	 text = BUF_INIT(1 << 20);
	enum status	 st = ST_OK;
	char		*line = NULL;
	size_t		 size = 0, i;
	ssize_t		 len;
	bool		 is_zone = true;

	while (st == ST_OK && (len = getline(&line, &size, spool)) > 0) {
		line[len - 1] = '\0';
		if (is_zone && *line != '\0')
			st = zones_add(&zones, line);
		is_zone = !is_zone;
	}
	if (zones.count > 0)
		buf_puts(&text, "[zonemessages]\n");
	for (i = 0; i < zones.count && st == ST_OK; i++)
		voicemail_zone_line(&text, zones.names[i]);
	if (st == ST_OK)
		st = buf_status(&text);
	if (st == ST_OK)
		(void)fputs(buf_text(&text), out);
	buf_free(&text);
	zones_free(&zones);
	free(line);
	return st;
}

static void
print_mailboxes(FILE *spool, FILE *out)
{
	char	*line = NULL;
	size_t	 size = 0;
	ssize_t	 len;
	bool	 is_zone = true;

	while (!ferror(out) && (len = getline(&line, &size, spool)) > 0) {
		if (!is_zone)
			(void)fwrite(line, 1, (size_t)len, out);
		is_zone = !is_zone;
	}
	free(line);
}

int
command_export_asterisk(struct command *command,
    const struct list_filter *filters)
{
	const char	*context = command_option(command, "--context");
	FILE		*spool;
	enum status	 st;
	int		 code;

	if (context == NULL)
		context = CONTEXT;
	if (!voicemail_context_is_plain(context))
		return command_fail(command, EX_USAGE, "user export: "
		    "--context: \"%s\" cannot be the name of a context",
		    context);
	code = list_spool(command, &view, filters, print_row, &spool);
	if (code != EX_OK)
		return code;
	st = print_zones(spool, command->io->out);
	if (st == ST_OK) {
		rewind(spool);
		command_say(command, "[%s]\n", context);
		print_mailboxes(spool, command->io->out);
	}
	(void)fclose(spool);
	return st == ST_OK ? EX_OK : command_fail(command, EX_TEMPFAIL,
	    "user export: there is not enough memory");
}
