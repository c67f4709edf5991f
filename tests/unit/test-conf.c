/*
 * test-conf.c - defaults, every type's ends and just beyond, every way to be
 * refused, and that manual and example know every key.
 */
#include "config.h"

#include "unit.h"

#include <errno.h>
#include <sys/stat.h>

#include "app/conf.h"
#include "app/conf-keys.h"
#include "app/conf-state.h"
#include "base/log.h"

static char	dir[64];
static char	path[128];

static int
group_begin(void **state)
{
	(void)state;
	(void)strcpy(dir, "/tmp/umws-conf-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/umws.conf", dir);
	return 0;
}

static int
group_end(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static void
put_bytes(const char *bytes, size_t len)
{
	FILE	*file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static struct conf *
load(const char *text)
{
	struct conf	*conf = NULL;

	put_bytes(text, strlen(text));
	if (conf_load(path, &conf) != ST_OK)
		dprintf(unit.stderr_fd, "refused: %s\n%s\n", text,
		    unit_log());
	assert_non_null(conf);
	return conf;
}

static void
check_defaults(const struct conf *conf)
{
	assert_string_equal(conf->database[CONF_WORKER],
	    "dbname=umws user=umws_worker");
	assert_string_equal(conf->database[CONF_ADMIN],
	    "dbname=umws user=umws_admin");
	assert_int_equal(conf->connect_timeout_s, 3);
	assert_int_equal(conf->statement_timeout_ms, 5000);
	assert_int_equal(conf->reset.request_timeout_ms, 15000);
	assert_string_equal(conf->pepper_key, UMWS_SYSCONFDIR "/pepper.key");
	assert_string_equal(conf->mail_pub, UMWS_SYSCONFDIR "/mail.pub");
	assert_string_equal(conf->mail_key, UMWS_SYSCONFDIR "/mail.key");
	assert_string_equal(conf->audit_key, UMWS_SYSCONFDIR "/audit.key");
	assert_string_equal(conf->web_secret, UMWS_SYSCONFDIR "/web.secret");
	assert_int_equal(conf->workers, 8);
	assert_int_equal(conf->derivations, 0);
	assert_false(conf->core_dumps);
	assert_int_equal(conf->reset.cost.memory_kib, 7168);
	assert_int_equal(conf->reset.cost.passes, 5);
	assert_int_equal(conf->reset.cost.lanes, 1);
	assert_string_equal(conf->strip_domains, "");
	assert_string_equal(conf->public_url, "");
	assert_string_equal(conf->www_authenticate,
	    "Basic realm=\"Unified Messaging\", charset=\"UTF-8\"");
	assert_string_equal(conf->smtp.url, "smtp://localhost:25");
	assert_int_equal(conf->smtp.tls, SMTP_TLS_TRY);
	assert_string_equal(conf->smtp.user, "");
	assert_int_equal(conf->smtp.timeout_s, 60);
	assert_string_equal(conf->smtp.envelope_from, "");
	assert_string_equal(conf->message.from, "");
	assert_string_equal(conf->mail_domain, "");
	assert_int_equal(conf->deliver.batch, 20);
	assert_int_equal(conf->deliver.retry_min_s, 60);
	assert_int_equal(conf->deliver.retry_max_s, 3600);
	assert_string_equal(conf->directory.url, "");
	assert_true(conf->directory.is_starting_tls);
	assert_int_equal(conf->sync_max_gone, 10);
}

static void
test_defaults(void **state)
{
	struct conf	*conf = load("# nothing\n\n   \n");

	(void)state;
	check_defaults(conf);
	conf_free(&conf);
	assert_null(conf);
	conf_free(&conf);
}

static void
test_values(void **state)
{
	struct db_options	 options;
	struct conf		*conf;

	(void)state;
	conf = load("  database_worker=host=a,b user=w\r\n"
	    "\tdatabase_mailer =\tuser=m  \n"
	    "statement_timeout = 1500ms\n"
	    "web_secret = off\n"
	    "core_dumps = yes\n"
	    "kdf = 8,1000,1\n"
	    "smtp_timeout = 11m\n"
	    "smtp_tls = required\n"
	    "mail_from = M\xc3\xbcller # \"x\" <v@example.org>\n"
	    "retry_max = 2h\n"
	    "ldap_url = ldap://a.example ldap://b.example:1389/\n"
	    "ldap_start_tls = no\nldap_sasl_mech = GSSAPI\n"
	    "ldap_filter = (&(objectClass=user)(mail=*))\n");
	assert_string_equal(conf->database[CONF_WORKER],
	    "host=a,b user=w");
	assert_int_equal(conf->statement_timeout_ms, 1500);
	assert_string_equal(conf->web_secret, "off");
	assert_true(conf->core_dumps);
	assert_int_equal(conf->reset.cost.memory_kib, 8);
	assert_int_equal(conf->reset.cost.passes, 1000);
	assert_int_equal(conf->smtp.timeout_s, 660);
	assert_int_equal(conf->smtp.tls, SMTP_TLS_REQUIRED);
	assert_string_equal(conf->message.from,
	    "M\xc3\xbcller # \"x\" <v@example.org>");
	assert_string_equal(conf->smtp.envelope_from, "v@example.org");
	assert_int_equal(conf->deliver.retry_max_s, 7200);
	assert_string_equal(conf->directory.url,
	    "ldap://a.example ldap://b.example:1389/");
	assert_string_equal(conf->directory.filter,
	    "(&(objectClass=user)(mail=*))");
	assert_int_equal(conf->directory.timeout_s, 30);
	conf_db_options(conf, CONF_MAILER, &options);
	assert_string_equal(options.conninfo, "user=m");
	assert_string_equal(options.program, "umws-mailer");
	assert_int_equal(options.connect_timeout_s, 3);
	assert_int_equal(options.statement_timeout_ms, 1500);
	assert_true(options.is_repeating);
	conf_db_options(conf, CONF_ADMIN, &options);
	assert_false(options.is_repeating);
	conf_free(&conf);
}

static void
test_envelope_from(void **state)
{
	static const struct {
		const char	*text;
		const char	*sender;
	} rows[] = {
		{ "mail_from = a@b.example\n", "a@b.example" },
		{ "mail_from = <a@b.example>\n", "a@b.example" },
		{ "mail_from = A <a@b.example>\nenvelope_from =\n",
		    "a@b.example" },
		{ "envelope_from = <>\n", "" },
		{ "envelope_from = bounce@b.example\n", "bounce@b.example" },
	};
	struct conf	*conf;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		conf = load(rows[i].text);
		UNIT_CHECK(rows[i].text, strcmp(conf->smtp.envelope_from,
		    rows[i].sender) == 0);
		conf_free(&conf);
	}
}

struct refusal_case {
	const char	*text;
	const char	*line;		/* "line=N ", or "" for none */
	const char	*reason;	/* part of it */
};

static const struct refusal_case refusals[] = {
	{ "\n# x\nsmtp_ulr = smtp://a\n", "line=3 ",
	    "unknown key 'smtp_ulr' (did you mean 'smtp_url'?)" },
	{ "frobnicate = 1\n", "line=1 ", "unknown key 'frobnicate'; umws.c" },
	{ "x = 1\n", "line=1 ", "unknown key 'x'; umws.conf(5)" },
	{ "Workers = 1\n", "line=1 ", "did you mean 'workers'?" },
	{ " = 1\n", "line=1 ", "unknown key ''" },
	{ "SECRET4711 = 1\n", "line=1 ", "before the '=' is no key" },
	{ "workers SECRET = 1\n", "line=1 ", "unknown key: 'workers' and" },
	{ "mail_kex SECRET = 1\n", "line=1 ", "unknown key: 'mail_kex' and" },
	{ "smtp_user: SECRET=\n", "line=1 ", "unknown key: 'smtp_user' and" },
	{ "workers 4\n", "line=1 ", "no '=' in the line" },
	{ "workers = 4\n\nworkers = 4\n", "line=3 ", "first time on line 1" },
	{ "workers = 0\n", "line=1 ", "workers must be a number from 1 to "
	    "512, not '0'" },
	{ "workers = 513\n", "line=1 ", "not '513'" },
	{ "workers = -1\n", "line=1 ", "not '-1'" },
	{ "workers = 4x\n", "line=1 ", "not '4x'" },
	{ "workers =\n", "line=1 ", "from 1 to 512, not ''" },
	{ "workers = 4294967297\n", "line=1 ", "from 1 to 512" },
	{ "workers = 99999999999999999999\n", "line=1 ", "from 1 to 512" },
	{ "connect_timeout = 5\n", "line=1 ", "a number with a unit" },
	{ "connect_timeout = 1s\n", "line=1 ", "from 2s to 1m, not '1s'" },
	{ "connect_timeout = 2500ms\n", "line=1 ", "must be whole seconds" },
	{ "statement_timeout = 999ms\n", "line=1 ", "from 1s to 1m" },
	{ "statement_timeout = 61s\n", "line=1 ", "not '61s'" },
	{ "smtp_timeout = 12m\n", "line=1 ", "from 1s to 11m, not '12m'" },
	{ "smtp_timeout = 661s\n", "line=1 ", "from 1s to 11m" },
	{ "smtp_timeout = 0s\n", "line=1 ", "from 1s to 11m" },
	{ "smtp_timeout = 1 m\n", "line=1 ", "a number with a unit" },
	{ "retry_max = 25h\n", "line=1 ", "from 1s to 24h" },
	{ "retry_max = 999999999h\n", "line=1 ", "from 1s to 24h" },
	{ "retry_min = 2h\n", "line=1 ", "must not be longer than" },
	{ "\nretry_max = 30s\n", "line=2 ", "must not be longer than" },
	{ "core_dumps = true\n", "line=1 ", "must be yes or no" },
	{ "smtp_tls = on\n", "line=1 ", "must be off, try or required" },
	{ "kdf = 7168,5\n", "line=1 ", "must be m,t,p" },
	{ "kdf = 7168,5,1,1\n", "line=1 ", "must be m,t,p" },
	{ "kdf = 7,5,1\n", "line=1 ", "m must be from 8 to 1048576 KiB" },
	{ "kdf = 1048577,5,1\n", "line=1 ", "m must be from 8" },
	{ "kdf = 7168,0,1\n", "line=1 ", "t must be from 1 to 1000" },
	{ "kdf = 7168,1001,1\n", "line=1 ", "t must be from 1 to 1000" },
	{ "kdf = 7168,5,2\n", "line=1 ", "p must be 1, the only number of "
	    "lanes that libsodium computes, not 2" },
	{ "pepper_key = pepper.key\n", "line=1 ", "an absolute path" },
	{ "pepper_key =\n", "line=1 ", "pepper_key must not be empty" },
	{ "web_secret = no\n", "line=1 ", "an absolute path, or off" },
	{ "public_url = ftp://x\n", "line=1 ", "https:// or http://" },
	{ "public_url = https://\n", "line=1 ", "https:// or http://" },
	{ "smtp_url = localhost\n", "line=1 ", "smtp:// or smtps://" },
	{ "smtp_url =\n", "line=1 ", "smtp_url must not be empty" },
	{ "mail_from = Voice mail\n", "line=1 ", "must be an address" },
	{ "mail_from = A <a@b> x\n", "line=1 ", "must be an address" },
	{ "mail_from = <>\n", "line=1 ", "must be an address" },
	{ "mail_from = <a b@c>\n", "line=1 ", "must be an address" },
	{ "mail_from = a@b@c\n", "line=1 ", "must be an address" },
	{ "envelope_from = A <a@b>\n", "line=1 ", "must be a bare address" },
	{ "mail_from = u:SECRET@h\n", "line=1 ", "must be an address" },
	{ "envelope_from = u:SECRET@h\n", "line=1 ", "a bare address" },
	{ "workers = SECRET\n", "line=1 ", "from 1 to 512" },
	{ "workers = 1SECRET\n", "line=1 ", "from 1 to 512" },
	{ "smtp_timeout = SECRET\n", "line=1 ", "a number with a unit" },
	{ "core_dumps = SECRET\n", "line=1 ", "must be yes or no" },
	{ "smtp_tls = SECRET\n", "line=1 ", "must be off, try" },
	{ "kdf = 1,SECRET\n", "line=1 ", "must be m,t,p" },
	{ "mail_key = /x:SECRET\n", "line=1 ", "an absolute path" },
	{ "web_secret = /x:SECRET\n", "line=1 ", "an absolute path, or off" },
	{ "public_url = https://u:SECRET@h/\n", "line=1 ", "name of a host" },
	{ "envelope_from = @b\n", "line=1 ", "must be a bare address" },
	{ "smtp_user = u\n", "line=1 ", "go together" },
	{ "ldap_url = dc.example\n", "line=1 ", "ldaps://, ldap:// or" },
	{ "ldap_url = ldaps://\n", "line=1 ", "ldaps://, ldap:// or" },
	{ "ldap_url = ldaps://a ldap://b\n", "line=1 ", "alike in that" },
	{ "ldap_url = ldaps://u:SECRET@a\n", "line=1 ", "name of a host" },
	{ "ldap_url = ldaps://a/dc=x?uid\n", "line=1 ", "name of a host" },
	{ "ldap_url = ldap://a\nldap_start_tls = no\n", "line=2 ",
	    "must be yes where" },
	{ "ldap_bind_dn = cn=x\n", "line=1 ", "go together" },
	{ "ldap_password_file = /x\n", "line=1 ", "go together" },
	{ "ldap_key_file = /x\n", "line=1 ", "go together" },
	{ "ldap_url = ldaps://a\nldap_bind_dn = cn=x\n"
	    "ldap_password_file = /x\nldap_sasl_mech = EXTERNAL\n", "line=4 ",
	    "leave one of them out" },
	{ "ldap_sasl_mech = PLAIN\n", "line=1 ", "GSSAPI, EXTERNAL" },
	{ "ldap_map = login=uid\n", "line=1 ", "login and email are needed" },
	{ "ldap_map = login=uid email=SEC(RET\n", "line=1 ", "no attribute" },
	{ "ldap_filter =\n", "line=1 ", "must not be empty" },
	{ "sync_max_gone = 101\n", "line=1 ", "from 0 to 100" },
	{ "smtp_password_file = /x\n", "line=1 ", "go together" },
	{ "mail_from = a\x01" "b@c\n", "line=1 ", "a control character" },
	{ "mail_from = a\tb@c\n", "line=1 ", "a control character" },
};

static void
check_refused(const char *name, const char *line, const char *reason)
{
	struct conf	*conf = (struct conf *)dir;
	const char	*text;

	UNIT_CHECK(name, conf_load(path, &conf) == ST_BAD);
	UNIT_CHECK(name, conf == NULL);
	text = unit_log();
	UNIT_CHECK(text, strncmp(text, "<3>", 3) == 0);
	UNIT_CHECK(text, strchr(text, '\n') == text + strlen(text) - 1);
	UNIT_CHECK(text, strstr(text, path) != NULL);
	UNIT_CHECK(text, strstr(text, line) != NULL);
	UNIT_CHECK(text, (strstr(text, "line=") != NULL) == (*line != '\0'));
	UNIT_CHECK(text, strstr(text, reason) != NULL);
	UNIT_CHECK(text, strstr(text, "SECRET") == NULL);
}

static void
test_refusals(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		put_bytes(refusals[i].text, strlen(refusals[i].text));
		check_refused(refusals[i].text, refusals[i].line,
		    refusals[i].reason);
	}
}

static void
test_files(void **state)
{
	struct conf	*conf = NULL;
	char		 text[5000];

	(void)state;
	put_bytes("workers = 1\0\n", 13);
	check_refused("NUL", "line=1 ", "no text line");
	memset(text, '#', sizeof(text));
	put_bytes(text, sizeof(text));
	check_refused("long line", "line=1 ", "no text line");
	assert_int_equal(unlink(path), 0);
	check_refused("no file", "", "No such file");
	assert_int_equal(mkdir(path, 0700), 0);
	check_refused("directory", "", "Is a directory");
	assert_int_equal(rmdir(path), 0);
	/* Only the default file may be missing. */
	if (access(CONF_DEFAULT_FILE, F_OK) == 0)
		skip();
	assert_int_equal(conf_load(NULL, &conf), ST_OK);
	check_defaults(conf);
	conf_free(&conf);
}

/* A file of the source tree, as a string that the caller frees. */
static char *
source_file(const char *name)
{
	const char	*srcdir = getenv("srcdir");
	char		 file[1024], *text = NULL;
	size_t		 size = 0;
	FILE		*stream;

	(void)snprintf(file, sizeof(file), "%s/%s",
	    srcdir != NULL ? srcdir : ".", name);
	stream = fopen(file, "r");
	UNIT_CHECK(file, stream != NULL);
	assert_true(getdelim(&text, &size, EOF, stream) > 0);
	(void)fclose(stream);
	return text;
}

/* Does an item of umws.conf(5) end with the true default? */
static void
check_manual_default(const char *item, const struct conf_key *key)
{
	const char	*value = key->value, *at = strstr(item, "\nDefault:");
	const char	*end = strstr(item + 1, "\n.It Cm ");
	char		 line[600];

	UNIT_CHECK(key->name, at != NULL && (end == NULL || at < end));
	if (*value == '\0')
		(void)strcpy(line, "\nDefault: empty.\n");
	else if (strncmp(value, UMWS_SYSCONFDIR,
	    strlen(UMWS_SYSCONFDIR)) == 0)
		(void)snprintf(line, sizeof(line),
		    "\nDefault:\n.Pa /etc/umws%s .\n",
		    value + strlen(UMWS_SYSCONFDIR));
	else
		(void)snprintf(line, sizeof(line),
		    "\nDefault:\n.Li %s .\n", value);
	UNIT_CHECK(line, strncmp(at, line, strlen(line)) == 0);
}

/* Every key of the table has an item in umws.conf(5), with its default, and no
 * other has. */
static void
test_manual(void **state)
{
	char	*text = source_file("doc/umws.conf.5"), *item;
	char	 line[128];
	size_t	 i, items = 0;

	(void)state;
	for (i = 0; i < conf_keys_count; i++) {
		(void)snprintf(line, sizeof(line), "\n.It Cm %s\n",
		    conf_keys[i].name);
		item = strstr(text, line);
		UNIT_CHECK(conf_keys[i].name, item != NULL);
		check_manual_default(item, &conf_keys[i]);
	}
	for (item = text; (item = strstr(item, "\n.It Cm ")) != NULL; item++)
		items++;
	assert_int_equal(items, conf_keys_count);
	free(text);
}

/*
 * Every key stands in the example, commented out, with its default, below a
 * line that explains it; without the '#' the file loads and is the default.
 */
static void
test_example(void **state)
{
	char		*text = source_file("doc/umws.conf.example");
	char		 line[512], *at;
	const char	*value;
	struct conf	*conf;
	size_t		 i;

	(void)state;
	for (i = 0; i < conf_keys_count; i++) {
		value = conf_keys[i].value;
		if (strncmp(value, UMWS_SYSCONFDIR,
		    strlen(UMWS_SYSCONFDIR)) == 0)
			(void)snprintf(line, sizeof(line),
			    "\n#%s = /etc/umws%s\n", conf_keys[i].name,
			    value + strlen(UMWS_SYSCONFDIR));
		else
			(void)snprintf(line, sizeof(line), "\n#%s =%s%s\n",
			    conf_keys[i].name, *value == '\0' ? "" : " ",
			    value);
		at = strstr(text, line);
		UNIT_CHECK(line, at != NULL);
		UNIT_CHECK(line, at[-1] == '.');
		at[1] = ' ';
	}
	assert_null(strstr(text, " =\n#"));
	/* No other line is commented out: it would be a key that is gone. */
	for (at = text; (at = strstr(at, "\n#")) != NULL; at++)
		UNIT_CHECK(at, strchr(" \n", at[2]) != NULL);
	conf = load(text);
	assert_int_equal(conf->workers, 8);
	for (i = 0; i < conf_keys_count; i++)
		UNIT_CHECK(conf_keys[i].name,
		    ((struct conf_state *)conf)->places[i].line != 0);
	conf_free(&conf);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(test_defaults),
		UNIT_TEST(test_values),
		UNIT_TEST(test_envelope_from),
		UNIT_TEST(test_refusals),
		UNIT_TEST(test_files),
		UNIT_TEST(test_manual),
		UNIT_TEST(test_example),
	};

	return cmocka_run_group_tests_name("conf", tests, group_begin,
	    group_end);
}
