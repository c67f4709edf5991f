/*
 * test-command-db.c - db upgrade: files are real, the database is not.
 */
#include "config.h"

#include "command-case.h"

#define PATH_SIZE	320	/* a directory entry below sql/ */

/* Files in dir/sql, named by their words, and their text is their name. */
static void
put_sql(const char *names)
{
	char	*copy = strdup(names), *rest = copy, *name, path[PATH_SIZE];
	char	 text[PATH_SIZE];

	assert_non_null(copy);
	assert_int_equal(mkdir("sql", 0700), 0);
	assert_int_equal(mkdir("sql/schema", 0700), 0);
	assert_int_equal(mkdir("sql/code", 0700), 0);
	while ((name = strsep(&rest, " ")) != NULL) {
		(void)snprintf(path, sizeof(path), "sql/%s", name);
		(void)snprintf(text, sizeof(text), "-- %s", name);
		put_file(path, text);
	}
	free(copy);
}

static void
remove_sql(const char *names)
{
	char	*copy = strdup(names), *rest = copy, *name, path[PATH_SIZE];

	assert_non_null(copy);
	while ((name = strsep(&rest, " ")) != NULL) {
		(void)snprintf(path, sizeof(path), "sql/%s", name);
		assert_int_equal(unlink(path), 0);
	}
	assert_int_equal(rmdir("sql/code"), 0);
	assert_int_equal(rmdir("sql/schema"), 0);
	assert_int_equal(rmdir("sql"), 0);
	free(copy);
}

/* What is to be there, what is there, and what is no matter. */
#define LIST	"sql/schema/0001-a.sql sql/schema/0002-b.sql "		\
		"sql/schema/0003-c.sql sql/code/f.sql sql/code/z.sql"
#define FILES	"schema/0001-a.sql schema/0002-b.sql schema/0003-c.sql " \
		"code/f.sql code/z.sql"
#define THREE	FILES " README schema/0004-d.txt code/f.sql~"
#define CODE	"script(-- code/f.sql);script(-- code/z.sql);"
#define ACT(to, mended)	"script(SET LOCAL ROLE umws_owner; SELECT "	\
			"umws.audit_act('db_upgrade', NULL, 'schema', NULL, " \
			"'version " to ", " mended " mended'); RESET ROLE);"
#define UPGRADE	"db|upgrade|--sql|sql"

static void
test_upgrade(void **state)
{
	struct command_case	row = { UPGRADE, EX_OK,
				    "applied schema/0002-b.sql\n"
				    "applied schema/0003-c.sql\n"
				    "applied code/f.sql\napplied code/z.sql\n"
				    "schema is at version 3\n", "",
				    "new(user=a);schema;begin;lock;schema;"
				    "script(-- schema/0002-b.sql);schema;"
				    "script(-- schema/0003-c.sql);schema;"
				    CODE "checked;" ACT("3", "0")
				    "commit;rollback;" };

	(void)state;
	fake_sql_files = LIST;
	put_sql(THREE);
	fake.version = 1;
	check(&row, "");
	fake_reset();
	fake.version = 3;
	row = (struct command_case){ UPGRADE "|--dsn|user=super", EX_OK,
	    "schema is at version 3\n", "", "new(user=super);schema;" };
	check(&row, "");
	/* Another upgrade was faster: seen under the lock. */
	fake_reset();
	fake.version = 1;
	fake.version_locked = 3;
	row = (struct command_case){ UPGRADE, EX_OK,
	    "schema is at version 3\n", "", "new(user=a);schema;begin;lock;"
	    "schema;commit;rollback;" };
	check(&row, "");
	fake_reset();
	fake.version = 4;
	row = (struct command_case){ UPGRADE, EX_CONFIG, "", "at version 4, "
	    "newer than the files in sql, which end at 3",
	    "new(user=a);schema;" };
	check(&row, "");
	remove_sql(THREE);
}

#define LATER_LIST	"sql/schema/0006-a.sql sql/schema/0007-b.sql "	\
			"sql/code/f.sql"
#define LATER_FILES	"schema/0006-a.sql schema/0007-b.sql code/f.sql"

/* Versions before the first file have no way to it, and are told so. */
static void
test_upgrade_from_nowhere(void **state)
{
	struct command_case	row;

	(void)state;
	fake_sql_files = LATER_LIST;
	put_sql(LATER_FILES);
	fake.version = 0;
	row = (struct command_case){ UPGRADE, EX_OK,
	    "applied schema/0006-a.sql\napplied schema/0007-b.sql\n"
	    "applied code/f.sql\nschema is at version 7\n", "",
	    "new(user=a);schema;begin;lock;schema;"
	    "script(-- schema/0006-a.sql);schema;"
	    "script(-- schema/0007-b.sql);schema;"
	    "script(-- code/f.sql);checked;" ACT("7", "0")
	    "commit;rollback;" };
	check(&row, "");
	fake_reset();
	fake.version = 6;
	row = (struct command_case){ UPGRADE, EX_OK,
	    "applied schema/0007-b.sql\napplied code/f.sql\n"
	    "schema is at version 7\n", "",
	    "new(user=a);schema;begin;lock;schema;"
	    "script(-- schema/0007-b.sql);schema;"
	    "script(-- code/f.sql);checked;" ACT("7", "0")
	    "commit;rollback;" };
	check(&row, "");
	fake_reset();
	fake.version = 5;
	row = (struct command_case){ UPGRADE, EX_CONFIG, "", "this schema was "
	    "made by a version before the first release: make the database "
	    "anew; nothing was changed", "new(user=a);schema;" };
	check(&row, "");
	fake_reset();
	fake.version = 0;
	fake.version_locked = 1;
	row.calls = "new(user=a);schema;begin;lock;schema;rollback;";
	check(&row, "");
	remove_sql(LATER_FILES);
}

static void
test_upgrade_fails(void **state)
{
	struct command_case	row = { UPGRADE, EX_SOFTWARE, "",
				    "sql/schema/0002-b.sql: the database's "
				    "\"sentence\"; nothing was changed",
				    "new(user=a);schema;begin;lock;schema;"
				    "script(-- schema/0001-a.sql);schema;"
				    "script(-- schema/0002-b.sql);rollback;" };

	(void)state;
	fake_sql_files = LIST;
	put_sql(THREE);
	fake.version = 0;
	fake.fail_call = "script";
	fake.fail_after = 1;
	fake.fail_status = ST_BAD;
	check(&row, "");
	fake_reset();
	fake.version = 2;
	fake.fail_call = "script";
	fake.fail_after = 2;
	fake.fail_status = ST_BAD;
	row = (struct command_case){ UPGRADE, EX_SOFTWARE, "",
	    "sql/code/z.sql: the database's", "new(user=a);schema;begin;lock;"
	    "schema;script(-- schema/0003-c.sql);schema;" CODE "rollback;" };
	check(&row, "");
	fake_reset();
	fake.version = 2;
	fake.fail_call = "checked";
	fake.fail_status = ST_BAD;
	row.err = "sql/code: the database's \"sentence\"; nothing was changed";
	row.calls = "new(user=a);schema;begin;lock;schema;script(-- schema/"
	    "0003-c.sql);schema;" CODE "checked;rollback;";
	check(&row, "");
	fake_reset();
	fake.version = 0;
	fake.version_left = 7;
	row = (struct command_case){ UPGRADE, EX_SOFTWARE, "",
	    "sql/schema/0001-a.sql: it left umws.schema_info at version 7",
	    "new(user=a);schema;begin;lock;schema;script(-- schema/0001-a.sql)"
	    ";schema;rollback;" };
	check(&row, "");
	fake_reset();
	fake.version = 0;
	fake.fail_call = "schema";
	fake.fail_status = ST_RETRY;
	row = (struct command_case){ UPGRADE, EX_TEMPFAIL, "", "the first "
	    "upgrade needs a superuser: --dsn", "new(user=a);schema;" };
	check(&row, "");
	remove_sql(THREE);
}

#define REFERENCE "reference(-- verify.sql-- beside.sql);"		\
		"script(-- schema/0001-a.sql);"				\
		"schema;script(-- schema/0002-b.sql);schema;"		\
		"script(-- schema/0003-c.sql);schema;" CODE		\
		"taken;mend(state);"
#define VERIFIED	THREE " verify.sql beside.sql"

/* A superuser's upgrade compares with what the files make. */
static void
test_upgrade_verifies(void **state)
{
	struct command_case	row = { UPGRADE, EX_OK,
				    "schema is at version 3\n", "",
				    "new(user=a);schema;begin;lock;schema;"
				    REFERENCE "rollback;" };
	static struct outcome	outcome;

	(void)state;
	fake_sql_files = LIST;
	put_sql(VERIFIED);
	fake.version = 3;
	fake.is_superuser = true;
	check(&row, "");
	fake_reset();
	fake.version = 3;
	fake.is_superuser = true;
	fake.mended = "view umws.v\x1b: owner was postgres";
	row.out = "version 3\nmended view umws.v?: owner was postgres\n";
	row.calls = "new(user=a);schema;begin;lock;schema;" REFERENCE
	    ACT("3", "1") "commit;rollback;";
	check(&row, "");
	/* What cannot be mended is named, and nothing is kept. */
	fake_reset();
	fake.version = 3;
	fake.is_superuser = true;
	fake.mended = "this";
	fake.wrong = "table umws.x: umws has none of that name";
	run("--config|umws.conf|" UPGRADE, "", &outcome);
	assert_int_equal(outcome.code, EX_CONFIG);
	assert_string_equal(outcome.out, "");
	assert_non_null(strstr(outcome.err, "umwsctl: cannot be mended: "
	    "table umws.x: umws has none of that name\numwsctl: the schema is "
	    "not what version 3 makes of it, and nothing was changed"));
	assert_null(strstr(buf_text(&fake.calls), "commit"));
	/* One that collides is made again, from the start. */
	fake_reset();
	fake.version = 3;
	fake.is_superuser = true;
	fake.fail_call = "mend";
	fake.fail_status = ST_RETRY;
	fake.sqlstate = "XX000";
	row = (struct command_case){ UPGRADE, EX_OK,
	    "schema is at version 3\n", "",
	    "new(user=a);schema;begin;lock;schema;" REFERENCE "rollback;"
	    "schema;begin;lock;schema;" REFERENCE "rollback;" };
	check(&row, "");
	/* Who is no superuser is told what was not looked at. */
	row = (struct command_case){ UPGRADE, EX_OK, "", "", "" };
	fake_reset();
	fake.version = 3;
	row.out = "version 3\nits owners, rights and functions were not "
	    "checked: that needs a superuser (--dsn)\n";
	row.calls = "new(user=a);schema;";
	check(&row, "");
	remove_sql(VERIFIED);
}

/* One that is missing and one too many are named before anything is done. */
static void
test_upgrade_files(void **state)
{
	static const struct {
		const char	*names;
		int		 code;
		const char	*err;
	} rows[] = {
		{ "schema/0001-a.sql schema/0003-c.sql code/f.sql code/z.sql",
		    EX_CONFIG, "sql/schema/0002-b.sql is missing" },
		{ "schema/0002-b.sql", EX_CONFIG,
		    "sql/schema/0001-a.sql is missing" },
		{ FILES " schema/0001-b.sql", EX_CONFIG,
		    "sql/schema/0001-b.sql is no file of this version" },
		{ FILES " schema/0004-d.sql", EX_CONFIG,
		    "sql/schema/0004-d.sql is no file of this version" },
		{ FILES " code/old.sql", EX_CONFIG,
		    "sql/code/old.sql is no file of this version" },
		{ FILES " 0005-properties.sql", EX_CONFIG,
		    "sql/0005-properties.sql is no file of this version" },
		{ "schema/0001-a.sql schema/0002-b.sql schema/0003-c.sql "
		    "code/z.sql", EX_CONFIG, "sql/code/f.sql is missing" },
		{ "README", EX_NOINPUT, "no file schema/NNNN-name.sql" },
	};
	struct command_case	row = { UPGRADE, EX_NOINPUT, "",
				    "sql: No such file", "" };
	size_t			i;

	(void)state;
	fake_sql_files = LIST;
	check(&row, "");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_sql(rows[i].names);
		row = (struct command_case){ UPGRADE, rows[i].code, "",
		    rows[i].err, "" };
		check(&row, "");
		remove_sql(rows[i].names);
	}
}

/* What Makefile.am lists ends at the version that the programs are for. */
static void
test_sql_list(void **state)
{
	char	*copy = strdup(UMWS_SQL_FILES), *rest = copy, *name;
	char	*last = NULL;
	long	 version = 0, number;

	(void)state;
	assert_non_null(copy);
	while ((name = strsep(&rest, " ")) != NULL) {
		if (sscanf(name, "sql/schema/%ld-", &number) == 1) {
			assert_null(last);
			assert_true(version == 0 || number == version + 1);
			version = number;
			continue;
		}
		assert_int_equal(strncmp(name, "sql/code/", 9), 0);
		assert_true(last == NULL || strcmp(last, name) < 0);
		last = name;
	}
	assert_int_equal(version, UMWS_SCHEMA_VERSION);
	free(copy);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(test_upgrade),
		COMMAND_TEST(test_upgrade_from_nowhere),
		COMMAND_TEST(test_upgrade_fails),
		COMMAND_TEST(test_upgrade_verifies),
		COMMAND_TEST(test_upgrade_files),
		COMMAND_TEST(test_sql_list),
	};

	return cmocka_run_group_tests_name("command-db", tests,
	    command_group_begin, command_group_end);
}
