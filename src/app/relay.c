/*
 * relay.c - what the settings of SMTP leave to this host: a password's file
 * and its name.
 */
#include "config.h"

#include "app/relay.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "core/idn.h"
#include "edge/host.h"
#include "edge/keyfile.h"
#include "edge/smtp-exec.h"
#include "edge/smtp-program.h"

#define REASON_SIZE	128	/* bytes of one, with the NUL */
#define PASSWORD_SIZE	256	/* bytes, with the NUL */

/* A program is for whoever runs this to start. */
static enum status
check_program(const struct conf *conf, const char *path)
{
	const char	*fault = smtp_exec_fault(path);
	char		 reason[REASON_SIZE];

	if (fault == NULL)
		return ST_OK;
	(void)snprintf(reason, sizeof(reason), "the program %s", fault);
	conf_refuse_key(conf, "smtp_url", reason);
	return ST_FAIL;
}

/* Servers want a dot in it: RFC 5321, section 4.1.1.1. */
void
relay_name(const struct conf *conf, char name[RELAY_NAME_SIZE])
{
	name[0] = '\0';
	if (conf->smtp.helo[0] == '\0')
		host_full_name(name, RELAY_NAME_SIZE);
	if (name[0] == '\0')
		(void)snprintf(name, RELAY_NAME_SIZE, "%s",
		    conf->smtp.helo[0] != '\0' ? conf->smtp.helo :
		    strchr(conf->mail_domain, '.') != NULL ?
		    conf->mail_domain : "");
}

/* A server's password, and our name. */
static enum status
new_for_server(const struct conf *conf, struct smtp **smtp)
{
	struct smtp_options	options = conf->smtp;
	char			password[PASSWORD_SIZE] = "";
	char			name[RELAY_NAME_SIZE];
	enum status		st = ST_OK;

	if (options.password_file[0] != '\0')
		st = keyfile_read_line(options.password_file, password,
		    sizeof(password));
	if (options.helo[0] == '\0') {
		relay_name(conf, name);
		options.helo = name;
	}
	if (st == ST_OK)
		st = smtp_new(&options, password, smtp);
	WIPE(&password);
	return st;
}

enum status
relay_new(const struct conf *conf, struct smtp **smtp)
{
	const char	*path = smtp_program_path(conf->smtp.url);
	enum status	 st;

	if (path == NULL)
		return new_for_server(conf, smtp);
	st = check_program(conf, path);
	return st == ST_OK ? smtp_new(&conf->smtp, "", smtp) : st;
}
