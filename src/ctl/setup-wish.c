/*
 * setup-wish.c - "setup": its options, and what can be told of them before
 * anything else is looked at.
 */
#include "config.h"

#include <sys/stat.h>

#include <stdint.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "ctl/setup.h"
#include "base/text.h"

#define PORT_MAX	65535

/* Letters, digits, '-' and '.': what stands in a web server's file. */
static bool
is_host(const char *text)
{
	size_t	len = strspn(text, "abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.");

	return len > 0 && text[len] == '\0' && len <= 253 && *text != '-' &&
	    *text != '.';
}

/* An absolute path that needs no quotes in any of the files it is put into. */
static bool
is_path(const char *text)
{
	return *text == '/' && strlen(text) < SETUP_PATH_SIZE - 100 &&
	    strpbrk(text, " \t\r\n\"'\\;{}#$<>%") == NULL;
}

static bool
is_port(const char *text)
{
	const char	*end;
	uint64_t	 number;

	return text_number(text, &number, &end) && *end == '\0' &&
	    number >= 1 && number <= PORT_MAX;
}

/* One that is not given is left as it is: the record may have it. */
static void
take(const struct setup *setup, const char *option, const char **value)
{
	const char	*given = command_option(setup->command, option);

	if (given != NULL)
		*value = given;
}

void
setup_take_wish(struct setup *setup)
{
	struct setup_wish	*wish = &setup->wish;

	take(setup, "--host", &wish->host);
	take(setup, "--port", &wish->port);
	take(setup, "--certificate", &wish->certificate);
	take(setup, "--certificate-key", &wish->certificate_key);
	take(setup, "--auth", &wish->auth);
	take(setup, "--mail-from", &wish->mail_from);
	take(setup, "--smtp-url", &wish->smtp_url);
	take(setup, "--web", &wish->web);
	take(setup, "--cluster", &wish->cluster);
	take(setup, "--dsn", &wish->dsn);
	take(setup, "--database", &wish->database);
}

/* A sentence about what is missing: the options that only a person knows. */
static int
refuse_missing(const struct setup *setup, const char *option,
    const char *example)
{
	return command_fail(setup->command, EX_USAGE, "setup needs %s, as in "
	    "%s %s; nothing was changed", option, option, example);
}

static int
check_names(const struct setup *setup)
{
	const struct setup_wish	*wish = &setup->wish;

	if (wish->mail_from == NULL &&
	    *setup->command->conf->message.from == '\0')
		return refuse_missing(setup, "--mail-from",
		    "'Voice Mail <voicemail@example.org>'");
	if (strcmp(wish->web, "none") == 0)
		return EX_OK;
	if (wish->host == NULL)
		return refuse_missing(setup, "--host", "mail.example.org");
	if (wish->certificate == NULL)
		return refuse_missing(setup, "--certificate",
		    "/etc/ssl/certs/mail.example.org.pem");
	if (wish->certificate_key == NULL)
		return refuse_missing(setup, "--certificate-key",
		    "/etc/ssl/private/mail.example.org.key");
	if (wish->auth == NULL)
		return refuse_missing(setup, "--auth",
		    "basic=/etc/umws/umws.htpasswd");
	return EX_OK;
}

int
setup_check_wish(struct setup *setup)
{
	struct setup_wish	*wish = &setup->wish;
	int			 code;

	if (wish->database == NULL)
		wish->database = "umws";
	if (wish->port == NULL)
		wish->port = "443";
	if (wish->web == NULL)
		wish->web = "";
	code = check_names(setup);
	if (code != EX_OK)
		return code;
	if (wish->host != NULL && !is_host(wish->host))
		return command_fail(setup->command, EX_USAGE, "--host is a "
		    "name like mail.example.org; nothing was changed");
	if (!is_port(wish->port))
		return command_fail(setup->command, EX_USAGE, "--port is a "
		    "number from 1 to %d; nothing was changed", PORT_MAX);
	if (!cluster_is_name(wish->database))
		return command_fail(setup->command, EX_USAGE, "--database has "
		    "small letters, digits and '_' only; nothing was changed");
	if (wish->dsn != NULL && wish->cluster != NULL)
		return command_fail(setup->command, EX_USAGE, "--dsn is for a "
		    "database on another host, --cluster for one on this: "
		    "give one of them; nothing was changed");
	return EX_OK;
}

int
setup_check_file(const struct setup *setup, const char *option,
    const char *path)
{
	struct stat	info;

	if (!is_path(path))
		return command_fail(setup->command, EX_USAGE, "%s is to be an "
		    "absolute path without blanks and quotes; nothing was "
		    "changed", option);
	if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) ||
	    info.st_size == 0)
		return command_fail(setup->command, EX_NOINPUT, "%s: %s is "
		    "not there, or no file, or empty; nothing was changed",
		    option, path);
	return EX_OK;
}

int
setup_check_certificate(struct setup *setup)
{
	int	code;

	if (setup->web == NULL)
		return EX_OK;
	code = setup_check_file(setup, "--certificate",
	    setup->wish.certificate);
	if (code == EX_OK)
		code = setup_check_file(setup, "--certificate-key",
		    setup->wish.certificate_key);
	return code;
}

/* clang-format off */
static const char	setup_help[] =
"Makes what is missing between installed programs and the first reset, as\n"
"root: users, database, schema, who may log in, keys, settings, the web\n"
"server's files, which are tested before it loads them, sockets and timers.\n"
"All is looked at first. Where something is not as it would be made, or\n"
"belongs to another installation, it says what, and nothing is changed. A\n"
"second run finds all to be there. One that was killed is completed by the\n"
"next one. Options are kept: the next run needs none of them again.\n\n"
"What a person has to give:\n\n"
"  --host NAME             by which clients reach the web server\n"
"  --certificate FILE      its certificate, with those between it and the CA\n"
"  --certificate-key FILE\n"
"  --auth WAY              who authenticates; one of\n"
"           basic=FILE     the names and passwords of htpasswd\n"
"           certificate=AUTHORITY,REVOKED\n"
"                          client certificates, and those revoked (a CRL)\n"
"           kerberos=KEYTAB,REALM\n"
"  --mail-from SENDER      whom mails come from: 'Help <help@example.org>'\n\n"
"And where it is not what is found or usual:\n\n"
"  --smtp-url URL          the mail server; else smtp://localhost:25\n"
"  --port N                of the web server, for TLS; else 443\n"
"  --web nginx|apache|none where both are installed; none: you serve it\n"
"  --cluster VERSION/NAME  where pg_lsclusters lists several of PostgreSQL\n"
"  --dsn CONNINFO          a database on another host: its superuser, by\n"
"                          ~/.pgpass or a certificate\n"
"  --database NAME         else umws\n"
"  --test-mail ADDRESS     at the end, send a mail\n\n"
"  --dry-run               say what would be made, and change nothing\n"
"  --undo                  take back what setup has made, and nothing else;\n"
"                          while there are mailboxes, database and keys stay\n"
"  --delete-mailboxes      with --undo: these, too\n";
/* clang-format on */

static const struct verb	verbs[] = {
	{ .name = "", .usage = "[OPTION...]",
	  .summary = "make all that the service needs on this host",
	  .help = setup_help, .options = { "--host=", "--certificate=",
	  "--certificate-key=", "--auth=", "--mail-from=", "--smtp-url=",
	  "--port=", "--web=", "--cluster=", "--dsn=", "--database=",
	  "--test-mail=", "--dry-run", "--undo", "--delete-mailboxes" },
	  .run = setup_run },
	{ .name = NULL }
};

const struct verb_group	verbs_setup = { "setup", verbs };
