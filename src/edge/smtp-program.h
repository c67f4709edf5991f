/*
 * smtp-program.h - mails out by a program that takes them as sendmail(1) does:
 * the mail on stdin, its recipient as the only argument, and how it went as an
 * exit code of sysexits.h. What edge/smtp is for a server.
 *
 * A program of Postfix, Exim or nullmailer puts the mail into a queue; msmtp
 * hands it to a server.
 */
#ifndef UMWS_SMTP_PROGRAM_H
#define UMWS_SMTP_PROGRAM_H

#include <stddef.h>

#include "base/status.h"
#include "edge/smtp.h"

struct smtp_program;

/* The path in "sendmail:/path", borrowed; NULL for another URL. */
const char	*smtp_program_path(const char *url);

/*
 * options  of which url counts, with a path, and the times, whose sum a mail
 *          may take
 *
 * ST_OK; ST_FAIL (logged) without memory.
 */
enum status	smtp_program_new(const struct smtp_options *options,
		    struct smtp_program **program) MUSTCHECK;
void		smtp_program_free(struct smtp_program **program);

/* Is it there? ST_OK; ST_FAIL, not logged, and *report says why. */
enum status	smtp_program_ready(const struct smtp_program *program,
		    struct smtp_report *report) MUSTCHECK;

/*
 * Send one mail (CRLF lines, its texts quoted-printable). The recipient's
 * domain goes as A-labels.
 *
 * watch   asked before the program starts
 * report  all but shared, which is not touched; the code is the exit code, and
 *         0 where there is none, or one that says that nobody knows
 *
 * Returns what smtp_send() does, but for ST_BUSY. An address that begins with
 * '-' is ST_BAD with FAULT_NONE: to a program it would be an option.
 */
enum status	smtp_program_send(const struct smtp_program *program,
		    const char *recipient, const char *bytes, size_t len,
		    const struct smtp_watch *watch,
		    struct smtp_report *report) MUSTCHECK;

#endif
