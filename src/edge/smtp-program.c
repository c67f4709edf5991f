/*
 * smtp-program.c - make of a mail what sendmail(1) reads, and of its exit code
 * what became of the mail. Whose fault a code is core/verdict knows.
 */
#include "config.h"

#include "edge/smtp-program.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/log.h"
#include "core/address.h"
#include "core/idn.h"
#include "core/message.h"
#include "edge/smtp-exec.h"
#include "edge/smtp-failure.h"

#define LOOK_AT		"smtp_url: the path of the program"
#define NOT_FOUND	127	/* what a shell says of a program, */
#define NOT_RUN		126	/* that is not there, or cannot be run */

struct smtp_program {
	char		*path;
	unsigned int	 timeout_s;
};

const char *
smtp_program_path(const char *url)
{
	return strncmp(url, SMTP_PROGRAM, strlen(SMTP_PROGRAM)) == 0 ?
	    url + strlen(SMTP_PROGRAM) : NULL;
}

enum status
smtp_program_new(const struct smtp_options *options,
    struct smtp_program **program)
{
	unsigned int	timeout_s = options->timeout_s +
			    options->dot_timeout_s;

	*program = calloc(1, sizeof(**program));
	if (*program != NULL)
		(*program)->path = strdup(smtp_program_path(options->url));
	if (*program == NULL || (*program)->path == NULL) {
		log_err("no-memory", "for", "smtp", NULL);
		smtp_program_free(program);
		return ST_FAIL;
	}
	(*program)->timeout_s = timeout_s < SMTP_MAIL_MAX_S ? timeout_s :
	    SMTP_MAIL_MAX_S;
	return ST_OK;
}

void
smtp_program_free(struct smtp_program **program)
{
	if (*program == NULL)
		return;
	free((*program)->path);
	free(*program);
	*program = NULL;
}

/* The name that sysexits.h has for a code, or NULL. */
static const char *
code_name(int code)
{
	static const char *const	names[] = {
		[EX_USAGE] = "EX_USAGE",
		[EX_DATAERR] = "EX_DATAERR",
		[EX_NOINPUT] = "EX_NOINPUT",
		[EX_NOUSER] = "EX_NOUSER",
		[EX_NOHOST] = "EX_NOHOST",
		[EX_UNAVAILABLE] = "EX_UNAVAILABLE",
		[EX_SOFTWARE] = "EX_SOFTWARE",
		[EX_OSERR] = "EX_OSERR",
		[EX_OSFILE] = "EX_OSFILE",
		[EX_CANTCREAT] = "EX_CANTCREAT",
		[EX_IOERR] = "EX_IOERR",
		[EX_TEMPFAIL] = "EX_TEMPFAIL",
		[EX_PROTOCOL] = "EX_PROTOCOL",
		[EX_NOPERM] = "EX_NOPERM",
		[EX_CONFIG] = "EX_CONFIG",
	};

	return code >= 0 && (size_t)code < sizeof(names) / sizeof(names[0]) ?
	    names[code] : NULL;
}

static void
note(struct smtp_report *report, const char *words, const char *more)
{
	(void)snprintf(report->reply, sizeof(report->reply), "%s%s", words,
	    more == NULL ? "" : more);
}

/* A report of nothing yet. */
static void
begin(struct smtp_report *report)
{
	report->verdict = (struct verdict){ FAULT_NONE, NULL, ABOUT_ANYTHING };
	report->at = NULL;
	report->look_at = NULL;
	report->code = 0;
	report->is_warm = false;
	report->reply[0] = '\0';
}

enum status
smtp_program_ready(const struct smtp_program *program,
    struct smtp_report *report)
{
	const char	*fault = smtp_exec_fault(program->path);

	begin(report);
	if (fault == NULL)
		return ST_OK;
	note(report, "the program ", fault);
	report->look_at = LOOK_AT;
	report->verdict = (struct verdict){ FAULT_SETTING, LOOK_AT, ABOUT_ALL };
	return ST_FAIL;
}

/*
 * Lines end with a line feed, as those of a file. A line of a single dot would
 * end the mail (sendmail's -i, which we cannot give, is against that); such a
 * line is always a text's, which is quoted-printable.
 */
static void
make_input(const char *bytes, size_t len, struct buf *input)
{
	static const char	dot[] = "\n.\r\n";
	size_t			i;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '\r' && i + 1 < len && bytes[i + 1] == '\n')
			continue;
		buf_append(input, bytes + i, 1);
		if (len - i >= strlen(dot) &&
		    memcmp(bytes + i, dot, strlen(dot)) == 0) {
			buf_puts(input, "=2E");
			i++;
		}
	}
}

/* The recipient as the argument; ST_BAD: it cannot be one, ST_RETRY. */
static enum status
make_argument(const char *address, char argument[IDN_ADDRESS_SIZE],
    struct smtp_report *report)
{
	enum status	st;

	st = address_is_plain(address) ? idn_address(address, argument,
	    IDN_ADDRESS_SIZE) : ST_BAD;
	if (st != ST_OK) {
		note(report, st == ST_BAD ? "no address" : "no memory", NULL);
		return st;
	}
	if (argument[0] == '-') {
		note(report, "the address begins with '-', as an option of "
		    "the program does: only a server can have it", NULL);
		return ST_BAD;
	}
	return ST_OK;
}

/* An exit code, or what stands for one. */
static enum status
judge(int code, struct smtp_report *report)
{
	const struct verdict_reply	reply = { PHASE_PROGRAM, code,
		VERDICT_NO_CODE, VERDICT_NO_CODE, "" };

	if (code == EX_OK)
		return ST_OK;
	report->verdict = verdict_on(&reply);
	report->look_at = report->verdict.look_at;
	if (report->verdict.fault == FAULT_NONE)
		return ST_UNKNOWN;
	report->code = code;
	return smtp_refusal(report->verdict.fault);
}

static enum status
judge_exit(int code, struct smtp_report *report)
{
	const char	*name = code_name(code);

	(void)snprintf(report->reply, sizeof(report->reply), "exit %d%s%s",
	    code, name == NULL ? "" : " ", name == NULL ? "" : name);
	return judge(code, report);
}

/* It never was at work: what is missing, or is it a bad moment? */
static enum status
judge_not_run(int number, struct smtp_report *report)
{
	const char	*words = strerrordesc_np(number);

	note(report, "cannot be run: ", words == NULL ? "no reason" : words);
	switch (number) {
	case ENOENT:
		return judge(NOT_FOUND, report);
	case EAGAIN:
	case EMFILE:
	case ENFILE:
	case EINTR:
	case EIO:
	case ENOMEM:
	case ETXTBSY:
		return judge(EX_OSERR, report);
	default:
		return judge(NOT_RUN, report);
	}
}

static enum status
judge_end(const struct smtp_exec_end *end, struct smtp_report *report)
{
	const char	*signal_name;

	switch (end->how) {
	case SMTP_EXEC_EXITED:
		return judge_exit(end->number, report);
	case SMTP_EXEC_NOT_RUN:
		return judge_not_run(end->number, report);
	case SMTP_EXEC_KILLED:
		signal_name = sigabbrev_np(end->number);
		note(report, "killed by SIG", signal_name == NULL ? "?" :
		    signal_name);
		break;
	case SMTP_EXEC_LATE:
		note(report, "no end of the program in time", NULL);
		break;
	}
	return ST_UNKNOWN;
}

enum status
smtp_program_send(const struct smtp_program *program, const char *recipient,
    const char *bytes, size_t len, const struct smtp_watch *watch,
    struct smtp_report *report)
{
	char			argument[IDN_ADDRESS_SIZE];
	struct buf		input = BUF_INIT(MESSAGE_MAX);
	struct smtp_exec	run = { program->path, argument, NULL, 0,
		program->timeout_s };
	struct smtp_exec_end	end;
	enum status		st;

	begin(report);
	st = make_argument(recipient, argument, report);
	if (st != ST_OK)
		return st;
	make_input(bytes, len, &input);
	if (buf_status(&input) != ST_OK || (watch->is_wanted != NULL &&
	    !watch->is_wanted(watch->context))) {
		note(report, "no memory", NULL);
		st = ST_RETRY;
		goto out;
	}
	run.input = input.data;
	run.len = input.len;
	report->at = "program";
	end = smtp_exec(&run);
	st = judge_end(&end, report);
	report->is_warm = st == ST_OK;
out:
	buf_free(&input);
	return st;
}
