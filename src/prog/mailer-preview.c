/*
 * mailer-preview.c - write a sample of a mail to stdout, as text or as HTML.
 */
#include "config.h"

#include "prog/mailer-preview.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/argument.h"
#include "base/buf.h"
#include "base/secret.h"
#include "core/letter-sample.h"
#include "core/letter.h"

static const char program[] = "umws-mailer preview";

static const char usage[] =
    "usage: umws-mailer preview KIND [--lang LANGUAGE] [--html]\n";

static const char help[] =
    "Write a mail to standard output, with an example for each value in it.\n"
    "\n"
    "  --lang LANGUAGE  as a user's locale: de, pt-BR, zh-Hans; default en\n"
    "  --html           the HTML part; else the subject and the text part\n"
    "  --help           show this text\n"
    "\n";

struct request {
	const char	*kind;
	const char	*locale;
	bool		 is_html;
};

/* One line: what is not there, and what is. */
static void
tell_names(const char *who, const char *what, const char *asked,
    const char *(*name_of)(size_t))
{
	char		 about[ARGUMENT_SIZE];
	const char	*name;
	size_t		 i;

	(void)fprintf(stderr, "%s: no %s %s; there are", who, what,
	    argument_tell(asked, about));
	for (i = 0; (name = name_of(i)) != NULL; i++)
		(void)fprintf(stderr, "%s %s", i == 0 ? "" : ",", name);
	(void)fputc('\n', stderr);
}

bool
mailer_preview_knows(const char *who, const char *kind, const char *locale)
{
	const char	*name;
	size_t		 i = 0;

	while ((name = letter_kind_name(i)) != NULL && strcmp(name, kind) != 0)
		i++;
	if (name == NULL) {
		tell_names(who, "kind", kind, letter_kind_name);
		return false;
	}
	if (letter_speaks(locale))
		return true;
	tell_names(who, "language", locale, letter_language_tag);
	return false;
}

static void
print_help(void)
{
	const char	*name;
	size_t		 i;

	(void)printf("%s\n%sKinds:", usage, help);
	for (i = 0; (name = letter_kind_name(i)) != NULL; i++)
		(void)printf(" %s", name);
	(void)printf("\nLanguages:");
	for (i = 0; (name = letter_language_tag(i)) != NULL; i++)
		(void)printf(" %s", name);
	(void)putchar('\n');
}

/* Returns true to go on, or false to exit with *code. */
static bool
read_request(int argc, char *argv[], struct request *request, int *code)
{
	static const struct option	known[] = {
		{ "lang", required_argument, NULL, 'l' },
		{ "html", no_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int	option;

	*code = EX_USAGE;
	while ((option = argument_option(program, argc, argv, known)) != -1) {
		if (option == 'l') {
			request->locale = optarg;
		} else if (option == 't') {
			request->is_html = true;
		} else if (option == 'h') {
			print_help();
			*code = EX_OK;
			return false;
		} else {
			(void)fputs(usage, stderr);
			return false;
		}
	}
	/* getopt_long() has put what is no option behind the others. */
	if (optind != argc - 2) {
		(void)fputs(usage, stderr);
		return false;
	}
	request->kind = argv[optind + 1];
	return mailer_preview_knows(program, request->kind, request->locale);
}

static enum status
compose(const struct request *request, struct buf *out)
{
	struct letter	letter;
	struct secret	pin;
	enum status	st;

	letter_sample(request->kind, request->locale, &letter, &pin);
	if (request->is_html)
		return letter_html(&letter, &pin, out);
	buf_puts(out, "Subject: ");
	st = letter_subject(&letter, out);
	buf_puts(out, "\n\n");
	return st == ST_OK ? letter_text(&letter, &pin, out) : st;
}

int
mailer_preview(int argc, char *argv[])
{
	struct request	request = { NULL, "en", false };
	struct buf	out = BUF_INIT(LETTER_MAX);
	int		code;

	if (!read_request(argc, argv, &request, &code))
		return code;
	code = EX_OK;
	if (compose(&request, &out) != ST_OK) {
		(void)fprintf(stderr, "%s: no memory\n", program);
		code = EX_TEMPFAIL;
	} else if (fputs(buf_text(&out), stdout) == EOF ||
	    fflush(stdout) != 0) {
		(void)fprintf(stderr, "%s: cannot write to standard output\n",
		    program);
		code = EX_IOERR;
	}
	buf_free(&out);
	return code;
}
