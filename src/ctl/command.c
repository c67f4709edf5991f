/*
 * command.c - parse the command line of umwsctl, run the verb, and return the
 * exit code. All input is checked before anything is connected to or
 * written.
 */
#include "config.h"

#include "ctl/command.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sysexits.h>

#include "base/argument.h"
#include "base/utf8.h"
#include "core/character.h"
#include "ctl/verbs.h"

#define WORDS_SIZE	32	/* bytes of "user add" */
#define REASON_MAX	500	/* characters */

/* In the order of the help. A new verb is a row in its group's own table. */
const struct verb_group *const	verb_groups[] = { &verbs_doctor,
    &verbs_explain, &verbs_setup, &verbs_db, &verbs_key, &verbs_user,
    &verbs_pin, &verbs_policy, &verbs_limits, &verbs_role, &verbs_outbox,
    &verbs_notify, &verbs_audit, &verbs_config, &verbs_completion,
    NULL };

/* Where an option stands among the verb's; where the NULL does if nowhere. */
static size_t
find_option(const struct verb *verb, const char *name, size_t len)
{
	size_t	i;

	for (i = 0; verb->options[i] != NULL; i++) {
		if (strcspn(verb->options[i], "=") == len &&
		    strncmp(verb->options[i], name, len) == 0)
			break;
	}
	return i;
}

const char *
command_option(const struct command *command, const char *name)
{
	size_t	i = find_option(command->verb, name, strlen(name));

	assert(command->verb->options[i] != NULL);
	return command->options[i];
}

bool
command_has(const struct command *command, const char *name)
{
	size_t	i = find_option(command->verb, name, strlen(name));

	return command->verb->options[i] != NULL &&
	    command->options[i] != NULL;
}

/* "user add", or "explain" of a group whose one verb has no name. */
static const char *
verb_words(const struct verb_group *group, const struct verb *verb,
    char words[WORDS_SIZE])
{
	(void)snprintf(words, WORDS_SIZE, "%s%s%s", group->name,
	    *verb->name == '\0' ? "" : " ", verb->name);
	return words;
}

static void
print_program_help(FILE *out)
{
	const struct verb	*verb;
	char			 words[WORDS_SIZE];
	size_t			 i;

	(void)fputs("usage: umwsctl [--config FILE] VERB [ARGUMENT...]\n"
	    "       umwsctl VERB --help | --help | --version\n\n"
	    "Mailboxes, PIN policies, keys, queue and schema of umws.\n\n",
	    out);
	for (i = 0; verb_groups[i] != NULL; i++) {
		for (verb = verb_groups[i]->verbs; verb->name != NULL; verb++)
			(void)fprintf(out, "  %-17s %s\n",
			    verb_words(verb_groups[i], verb, words),
			    verb->summary);
	}
	(void)fprintf(out, "\n  --config FILE  instead of %s\n\n"
	    "umwsctl(1) has it all.\n", CONF_DEFAULT_FILE);
}

static void
print_verb_help(const struct command *command)
{
	const struct verb	*verb = command->verb;
	char			 words[WORDS_SIZE];

	(void)fprintf(command->io->out, "usage: umwsctl %s%s%s\n\n%c%s.\n\n"
	    "%s", verb_words(command->group, verb, words),
	    *verb->usage == '\0' ? "" : " ", verb->usage,
	    verb->summary[0] - 'a' + 'A', verb->summary + 1, verb->help);
}

/* A group without one of its verbs: help for all ("user --help"), or names. */
static int
explain_group(const struct command *command, const char *second)
{
	const struct verb_group	*group = command->group;
	const struct verb	*verb;
	char			 known[256];
	size_t			 len = 0;

	for (verb = group->verbs; verb->name != NULL; verb++) {
		if (second != NULL && strcmp(second, "--help") == 0)
			(void)fprintf(command->io->out, "umwsctl %s %s %s\n",
			    group->name, verb->name, verb->usage);
		if (len < sizeof(known))
			len += (size_t)snprintf(known + len,
			    sizeof(known) - len, "%s%s %s",
			    len == 0 ? "" : ", ", group->name, verb->name);
	}
	if (second != NULL && strcmp(second, "--help") == 0)
		return EX_OK;
	return command_fail(command, EX_USAGE, "\"%.60s\" needs a second word: "
	    "%s", group->name, known);
}

/* Find the verb that two arguments name, or say why there is none. */
static int
find_verb(struct command *command, const char *first, const char *second,
    bool *is_found)
{
	const struct verb	*verb;
	char			 about[ARGUMENT_SIZE];
	size_t			 i;

	*is_found = false;
	for (i = 0; verb_groups[i] != NULL &&
	    strcmp(verb_groups[i]->name, first) != 0; i++)
		;
	if (verb_groups[i] == NULL)
		return command_fail(command, EX_USAGE, "there is no verb "
		    "\"%s\": see umwsctl --help",
		    argument_tell(first, about));
	command->group = verb_groups[i];
	for (verb = command->group->verbs; verb->name != NULL; verb++) {
		if (*verb->name == '\0' ||
		    (second != NULL && strcmp(verb->name, second) == 0)) {
			command->verb = verb;
			*is_found = true;
			return EX_OK;
		}
	}
	return explain_group(command, second);
}

static int
usage_error(const struct command *command, const char *what,
    const char *about)
{
	char	words[WORDS_SIZE];

	(void)verb_words(command->group, command->verb, words);
	return command_fail(command, EX_USAGE, "%s: %s%s (see umwsctl %s "
	    "--help)", words, what, about, words);
}

static int
refuse_argument(const struct command *command, const char *what,
    const char *arg)
{
	char	about[ARGUMENT_SIZE];

	return usage_error(command, what, argument_tell(arg, about));
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

	k = find_option(command->verb, arg, len);
	name = command->verb->options[k];
	if (name == NULL)
		return refuse_argument(command, "unknown option ", arg);
	if (command->options[k] != NULL)
		return refuse_argument(command, "given twice: ", arg);
	has_value = name[len] == '=';
	if (!has_value && arg[len] == '=')
		return refuse_argument(command, "takes no value: ", arg);
	if (!has_value)
		command->options[k] = "";
	else if (arg[len] == '=')
		command->options[k] = arg + len + 1;
	else if (*i + 1 < argc)
		command->options[k] = argv[++*i];
	else
		return refuse_argument(command, "needs a value: ", arg);
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
			return refuse_argument(command,
			    "too many arguments at ", argv[i]);
		} else {
			command->words[command->count++] = argv[i];
		}
	}
	if (command->count < command->verb->words_min)
		return usage_error(command, "it needs ",
		    command->verb->word_names);
	return EX_OK;
}

/*
 * Whichever verb takes a reason: one that the audit can show, and that looks
 * like what it is.
 */
static int
check_reason(const struct command *command)
{
	const char	*reason, *text;
	uint32_t	 c;

	if (!command_has(command, "--reason"))
		return EX_OK;
	reason = command_option(command, "--reason");
	for (text = reason; *text != '\0';) {
		text += utf8_decode(text, &c);
		if (c == UTF8_NONE)
			return command_fail(command, EX_DATAERR, "--reason is "
			    "not UTF-8");
		if (character_is_control(c) || character_misleads(c))
			return command_fail(command, EX_DATAERR, "--reason "
			    "has U+%04X, which cannot stand in a text",
			    (unsigned int)c);
	}
	if (utf8_count(reason) > REASON_MAX)
		return command_fail(command, EX_DATAERR, "--reason has %zu "
		    "characters, %d at most", utf8_count(reason), REASON_MAX);
	return EX_OK;
}

static int
run_verb(struct command *command, int argc, char *const *argv)
{
	bool	is_found, is_help = false;
	int	code, words;

	code = find_verb(command, argv[0], argc > 1 ? argv[1] : NULL,
	    &is_found);
	if (!is_found)
		return code;
	words = *command->verb->name == '\0' ? 1 : 2;
	code = take_arguments(command, argc - words, argv + words, &is_help);
	if (code != EX_OK)
		return code;
	if (is_help) {
		print_verb_help(command);
		return EX_OK;
	}
	code = check_reason(command);
	if (code != EX_OK)
		return code;
	/* What is wrong with it has been said, with file and line. */
	if (!command->verb->reads_conf &&
	    conf_load(command->config, &command->conf) != ST_OK)
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
	char	about[ARGUMENT_SIZE];
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
			return command_fail(command, EX_USAGE, "\"%s\" is "
			    "no option, or lacks its value: see umwsctl "
			    "--help", argument_tell(argv[i], about));
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
		code = command_fail(&command, EX_IOERR, "%s could not be "
		    "written: %s", code == EX_OK && command.is_changing ?
		    "the change was made, but its report" : "the output",
		    errno != 0 ? strerror(errno) : "is the disk full?");
	return code;
}
