/*
 * test-conf-list.c - what is shown of a configuration: each key, where it
 * stands, and no password.
 */
#include "config.h"

#include "unit.h"

#include <fcntl.h>

#include "app/conf-list.h"

static char	path[] = "/tmp/umws-conf-list-XXXXXX";

static int
group_begin(void **state)
{
	int	fd = mkstemp(path);

	(void)state;
	return fd < 0 || close(fd) != 0 ? -1 : 0;
}

static int
group_end(void **state)
{
	(void)state;
	return unlink(path);
}

static void
put(const char *text)
{
	FILE	*stream = fopen(path, "w");

	assert_non_null(stream);
	assert_true(fputs(text, stream) >= 0);
	assert_int_equal(fclose(stream), 0);
}

/* All lines; the caller frees them. */
static char *
printed(void)
{
	struct conf	*conf = NULL;
	char		*text = NULL;
	size_t		 size = 0;
	FILE		*stream = open_memstream(&text, &size);

	assert_non_null(stream);
	assert_int_equal(conf_load(path, &conf), ST_OK);
	assert_int_equal(conf_print(conf, stream), ST_OK);
	assert_string_equal(conf_file(conf, 0), path);
	assert_null(conf_file(conf, 1));
	conf_free(&conf);
	assert_int_equal(fclose(stream), 0);
	return text;
}

static void
test_origins(void **state)
{
	char	 line[256], *text, *at;
	size_t	 lines = 0;

	(void)state;
	put("\n\nworkers = 3\nretry_max = 2h\nmail_from =\n"
	    "smtp_helo = a\xe2\x80\xae" "b\n");
	assert_int_equal(setenv("UMWS_RETRY_MAX", " 3h ", 1), 0);
	text = printed();
	assert_int_equal(unsetenv("UMWS_RETRY_MAX"), 0);
	for (at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	assert_int_equal(lines, conf_count());
	(void)snprintf(line, sizeof(line), "\nworkers = 3\t%s:3\n", path);
	UNIT_CHECK(text, strstr(text, line) != NULL);
	UNIT_CHECK(text, strstr(text, "\nretry_max = 3h\tenvironment\n") !=
	    NULL);
	UNIT_CHECK(text, strstr(text, "\nretry_min = 1m\tdefault\n") != NULL);
	(void)snprintf(line, sizeof(line), "\nmail_from =\t%s:5\n", path);
	UNIT_CHECK(text, strstr(text, line) != NULL);
	UNIT_CHECK(text, strstr(text, "\nsmtp_helo = a?b\t") != NULL);
	free(text);
}

static void
test_secrets(void **state)
{
	static const struct {
		const char	*value;
		const char	*shown;
	} rows[] = {
		{ "host=h user=u", "host=h user=u" },
		{ "umws", "umws" },
		{ "postgresql://u@h:5433/d", "postgresql://u@h:5433/d" },
		{ "passfile=/x host=h", "passfile=/x host=h" },
		{ "user=u password=SECRET host=h",
		    "user=u password=(hidden) host=h" },
		{ "user=u password='SEC RET' options='-c x=\\'y\\''",
		    "user=u password=(hidden) options='-c x=\\'y\\''" },
		{ "user=u sslpassword = SECRET",
		    "user=u sslpassword=(hidden)" },
		{ "postgresql://u:SECRET@h:1/d",
		    "user=u password=(hidden) dbname=d host=h port=1" },
		{ "postgresql://u:SECRET%40%2f@h/d", "user=u password=(hidden) "
		    "dbname=d host=h" },
		{ "postgres://h/d?user=u&p%61ssword=%53ECRET",
		    "user=u password=(hidden) dbname=d host=h" },
		{ "postgres://h/d?sslp%61ssword=SECRET",
		    "dbname=d host=h sslpassword=(hidden)" },
		{ "user=u host=h;password=SECRET", "user=u host=(hidden)" },
		{ "host=h port=SECRET", "host=h port=(hidden)" },
		{ "user=u dbname='x password=SECRET'",
		    "user=u dbname=(hidden)" },
		{ "postgresql://u:a@SECRET@h/d", "(hidden)" },
		{ "postgresql://u:%zzSECRET@h/d", "(hidden)" },
		{ "user=u password='SECRET", "(hidden)" },
		{ "user=u SECRET", "(hidden)" },
		{ "SECRET:x", "(hidden)" },
	};
	char	 line[256], *text;
	size_t	 i;

	(void)state;
	put("");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(setenv("UMWS_DATABASE_MAILER", rows[i].value,
		    1), 0);
		text = printed();
		(void)snprintf(line, sizeof(line),
		    "\ndatabase_mailer = %s\tenvironment\n", rows[i].shown);
		UNIT_CHECK(text, strstr(text, line) != NULL);
		UNIT_CHECK(rows[i].value, strstr(text, "SECRET") == NULL);
		UNIT_CHECK(rows[i].value, strstr(text, "SEC RET") == NULL);
		free(text);
	}
	assert_int_equal(unsetenv("UMWS_DATABASE_MAILER"), 0);
}

/* No other key has room for a password: what could be one is refused. */
static void
test_other_secrets(void **state)
{
	static const char *const	rows[] = {
		"smtp_url = smtp://u:SECRET@h\n",
		"smtp_url = smtps://SECRET@h\n",
		"smtp_url = smtp://u%3aSECRET%40h\n",
		"smtp_url = smtp://h:SECRET\n",
		"smtp_url = smtp://h/?SECRET\n",
		"smtp_url = smtp://h/SECRET\n",
		"ldap_url = ldaps://u:SECRET@h\n",
		"ldap_url = ldaps://h:SECRET\n",
		"ldap_url = ldaps://h ldaps://u%3aSECRET%40h\n",
		"public_url = https://u:SECRET@h/\n",
		"smtp_password_file = SECRET\n",
	};
	struct conf	*conf = NULL;
	const char	*text;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(rows[i]);
		UNIT_CHECK(rows[i], conf_load(path, &conf) == ST_BAD);
		text = unit_log();
		assert_true(*text != '\0');
		UNIT_CHECK(text, strstr(text, "SECRET") == NULL);
	}
}

static void
test_servers(void **state)
{
	static const char *const	rows[] = {
		"smtp_url = smtp://mx.example.org\n",
		"smtp_url = smtp://mx.example.org:25/\n",
		"smtp_url = smtps://[2001:db8::1]:465\n",
		"smtp_url = smtp://[fe80::1%25eth0]\n",
		"smtp_url = smtp://b\303\274cher.example\n",
		"ldap_url = ldap://a ldap://b:389/ ldap://[::1]:389\n",
		"ldap_url = ldapi://%2frun%2fldapi\n",
	};
	struct conf	*conf = NULL;
	size_t		 i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put(rows[i]);
		UNIT_CHECK(rows[i], conf_load(path, &conf) == ST_OK);
		conf_free(&conf);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		UNIT_TEST(test_origins),
		UNIT_TEST(test_secrets),
		UNIT_TEST(test_other_secrets),
		UNIT_TEST(test_servers),
	};

	return cmocka_run_group_tests_name("conf-list", tests, group_begin,
	    group_end);
}
