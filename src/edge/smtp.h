/*
 * smtp.h - mails out to one server, one after the other on one connection.
 * The only door to libcurl.
 *
 * The process must ignore SIGPIPE. libcurl and the TLS library hold copies
 * of a mail in buffers of theirs, which nobody can wipe: this belongs into
 * a process that lives for minutes and leaves no core.
 */
#ifndef UMWS_SMTP_H
#define UMWS_SMTP_H

#include <stddef.h>

#include "base/status.h"

#define SMTP_REPLY_SIZE	201	/* bytes of a reply kept, with the NUL */

enum smtp_tls {
	SMTP_TLS_OFF,		/* never STARTTLS */
	SMTP_TLS_TRY,		/* STARTTLS if offered, any certificate;
				 * with a user the same as required */
	SMTP_TLS_REQUIRED	/* STARTTLS with a certificate that fits */
};

/*
 * Strings are borrowed until smtp_new() returns; empty ones mean none. With
 * smtps:// TLS comes first and its certificate must fit.
 */
struct smtp_options {
	const char	*url;		/* smtp[s]://host[:port] */
	const char	*user;
	const char	*password_file;	/* for keyfile_read_line() */
	const char	*ca_file;	/* else the system's authorities */
	const char	*helo;		/* else the host's name */
	const char	*envelope_from;	/* bare address; "" null sender */
	enum smtp_tls	 tls;
	unsigned int	 timeout_s;	/* one message in all */
};

struct smtp;

/*
 * Check the options; connects to nothing yet.
 *
 * password  of options->user, "" without one; libcurl keeps a copy
 *
 * ST_OK; ST_FAIL (logged) for a bad URL or CA file.
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
 * Returns ST_OK; ST_RETRY (one warn line) when the server is away or busy;
 * ST_FAIL (one err line) when it refuses our credentials, has no TLS that
 * we may use, or the certificate does not fit.
 */
enum status	smtp_ready(struct smtp *smtp) MUSTCHECK;

/*
 * Send one mail (CRLF lines) after smtp_ready().
 *
 * Returns
 *   ST_OK      the server has taken it
 *   ST_BAD     this mail is refused for good: 5yz to RCPT, DATA or the
 *              mail, or to MAIL for its size or SMTPUTF8; or an address
 *              that cannot be written into a command
 *   ST_DENIED  not begun: the server has ended a connection that had taken
 *              mails before; smtp_ready() and try at once
 *   ST_RETRY   4yz, or (smtp_code() is 0) no answer at all; after the last
 *              byte the server may have taken the mail nevertheless. Also
 *              53x to RCPT or later (logged): ours, but not for all mails
 *   ST_FAIL    our fault, logged: 5yz to MAIL otherwise, as the sender is
 *              the same for all mails; or what smtp_ready() fails for
 */
enum status	smtp_send(struct smtp *smtp, const char *recipient,
		    const char *bytes, size_t len) MUSTCHECK;

/*
 * What the server, or else libcurl, said last: printable ASCII, one line,
 * at most 200 bytes, no credentials. A server may quote the mail in it.
 * Borrowed until the next call.
 */
const char	*smtp_reply(const struct smtp *smtp);

/* The code that smtp_reply() begins with, 0 when it is not the server's. */
int		 smtp_code(const struct smtp *smtp);

#endif
