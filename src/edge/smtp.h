/*
 * smtp.h - mails out to one server, one after the other on one connection.
 * The only user of libcurl; edge/smtp-courier has several at once.
 *
 * The process must ignore SIGPIPE. libcurl and the TLS library hold copies
 * of a mail in buffers of theirs, which nobody can wipe: this belongs into
 * a process that lives for minutes and leaves no core.
 */
#ifndef UMWS_SMTP_H
#define UMWS_SMTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "core/dialogue.h"
#include "core/verdict.h"

#define SMTP_REPLY_SIZE	DIALOGUE_REPLY_SIZE
#define SMTP_PROGRAM	"sendmail:"	/* before a path, as a URL */
#define SMTP_CONNECTIONS_MAX	4	/* of a mailer at once */
#define SMTP_MAIL_MAX_S	660	/* one mail, its reply included; the lease
				 * of a begun mail is a minute longer */

enum smtp_tls {
	SMTP_TLS_OFF,		/* never STARTTLS */
	SMTP_TLS_TRY,		/* STARTTLS if offered, any certificate, and
				 * clear text if that fails; with a user the
				 * same as required */
	SMTP_TLS_REQUIRED	/* STARTTLS with a certificate that fits */
};

/*
 * Strings are borrowed until smtp_new() returns; empty ones mean none. With
 * smtps:// TLS comes first and its certificate must fit.
 */
struct smtp_options {
	const char	*url;		/* smtp[s]://host[:port]; or
					 * sendmail:/path, and of the rest the
					 * times alone are used */
	const char	*user;
	const char	*password_file;	/* for keyfile_read_line() */
	const char	*ca_file;	/* else the system's authorities */
	const char	*helo;		/* else libcurl's idea of it */
	const char	*envelope_from;	/* bare address; "" null sender */
	enum smtp_tls	 tls;
	unsigned int	 timeout_s;	/* to connect; each reply, but */
	unsigned int	 dot_timeout_s;	/* the reply to the mail itself */
};

/* What the connections to one server may tell each other. */
struct smtp_shared {
	bool	is_clear;	/* TLS failed: without from now on */
	bool	is_clear_told;
	bool	has_told_all;	/* the server knows a mail, for good */
};

/* How something ended, beside its status. Pointers are to constants. */
struct smtp_report {
	struct verdict	 verdict;	/* whose fault, of a refusal; or
					 * FAULT_NONE */
	const char	*at;		/* the command of reply, as
					 * dialogue_at() says; or NULL */
	const char	*look_at;	/* settings it points to, or NULL */
	int		 code;		/* of reply, 0: not the server's. Three
					 * bytes of the reply are it, or "5yz"
					 * for one that nobody defines; of a
					 * program its exit code, and the reply
					 * says "exit 75 EX_TEMPFAIL" */
	char		 reply[SMTP_REPLY_SIZE]; /* what the server, or else
					 * libcurl, said last: printable ASCII,
					 * one line, at most 200 bytes, without
					 * credentials, PIN and recipient; of
					 * the server's what dialogue_reply()
					 * tells, of libcurl's what kind of
					 * failure it is, in fixed words */
	struct smtp_shared shared;	/* what was found out so far */
	bool		 is_warm;	/* smtp_ready() has nothing to do */
};

struct smtp;

/*
 * Check the options; connects to nothing yet.
 *
 * password  of options->user, "" without one; libcurl keeps a copy
 *
 * ST_OK; ST_FAIL (logged) for a bad URL or CA file. Whether a program is there
 * smtp_ready() sees.
 */
enum status	smtp_new(const struct smtp_options *options,
		    const char *password,
		    struct smtp **smtp) MUSTCHECK;
/* Says QUIT if a connection stands. */
void		smtp_free(struct smtp **smtp);

/*
 * Make sure that a connection stands, greeted and authenticated, so that
 * the next thing smtp_send() says is MAIL FROM. Right after a mail that was
 * taken this costs nothing, else it opens a connection or says NOOP.
 *
 * Returns ST_OK; ST_RETRY when the server is away or busy; ST_FAIL when it
 * refuses us, our name or our credentials, has no TLS that we may use, or the
 * certificate does not fit. Neither has been logged. That TLS was tried and
 * failed is one warn line in all.
 */
enum status	smtp_ready(struct smtp *smtp) MUSTCHECK;

/*
 * Send one mail (CRLF lines) after smtp_ready(). The recipient's domain goes
 * as A-labels.
 *
 * Returns
 *   ST_OK      the server has taken it: a whole 2yz
 *   ST_BAD     refused for good (FAULT_MAIL); or (FAULT_NONE, with no reply)
 *              its address needs SMTPUTF8, which the server has not, or cannot
 *              be written into a command at all
 *   ST_BUSY    not begun: the server has ended a connection that had taken
 *              mails before; smtp_ready() and try at once
 *   ST_RETRY   not taken: FAULT_SERVER, FAULT_LATER, FAULT_DOUBT,
 *              FAULT_RELAY, or (the report's code is 0) no answer
 *   ST_UNKNOWN all of the mail has left and no whole 2yz, 4yz or 5yz came:
 *              the server may have taken it
 *   ST_FAIL    our fault: FAULT_SETTING; or (FAULT_NONE) what smtp_ready()
 *              fails for. Not logged
 */
enum status	smtp_send(struct smtp *smtp, const char *recipient,
		    const char *bytes, size_t len) MUSTCHECK;

/* Let smtp_send() say on what it has come to. */
struct smtp_watch {
	bool	(*is_wanted)(void *context);	/* or NULL */
	void	*context;
};

/*
 * is_wanted is called right before the first byte of a mail leaves: until then
 * nobody can have it. When it says no, the mail does not leave: ST_RETRY.
 */
void		smtp_watch(struct smtp *smtp, const struct smtp_watch *watch);

/* How the last smtp_ready() or smtp_send() ended, beside its status. */
void		smtp_tell(const struct smtp *smtp, struct smtp_report *report);

/* What another connection has found out. */
void		smtp_share(struct smtp *smtp,
		    const struct smtp_shared *shared);

#endif
