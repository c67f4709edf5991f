/*
 * command.c - from argv to a verb and back to an exit code. Input is
 * checked whole before anything is connected to or written.
 */
#include "config.h"

#include "app/command.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "app/command-verbs.h"
#include "base/terminal.h"

#define LINE_SIZE	2048	/* bytes of an error's line */

/* Help as it is printed; "usage: ..." and the summary come before it. */
/* clang-format off */
static const char	help_db_upgrade[] =
"Applies schema/NNNN-name.sql that the database does not have yet and code/,\n"
"in order and in one transaction. Several upgrades at once are safe: one\n"
"works, the others wait. Where nothing is to do it says so.\n\n"
"As a superuser it also checks that owners, rights, roles and functions are\n"
"those of this version, mends what is not, and names what it cannot mend.\n\n"
"  --dsn CONNINFO  connect with this libpq connection string instead of\n"
"                  database_admin of umws.conf. The first upgrade makes\n"
"                  roles and needs a superuser; later ones need a\n"
"                  superuser or a member of umws_owner.\n"
"  --sql DIR       read the files of sql/ from DIR instead of\n"
"                  " UMWS_SQLDIR "\n";

static const char	help_key_create[] =
"Writes the file that umws.conf names, readable by its owner only, and says\n"
"which group to give it to. Never overwrites: umwsctl(1) has how to add a key\n"
"to a file.\n\n"
"  pepper  pepper_key, which keys the stored verifiers. Keep a copy: without\n"
"          it no stored PIN can be checked any more.\n"
"  mail    mail_key (the mailer's) and mail_pub (the worker's); registers\n"
"          the key in the database.\n"
"  web     web_secret and, beside it, files .nginx and .apache for those to\n"
"          include: they prove the web server to the worker.\n";

static const char	help_user_add[] =
"A new mailbox has no PIN; its user gets one by a reset.\n\n"
"  --email ADDRESS  where PIN mails go\n"
"  --extension N    telephone extension, up to 20 digits\n"
"  --name TEXT      name in the mail's To field\n"
"  --locale TAG     language of the mails (en), like de or de-AT\n"
"  --policy NAME    PIN policy (default)\n"
"  --disabled       without voice mail: ResetPIN is refused\n"
"  --csv FILE       add every row of FILE (- is standard input), or none if\n"
"                   one is wrong. RFC 4180, UTF-8; the first line is the\n"
"                   header, its columns in any order:\n"
"                   login,email,name,extension,locale,policy\n"
"                   Only login and email are needed.\n";

static const char	help_user_show[] =
"Never the PIN: it is stored nowhere.\n\n"
"  --json  one array with the row of the view umws.v_user\n";

static const char	help_user_list[] =
"  --json  one array with the rows of the view umws.v_user\n";

static const char	help_policy_set[] =
"Keys are those of Exchange's UM mailbox policy, and some of ours:\n\n"
"  MinPINLength=4..24                  PINLifetime=DAYS|unlimited\n"
"  PINHistoryCount=1..20               AllowCommonPatterns=yes|no\n"
"  LogonFailuresBeforePINReset=N|off   MaxLogonAttempts=1..999\n"
"  ResetPINText=TEXT                   UMEnabledText=TEXT\n"
"  LockoutDuration=TIME|unlimited      TempPINLifetime=DAYS|unlimited\n"
"  ResetsPerHour=N|off                 ResetsPerDay=N|off\n"
"  AccessNumbers=TEXT\n\n"
"TIME is a number of seconds, or one with a unit: 30s, 15m, 1h, 1d.\n"
"A policy that leaves too few PINs to draw is refused.\n";

static const char	help_policy_show[] =
"  --json  one array with the rows of the view umws.v_policy\n";

static const char	help_outbox_list[] =
"  --json  one array with the rows of the view umws.v_outbox\n";
/* clang-format on */

static const struct verb verbs[] = {
	{ "db upgrade", "[--dsn CONNINFO] [--sql DIR]",
	    "bring the database schema up to date", help_db_upgrade,
	    { "--dsn=", "--sql=" }, "", 0, 0, verb_db_upgrade },
	{ "key create", "pepper|mail|web", "make a key file",
	    help_key_create, { NULL }, "pepper, mail or web", 1, 1,
	    verb_key_create },
	{ "user add", "LOGIN --email ADDRESS [OPTION...] | --csv FILE",
	    "add one mailbox, or those of a file", help_user_add,
	    { "--email=", "--extension=", "--name=", "--locale=",
	    "--policy=", "--disabled", "--csv=" }, "LOGIN", 0, 1,
	    verb_user_add },
	{ "user show", "LOGIN [--json]", "show one mailbox", help_user_show,
	    { "--json" }, "LOGIN", 1, 1, verb_user_show },
	{ "user list", "[--json]", "list all mailboxes", help_user_list,
	    { "--json" }, "", 0, 0, verb_user_list },
	{ "policy set", "NAME KEY=VALUE...",
	    "change a PIN policy, or make a new one", help_policy_set,
	    { NULL }, "NAME and KEY=VALUE", 2, COMMAND_WORDS_MAX,
	    verb_policy_set },
	{ "policy show", "[NAME] [--json]", "show all PIN policies, or one",
	    help_policy_show, { "--json" }, "", 0, 1, verb_policy_show },
	{ "outbox list", "[--json]", "list the PIN mails and their states",
	    help_outbox_list, { "--json" }, "", 0, 0, verb_outbox_list }
};

#define VERBS	(sizeof(verbs) / sizeof(verbs[0]))

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
		    "as a superuser (--dsn), which gives rights back" },
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
	case ST_DENIED:
		return "the database is busy and nothing was changed: try "
		    "again";
	case ST_RETRY:
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
	case ST_FAIL:
		break;
	}
	return NULL;
}

int
command_db_fail(const struct command *command, enum status st,
    const char *place)
{
	const char	*colon = place == NULL ? "" : ": ", *words;

	if (place == NULL)
		place = "";
	if (st == ST_BAD)
		return command_fail(command, EX_DATAERR, "%s%s%s", place,
		    colon, admin_message(command->admin));
	words = fate(command, st);
	if (words != NULL)
		return command_fail(command, EX_TEMPFAIL, "%s%s%s", place,
		    colon, words);
	words = refusal(admin_sqlstate(command->admin));
	if (words != NULL)
		return command_fail(command, EX_NOPERM, "%s%sthe database "
		    "refuses us: %s", place, colon, words);
	return command_fail(command, EX_CONFIG, "%s%sthe database does not "
	    "let us do this: run `umwsctl db upgrade`, and let "
	    "database_admin in umws.conf name the role umws_admin", place,
	    colon);
}

int
command_connect(struct command *command, const char *conninfo)
{
	struct db_options	options;

	conf_db_options(command->conf, CONF_ADMIN, &options);
	if (conninfo != NULL)
		options.conninfo = conninfo;
	if (admin_new(&options, &command->admin) != ST_OK)
		return command_fail(command, EX_TEMPFAIL, "no memory");
	return EX_OK;
}

int
command_open(struct command *command)
{
	int64_t		version, oldest;
	enum status	st;
	int		code;

	code = command_connect(command, NULL);
	if (code != EX_OK)
		return code;
	st = admin_schema(command->admin, &version, &oldest);
	if (st != ST_OK)
		return command_db_fail(command, st, NULL);
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

const char *
command_option(const struct command *command, const char *name)
{
	size_t	i, len = strlen(name);

	for (i = 0; strncmp(command->verb->options[i], name, len) != 0; i++)
		assert(command->verb->options[i + 1] != NULL);
	return command->options[i];
}

static void
print_program_help(FILE *out)
{
	size_t	i;

	(void)fputs("usage: umwsctl [--config FILE] VERB [ARGUMENT...]\n"
	    "       umwsctl VERB --help | --help | --version\n\n"
	    "Mailboxes, PIN policies, keys, queue and schema of umws.\n\n",
	    out);
	for (i = 0; i < VERBS; i++)
		(void)fprintf(out, "  %-12s %s\n", verbs[i].words,
		    verbs[i].summary);
	(void)fprintf(out, "\n  --config FILE  instead of %s\n\n"
	    "umwsctl(1) has it all.\n", CONF_DEFAULT_FILE);
}

static void
print_verb_help(const struct verb *verb, FILE *out)
{
	(void)fprintf(out, "usage: umwsctl %s %s\n\n%c%s.\n\n%s", verb->words,
	    verb->usage, verb->summary[0] - 'a' + 'A', verb->summary + 1,
	    verb->help);
}

/* Does the verb begin with the word? */
static bool
is_in_family(const struct verb *verb, const char *word)
{
	size_t	len = strlen(word);

	return strncmp(verb->words, word, len) == 0 && verb->words[len] == ' ';
}

/* Find the verb that two arguments name; NULL if there is none. */
static const struct verb *
find_verb(const char *first, const char *second)
{
	size_t	i;

	for (i = 0; i < VERBS; i++) {
		if (is_in_family(&verbs[i], first) && second != NULL &&
		    strcmp(verbs[i].words + strlen(first) + 1, second) == 0)
			return &verbs[i];
	}
	return NULL;
}

/* No verb: help for a family ("user --help"), or what is known. */
static int
explain_verbs(const struct command *command, const char *first,
    const char *second)
{
	char	known[256] = "";
	size_t	i;
	bool	is_help = second != NULL && strcmp(second, "--help") == 0;

	for (i = 0; i < VERBS; i++) {
		if (!is_in_family(&verbs[i], first))
			continue;
		if (is_help)
			(void)fprintf(command->io->out, "umwsctl %s %s\n",
			    verbs[i].words, verbs[i].usage);
		if (known[0] != '\0')
			(void)strncat(known, ", ", sizeof(known) -
			    strlen(known) - 1);
		(void)strncat(known, verbs[i].words, sizeof(known) -
		    strlen(known) - 1);
	}
	if (known[0] == '\0')
		return command_fail(command, EX_USAGE, "there is no verb "
		    "\"%.60s\": see umwsctl --help", first);
	if (is_help)
		return EX_OK;
	return command_fail(command, EX_USAGE, "\"%.60s\" needs a second word: "
	    "%s", first, known);
}

static int
usage_error(const struct command *command, const char *what,
    const char *about)
{
	return command_fail(command, EX_USAGE, "%s: %s%.100s (see umwsctl %s "
	    "--help)", command->verb->words, what, about,
	    command->verb->words);
}

/*
 * Take the option at argv[*i], and its value, which follows a '=' or is the
 * next argument.
 */
static int
take_option(struct command *command, int argc, char *const *argv, int *i)
{
	const char	*arg = argv[*i], *name;
	size_t		 k, len = strcspn(arg, "=");
	bool		 has_value;

	for (k = 0; (name = command->verb->options[k]) != NULL; k++) {
		if (strcspn(name, "=") == len && strncmp(name, arg, len) == 0)
			break;
	}
	if (name == NULL)
		return usage_error(command, "unknown option ", arg);
	if (command->options[k] != NULL)
		return usage_error(command, "given twice: ", arg);
	has_value = name[len] == '=';
	if (!has_value && arg[len] == '=')
		return usage_error(command, "takes no value: ", arg);
	if (!has_value)
		command->options[k] = "";
	else if (arg[len] == '=')
		command->options[k] = arg + len + 1;
	else if (*i + 1 < argc)
		command->options[k] = argv[++*i];
	else
		return usage_error(command, "needs a value: ", arg);
	return EX_OK;
}

/* The arguments after the verb's words. */
static int
take_arguments(struct command *command, int argc, char *const *argv,
    bool *is_help)
{
	bool	options_end = false;
	int	i, code;

	for (i = 0; i < argc; i++) {
		if (!options_end && strcmp(argv[i], "--") == 0) {
			options_end = true;
		} else if (!options_end && strcmp(argv[i], "--help") == 0) {
			*is_help = true;
			return EX_OK;
		} else if (!options_end && argv[i][0] == '-' &&
		    argv[i][1] != '\0') {
			code = take_option(command, argc, argv, &i);
			if (code != EX_OK)
				return code;
		} else if (command->count == command->verb->words_max) {
			return usage_error(command, "too many arguments at ",
			    argv[i]);
		} else {
			command->words[command->count++] = argv[i];
		}
	}
	if (command->count < command->verb->words_min)
		return usage_error(command, "it needs ",
		    command->verb->word_names);
	return EX_OK;
}

static int
run_verb(struct command *command, int argc, char *const *argv)
{
	bool	is_help = false;
	int	code;

	command->verb = find_verb(argv[0], argc > 1 ? argv[1] : NULL);
	if (command->verb == NULL)
		return explain_verbs(command, argv[0],
		    argc > 1 ? argv[1] : NULL);
	code = take_arguments(command, argc - 2, argv + 2, &is_help);
	if (code != EX_OK)
		return code;
	if (is_help) {
		print_verb_help(command->verb, command->io->out);
		return EX_OK;
	}
	/* What is wrong with it has been said, with file and line. */
	if (conf_load(command->config, &command->conf) != ST_OK)
		return EX_CONFIG;
	code = command->verb->run(command);
	admin_free(&command->admin);
	conf_free(&command->conf);
	return code;
}

/* The program's own options, then the verb. */
static int
run_program(struct command *command, int argc, char *const *argv)
{
	int	i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_program_help(command->io->out);
			return EX_OK;
		} else if (strcmp(argv[i], "--version") == 0) {
			(void)fprintf(command->io->out, "umwsctl %s\n",
			    UMWS_VERSION);
			return EX_OK;
		} else if (strncmp(argv[i], "--config=", 9) == 0) {
			command->config = argv[i] + 9;
		} else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc) {
			command->config = argv[++i];
		} else {
			return command_fail(command, EX_USAGE, "\"%.60s\" is "
			    "no option, or lacks its value: see umwsctl "
			    "--help", argv[i]);
		}
	}
	if (i >= argc)
		return command_fail(command, EX_USAGE,
		    "which verb? See umwsctl --help");
	return run_verb(command, argc - i, argv + i);
}

int
command_main(const struct command_io *io, int argc, char *const *argv)
{
	struct command	command = { .io = io };
	int		code;

	code = run_program(&command, argc, argv);
	errno = 0;
	if (fflush(io->out) != 0 || ferror(io->out))
		code = command_fail(&command, EX_IOERR, "the output could "
		    "not be written: %s", errno != 0 ? strerror(errno) :
		    "is the disk full?");
	return code;
}
