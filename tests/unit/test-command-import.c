/*
 * test-command-import.c - user import: files in, mailboxes out, all of them or
 * none.
 */
#include "config.h"

#include "command-case.h"

#define HEADER	"login,email,name,extension,locale,policy\n"
#define IMPORT	"new(user=a);schema;stage;"
/* All that is asked for an import of these rows. */
#define STAGED(rows)							\
	IMPORT "stage_add([" rows "]);compare(1,0);"			\
	"apply(user_import,users.csv);read(v_stage,NULL);stage_commit;"	\
	"read(v_policy,default);rollback;"
#define ROW(number, line, login, email)					\
	"{\"number\":" number ",\"line\":" line ",\"login\":\"" login	\
	"\",\"email\":\"" email "\""
#define A	ROW("1", "2", "a", "a@b")

struct import_case {
	const char	*text;
	int		 code;
	const char	*out;
	const char	*err;
	const char	*calls;
};

static void
check_imports(const struct import_case *cases, size_t count)
{
	struct command_case	row = { "user|import|users.csv", 0, "", "",
				    NULL };
	size_t			i;

	for (i = 0; i < count; i++) {
		fake_reset();
		put_file("users.csv", cases[i].text);
		row.code = cases[i].code;
		row.out = cases[i].out;
		row.err = cases[i].err;
		row.calls = cases[i].calls;
		check(&row, "");
		UNIT_CHECK(row.err, row.code == EX_OK ||
		    strstr(buf_text(&fake.calls), "apply") == NULL);
	}
}

static void
test_import(void **state)
{
	static const struct import_case	rows[] = {
		{ HEADER "a,a@b,\"A, B\",1,de,p\r\nb,b@b,,,,\r\n", EX_OK,
		    "added 2 users\n", "", STAGED(A ",\"name\":\"A, B\","
		    "\"extension\":\"1\",\"locale\":\"de\",\"policy\":\"p\"},"
		    ROW("2", "3", "b", "b@b") ",\"name\":\"\",\"extension\":"
		    "\"\",\"locale\":\"\",\"policy\":\"\"}") },
		{ "\xef\xbb\xbfpolicy,email,login,name,extension,locale\n"
		    "p,a@b,a,,,\n", EX_OK, "added 1 users\n", "", STAGED(A
		    ",\"name\":\"\",\"extension\":\"\",\"locale\":\"\","
		    "\"policy\":\"p\"}") },
		{ "login,email,time_zone\na,a@b,Asia/Tokyo\n", EX_OK,
		    "added 1 users\n", "", STAGED(A
		    ",\"time_zone\":\"Asia/Tokyo\"}") },
		{ HEADER, EX_OK, "added 0 users\n", "", NULL },
		{ "EMAIL,Login\t,\" policy \", \na@b,a,p,\n", EX_OK,
		    "added 1 users\n", "", STAGED(A ",\"policy\":\"p\"}") },
		/* Only two columns are needed; blank rows are nobody's. */
		{ "email,login\na@b,Anna\nb@b,M\xc3\x9cLLER\n", EX_OK,
		    "added 2 users\n", "", STAGED(ROW("1", "2", "anna",
		    "a@b") "}," ROW("2", "3", "m\xc3\xbcller", "b@b") "}") },
		{ ",,\nlogin,email,policy\na,a@b,p\n,,\n , ,\t\n,,,,\n \n",
		    EX_OK, "added 1 users\n", "", STAGED(ROW("1", "3", "a",
		    "a@b") ",\"policy\":\"p\"}") },
		/* Whatever parts the columns, as the header shows. */
		{ "login;email;name\r\na;a@b;\"A; B, C\"\r\n", EX_OK,
		    "added 1 users\n", "", STAGED(A ",\"name\":\"A; B, "
		    "C\"}") },
		{ "\xef\xbb\xbf\"login\"\t\"email\"\n\"a\"\ta@b\n", EX_OK,
		    "added 1 users\n", "", STAGED(A "}") },
		/* A zero stays, and who is enabled has many words. */
		{ "login,email,extension,enabled\na,a@b,0042,No\n"
		    "b,b@b,0043,TRUE\nc,c@b,0044,\n", EX_OK,
		    "added 3 users\n", "", STAGED(A ",\"extension\":\"0042\","
		    "\"enabled\":false}," ROW("2", "3", "b", "b@b")
		    ",\"extension\":\"0043\",\"enabled\":true}," ROW("3", "4",
		    "c", "c@b") ",\"extension\":\"0044\"}") },
	};

	(void)state;
	check_imports(rows, sizeof(rows) / sizeof(rows[0]));
}

/* A file that is no table of ours. */
static void
test_import_form(void **state)
{
	static const struct import_case	rows[] = {
		{ "", EX_DATAERR, "", "users.csv:1: the file is empty", "" },
		{ "login,name,extension,locale,policy\n", EX_DATAERR, "",
		    "users.csv:1: column \"email\" is missing", "" },
		{ "email\na@b\n", EX_DATAERR, "", "column \"login\" is "
		    "missing", "" },
		{ "login,email\na,a@b\n,b@b\n", EX_DATAERR, "",
		    "users.csv:3: the login is empty", NULL },
		{ "login,email\r\n\"a\";\"a@b\"\r\n", EX_DATAERR,
		    "", "users.csv:2: malformed quoting, or columns that are "
		    "parted by another character than those of the header",
		    "" },
		{ "login,email,,\na,a@b,,\nb,b@b,,x\n", EX_DATAERR, "",
		    "users.csv:3: field 4 is \"x\", but its column has no "
		    "name", NULL },
		{ "login,email,,\na,a@b,,\nb,bad,,\n", EX_DATAERR, "",
		    "users.csv:3: \"bad\" is no mail address", NULL },
		{ "\xff\xfel", EX_DATAERR, "", "users.csv:1: this is UTF-16: "
		    "save the file as \"CSV UTF-8\"", "" },
		{ "\xef\xbb\xbf\xef\xbb\xbflogin,email\n", EX_DATAERR, "",
		    "users.csv:1: a second byte-order mark", "" },
		{ "login,mail,name,extension,locale,policy\n", EX_DATAERR,
		    "", "users.csv:1: column \"mail\" is not known", "" },
		{ "login,login,email,name,extension,locale,policy\n",
		    EX_DATAERR, "", "\"login\" stands there twice", "" },
		{ "login,email, LOGIN\na,a@b,c\n", EX_DATAERR, "",
		    "users.csv:1: column \" LOGIN\" stands there twice",
		    "" },
		{ "login,email,log in\na,a@b,c\n", EX_DATAERR, "",
		    "column \"log in\" is not known", "" },
		{ HEADER "a,a@b,\"x\ny\",1,,\n\nb,b@b,,12x4,,\n", EX_DATAERR,
		    "", "users.csv:5: extension \"12x4\" is not digits", NULL },
		{ HEADER "a,a@b,,1,\n", EX_DATAERR, "", "users.csv:2: 5 "
		    "fields where the header has 6", NULL },
		{ HEADER "a,a@b,\xe9,1,,\n", EX_DATAERR, "",
		    "users.csv:2: invalid UTF-8", "" },
		{ HEADER "a,a@b,\"x\"y,1,,\n", EX_DATAERR, "",
		    "users.csv:2: malformed quoting", "" },
	};

	(void)state;
	check_imports(rows, sizeof(rows) / sizeof(rows[0]));
}

/* Mailboxes that nobody could reach. */
static void
test_import_unreachable(void **state)
{
	static const struct import_case	rows[] = {
		/* What nobody can reach. */
		{ HEADER "csv1 ,a@b,,,,\n", EX_DATAERR, "", "users.csv:2: "
		    "\"csv1 \" can be no login: it ends with a blank", NULL },
		{ HEADER "csv3\xe2\x80\x8b,a@b,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"csv3?\" can be no login: it has "
		    "U+200B", NULL },
		{ HEADER "c,a@b\xe2\x80\x8b,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"a@b?\" is no mail address: it "
		    "has U+200B", NULL },
		{ HEADER "c,\xef\xbb\xbf" "a@b,,,,\n", EX_DATAERR, "",
		    "it has U+FEFF", NULL },
		{ HEADER "c,c@example.test.,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"c@example.test.\" is no mail address: it "
		    "ends with a dot", NULL },
		{ HEADER "c,c@example..test,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"c@example..test\" is no mail", NULL },
		{ HEADER "c,c@-example-.test,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"c@-example-.test\" is no mail", NULL },
		{ HEADER "a,a@b,,,de,\nb,b@b,,,german,\n", EX_DATAERR, "",
		    "users.csv:3: locale \"german\" is of no language", NULL },
		{ HEADER "a,a@b,,,la,\n", EX_DATAERR, "", "users.csv:2: "
		    "locale \"la\" is of a language that no mail is written "
		    "in; mails are written in ar, de", NULL },
	};

	(void)state;
	check_imports(rows, sizeof(rows) / sizeof(rows[0]));
}

/* What the database cannot do is said; nothing is committed. */
static void
test_import_refused(void **state)
{
	struct command_case	row = { "user|import|-", EX_DATAERR, "",
				    "the database's", IMPORT
				    "stage_add([" A "}]);rollback;" };

	(void)state;
	fake.fail_call = "stage_add";
	fake.fail_status = ST_BAD;
	check(&row, "login,email\na,a@b\n");
	fake_reset();
	fake.fail_call = "stage_commit";
	fake.fail_status = ST_UNKNOWN;
	row = (struct command_case){ "user|import|-", EX_TEMPFAIL, "",
	    "was lost on the way", IMPORT "stage_add([" A "}]);"
	    "compare(1,0);apply(user_import,stdin);read(v_stage,NULL);"
	    "stage_commit;rollback;" };
	check(&row, "login,email\na,a@b\n");
	fake_reset();
	fake.fail_call = "compare";
	fake.fail_status = ST_RETRY;
	row = (struct command_case){ "user|import|-", EX_TEMPFAIL, "",
	    "nothing was changed", NULL };
	check(&row, "login,email\na,a@b\n");
}

/* Names of columns, what parts them, what is not done, what is spoilt. */
static const struct option_case {
	const char	*args;
	const char	*text;
	int		 code;
	const char	*out;
	const char	*err;
	const char	*calls;
} option_cases[] = {
	{ "user|import|-|--map|login=sAMAccountName, Extension = "
	    "Tel no", "dn,sAMAccountName,email,TEL NO\nx,a,a@b,01\n",
	    EX_OK, "added 1 users\n", "", "\"login\":\"a\",\"email\""
	    ":\"a@b\",\"extension\":\"01\"}" },
	{ "user|import|-|--map|login=uid", "login,email\na,a@b\n",
	    EX_DATAERR, "", "column \"uid\" is missing", "" },
	{ "user|import|-|--map|name=cn", "login,email\na,a@b\n",
	    EX_DATAERR, "", "column \"cn\" is missing", "" },
	{ "user|import|-|--delimiter|tab",
	    "login\temail\tname\na\ta@b\t\"1,2,3\"\n", EX_OK,
	    "added 1 users\n", "", "\"name\":\"1,2,3\"" },
	{ "user|import|-|--delimiter=,", "login;email\na;a@b\n",
	    EX_DATAERR, "", "column \"login;email\" is not known",
	    "" },
	{ "user|import|-|--uneven", "login,email\na,a@b\n", EX_OK,
	    "added 1 users\n", "", "compare(0,0)" },
	{ "user|import|-|--dry-run", "login,email\na,a@b\n", EX_OK,
	    "would add 1 users\nadd a\nnothing was changed: --dry-run"
	    "\n", "", "apply(user_import,stdin);read(v_stage,NULL);"
	    "read(v_stage,NULL);rollback;" },
	{ "user|import|-|--json", "login,email\na,a@b\n", EX_OK,
	    "[{\"added\":1,\"changed\":0,\"disabled\":0,\"same\":0,"
	    "\"bad\":0,\"mails\":0,\"is_dry_run\":false}]\n", "",
	    "stage_commit" },
	{ "user|import|-|--skip-bad", "login,email\na,a@b\nb,b\n",
	    EX_OK, "added 2 users\nleft out 1 bad rows\n",
	    "stdin:3: \"b\" is no mail address", "\"login\":\"b\","
	    "\"reason\":\"\\\"b\\\" is no mail address" },
	{ "user|import|-", "login,email,extension\na,a@b,1.23E+09\n",
	    EX_DATAERR, "", "stdin:2: column extension: \"1.23E+09\" "
	    "is what a spreadsheet has made of a long number", NULL },
	{ "user|import|-", "login,email\n4,2E+11,a@b\n",
	    EX_DATAERR, "", "3 fields where the header has 2", NULL },
	{ "user|import|-", "login;email\n4,2E+11;a@b\n", EX_DATAERR,
	    "", "stdin:2: column login: \"4,2E+11\"", NULL },
	{ "user|import|-", "login,email,enabled\na,a@b,maybe\n",
	    EX_DATAERR, "", "enabled is \"maybe\": say yes or no",
	    NULL },
};

static void
test_import_options(void **state)
{
	const struct option_case	*row;
	static struct outcome		 outcome;
	char				 args[256];
	bool				 is_fine;
	size_t				 i;

	(void)state;
	for (i = 0; i < sizeof(option_cases) / sizeof(option_cases[0]); i++) {
		row = &option_cases[i];
		fake_reset();
		(void)snprintf(args, sizeof(args), "--config|umws.conf|%s",
		    row->args);
		run(args, row->text, &outcome);
		is_fine = outcome.code == row->code &&
		    strcmp(outcome.out, row->out) == 0 &&
		    strstr(outcome.err, row->err) != NULL &&
		    (*row->err == '\0') == (outcome.err[0] == '\0') &&
		    (row->calls == NULL ||
		    strstr(buf_text(&fake.calls), row->calls) != NULL);
		if (!is_fine)
			dprintf(unit.stderr_fd, "code %d\nout %s\nerr %s\n"
			    "calls %s\n", outcome.code, outcome.out,
			    outcome.err, buf_text(&fake.calls));
		UNIT_CHECK(row->args, is_fine);
	}
}

/* All of them are told, and then that nothing was done. */
static void
test_import_all_bad(void **state)
{
	static struct outcome	outcome;

	(void)state;
	run("--config|umws.conf|user|import|-", "login,email,extension\n"
	    "a,a,\nb,b@b\nc,c@b,\nd,d@b,x\n,,1\n", &outcome);
	assert_int_equal(outcome.code, EX_DATAERR);
	assert_string_equal(outcome.out, "");
	assert_string_equal(outcome.err,
	    "umwsctl: stdin:2: \"a\" is no mail address: it has no '@'\n"
	    "umwsctl: stdin:3: 2 fields where the header has 3\n"
	    "umwsctl: stdin:5: extension \"x\" is not digits\n"
	    "umwsctl: stdin:6: the login is empty\n"
	    "umwsctl: nothing was changed: 4 rows of stdin are no good "
	    "(--skip-bad leaves them out)\n");
	assert_null(strstr(buf_text(&fake.calls), "apply"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(test_import),
		COMMAND_TEST(test_import_form),
		COMMAND_TEST(test_import_unreachable),
		COMMAND_TEST(test_import_refused),
		COMMAND_TEST(test_import_options),
		COMMAND_TEST(test_import_all_bad),
	};

	return cmocka_run_group_tests_name("command-import", tests,
	    command_group_begin, command_group_end);
}
