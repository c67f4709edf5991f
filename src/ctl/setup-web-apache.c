/*
 * setup-web-apache.c - "setup": what Debian's Apache reads. Modules are links,
 * as a2enmod makes them.
 */
#include "config.h"

#include <string.h>

#include "ctl/setup-auth.h"
#include "ctl/setup-web.h"

#define FOLDER		"/etc/apache2"
#define ENABLED		FOLDER "/mods-enabled/"
#define AVAILABLE	FOLDER "/mods-available/"
#define TARGET		"../mods-available/"
#define GSSAPI		"auth_gssapi"	/* of a package of its own */

/* Each with those that it depends on. */
#define MODULE(name)	{ ENABLED name ".load", NULL, TARGET name ".load" }, \
			{ ENABLED name ".conf", NULL, TARGET name ".conf" }

static const struct setup_web_item	modules[] = {
	MODULE("authz_core"), MODULE("authn_core"), MODULE("authz_host"),
	MODULE("authz_user"), MODULE("authn_file"), MODULE("auth_basic"),
	MODULE("env"), MODULE("setenvif"), MODULE("mime"), MODULE("alias"),
	MODULE("asis"), MODULE("headers"), MODULE("reqtimeout"),
	MODULE("socache_shmcb"), MODULE("ssl"), MODULE("proxy"),
	MODULE("proxy_fcgi"), MODULE(GSSAPI),
};

static size_t
add_modules(const struct setup *setup, struct setup_web_item *items,
    size_t count)
{
	char	source[SETUP_PATH_SIZE];
	bool	is_kerberos;
	size_t	i;

	is_kerberos = strcmp(setup_auth_way(setup)->name, "kerberos") == 0;
	for (i = 0; i < sizeof(modules) / sizeof(modules[0]) &&
	    count < SETUP_WEB_ITEMS; i++) {
		(void)snprintf(source, sizeof(source), AVAILABLE "%s",
		    modules[i].target + strlen(TARGET));
		/* Not each has a .conf; some are built in. */
		if (hostfile_is_there(source) && (is_kerberos ||
		    strstr(source, GSSAPI) == NULL))
			items[count++] = modules[i];
	}
	return count;
}

static void
write_site(const struct setup *setup, struct buf *text)
{
	const struct setup_wish	*wish = &setup->wish;

	buf_puts(text, "# Made by umwsctl setup, whose --undo takes it "
	    "back.\n");
	/* ports.conf has that one as soon as there is mod_ssl. */
	if (strcmp(wish->port, "443") != 0)
		buf_printf(text, "Listen %s\n", wish->port);
	buf_printf(text, "<VirtualHost *:%s>\n"
	    "    ServerName            %s\n"
	    "    SSLEngine             on\n"
	    "    SSLProtocol           TLSv1.2 TLSv1.3\n"
	    "    SSLCertificateFile    %s\n"
	    "    SSLCertificateKeyFile %s\n\n"
	    "    Include " FOLDER "/umws.conf\n"
	    "</VirtualHost>\n", wish->port, wish->host, wish->certificate,
	    wish->certificate_key);
}

static const char *const	test[] = { "/usr/sbin/apache2ctl",
				    "configtest", NULL };
static const char *const	reload[] = { "/usr/sbin/apache2ctl",
				    "graceful", NULL };

static const char *const	tell[] = { "/usr/sbin/apache2ctl", "-t",
				    "-D", "DUMP_VHOSTS", NULL };

const struct setup_web	setup_web_apache = {
	.name = "apache",
	.program = "/usr/sbin/apache2ctl",
	.folder = FOLDER "/sites-available",
	.pid_file = "/run/apache2/apache2.pid",
	.unit = "apache2.service",
	.test = test,
	.reload = reload,
	.tell = tell,
	.find_host = setup_find_apache_host,
	.own = FOLDER "/sites-enabled/umws.conf",
	.site = write_site,
	.add = add_modules,
	.items = {
		{ FOLDER "/umws-away.asis", "/apache/umws-away.asis", NULL },
		{ FOLDER "/umws-auth.conf", "/apache/auth-@.conf", NULL },
		{ FOLDER "/umws-server.conf", "/apache/server-@.conf", NULL },
		{ FOLDER "/umws-page.conf", "/apache/umws-page.conf", NULL },
		{ FOLDER "/umws.conf", "/apache/umws.conf", NULL },
		{ FOLDER "/sites-available/umws.conf", NULL, NULL },
		{ FOLDER "/sites-enabled/umws.conf", NULL,
		  "../sites-available/umws.conf" },
		{ NULL, NULL, NULL },
	},
};
