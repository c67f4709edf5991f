/*
 * agi.c - main of umws-agi: options, the account, and either a whole call or
 * one question (--once).
 *
 * Asterisk sends SIGHUP when a caller hangs up; that is heard by the next
 * command's reply, and no signal may end us in the middle of a change.
 */
#include "config.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "app/call.h"
#include "base/argument.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "edge/keyfile.h"

#define ACCOUNT_FILE	UMWS_SYSCONFDIR "/agi.account"
#define ACCOUNT_SIZE	512	/* bytes of its line, with the NUL */
#define INPUT_SIZE	512	/* bytes of --once's lines, with the NUL */

struct options {
	struct phone_options	 phone;
	struct call_options	 call;
	const char		*account_file;
	bool			 is_once;
};

static const char	usage[] =
    "usage: umws-agi --url URL [OPTION...] [MAILBOX]\n"
    "       umws-agi --url URL [OPTION...] --once\n"
    "       umws-agi --help | --version\n";

static const char	help[] =
    "\n"
    "Asterisk's AGI program for voice mail: asks the caller for mailbox and\n"
    "PIN, and umws whether they are right. Sets UMWS_RESULT, UMWS_MAILBOX.\n"
    "\n"
    "  --url URL            the phone route, https://...\n"
    "  --socket PATH        by this Unix socket; then http:// will do\n"
    "  --ca-file FILE       who signed its certificate; default: the system's\n"
    "  --account-file FILE  a line account:password; default\n"
    "                       " ACCOUNT_FILE "\n"
    "  --timeout S          for each answer of umws, 1 to 60; default 6\n"
    "  --tries N            for PIN, and for a new one, 1 to 9; default 3\n"
    "  --sound NAME=FILE    play another prompt; umws-agi(8) names them\n"
    "  --once               no call: read mailbox, PIN and maybe a new PIN\n"
    "                       from stdin, a line each; write one word\n"
    "\n"
    "See umws-agi(8).\n";

static bool
set_number(const char *text, unsigned int max, unsigned int *number)
{
	uint64_t	 value;
	const char	*end;

	if (!text_number(text, &value, &end) || *end != '\0' || value < 1 ||
	    value > max)
		return false;
	*number = (unsigned int)value;
	return true;
}

/*
 * Sound names go into AGI commands: letters, digits, "/-_" only, and '&'
 * between two of them.
 */
static bool
is_sounds(const char *files)
{
	size_t	len = strlen(files);

	return len < CALL_SOUND_SIZE && (len == 0 ||
	    (files[0] != '&' && files[len - 1] != '&' &&
	    strstr(files, "&&") == NULL)) &&
	    strspn(files, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-&") == len;
}

static bool
set_sound(const char *text, struct call_options *options)
{
	const char	*equals = strchr(text, '=');

	return equals != NULL && is_sounds(equals + 1) && call_set_sound(
	    options, text, (size_t)(equals - text), equals + 1);
}

static bool
set_option(int option, struct options *options)
{
	switch (option) {
	case 'u':
		options->phone.url = optarg;
		return true;
	case 's':
		options->phone.socket = optarg;
		return true;
	case 'c':
		options->phone.ca_file = optarg;
		return true;
	case 'a':
		options->account_file = optarg;
		return true;
	case 't':
		return set_number(optarg, 60, &options->phone.timeout_s);
	case 'n':
		return set_number(optarg, 9, &options->call.tries);
	case 'p':
		return set_sound(optarg, &options->call);
	case 'o':
		options->is_once = true;
		return true;
	default:
		return false;
	}
}

static const char *
name_of(const struct option *names, int option)
{
	while (names->val != option)
		names++;
	return names->name;
}

/* The command line; false: exit with *code. */
static bool
read_options(int argc, char *argv[], struct options *options, int *code)
{
	static const struct option	names[] = {
		{ "url", required_argument, NULL, 'u' },
		{ "socket", required_argument, NULL, 's' },
		{ "ca-file", required_argument, NULL, 'c' },
		{ "account-file", required_argument, NULL, 'a' },
		{ "timeout", required_argument, NULL, 't' },
		{ "tries", required_argument, NULL, 'n' },
		{ "sound", required_argument, NULL, 'p' },
		{ "once", no_argument, NULL, 'o' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	int	option;

	*code = EX_OK;
	while (*code == EX_OK && (option = argument_option("umws-agi", argc,
	    argv, names)) != -1) {
		if (option == 'h' || option == 'v') {
			(void)printf(option == 'h' ? "%s%s" : "umws-agi %s\n",
			    option == 'h' ? usage : UMWS_VERSION, help);
			return false;
		}
		if (!set_option(option, options)) {
			*code = EX_USAGE;
			if (option != '?')
				(void)fprintf(stderr, "umws-agi: --%s cannot "
				    "have that value\n",
				    name_of(names, option));
		}
	}
	if (optind < argc && !options->is_once)
		options->call.mailbox = argv[optind++];
	if (optind < argc || options->phone.url == NULL ||
	    strlen(options->call.mailbox) >= CHANNEL_DIGITS_SIZE)
		*code = EX_USAGE;
	if (*code != EX_OK)
		(void)fputs(usage, stderr);
	return *code == EX_OK;
}

/* Account and password from the file, into a client of the phone route. */
static enum status
open_phone(struct options *options, struct phone **phone)
{
	char		 line[ACCOUNT_SIZE];
	char		*colon;
	enum status	 st;

	*phone = NULL;
	st = keyfile_read_line(options->account_file, line, sizeof(line));
	colon = st == ST_OK ? strchr(line, ':') : NULL;
	if (st == ST_OK && (colon == NULL || colon == line)) {
		log_err("account-refused", "file", options->account_file,
		    "reason", "its first line is not account:password", NULL);
		st = ST_BAD;
	}
	if (st == ST_OK) {
		*colon = '\0';
		options->phone.account = line;
		st = phone_new(&options->phone, colon + 1, phone);
		options->phone.account = NULL;
	}
	WIPE(&line);
	return st;
}

/* A whole call. */
static int
take_call(const struct options *options, struct phone *phone)
{
	struct channel	*channel;
	enum status	 st;

	st = channel_open(&channel);
	if (st == ST_OK)
		st = call_run(&options->call, channel, phone);
	channel_close(&channel);
	return st == ST_OK ? EX_OK : st == ST_BAD ? EX_DATAERR : EX_PROTOCOL;
}

/* All of stdin, with a NUL; false when it is too long or holds a NUL. */
static bool
read_input(char input[INPUT_SIZE])
{
	size_t	len = 0;
	ssize_t	got;

	do {
		got = read(STDIN_FILENO, input + len, INPUT_SIZE - 1 - len);
		if (got > 0)
			len += (size_t)got;
	} while (got > 0 && len < INPUT_SIZE - 1);
	input[len] = '\0';
	return got == 0 && strlen(input) == len;
}

/* Cut the next line out of *input; NULL when there is none. */
static char *
next_line(char **input)
{
	char	*line = *input;
	size_t	 len = strcspn(line, "\n");

	if (*line == '\0')
		return NULL;
	*input = line + len + (line[len] == '\n');
	line[len] = '\0';
	if (len > 0 && line[len - 1] == '\r')
		line[len - 1] = '\0';
	return line;
}

/* One question for another program: FreeSWITCH's Lua, or a script. */
static int
answer_once(struct phone *phone)
{
	struct phone_request	request = { .caller = "", .call = "" };
	char			input[INPUT_SIZE] = "", *at = input;
	char			rule[PHONE_RULE_SIZE];
	enum logon_word		word = LOGON_UNAVAILABLE;
	int			code = EX_DATAERR;

	if (read_input(input)) {
		request.mailbox = next_line(&at);
		request.pin = next_line(&at);
		request.new_pin = next_line(&at);
	}
	if (request.mailbox == NULL || request.pin == NULL || *at != '\0') {
		log_err("input-refused", "reason", "stdin is not two or three "
		    "lines: mailbox, PIN and maybe a new PIN", NULL);
	} else {
		word = phone_ask(phone, &request, rule);
		(void)printf("%s%s%s\n", logon_word_text(word),
		    word == LOGON_REFUSED && rule[0] != '\0' ? " " : "",
		    word == LOGON_REFUSED ? rule : "");
		code = word == LOGON_UNAVAILABLE ? EX_TEMPFAIL : EX_OK;
		if (fflush(stdout) != 0)
			code = EX_IOERR;
	}
	WIPE(&input);
	return code;
}

int
main(int argc, char *argv[])
{
	struct options	 options = { .phone = { .socket = "", .ca_file = "",
		.timeout_s = 6 }, .account_file = ACCOUNT_FILE };
	struct phone	*phone;
	int		 code;

	(void)signal(SIGHUP, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	secret_hide_memory();
	call_defaults(&options.call);
	if (!read_options(argc, argv, &options, &code))
		return code;
	if (open_phone(&options, &phone) != ST_OK)
		return EX_CONFIG;
	code = options.is_once ? answer_once(phone) :
	    take_call(&options, phone);
	phone_free(&phone);
	return code;
}
