/*
 * test-setup-web-hosts.c - a host name that a web server has already, found in
 * what it tells of its sites.
 */
#include "config.h"

#include "unit.h"

#include "ctl/setup-web-hosts.h"

#define FILE_A		"# configuration file /etc/nginx/a.conf:\n"
#define FILE_OWN	"# configuration file /own:\n"
#define SITE(words)	"http {\n server {\n" words "\n }\n}\n"
#define NAME		"server_name mail.example.org;"

static const struct told {
	const char	*name;
	const char	*text;
	bool		 is_found;
} nginx[] = {
	{ "none", "", false },
	{ "one", FILE_A SITE("listen 443 ssl;" NAME), true },
	{ "no blanks", FILE_A "http{server{listen 443;" NAME "}}", true },
	{ "after other sites", FILE_A SITE("listen 443;server_name b;")
	  SITE("listen 443; server_name c mail.example.org d;"), true },
	{ "address", FILE_A SITE("listen 192.0.2.1:443;" NAME), true },
	{ "IPv6", FILE_A SITE("listen [::]:443 ssl;" NAME), true },
	{ "IPv6 without port", FILE_A SITE("listen [::443];" NAME), false },
	{ "letters", FILE_A SITE("listen 443;server_name Mail.Example.ORG;"),
	  true },
	{ "quotes", FILE_A SITE("listen 443;server_name \"mail.example.org\";"),
	  true },
	{ "and all below", FILE_A SITE("listen 443;"
	  "server_name .mail.example.org;"), true },
	{ "lines", FILE_A SITE("listen\n443\n;\nserver_name\nmail.example.org"
	  "\n;"), true },
	{ "after a location", FILE_A SITE("listen 443; location / { return 1; }"
	  NAME), true },
	{ "of a location", FILE_A SITE("listen 443; location / { " NAME "}"),
	  false },
	{ "braces in words", FILE_A SITE("listen 443; set $a \"}\";"
	  "rewrite a ${b}c; if ($c ~ '{') { return 1; } # }\n" NAME), true },
	{ "another port", FILE_A SITE("listen 8443;" NAME), false },
	{ "no port", FILE_A SITE(NAME), false },
	{ "a socket", FILE_A SITE("listen unix:/run/a:443;" NAME), false },
	{ "another name", FILE_A SITE("listen 443;"
	  "server_name www.mail.example.org mail.example.org.example;"),
	  false },
	{ "all names", FILE_A SITE("listen 443;server_name *.example.org _;"),
	  false },
	{ "of a comment", FILE_A SITE("listen 443;#" NAME), false },
	{ "of an upstream", FILE_A "http { upstream a { server "
	  "mail.example.org:443; } }", false },
	{ "ours", FILE_OWN SITE("listen 443 ssl;" NAME), false },
	{ "ours first", FILE_OWN SITE("listen 443 ssl;" NAME) FILE_A
	  SITE("listen 443 ssl;" NAME), true },
	{ "cut off", FILE_A "http { server { listen 443; server_name 'mail",
	  false },
	{ "closed too often", FILE_A "}}}" SITE("listen 443;" NAME), true },
};

#define HEAD		"VirtualHost configuration:\n"
#define MANY(port)	"*:" port "                  is a NameVirtualHost\n" \
	"         default server first (/etc/nginx/a.conf:1)\n"		      \
	"         port " port " namevhost first (/etc/nginx/a.conf:1)\n"

static const struct told	apache[] = {
	{ "none", HEAD "ServerRoot: \"/etc/apache2\"\n", false },
	{ "one", HEAD "*:443                  mail.example.org "
	  "(/etc/nginx/a.conf:2)\n", true },
	{ "address", HEAD "[::1]:443              mail.example.org "
	  "(/etc/nginx/a.conf:2)\n", true },
	{ "another port", HEAD "*:8443                 mail.example.org "
	  "(/etc/nginx/a.conf:2)\n", false },
	{ "alias of one", HEAD "*:443                  b (/etc/nginx/a.conf:1)"
	  "\n                 alias Mail.example.org\n", true },
	{ "of many", HEAD MANY("443") "         port 443 namevhost "
	  "mail.example.org (/etc/nginx/a.conf:9)\n", true },
	{ "alias of many", HEAD MANY("443")
	  "                 alias mail.example.org\n", true },
	{ "many of another port", HEAD MANY("443") MANY("80")
	  "                 alias mail.example.org\n", false },
	{ "ours", HEAD MANY("443") "         port 443 namevhost "
	  "mail.example.org (/own:1)\n                 alias mail.example.org"
	  "\n", false },
	{ "another name", HEAD MANY("443") "         port 443 namevhost "
	  "mail.example.org.example (/etc/nginx/a.conf:9)\n", false },
};

static void
check(const struct told *told, bool (*find)(const char *told,
    const char *host, const char *port, const char *own,
    char place[SETUP_PLACE_SIZE]))
{
	char	place[SETUP_PLACE_SIZE] = "";

	UNIT_CHECK(told->name, find(told->text, "mail.example.org", "443",
	    "/own", place) == told->is_found);
	UNIT_CHECK(told->name, !told->is_found ||
	    strcmp(place, "/etc/nginx/a.conf") == 0);
}

static void
test_nginx(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(nginx) / sizeof(nginx[0]); i++)
		check(&nginx[i], setup_find_nginx_host);
}

static void
test_apache(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(apache) / sizeof(apache[0]); i++)
		check(&apache[i], setup_find_apache_host);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_nginx),
		UNIT_TEST(test_apache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
