/*
 * mailer-smtp.c - what the settings of SMTP leave to this host: a password's
 * file and its name.
 */
#include "config.h"

#include "prog/mailer-smtp.h"

#include <string.h>

#include "base/secret.h"
#include "core/idn.h"
#include "edge/host.h"
#include "edge/keyfile.h"

#define PASSWORD_SIZE	256	/* bytes, with the NUL */

enum status
mailer_smtp_new(const struct conf *conf, struct smtp **smtp)
{
	struct smtp_options	options = conf->smtp;
	char			password[PASSWORD_SIZE] = "";
	char			host[IDN_DOMAIN_SIZE] = "";
	enum status		st = ST_OK;

	if (options.password_file[0] != '\0')
		st = keyfile_read_line(options.password_file, password,
		    sizeof(password));
	/* Servers want a name with a dot in it, RFC 5321, section 4.1.1.1. */
	if (options.helo[0] == '\0') {
		host_full_name(host, sizeof(host));
		options.helo = host[0] != '\0' ? host :
		    strchr(conf->mail_domain, '.') != NULL ?
		    conf->mail_domain : "";
	}
	if (st == ST_OK)
		st = smtp_new(&options, password, smtp);
	WIPE(&password);
	return st;
}
