/*
 * test-command-import.c - user add --csv: files in, mailboxes out, all of
 * them or none.
 */
#include "config.h"

#include "command-case.h"

#define HEADER	"login,email,name,extension,locale,policy\n"
#define IMPORT	"new(user=a);schema;begin;"

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
	struct command_case	row = { "user|add|--csv|users.csv", 0, "", "",
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
	}
}

static void
test_import(void **state)
{
	static const struct import_case	rows[] = {
		{ HEADER "a,a@b,\"A, B\",1,de,p\r\nb,b@b,,,,\r\n", EX_OK,
		    "added 2 users\n", "", IMPORT
		    "read(v_policy,p);"
		    "user_add(a,a@b,A, B,1,de,p,1);"
		    "read(v_policy,default);"
		    "user_add(b,b@b,,,,,1);commit;rollback;" },
		{ "\xef\xbb\xbfpolicy,email,login,name,extension,locale\n"
		    "p,a@b,a,,,\n", EX_OK, "added 1 users\n", "", IMPORT
		    "read(v_policy,p);"
		    "user_add(a,a@b,,,,p,1);commit;rollback;" },
		{ HEADER, EX_OK, "added 0 users\n", "", NULL },
		{ "EMAIL,Login\t,\" policy \", \na@b,a,p,\n", EX_OK,
		    "added 1 users\n", "", IMPORT
		    "read(v_policy,p);"
		    "user_add(a,a@b,,,,p,1);commit;rollback;" },
		/* Only two columns are needed; blank rows are nobody's. */
		{ "email,login\na@b,Anna\nb@b,M\xc3\x9cLLER\n", EX_OK,
		    "added 2 users\n", "", IMPORT
		    "read(v_policy,default);user_add(anna,a@b,,,,,1);"
		    "user_add(m\xc3\xbcller,b@b,,,,,1);commit;rollback;" },
		{ ",,\nlogin,email,policy\na,a@b,p\n,,\n , ,\t\n,,,,\n \n",
		    EX_OK, "added 1 users\n", "", IMPORT
		    "read(v_policy,p);"
		    "user_add(a,a@b,,,,p,1);commit;rollback;" },
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
		    "users.csv:3: the login is empty", "" },
		{ "login;email\na;a@b\n", EX_DATAERR, "", "users.csv:1: the "
		    "columns are parted by semicolons or tabs", "" },
		{ "login\temail\na\ta@b\n", EX_DATAERR, "", "parted by "
		    "semicolons or tabs", "" },
		{ "\"login\";\"email\"\r\n\"a\";\"a@b\"\r\n", EX_DATAERR,
		    "", "users.csv:1: malformed quoting, or columns that are "
		    "parted by semicolons or tabs: save", "" },
		{ "login,email,,\na,a@b,,\nb,b@b,,x\n", EX_DATAERR, "",
		    "users.csv:3: field 4 is \"x\", but its column has no "
		    "name", "" },
		{ "login,email,,\na,a@b,,\nb,bad,,\n", EX_DATAERR, "",
		    "users.csv:3: \"bad\" is no mail address", "" },
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
		    "", "users.csv:5: extension \"12x4\" is not digits", "" },
		{ HEADER "a,a@b,,1,\n", EX_DATAERR, "", "users.csv:2: 5 "
		    "fields where the header has 6", "" },
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
		/* Two rows that mean one mailbox. */
		{ "login,email\nm\xc3\xbcller,a@b\nb,b@b\n"
		    "MU\xcc\x88LLER,c@b\n", EX_DATAERR, "", "users.csv:4: the "
		    "login \"m\xc3\xbcller\" stands on line 2 already", "" },
		/* What nobody can reach. */
		{ HEADER "csv1 ,a@b,,,,\n", EX_DATAERR, "", "users.csv:2: "
		    "\"csv1 \" can be no login: it ends with a blank", "" },
		{ HEADER "csv3\xe2\x80\x8b,a@b,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"csv3?\" can be no login: it has "
		    "U+200B", "" },
		{ HEADER "c,a@b\xe2\x80\x8b,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"a@b?\" is no mail address: it "
		    "has U+200B", "" },
		{ HEADER "c,\xef\xbb\xbf" "a@b,,,,\n", EX_DATAERR, "",
		    "it has U+FEFF", "" },
		{ HEADER "c,c@example.test.,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"c@example.test.\" is no mail address: it "
		    "ends with a dot", "" },
		{ HEADER "c,c@example..test,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"c@example..test\" is no mail", "" },
		{ HEADER "c,c@-example-.test,,,,\n", EX_DATAERR, "",
		    "users.csv:2: \"c@-example-.test\" is no mail", "" },
		{ HEADER "a,a@b,,,de,\nb,b@b,,,german,\n", EX_DATAERR, "",
		    "users.csv:3: locale \"german\" is of no language", "" },
	};

	(void)state;
	check_imports(rows, sizeof(rows) / sizeof(rows[0]));
}

/* A row that the database refuses is named; nothing is committed. */
static void
test_import_refused(void **state)
{
	struct command_case	row = { "user|add|--csv|-", EX_DATAERR, "",
				    "stdin:3: the database's", IMPORT
				    "read(v_policy,default);"
				    "user_add(a,a@b,,,,,1);"
				    "user_add(b,b@b,,,,,1);rollback;" };

	(void)state;
	fake.fail_call = "user_add";
	fake.fail_after = 1;
	fake.fail_status = ST_BAD;
	check(&row, HEADER "a,a@b,,,,\nb,b@b,,,,\nc,c@b,,,,\n");
	fake_reset();
	fake.fail_call = "commit";
	fake.fail_status = ST_UNKNOWN;
	row = (struct command_case){ "user|add|--csv|-", EX_TEMPFAIL, "",
	    "was lost on the way", IMPORT
	    "read(v_policy,default);user_add(a,a@b,,,,,1);commit;rollback;" };
	check(&row, HEADER "a,a@b,,,,\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(test_import),
		COMMAND_TEST(test_import_form),
		COMMAND_TEST(test_import_unreachable),
		COMMAND_TEST(test_import_refused),
	};

	return cmocka_run_group_tests_name("command-import", tests,
	    command_group_begin, command_group_end);
}
