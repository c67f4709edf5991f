/*
 * report.c - messages and exit codes of umwsctl; and the connection to a
 * database whose schema version it knows.
 */
#include "config.h"

#include <stdarg.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/verbs.h"
#include "base/terminal.h"
#include "edge/actor.h"

#define LINE_SIZE	2048	/* bytes of an error's line */

void
command_print(FILE *stream, const char *text)
{
	terminal_print(stream, text);
}

/* The text of lines of our own, with words of others in it. */
static void
print_lines(FILE *stream, char *text)
{
	char	*line;

	while ((line = strsep(&text, "\n")) != NULL) {
		terminal_print(stream, line);
		if (text != NULL)
			(void)putc('\n', stream);
	}
}

void
command_say(const struct command *command, const char *format, ...)
{
	char	text[LINE_SIZE];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	print_lines(command->io->out, text);
}

int
command_fail(const struct command *command, int code, const char *format,
    ...)
{
	char	line[LINE_SIZE];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	(void)fputs("umwsctl: ", command->io->err);
	command_print(command->io->err, line);
	(void)putc('\n', command->io->err);
	return code;
}

/*
 * Why the database does not let us in, or not do this: by its SQLSTATE, since
 * its words are in whatever language it speaks. NULL: that is not why.
 */
static const char *
refusal(const char *sqlstate)
{
	static const struct {
		const char	*prefix;
		const char	*words;
	} refusals[] = {
		{ "28", "it refuses the role that database_admin in umws.conf "
		    "(or --dsn) names: is there such a role, and does "
		    "pg_hba.conf let it in from here, as this user or with "
		    "this password?" },
		{ "3D000", "it has no database of the name that "
		    "database_admin in umws.conf (or --dsn) gives" },
		{ "42501", "the role lacks the right: let database_admin in "
		    "umws.conf name umws_admin, and run `umwsctl db upgrade` "
		    "as a superuser (--dsn), which gives back rights in the "
		    "schema umws; those on the database, a language, a type "
		    "or another schema only GRANT gives back" },
	};
	size_t	i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (strncmp(sqlstate, refusals[i].prefix,
		    strlen(refusals[i].prefix)) == 0)
			return refusals[i].words;
	}
	return NULL;
}

/* What to expect of the database; NULL where it is not a matter of time. */
static const char *
fate(const struct command *command, enum status st)
{
	switch (st) {
	case ST_BUSY:
		return "the database is busy and nothing was changed: try "
		    "again";
	case ST_RETRY:
		if (admin_is_read_only(command->admin))
			return "the database takes no writes and nothing was "
			    "changed: it is a standby, or somebody has made "
			    "it read-only; let database_admin in umws.conf "
			    "(or --dsn) name the primary";
		return "the database is away and nothing was changed: is it "
		    "running, and database_admin in umws.conf right?";
	case ST_UNKNOWN:
		if (command->is_changing)
			return "the database was lost on the way: look "
			    "whether the change was made, then try again";
		return "the database was lost on the way, or this took "
		    "longer than statement_timeout in umws.conf: try again";
	case ST_OK:
	case ST_BAD:
	case ST_DENIED:
	case ST_FAIL:
		break;
	}
	return NULL;
}

int
command_db_fail(const struct command *command, enum status st,
    const char *place)
{
	const char	*colon = place == NULL ? "" : ": ", *words, *todo;

	if (place == NULL)
		place = "";
	todo = admin_todo(command->admin);
	words = refusal(admin_sqlstate(command->admin));
	if (words != NULL && (st == ST_BAD || st == ST_FAIL))
		return command_fail(command, EX_NOPERM, "%s%sthe database "
		    "refuses us: %s (it says: %s)", place, colon,
		    todo != NULL ? todo : words,
		    admin_message(command->admin));
	if (st == ST_BAD)
		return command_fail(command, EX_DATAERR, "%s%s%s", place,
		    colon, admin_message(command->admin));
	words = fate(command, st);
	if (words != NULL)
		return command_fail(command, EX_TEMPFAIL, "%s%s%s", place,
		    colon, words);
	if (todo != NULL)
		return command_fail(command, EX_CONFIG, "%s%sa setting is in "
		    "the way: %s (it says: %s)", place, colon, todo,
		    admin_message(command->admin));
	return command_fail(command, EX_CONFIG, "%s%sthe database does not "
	    "let us do this: run `umwsctl db upgrade`, and let "
	    "database_admin in umws.conf name the role umws_admin", place,
	    colon);
}

int
command_connect(struct command *command, const char *conninfo)
{
	struct db_options	options;
	char			actor[ACTOR_SIZE];
	enum status		st;

	conf_db_options(command->conf, CONF_ADMIN, &options);
	if (conninfo != NULL)
		options.conninfo = conninfo;
	st = admin_new(&options, &command->admin);
	if (st == ST_FAIL)
		return command_fail(command, EX_CONFIG, "the connection "
		    "string is of no use: correct %s", conninfo != NULL ?
		    "--dsn" : "database_admin in umws.conf");
	if (st != ST_OK)
		return command_fail(command, EX_OSERR, "no memory");
	actor_name(actor);
	admin_set_actor(command->admin, actor);
	return EX_OK;
}

int
command_refuse_version(const struct command *command, int64_t version)
{
	bool	is_lost = version == ADMIN_NO_VERSION;

	return command_fail(command, EX_CONFIG, "the table umws.schema_info "
	    "%s, so nobody knows which schema this is: restore a whole "
	    "dump; or, as a superuser, %sINSERT INTO umws.schema_info "
	    "(version, oldest_program) VALUES (%d, %d), if %d is the version "
	    "that the last `umwsctl db upgrade` told, and let it check that "
	    "now", is_lost ? "is empty" : "says what cannot be (a version "
	    "below 1, an oldest_program above it, or two of them)",
	    is_lost ? "" : "DELETE FROM umws.schema_info; ",
	    UMWS_SCHEMA_VERSION, UMWS_SCHEMA_VERSION, UMWS_SCHEMA_VERSION);
}

int
command_open(struct command *command)
{
	int64_t		version, oldest;
	enum status	st;
	int		code;

	code = command->admin != NULL ? EX_OK :
	    command_connect(command, NULL);
	if (code != EX_OK)
		return code;
	st = admin_schema(command->admin, &version, &oldest);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
	if (version < 0)
		return command_refuse_version(command, version);
	if (version == 0)
		return command_fail(command, EX_CONFIG, "the database has no "
		    "umws schema and this program needs version %d: run "
		    "`umwsctl db upgrade`", UMWS_SCHEMA_VERSION);
	if (version < UMWS_SCHEMA_VERSION)
		return command_fail(command, EX_CONFIG, "the schema is at "
		    "version %lld and this program needs %d: run `umwsctl "
		    "db upgrade`", (long long)version, UMWS_SCHEMA_VERSION);
	if (oldest > UMWS_SCHEMA_VERSION)
		return command_fail(command, EX_CONFIG, "the schema is at "
		    "version %lld, from a newer `umwsctl db upgrade`, and "
		    "this program is for version %d: install that newer "
		    "umws", (long long)version, UMWS_SCHEMA_VERSION);
	return EX_OK;
}
