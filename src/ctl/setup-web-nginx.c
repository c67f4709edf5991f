/*
 * setup-web-nginx.c - "setup": what Debian's nginx reads.
 */
#include "config.h"

#include "ctl/setup-web.h"

#define FOLDER		"/etc/nginx"
#define SITE		FOLDER "/sites-available/umws"

static void
write_site(const struct setup *setup, struct buf *text)
{
	const struct setup_wish	*wish = &setup->wish;

	buf_printf(text, "# Made by umwsctl setup, whose --undo takes it "
	    "back.\nserver {\n    listen %s ssl;\n", wish->port);
	/* A kernel without IPv6 has no such address to listen on. */
	if (hostfile_is_there("/proc/net/if_inet6"))
		buf_printf(text, "    listen [::]:%s ssl;\n", wish->port);
	buf_printf(text, "    server_name         %s;\n"
	    "    ssl_certificate     %s;\n"
	    "    ssl_certificate_key %s;\n"
	    "    ssl_protocols       TLSv1.2 TLSv1.3;\n\n"
	    "    include " FOLDER "/snippets/umws.conf;\n}\n", wish->host,
	    wish->certificate, wish->certificate_key);
}

static const char *const	test[] = { "/usr/sbin/nginx", "-t", "-q",
				    NULL };
static const char *const	reload[] = { "/usr/sbin/nginx", "-q", "-s",
				    "reload", NULL };

static const char *const	tell[] = { "/usr/sbin/nginx", "-T", "-q",
				    NULL };

const struct setup_web	setup_web_nginx = {
	.name = "nginx",
	.program = "/usr/sbin/nginx",
	.folder = FOLDER "/sites-available",
	.pid_file = "/run/nginx.pid",
	.unit = "nginx.service",
	.test = test,
	.reload = reload,
	.tell = tell,
	.find_host = setup_find_nginx_host,
	.own = FOLDER "/sites-enabled/umws",
	.is_nginx = true,
	.site = write_site,
	.items = {
		{ FOLDER "/conf.d/umws.conf", "/nginx/umws-http.conf", NULL },
		{ FOLDER "/snippets/umws-auth.conf", "/nginx/auth-@.conf",
		  NULL },
		{ FOLDER "/snippets/umws-server.conf",
		  "/nginx/server-@.conf", NULL },
		{ FOLDER "/snippets/umws-page.conf", "/nginx/umws-page.conf",
		  NULL },
		{ FOLDER "/snippets/umws.conf", "/nginx/umws.conf", NULL },
		{ SITE, NULL, NULL },
		{ FOLDER "/sites-enabled/umws", NULL, SITE },
		{ NULL, NULL, NULL },
	},
};
