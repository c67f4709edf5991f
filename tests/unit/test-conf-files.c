/*
 * test-conf-files.c - where a setting comes from: umws.conf, the files beside
 * it, the environment; which wins, and what is refused by name.
 */
#include "config.h"

#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#include "app/conf.h"

static char	dir[64];
static char	path[128];		/* dir/umws.conf */
static char	beside[128];		/* dir/umws.conf.d */

static int
group_begin(void **state)
{
	(void)state;
	(void)strcpy(dir, "/tmp/umws-conf-files-XXXXXX");
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(path, sizeof(path), "%s/umws.conf", dir);
	(void)snprintf(beside, sizeof(beside), "%s/umws.conf.d", dir);
	return 0;
}

static int
group_end(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* A folder with an empty umws.conf and an empty umws.conf.d. */
static void	put(const char *name, const char *text);

static int
case_begin(void **state)
{
	if (mkdir(beside, 0755) != 0)
		return -1;
	put("umws.conf", "");
	return unit_begin(state);
}

static int
case_end(void **state)
{
	const struct dirent	*entry;
	DIR			*folder = opendir(beside);
	char			 file[512];
	int			 ended = unit_end(state);

	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		(void)snprintf(file, sizeof(file), "%s/%s", beside,
		    entry->d_name);
		if (unlink(file) != 0)
			(void)rmdir(file);
	}
	if (folder != NULL)
		(void)closedir(folder);
	(void)unlink(path);
	return rmdir(beside) != 0 ? -1 : ended;
}

#define CASE(test)	cmocka_unit_test_setup_teardown(test, case_begin, \
			    case_end)

static void
put_bytes(const char *name, const char *bytes, size_t len)
{
	char	 file[512];
	FILE	*stream;

	(void)snprintf(file, sizeof(file), "%s/%s", dir, name);
	stream = fopen(file, "w");
	UNIT_CHECK(file, stream != NULL);
	assert_int_equal(fwrite(bytes, 1, len, stream), len);
	assert_int_equal(fclose(stream), 0);
}

/* name is below dir. */
static void
put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static void
check_workers(const char *what, unsigned int workers)
{
	struct conf	*conf = NULL;

	if (conf_load(path, &conf) != ST_OK)
		dprintf(unit.stderr_fd, "refused: %s\n%s\n", what, unit_log());
	UNIT_CHECK(what, conf != NULL && conf->workers == workers);
	conf_free(&conf);
}

/* It is refused in one line, which has these two. */
static void
check_refused(const char *what, const char *reason)
{
	struct conf	*conf = (struct conf *)dir;
	const char	*text;

	UNIT_CHECK(what, conf_load(path, &conf) == ST_BAD);
	UNIT_CHECK(what, conf == NULL);
	text = unit_log();
	UNIT_CHECK(text, strncmp(text, "<3>", 3) == 0);
	UNIT_CHECK(text, strchr(text, '\n') == text + strlen(text) - 1);
	UNIT_CHECK(text, strstr(text, what) != NULL);
	UNIT_CHECK(text, strstr(text, reason) != NULL);
	UNIT_CHECK(text, strstr(text, "SECRET") == NULL);
}

static void
test_order(void **state)
{
	(void)state;
	put("umws.conf", "workers = 2\n");
	check_workers("umws.conf", 2);
	put("umws.conf.d/10-a.conf", "workers = 3\n");
	check_workers("a file beside it", 3);
	/* By bytes: digits, capitals, letters; and 1 is before 9. */
	put("umws.conf.d/9-b.conf", "workers = 4\n");
	check_workers("10 is before 9", 4);
	put("umws.conf.d/a.conf", "workers = 5\n");
	put("umws.conf.d/B.conf", "workers = 6\n");
	check_workers("B is before a", 5);
	put("umws.conf.d/zz.conf", "# nothing\n");
	check_workers("no setting", 5);
}

static void
test_names(void **state)
{
	static const char *const	others[] = { ".hidden.conf", ".conf",
		"a.conf~", "a.conf.dpkg-old", "a.CONF", "README", "aconf" };
	char				name[64];
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		(void)snprintf(name, sizeof(name), "umws.conf.d/%s",
		    others[i]);
		put(name, "workers = x\n");
	}
	check_workers("none counts", 8);
}

static void
test_no_directory(void **state)
{
	(void)state;
	assert_int_equal(rmdir(beside), 0);
	check_workers("none", 8);
	put("umws.conf.d", "workers = 2\n");
	check_refused("umws.conf.d ", "Not a directory");
	assert_int_equal(unlink(beside), 0);
	assert_int_equal(mkdir(beside, 0755), 0);
	assert_int_equal(unlink(path), 0);
	put("umws.conf.d/a.conf", "workers = 2\n");
	check_refused("umws.conf ", "No such file");
	put("umws.conf", "");
}

static void
test_refusals(void **state)
{
	(void)state;
	put("umws.conf", "workers = 2\n");
	put("umws.conf.d/a.conf", "\nworkers = 3\n\nworkers = 4\n");
	check_refused("umws.conf.d/a.conf line=4 ", "first time on line 2");
	put("umws.conf.d/a.conf", "\nworkers = SECRET\n");
	check_refused("umws.conf.d/a.conf line=2 ", "a number from 1 to 512");
	put("umws.conf.d/a.conf", "wrokers = 3\n");
	check_refused("umws.conf.d/a.conf line=1 ", "did you mean 'workers'");
	/* What only all of them can tell names whoever said it last. */
	put("umws.conf", "retry_min = 2h\nretry_max = 2h\n");
	put("umws.conf.d/a.conf", "\n\nretry_min = 3h\n");
	check_refused("umws.conf.d/a.conf line=3 ", "not be longer than");
	put("umws.conf.d/b.conf", "retry_max = 3h\n");
	check_workers("mended by a later file", 8);
}

/* A later file takes back what an earlier one says. */
static void
test_taken_back(void **state)
{
	(void)state;
	put("umws.conf", "smtp_tls = required\nsmtp_user = u\n"
	    "smtp_password_file = /x\n");
	put("umws.conf.d/a.conf", "smtp_url = sendmail:/bin/true\n");
	check_refused("umws.conf line=1 ", "is not for a program");
	put("umws.conf.d/b.conf", "smtp_tls = try\nsmtp_user =\n"
	    "smtp_password_file =\n");
	check_workers("all taken back", 8);
}

static void
test_texts(void **state)
{
	char	text[5000];

	(void)state;
	put("umws.conf.d/a.conf", "\xef\xbb\xbfworkers = 2\r\n# x\r\n");
	check_workers("byte order mark, CR LF", 2);
	put("umws.conf.d/a.conf", "workers = 3");
	check_workers("no newline at the end", 3);
	put("umws.conf.d/a.conf", "");
	check_workers("empty", 8);
	put("umws.conf.d/a.conf", "\xef\xbb\xbf");
	check_workers("a mark alone", 8);
	put("umws.conf.d/a.conf", "# x\n\xef\xbb\xbfworkers = 2\n");
	check_refused("a.conf line=2 ", "unknown key");
	put_bytes("umws.conf.d/a.conf", "#\nworkers = 1\0\n", 15);
	check_refused("a.conf line=2 ", "no text line of at most 4096");
	put_bytes("umws.conf.d/a.conf", "\xff\xfew\0o\0r\0", 8);
	check_refused("a.conf line=1 ", "no text line of at most 4096");
	memset(text, '#', sizeof(text));
	put_bytes("umws.conf.d/a.conf", text, sizeof(text));
	check_refused("a.conf line=1 ", "no text line of at most 4096");
	put_bytes("umws.conf.d/a.conf", text, 4095);
	check_workers("the longest line", 8);
	put("umws.conf.d/a.conf", "");
	(void)snprintf(text, sizeof(text), "%s/a.conf", beside);
	assert_int_equal(truncate(text, 300000), 0);
	check_refused("a.conf ", "too long to be a configuration");
	assert_int_equal(truncate(text, (off_t)1 << 40), 0);
	check_refused("a.conf ", "too long to be a configuration");
}

static void
test_kinds_of_files(void **state)
{
	char	file[256];

	(void)state;
	(void)snprintf(file, sizeof(file), "%s/a.conf", beside);
	assert_int_equal(mkdir(file, 0755), 0);
	check_refused("umws.conf.d/a.conf ", "Is a directory");
	assert_int_equal(rmdir(file), 0);
	assert_int_equal(mkfifo(file, 0644), 0);
	check_refused("umws.conf.d/a.conf ", "no regular file");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("/dev/zero", file), 0);
	check_refused("umws.conf.d/a.conf ", "no regular file");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("/dev/null", file), 0);
	check_workers("masked", 8);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("nowhere", file), 0);
	check_refused("umws.conf.d/a.conf ", "symbolic link to nothing");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(symlink("a.conf", file), 0);
	check_refused("umws.conf.d/a.conf ", "cannot open");
	assert_int_equal(unlink(file), 0);
	put("umws.conf.d/other", "workers = 7\n");
	assert_int_equal(symlink("other", file), 0);
	check_workers("a symbolic link", 7);
	/* A start does not hang at the main file either. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0644), 0);
	check_refused("umws.conf ", "no regular file");
}

static void
test_unreadable(void **state)
{
	char	file[256];

	(void)state;
	if (geteuid() == 0)
		skip();
	put("umws.conf.d/a.conf", "workers = 2\n");
	(void)snprintf(file, sizeof(file), "%s/a.conf", beside);
	assert_int_equal(chmod(file, 0), 0);
	check_refused("umws.conf.d/a.conf ", "Permission denied");
	assert_int_equal(chmod(beside, 0), 0);
	check_refused("umws.conf.d ", "Permission denied");
	assert_int_equal(chmod(beside, 0755), 0);
}

static void
set_mode(const char *name, mode_t mode)
{
	char	file[512];

	(void)snprintf(file, sizeof(file), "%s/%s", dir, name);
	assert_int_equal(chmod(file, mode), 0);
}

/* A password is for those alone who may read a secret key. */
static void
test_password(void **state)
{
	static const char *const	texts[] = {
		"\ndatabase_admin = host=h password=SECRET\n",
		"\ndatabase_mailer = host=h password='SECRET x'\n",
		"\ndatabase_worker = postgresql://u:SECRET@h/d\n",
		"\ndatabase_worker = postgresql://u:%53ECRET%40@h/d\n",
		"\ndatabase_worker = postgres://h/d?password=SECRET\n",
		"\ndatabase_worker = postgres://h/d?p%61ssword=SECRET\n",
		"\ndatabase_worker = host=h sslpassword=SECRET\n",
		"\ndatabase_worker = host=h;password=SECRET\n",
		"\ndatabase_worker = host=h password='SECRET\n",
	};
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put("umws.conf", "");
		put("umws.conf.d/a.conf", texts[i]);
		/* Whichever value wins, it stands there. */
		put("umws.conf.d/b.conf", "database_worker = host=h\n"
		    "database_mailer = host=h\ndatabase_admin = host=h\n");
		check_refused("umws.conf.d/a.conf line=2 ", "a password "
		    "stands here, and others can use it");
		set_mode("umws.conf.d/a.conf", 0600);
		check_workers(texts[i], 8);
		set_mode("umws.conf.d/a.conf", 0620);
		check_refused("umws.conf.d/a.conf line=2 ",
		    "its group can write it");
		set_mode("umws.conf.d/a.conf", 0644);
		put("umws.conf.d/a.conf", "");
		put("umws.conf", texts[i]);
		check_refused("umws.conf line=2 ", "others can use it");
		set_mode("umws.conf", 0640);
		check_workers(texts[i], 8);
		set_mode("umws.conf", 0644);
	}
}

static void
test_no_password(void **state)
{
	static const char *const	texts[] = {
		"database_admin = umws\n",
		"database_admin = host=h password='' user=u\n",
		"database_admin = passfile=/etc/umws/password host=h\n",
		"database_admin = postgresql://u@h/d?sslmode=require\n",
		"# database_admin = password=SECRET\n",
		"smtp_password_file = /x\nsmtp_user = password=x\n",
	};
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		put("umws.conf", texts[i]);
		check_workers(texts[i], 8);
	}
}

/* Who may write a file, or add one, may set everything. */
static void
test_writable(void **state)
{
	(void)state;
	put("umws.conf.d/a.conf", "workers = 2\n");
	set_mode("umws.conf", 0646);
	check_refused("umws.conf ", "others can write it");
	set_mode("umws.conf", 0664);
	set_mode("umws.conf.d/a.conf", 0666);
	check_refused("umws.conf.d/a.conf ", "chmod 0644");
	set_mode("umws.conf.d/a.conf", 0644);
	set_mode("umws.conf.d", 01777);
	check_refused("umws.conf.d ", "others can write it");
	set_mode("umws.conf.d", 0775);
	check_refused("umws.conf.d ", "chmod 0755");
	set_mode("umws.conf.d", 0755);
	check_workers("as they should be", 2);
	if (geteuid() != 0)
		return;
	assert_int_equal(chown(beside, 4711, 0), 0);
	check_refused("umws.conf.d ", "its owner is neither root nor us");
	assert_int_equal(chown(beside, 0, 0), 0);
}

static void
test_environment(void **state)
{
	struct conf	*conf = NULL;

	(void)state;
	put("umws.conf", "workers = 2\nmail_from = a@example.org\n");
	put("umws.conf.d/a.conf", "workers = 3\n");
	assert_int_equal(setenv("UMWS_WORKERS", " 4\n", 1), 0);
	check_workers("wins", 4);
	assert_int_equal(setenv("UMWS_MAIL_FROM", "", 1), 0);
	assert_int_equal(conf_load(path, &conf), ST_OK);
	assert_string_equal(conf->message.from, "");
	conf_free(&conf);
	assert_int_equal(setenv("UMWS_WORKERS", "SECRET", 1), 0);
	check_refused(" variable=UMWS_WORKERS ", "a number from 1 to 512");
	/* Those of a request are no settings, and so is nothing in CGI. */
	assert_int_equal(conf_load_cgi(path, &conf), ST_OK);
	assert_int_equal(conf->workers, 3);
	conf_free(&conf);
	assert_int_equal(setenv("UMWS_WORKERS", "", 1), 0);
	check_refused(" variable=UMWS_WORKERS ", "a number from 1 to 512");
	assert_int_equal(setenv("UMWS_WORKERS", "1\n1", 1), 0);
	check_refused(" variable=UMWS_WORKERS ", "a control character");
	/* What is wrong in a file is wrong, whoever wins. */
	put("umws.conf", "workers = 0\n");
	assert_int_equal(setenv("UMWS_WORKERS", "4", 1), 0);
	check_refused("umws.conf line=1 ", "a number from 1 to 512");
	put("umws.conf", "retry_max = 1s\n");
	assert_int_equal(setenv("UMWS_RETRY_MIN", "2m", 1), 0);
	check_refused(" variable=UMWS_RETRY_MIN ", "must not be longer");
	assert_int_equal(unsetenv("UMWS_RETRY_MIN"), 0);
	assert_int_equal(unsetenv("UMWS_WORKERS"), 0);
	assert_int_equal(unsetenv("UMWS_MAIL_FROM"), 0);
}

static void
test_other_variables(void **state)
{
	static const char *const	others[] = { "UMWS_BUILD", "UMWS_ROUTE",
		"UMWS_SECRET", "UMWS_CONF", "UMWS_CHECK_DIR", "UMWS_PORT",
		"UMWS_SERVICE_HOST", "UMWS_", "UMWS", "HTTP_UMWS_WORKERS",
		"XUMWS_WORKERS", "umws_workers", "UMWS_USER", "UMWS_URL",
		"UMWS_MAILER" };
	static const char *const	slips[] = { "UMWS_WORKER",
		"UMWS_workers", "UMWS_SMTP_ULR", "UMWS_DATABASE_ADMINS" };
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_int_equal(setenv(others[i], "x", 1), 0);
		check_workers(others[i], 8);
		assert_int_equal(unsetenv(others[i]), 0);
	}
	for (i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		assert_int_equal(setenv(slips[i], "SECRET", 1), 0);
		check_refused(slips[i], "did you mean UMWS_");
		assert_int_equal(unsetenv(slips[i]), 0);
	}
}

static void
hear(void *context, const struct conf_fault *fault)
{
	char	*heard = context;

	(void)snprintf(heard + strlen(heard), 4000 - strlen(heard),
	    "%s:%u %s\n", fault->place.file != NULL ?
	    strrchr(fault->place.file, '/') + 1 : fault->place.variable,
	    fault->place.line, fault->reason);
}

/* Whoever asks hears of each fault: files that cannot be read, then lines. */
static void
test_all_faults(void **state)
{
	struct conf	*conf = (struct conf *)dir;
	char		 heard[4000] = "";

	(void)state;
	put("umws.conf", "workers = 0\n# x\nfrobnicate = 1\nworkers = 1\n"
	    "retry_min = x\nretry_max = 1s\nldap_bind_dn = x\n"
	    "smtp_user = u\nsmtp_password_file = x\n");
	put("umws.conf.d/a.conf", "kdf = 1\n");
	assert_int_equal(mkdir(strcat(strcpy(heard, beside), "/b.conf"), 0755),
	    0);
	assert_int_equal(setenv("UMWS_WORKERS", "x", 1), 0);
	heard[0] = '\0';
	assert_int_equal(conf_read(path, hear, heard, &conf), ST_BAD);
	assert_int_equal(unsetenv("UMWS_WORKERS"), 0);
	assert_null(conf);
	assert_string_equal(unit_log(), "");
	assert_string_equal(heard,
	    "b.conf:0 Is a directory\n"
	    "umws.conf:1 workers must be a number from 1 to 512, not '0'\n"
	    "umws.conf:3 unknown key 'frobnicate'; umws.conf(5) lists them "
	    "all\n"
	    "umws.conf:4 workers stands here a second time, the first time "
	    "on line 1: remove one\n"
	    "umws.conf:5 retry_min must be a number with a unit, like 500ms, "
	    "30s, 5m or 1h\n"
	    "umws.conf:9 smtp_password_file must be an absolute path, without "
	    "any of : ; = ? & @ ,\n"
	    "a.conf:1 kdf must be m,t,p: memory in KiB, passes, lanes, like "
	    "7168,5,1\n"
	    "UMWS_WORKERS:0 workers must be a number from 1 to 512\n"
	    "umws.conf:7 ldap_bind_dn and ldap_password_file go together: "
	    "give both or none\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_order),
		CASE(test_names),
		CASE(test_no_directory),
		CASE(test_refusals),
		CASE(test_taken_back),
		CASE(test_texts),
		CASE(test_kinds_of_files),
		CASE(test_unreadable),
		CASE(test_password),
		CASE(test_no_password),
		CASE(test_writable),
		CASE(test_environment),
		CASE(test_other_variables),
		CASE(test_all_faults),
	};

	return cmocka_run_group_tests_name("conf-files", tests, group_begin,
	    group_end);
}
