/*
 * test-command.c - command lines in; exit code, output, the one line of an
 * error and the calls of the database out: usage, mailboxes, lists.
 */
#include "config.h"

#include "command-case.h"

static void
test_usage(void **state)
{
	static const struct command_case	rows[] = {
		{ "--help", EX_OK, "usage: umwsctl [--config FILE] VERB", "",
		    "" },
		{ "--version", EX_OK, "umwsctl " UMWS_VERSION "\n", "", "" },
		{ "--frob", EX_USAGE, "", "\"--frob\" is no option", "" },
		{ "frob", EX_USAGE, "", "there is no verb \"frob\"", "" },
		{ "user", EX_USAGE, "", "\"user\" needs a second word: user "
		    "add, user show, user list", "" },
		{ "user|frob", EX_USAGE, "", "needs a second word", "" },
		{ "use|add", EX_USAGE, "", "there is no verb \"use\"", "" },
		{ "user|--help", EX_OK, "umwsctl user show LOGIN", "", "" },
		{ "db|upgrade|--help", EX_OK, "superuser", "", "" },
		{ "key|create|--help", EX_OK, "  pepper  ", "", "" },
		{ "user|import|--help", EX_OK, "login,email,name,extension,"
		    "locale,time_zone,policy", "", "" },
		{ "user|show|--help", EX_OK, "--json", "", "" },
		{ "user|list|--help", EX_OK, "usage: umwsctl user list "
		    "[OPTION...]\n\nList mailboxes.\n", "", "" },
		{ "policy|set|--help", EX_OK, "MinPINLength=4..24", "", "" },
		{ "policy|show|--help", EX_OK, "umws.v_policy", "", "" },
		{ "outbox|list|--help", EX_OK, "umws.v_outbox", "", "" },
		{ "user|list|--frob", EX_USAGE, "", "user list: unknown "
		    "option --frob", "" },
		{ "user|list|--js", EX_USAGE, "", "unknown option --js", "" },
		{ "user|list|--json=1", EX_USAGE, "", "takes no value", "" },
		{ "user|list|--json|--json", EX_USAGE, "", "given twice",
		    "" },
		{ "user|add|a|--email", EX_USAGE, "", "needs a value: "
		    "--email", "" },
		{ "user|list|x", EX_USAGE, "", "too many arguments at x",
		    "" },
		{ "user|list|SECRET1", EX_USAGE, "", "too many arguments at "
		    "(not shown)", "" },
		{ "db|upgrade|--dsnSECRET1", EX_USAGE, "", "unknown option "
		    "(not shown)", "" },
		{ "--dsn:SECRET1", EX_USAGE, "", "\"--dsn\" is no option",
		    "" },
		{ "SECRET1|list", EX_USAGE, "", "no verb \"(not shown)\"",
		    "" },
		{ "user|show", EX_USAGE, "", "user show: it needs LOGIN",
		    "" },
		{ "policy|set|default", EX_USAGE, "", "it needs NAME and "
		    "KEY=VALUE", "" },
	};
	static struct outcome			outcome;

	(void)state;
	CHECK_ALL(rows);
	run("--config", "", &outcome);
	assert_int_equal(outcome.code, EX_USAGE);
	run("--config|umws.conf", "", &outcome);
	assert_int_equal(outcome.code, EX_USAGE);
}

/* A configuration that is refused has been logged; nothing is added. */
static void
test_configuration(void **state)
{
	static struct outcome	outcome;

	(void)state;
	unit_expect_log("file=bad.conf line=1 reason=\"unknown key");
	put_file("bad.conf", "smtp_ulr = x\n");
	run("--config|bad.conf|user|list", "", &outcome);
	assert_int_equal(outcome.code, EX_CONFIG);
	assert_string_equal(outcome.err, "");
	assert_string_equal(outcome.out, "");
}

/* Every verb that needs the schema refuses another one. */
static void
test_schema(void **state)
{
	static const struct {
		int64_t		 version;
		int64_t		 oldest;
		int		 code;
		const char	*err;
	} rows[] = {
		{ 0, 0, EX_CONFIG, "has no umws schema and this program needs "
		    "version 6: run `umwsctl db upgrade`" },
		{ 5, 1, EX_CONFIG, "at version 5 and this program needs 6: "
		    "run `umwsctl db upgrade`" },
		{ 9, 7, EX_CONFIG, "at version 9, from a newer `umwsctl db "
		    "upgrade`, and this program is for version 6" },
		{ 9, 6, EX_OK, "" },
	};
	static const char *const	verbs[] = { "user|list", "user|show|al",
	    "user|add|x|--email|x@y", "policy|show",
	    "policy|set|default|PINLifetime=3", "outbox|list" };
	struct command_case		row;
	size_t				i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (k = 0; k < sizeof(verbs) / sizeof(verbs[0]); k++) {
			fake_reset();
			fake.version = rows[i].version;
			fake.oldest = rows[i].oldest;
			row = (struct command_case){ verbs[k], rows[i].code,
			    "", rows[i].err, "new(user=a);schema;" };
			if (rows[i].code == EX_OK)
				row.calls = NULL;
			if (rows[i].code == EX_OK)
				row.out = " ";
			check(&row, "");
		}
	}
}

/* What each status of the database becomes. */
static void
test_statuses(void **state)
{
	static const struct {
		enum status	 st;
		int		 code;
		const char	*err;
		const char	*err_of_read;	/* NULL: the same */
	} rows[] = {
		{ ST_BAD, EX_DATAERR, "the database's \"sentence\"",
		    NULL },
		{ ST_BUSY, EX_TEMPFAIL, "is busy and nothing was changed",
		    NULL },
		{ ST_RETRY, EX_TEMPFAIL, "is away and nothing was changed",
		    NULL },
		{ ST_UNKNOWN, EX_TEMPFAIL, "look whether the change was",
		    "or this took longer than statement_timeout" },
		{ ST_FAIL, EX_CONFIG, "name the role umws_admin", NULL },
	};
	struct command_case	row;
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_reset();
		fake.fail_call = "user_add";
		fake.fail_status = rows[i].st;
		row = (struct command_case){ "user|add|x|--email|x@y",
		    rows[i].code, "", rows[i].err, NULL };
		check(&row, "");
		fake.fail_call = "read";
		fake.fail_after = 0;
		row.args = "user|list";
		if (rows[i].err_of_read != NULL)
			row.err = rows[i].err_of_read;
		check(&row, "");
		fake.fail_after = 0;
		row.args = "outbox|list";
		check(&row, "");
	}
}

/* The database says no: known by its code, in whatever language. */
static void
test_refusals(void **state)
{
	static const struct {
		const char	*sqlstate;
		int		 code;
		const char	*err;
		const char	*todo;
	} rows[] = {
		{ "28000", EX_NOPERM, "refuses us: it refuses the role",
		    NULL },
		{ "28P01", EX_NOPERM, "refuses us: it refuses the role",
		    NULL },
		{ "3D000", EX_NOPERM, "no database of the name", NULL },
		{ "42501", EX_NOPERM, "the role lacks the right", NULL },
		{ "42501", EX_NOPERM, "refuses us: GRANT it", "GRANT it" },
		{ "42883", EX_CONFIG, "run `umwsctl db upgrade`", NULL },
		{ "58P01", EX_CONFIG, "in the way: correct it (it says",
		    "correct it" },
		{ "", EX_CONFIG, "run `umwsctl db upgrade`", NULL },
	};
	struct command_case	row = { "user|list", 0, "", "", NULL };
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_reset();
		fake.fail_call = "schema";
		fake.fail_status = ST_FAIL;
		fake.sqlstate = rows[i].sqlstate;
		fake.todo = rows[i].todo;
		row.code = rows[i].code;
		row.err = rows[i].err;
		check(&row, "");
	}
}

static void
test_user_add(void **state)
{
	static const struct command_case	rows[] = {
		{ "user|add|al|--email|al@b", EX_OK, "added al\n", "",
		    "new(user=a);schema;"
		    "read(v_policy,default);"
		    "user_add(al,al@b,NULL,NULL,NULL,NULL,NULL,1);" },
		{ "user|add|--name=A B|--extension|12|--locale|de|--policy|"
		    "p|--time-zone|Asia/Tokyo|--disabled|--email=al@b|--|"
		    "--al", EX_OK, "added --al\n", "", "new(user=a);schema;"
		    "read(v_policy,p);user_add(--al,al@b,A B,12,de,Asia/Tokyo,"
		    "p,0);" },
		{ "user|add|al", EX_USAGE, "", "--email is missing", "" },
		{ "user|add", EX_USAGE, "", "it needs LOGIN", "" },
		{ "user|add||--email|a@b", EX_DATAERR, "", "the login is "
		    "empty", "" },
		{ "user|add|a|--email|ab", EX_DATAERR, "", "\"ab\" is no mail "
		    "address", "" },
		{ "user|add|a|--email|a@b@c", EX_DATAERR, "", "is no mail",
		    "" },
		{ "user|add|a|--email|@c", EX_DATAERR, "", "is no mail", "" },
		{ "user|add|a|--email|<a@b>", EX_DATAERR, "", "is no mail",
		    "" },
		{ "user|add|a|--email|a@b|--extension|12x4", EX_DATAERR, "",
		    "extension \"12x4\" is not digits", "" },
		{ "user|add|a|--email|a@b|--extension|123456789012345678901",
		    EX_DATAERR, "", "has more than 20 digits", "" },
		{ "user|add|A\xcc\x88|--email|a@b", EX_OK, "added \xc3\xa4\n",
		    "", "new(user=a);schema;read(v_policy,"
		    "default);user_add(\xc3\xa4,a@b,NULL,NULL,"
		    "NULL,NULL,NULL,1);" },
		{ "user|add|a |--email|a@b", EX_DATAERR, "", "ends with a "
		    "blank", "" },
		{ "user|add|a|--email|a@b.", EX_DATAERR, "", "ends with a "
		    "dot", "" },
		{ "user|add|a|--email|a@b|--locale|xx-klingon", EX_DATAERR,
		    "", "locale \"xx-klingon\" is of no language", "" },
		{ "user|add|a|--email|a@b|--locale|tlh", EX_DATAERR, "",
		    "of no language in our list", "" },
		{ "user|add|@|--email|a@b", EX_DATAERR, "", "nothing beside "
		    "its '@'", "" },
		{ "user|add|a|--email|a@b|--name=A\xe2\x80\xae" "B",
		    EX_DATAERR, "", "the name has U+202E", "" },
		{ "user|add|a|--email|a@b|--name=\xe2\x80\x8b", EX_DATAERR,
		    "", "no character that can be seen", "" },
		{ "user|add|a|--email|a@b|--locale|la-VA", EX_DATAERR, "",
		    "locale \"la-VA\" is of a language that no mail is "
		    "written in; mails are written in ar, de, en", "" },
	};

	(void)state;
	CHECK_ALL(rows);
}

/* Of the other verbs, what is refused before anything is asked. */
static void
test_user_refused(void **state)
{
	static const struct command_case	rows[] = {
		{ "user|import", EX_USAGE, "", "it needs FILE", "" },
		{ "user|import|no-such.csv", EX_NOINPUT, "",
		    "no-such.csv: No such file", "" },
		{ "user|import|.", EX_NOINPUT, "", ".: Is a directory",
		    "" },
		{ "user|import|x|--delimiter|x", EX_USAGE, "", "--delimiter "
		    "x: give comma, semicolon or tab", "" },
		{ "user|import|x|--map|login", EX_USAGE, "", "--map login: "
		    "give FIELD=COLUMN", "" },
		{ "user|import|x|--map|mail=m", EX_USAGE, "", "each of the "
		    "fields login,email,name", "" },
		{ "user|import|x|--map|login=a,Login=b", EX_USAGE, "",
		    "once at most", "" },
		{ "user|set|al", EX_USAGE, "", "say what is to change", "" },
		{ "user|set|al|--email|b", EX_DATAERR, "", "\"b\" is no mail "
		    "address", "" },
		{ "user|set|al|--login|b ", EX_DATAERR, "", "can be no login",
		    "" },
		{ "user|set|al|--extension|1x", EX_DATAERR, "", "is not "
		    "digits", "" },
		{ "user|set|al|--locale|german", EX_DATAERR, "", "is of no "
		    "language", "" },
		{ "user|set|al|--locale|zh-TW", EX_DATAERR, "", "locale "
		    "\"zh-TW\" is of a language that no mail is written in",
		    "" },
		{ "user|set|al|--name|A\xe2\x80\xae" "B", EX_DATAERR, "",
		    "the name has U+202E", "" },
		{ "user|remove|al", EX_USAGE, "", "say --yes", "" },
	};

	(void)state;
	CHECK_ALL(rows);
}

/* What strip_domains takes away, no web server can name. */
static void
test_stripped(void **state)
{
	static const char *const	refused[] = { "upn1@example.test",
	    "EXAMPLE\\upn1", "example\\UPN1", "upn1@EXAMPLE.TEST" };
	static const char *const	kept[] = { "upn1", "OTHER\\upn1",
	    "upn1@other.test" };
	static struct outcome		outcome;
	char				args[256];
	size_t				i;

	(void)state;
	put_file("off.conf", "strip_domains = EXAMPLE,example.test\n");
	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		(void)snprintf(args, sizeof(args), "--config|off.conf|user|"
		    "add|%s|--email|a@b", refused[i]);
		fake_reset();
		run(args, "", &outcome);
		UNIT_CHECK(refused[i], outcome.code == EX_DATAERR);
		UNIT_CHECK(refused[i], strstr(outcome.err, refused[i]) !=
		    NULL && strstr(outcome.err, "strip_domains in umws.conf "
		    "makes it \"upn1\", so add that") != NULL);
		UNIT_CHECK(refused[i], *buf_text(&fake.calls) == '\0');
		/* The help desk types what the user says. */
		(void)snprintf(args, sizeof(args), "--config|off.conf|user|"
		    "show|%s|--json", refused[i]);
		run(args, "", &outcome);
		UNIT_CHECK(refused[i], outcome.code == EX_OK && strstr(
		    buf_text(&fake.calls), "json(v_user,upn1)") != NULL);
	}
	for (i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		(void)snprintf(args, sizeof(args), "--config|off.conf|user|"
		    "add|%s|--email|a@b", kept[i]);
		fake_reset();
		run(args, "", &outcome);
		UNIT_CHECK(kept[i], outcome.code == EX_OK);
	}
}

static void
test_show(void **state)
{
	static const struct command_case	rows[] = {
		{ "user|list|--json", EX_OK, "[{\"a\":1}]\n", "",
		    "new(user=a);schema;json(v_user,NULL);" },
		{ "user|show|al|--json", EX_OK, "[{\"a\":1}]\n", "",
		    "new(user=a);schema;json(v_user,al);" },
		{ "policy|show|--json", EX_OK, "[{\"a\":1}]\n", "",
		    "new(user=a);schema;json(v_policy,NULL);" },
		{ "outbox|list|--json", EX_OK, "[{\"a\":1}]\n", "",
		    "new(user=a);schema;json(v_outbox,NULL);" },
		{ "user|list", EX_OK,
		    "LOGIN  EMAIL            EXTENSION  POLICY   STATE     "
		    "NAME\n"
		    "al     al@example.test  201        default  ready     "
		    "\xc3\x84l ?[31m\n"
		    "berta  b@example.test   -          strict   disabled  "
		    "-\n", "", NULL },
		{ "user|show|al", EX_OK, "PIN set at      2026-01-02 "
		    "03:04:05+00\nPIN expires at  -\n", "", NULL },
		{ "user|show|nobody", EX_NOUSER, "", "there is no user "
		    "\"nobody\"", NULL },
		{ "policy|show", EX_OK, "default\n"
		    "  MinPINLength                 6\n"
		    "  PINLifetime                  60\n", "", NULL },
		{ "policy|show", EX_OK,
		    "  LockoutDuration              unlimited\n", "", NULL },
		{ "outbox|list", EX_OK, "CREATED  LOGIN", "", NULL },
	};
	struct command_case			none;

	(void)state;
	CHECK_ALL(rows);
	fake_reset();
	fake.has_rows = false;
	none = (struct command_case){ "policy|show|x", EX_DATAERR, "",
	    "there is no policy \"x\"", NULL };
	check(&none, "");
	none = (struct command_case){ "user|list|--json", EX_OK, "[]\n", "",
	    NULL };
	check(&none, "");
	none = (struct command_case){ "user|show|x|--json", EX_NOUSER,
	    "", "there is no user \"x\"", NULL };
	check(&none, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(test_usage),
		COMMAND_TEST(test_configuration),
		COMMAND_TEST(test_schema),
		COMMAND_TEST(test_statuses),
		COMMAND_TEST(test_refusals),
		COMMAND_TEST(test_user_add),
		COMMAND_TEST(test_user_refused),
		COMMAND_TEST(test_stripped),
		COMMAND_TEST(test_show),
	};

	return cmocka_run_group_tests_name("command", tests,
	    command_group_begin, command_group_end);
}
