/*
 * voicemail.c - "user import --asterisk": the mailboxes of a voicemail.conf
 * and of the files that it includes, which ctl/stage makes mailboxes of.
 */
#include "config.h"

#include <sys/stat.h>

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "core/voicemail-conf.h"
#include "ctl/import.h"
#include "ctl/user.h"
#include "ctl/voicemail-pin.h"

#define PATH_SIZE	4096
#define LINE_SIZE	(VOICEMAIL_LINE_MAX + 1)
#define PLACE_SIZE	(PATH_SIZE + 16)

struct voicemail {
	struct command		*command;
	struct stage		*stage;
	struct voicemail_pins	*pins;
	struct voicemail_conf	*conf;		/* owned */
	const char		*only;		/* a context, or NULL: all */
	bool			 is_by_email;	/* logins: not the numbers, */
	bool			 is_by_user;	/* but this, or what stands
						 * before its @ */
	const char		*file;		/* that is read, */
	unsigned int		 line;		/* and where */
	unsigned int		 depth;
	bool			 is_found;	/* a mailbox, of "only" if
						 * that is given */
	int			 code;
};

/* Of a file that is included the place is its name as well. */
static const char *
place(const struct voicemail *from, char text[PLACE_SIZE])
{
	(void)snprintf(text, PLACE_SIZE, "%s:%u", from->file, from->line);
	return from->depth > 1 ? text : NULL;
}

static enum status
on_bad(void *context, const char *reason)
{
	struct voicemail	*from = context;
	char			 text[PLACE_SIZE];

	from->code = stage_refuse(from->stage, from->line, place(from, text),
	    reason);
	return from->code == EX_OK ? ST_OK : ST_BAD;
}

/* By what the mailbox's user logs on; without an address by its number, and it
 * is no good anyway. */
static void
take_login(const struct voicemail *from,
    const struct voicemail_mailbox *mailbox, char login[VOICEMAIL_LINE_MAX])
{
	size_t	len = strlen(mailbox->email);

	if (from->is_by_user)
		len = strcspn(mailbox->email, "@");
	if (len == 0 || !(from->is_by_email || from->is_by_user))
		(void)snprintf(login, VOICEMAIL_LINE_MAX, "%s",
		    mailbox->mailbox);
	else
		(void)snprintf(login, VOICEMAIL_LINE_MAX, "%.*s", (int)len,
		    mailbox->email);
}

static enum status
on_mailbox(void *context, const struct voicemail_mailbox *mailbox)
{
	struct voicemail	*from = context;
	const char		*number = mailbox->mailbox;
	char			 text[PLACE_SIZE], login[VOICEMAIL_LINE_MAX];
	struct stage_row	 row = { .line = from->line,
				    .place = place(from, text),
				    .login = login,
				    .email = mailbox->email };

	if (from->only != NULL && strcmp(from->only, mailbox->context) != 0)
		return ST_OK;
	from->is_found = true;
	take_login(from, mailbox, login);
	if (*mailbox->name != '\0')
		row.name = mailbox->name;
	if (*mailbox->locale != '\0')
		row.locale = mailbox->locale;
	if (*mailbox->time_zone != '\0')
		row.time_zone = mailbox->time_zone;
	if (number[strspn(number, "0123456789")] == '\0')
		row.extension = number;
	from->code = stage_add(from->stage, &row);
	if (from->code == EX_OK)
		from->code = voicemail_pins_add(from->pins, text, login,
		    mailbox);
	return from->code == EX_OK ? ST_OK : ST_BAD;
}

/* 1: a line; 0: there are no more; -1: it is too long, or has a NUL. */
static int
read_line(FILE *stream, char line[LINE_SIZE])
{
	size_t	len = 0;
	int	c, result = 1;

	while ((c = getc(stream)) != EOF && c != '\n') {
		if (len == VOICEMAIL_LINE_MAX || c == '\0')
			result = -1;
		else
			line[len++] = (char)c;
	}
	line[len] = '\0';
	return c == EOF && len == 0 && result == 1 ? 0 : result;
}

static enum status
read_stream(struct voicemail *from, FILE *stream)
{
	char		line[LINE_SIZE];
	enum status	st = ST_OK;
	int		how;

	while (st == ST_OK && (how = read_line(stream, line)) != 0) {
		from->line++;
		if (how < 0)
			st = on_bad(from, "the line is too long, or has a "
			    "NUL");
		else
			st = voicemail_conf_line(from->conf, line);
	}
	WIPE(&line);
	if (st == ST_OK && ferror(stream)) {
		from->code = command_fail(from->command, EX_NOINPUT,
		    "nothing was changed: %s: %s", from->file,
		    strerror(errno));
		st = ST_BAD;
	}
	return st;
}

/* Read a file, and come back to where we were. */
static enum status
read_file(struct voicemail *from, const char *path, bool is_needed)
{
	const char	*outer = from->file;
	unsigned int	 line = from->line;
	char		 buffer[BUFSIZ];
	FILE		*stream = fopen(path, "re");
	enum status	 st;

	if (stream == NULL && !is_needed && errno == ENOENT)
		return ST_OK;
	if (stream == NULL) {
		from->code = command_fail(from->command, EX_NOINPUT,
		    "nothing was changed: %s: %s", path, strerror(errno));
		return ST_BAD;
	}
	(void)setvbuf(stream, buffer, _IOFBF, sizeof(buffer));
	from->file = path;
	from->line = 0;
	from->depth++;
	st = read_stream(from, stream);
	from->depth--;
	from->file = outer;
	from->line = line;
	(void)fclose(stream);
	WIPE(&buffer);
	return st;
}

/* The files that a pattern stands for, in the order of their names; of one that
 * is none this very file. Directories are passed over. */
static enum status
read_files(struct voicemail *from, const char *pattern, bool is_needed)
{
	struct stat	info;
	glob_t		files = { 0 };
	enum status	st = ST_OK;
	size_t		i;

	if (glob(pattern, GLOB_NOMAGIC | GLOB_BRACE, NULL, &files) != 0 ||
	    files.gl_pathc == 0)
		st = read_file(from, pattern, is_needed);
	for (i = 0; i < files.gl_pathc && st == ST_OK; i++) {
		if (stat(files.gl_pathv[i], &info) != 0 ||
		    !S_ISDIR(info.st_mode))
			st = read_file(from, files.gl_pathv[i], is_needed);
	}
	globfree(&files);
	return st;
}

/* A path that is not absolute is of the directory of the file it stands in. */
static enum status
on_include(void *context, const char *path, bool is_needed)
{
	struct voicemail	*from = context;
	const char		*slash = strrchr(from->file, '/');
	char			 whole[PATH_SIZE];
	int			 len;

	if (from->depth == VOICEMAIL_DEPTH_MAX)
		return on_bad(from, "too many files include one another");
	if (*path == '/' || slash == NULL)
		len = snprintf(whole, sizeof(whole), "%s", path);
	else
		len = snprintf(whole, sizeof(whole), "%.*s/%s",
		    (int)(slash - from->file), from->file, path);
	if (len < 0 || (size_t)len >= sizeof(whole))
		return on_bad(from, "the path of the file is too long");
	return read_files(from, whole, is_needed);
}

static int
read_all(struct voicemail *from, const char *path)
{
	static const struct voicemail_calls	calls = {
		.on_mailbox = on_mailbox, .on_include = on_include,
		.on_bad = on_bad
	};
	enum status	st;

	st = voicemail_conf_new(&calls, from, &from->conf);
	if (st == ST_OK && strcmp(path, "-") == 0) {
		from->file = import_name(path);
		from->depth = 1;
		st = read_stream(from, from->command->io->in);
	} else if (st == ST_OK) {
		st = read_file(from, path, true);
	}
	voicemail_conf_free(&from->conf);
	if (st == ST_RETRY && from->code == EX_OK)
		return command_fail(from->command, EX_TEMPFAIL,
		    "no memory for %s", import_name(path));
	if (from->code == EX_OK && !from->is_found)
		return command_fail(from->command, EX_DATAERR, "nothing was "
		    "changed: there is no mailbox in %s%s%s",
		    from->only != NULL ? from->only : import_name(path),
		    from->only != NULL ? " of " : "",
		    from->only != NULL ? import_name(path) : "");
	return from->code;
}

static int
take_logins(struct voicemail *from)
{
	const char	*word = command_option(from->command, "--login");

	if (word == NULL || strcmp(word, "number") == 0)
		return EX_OK;
	from->is_by_email = strcmp(word, "email") == 0;
	from->is_by_user = strcmp(word, "user") == 0;
	return from->is_by_email || from->is_by_user ? EX_OK :
	    command_fail(from->command, EX_USAGE, "--login %.60s: give number, "
	    "email or user", word);
}

static int
carry_out(struct voicemail *from, const char *path, bool is_dry_run)
{
	struct admin_stage_counts	counts;
	int				code;

	code = read_all(from, path);
	/* What is no good shall be told before hours of work. */
	if (code == EX_OK && stage_is_good(from->stage))
		code = voicemail_pins_prepare(from->pins, is_dry_run);
	if (code == EX_OK)
		code = stage_compare(from->stage, &counts);
	if (code == EX_OK)
		code = voicemail_pins_send(from->pins);
	if (code == EX_OK)
		code = stage_apply(from->stage);
	return code;
}

int
command_import_voicemail(struct command *command)
{
	static const char *const csv[] = { "--map", "--delimiter",
	    "--uneven" };
	const char		*path = command->words[0];
	struct stage_pins	 counts = { 0 };
	struct stage_options	 options = {
		.source = import_name(path), .action = "user_import",
		.is_dry_run = command_has(command, "--dry-run"),
		.is_skipping = command_has(command, "--skip-bad"),
		.pins = &counts
	};
	struct voicemail	 from = { .command = command,
				    .only = command_option(command,
				    "--context") };
	size_t			 i;
	int			 code;

	for (i = 0; i < sizeof(csv) / sizeof(csv[0]); i++)
		if (command_has(command, csv[i]))
			return command_fail(command, EX_USAGE, "user import: "
			    "%s is for CSV, not for --asterisk", csv[i]);
	code = take_logins(&from);
	if (code != EX_OK)
		return code;
	code = voicemail_pins_new(command, &counts, &from.pins);
	if (code == EX_OK)
		code = stage_new(command, &options, &from.stage);
	if (code == EX_OK)
		code = carry_out(&from, path, options.is_dry_run);
	stage_free(&from.stage);
	voicemail_pins_free(&from.pins);
	return code;
}
