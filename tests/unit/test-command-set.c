/*
 * test-command-set.c - the verbs that set something up: policies and keys.
 * Key files are real.
 */
#include "config.h"

#include "command-case.h"

#define SET(json)	"new(user=a);schema;begin;read(v_policy,default);" \
			"policy_set(default," json ");read(v_policy,default);" \
			"commit;rollback;"

static void
test_policy_set(void **state)
{
	static const struct command_case	rows[] = {
		{ "policy|set|default|MinPINLength=8", EX_OK,
		    "policy default changed: MinPINLength 6 -> 8, "
		    "PINLifetime 60 -> unlimited, PINHistoryCount 5 -> 20, "
		    "AllowCommonPatterns no -> yes, ResetPINText \"\" -> "
		    "\"a \"b\"\", LockoutDuration unlimited -> 30m\n"
		    "allows 43000000 PINs\n", "",
		    SET("{\"min_pin_length\": 8}") },
		{ "policy|set|default|pinlifetime=unlimited|"
		    "AllowCommonPatterns=Yes|LogonFailuresBeforePINReset=off"
		    "|LockoutDuration=30m|TempPINLifetime=0", EX_OK, " ", "",
		    SET("{\"pin_lifetime_days\": 0, "
		    "\"allow_common_patterns\": true, "
		    "\"logon_failures_before_reset\": 0, "
		    "\"lockout_duration_s\": 1800, "
		    "\"temp_pin_lifetime_days\": 0}") },
		{ "policy|set|default|LockoutDuration=90|"
		    "AllowCommonPatterns=no|ResetsPerDay=off", EX_OK, " ", "",
		    SET("{\"lockout_duration_s\": 90, "
		    "\"allow_common_patterns\": false, "
		    "\"resets_per_day\": 0}") },
		{ "policy|set|default|AccessNumbers=<b>\"\\\n\x01\xc3\xa9=",
		    EX_OK, " ", "", SET("{\"access_numbers\": "
		    "\"<b>\\\"\\\\\\u000a\\u0001\xc3\xa9=\"}") },
		{ "policy|set|default|ResetPINText=<b>Help:</b> <a href='https"
		    "://help.example.test/vm'>Help</a>, &euro; 5&#8211;7\n",
		    EX_OK, " ", "", SET("{\"reset_pin_text\": \"<b>Help:</b> "
		    "<a href='https://help.example.test/vm'>Help</a>, &euro; "
		    "5&#8211;7\\u000a\"}") },
		{ "policy|set|default|AccessNumbers=", EX_OK, " ", "",
		    SET("{\"access_numbers\": \"\"}") },
		{ "policy|set|default|ResetPINText[DE-at]=<br>&euro;|"
		    "MinPINLength=8|resetpintext[pt-BR]=\"|"
		    "UMEnabledText[zh-hant-tw-x-TW]=|ResetPINText=x|"
		    "ResetPINText[de]=", EX_OK, " ", "",
		    SET("{\"reset_pin_texts\": {\"de-AT\": "
		    "\"<br>&euro;\", \"pt-BR\": \"\\\"\", \"de\": null}, "
		    "\"min_pin_length\": 8, \"um_enabled_texts\": "
		    "{\"zh-Hant-TW-x-tw\": null}, "
		    "\"reset_pin_text\": \"x\"}") },
	};

	(void)state;
	CHECK_ALL(rows);
}

static void
test_policy_refused(void **state)
{
	static const struct command_case	rows[] = {
		{ "policy|set|default|Foo=1", EX_USAGE, "", "\"Foo=1\" is no "
		    "KEY=VALUE of a policy; the keys are MinPINLength, "
		    "PINLifetime, PINHistoryCount", "" },
		{ "policy|set|default|MinPINLength", EX_USAGE, "",
		    "the keys are", "" },
		{ "policy|set|default|ResetPINText=\xc3\xbc <u>x</u>",
		    EX_DATAERR, "", "ResetPINText, character 3, at \"<u>x</u>"
		    "\": not kept; p, br, ul", "" },
		{ "policy|set|default|UMEnabledText=a <a href='ftp://x/'>b</a>",
		    EX_DATAERR, "", "UMEnabledText, character 3, at \"<a href="
		    "'ftp://x/'>b</a>\": a link to something else", "" },
		{ "policy|set|default|ResetPINText=&bogus; x", EX_DATAERR, "",
		    "ResetPINText, character 1, at \"&bogus; x\": a name that "
		    "is not known", "" },
		{ "policy|set|default|PINLifetime=1|pinlifetime=1", EX_USAGE,
		    "", "PINLifetime is given twice", "" },
		{ "policy|set|default|DefaultLanguage=la", EX_DATAERR, "",
		    "DefaultLanguage: locale \"la\" is of a language that no "
		    "mail is written in; mails are written in ar, de", "" },
		{ "policy|set|default|DefaultLanguage=", EX_DATAERR, "",
		    "DefaultLanguage: locale \"\" is of no language", "" },
		{ "policy|set|default|MinPINLength=3", EX_DATAERR, "",
		    "MinPINLength is 4 to 24, not \"3\"", "" },
		{ "policy|set|default|MinPINLength=25", EX_DATAERR, "",
		    "is 4 to 24", "" },
		{ "policy|set|default|MinPINLength=off", EX_DATAERR, "",
		    "is 4 to 24", "" },
		{ "policy|set|default|MinPINLength=", EX_DATAERR, "",
		    "not \"\"", "" },
		{ "policy|set|default|MinPINLength=8d", EX_DATAERR, "",
		    "not \"8d\"", "" },
		{ "policy|set|default|MinPINLength=4294967302", EX_DATAERR,
		    "", "is 4 to 24", "" },
		{ "policy|set|default|PINLifetime=1000", EX_DATAERR, "",
		    "PINLifetime is 1 to 999, or unlimited", "" },
		{ "policy|set|default|PINHistoryCount=0", EX_DATAERR, "",
		    "is 1 to 20", "" },
		{ "policy|set|default|LockoutDuration=366d", EX_DATAERR, "",
		    "is 1s to 365d, or unlimited", "" },
		{ "policy|set|default|LockoutDuration=1y", EX_DATAERR, "",
		    "not \"1y\"", "" },
		{ "policy|set|default|AllowCommonPatterns=2", EX_DATAERR, "",
		    "is yes or no", "" },
	};

	(void)state;
	CHECK_ALL(rows);
}

static void
test_policy_languages_refused(void **state)
{
	static const struct command_case	rows[] = {
		{ "policy|set|default|UMEnabledText[de]=a|UMEnabledText[fr]="
		    "\xc3\xbc <u>x</u>", EX_DATAERR, "", "UMEnabledText[fr], "
		    "character 3, at \"<u>x</u>\": not kept", "" },
		{ "policy|set|default|UMEnabledText[de]=a|MinPINLength=8|"
		    "UMEnabledText[DE]=b", EX_USAGE, "", "UMEnabledText[de] "
		    "is given twice", "" },
		{ "policy|set|default|UMEnabledText[german]=a", EX_DATAERR,
		    "", "UMEnabledText[german] names no language", "" },
		{ "policy|set|default|UMEnabledText[]=a", EX_DATAERR,
		    "", "UMEnabledText[] names no language", "" },
		{ "policy|set|default|UMEnabledText[de-DE-x-abcdefgh-abcdefgh"
		    "-abcdefgh-a]=a", EX_DATAERR, "", "names no language",
		    "" },
		{ "policy|set|default|UMEnabledText[de]", EX_USAGE, "",
		    "is no KEY=VALUE of a policy", "" },
		{ "policy|set|default|UMEnabledText[de]x=a", EX_USAGE, "",
		    "is no KEY=VALUE of a policy", "" },
		{ "policy|set|default|MinPINLength[de]=8", EX_USAGE, "",
		    "is no KEY=VALUE of a policy", "" },
	};

	(void)state;
	CHECK_ALL(rows);
}

static void
test_policy_brand(void **state)
{
	static const struct command_case	rows[] = {
		{ "policy|set|default|BrandName=B\xc3\xbcro \"X\" & <Co>|"
		    "brandcolor=#1A56b0", EX_OK, " ", "",
		    SET("{\"brand_name\": \"B\xc3\xbcro \\\"X\\\" & <Co>\", "
		    "\"brand_color\": \"#1a56b0\"}") },
		{ "policy|set|default|BrandName=|BrandColor=None", EX_OK, " ",
		    "", SET("{\"brand_name\": \"\", \"brand_color\": "
		    "\"\"}") },
		{ "policy|set|default|BrandColor=", EX_OK, " ", "",
		    SET("{\"brand_color\": \"\"}") },
		{ "policy|set|default|BrandColor=navy", EX_DATAERR, "",
		    "BrandColor is # and six hex digits, as #1a56b0, or none, "
		    "not \"navy\"", "" },
		{ "policy|set|default|BrandColor=#123", EX_DATAERR, "",
		    "BrandColor is # and six", "" },
		{ "policy|set|default|BrandColor=#123456;x:y", EX_DATAERR, "",
		    "BrandColor is # and six", "" },
		{ "policy|set|default|BrandName=a\r\nBcc: eve@example.test",
		    EX_DATAERR, "", "BrandName is one line that can be read, "
		    "and this has: a control character", "" },
		{ "policy|set|default|BrandName=a\xe2\x80\xae" "b", EX_DATAERR,
		    "", "this has: an invisible character", "" },
		{ "policy|set|default|BrandName=a\xff", EX_DATAERR,
		    "", "this has: not UTF-8", "" },
		{ "policy|set|default|BrandName=a ", EX_DATAERR,
		    "", "this has: a blank at an end", "" },
		{ "policy|set|default|BrandName=01234567890123456789012345678"
		    "90123456789012345678901234567890123", EX_OK, " ", "",
		    NULL },
		{ "policy|set|default|BrandName=01234567890123456789012345678"
		    "901234567890123456789012345678901234", EX_DATAERR, "",
		    "BrandName has at most 64 characters, not 65", "" },
	};

	(void)state;
	CHECK_ALL(rows);
}

static void
test_policy_text(void **state)
{
	struct command_case	row = { NULL, EX_OK, " ", "", NULL };
	char			args[2048] =
				    "policy|set|default|ResetPINText=";
	size_t			i, len = strlen(args);

	(void)state;
	/* 256 letters of one byte and 256 of two. */
	for (i = 0; i < 256; i++)
		(void)strcpy(args + len + 3 * i, "a\xc3\xa9");
	row.args = args;
	check(&row, "");
	(void)strcat(args, "b");
	fake_reset();
	row = (struct command_case){ args, EX_DATAERR, "", "ResetPINText has "
	    "at most 512 characters, not 513", "" };
	check(&row, "");
}

/* The policy that would be stored has 20 old PINs: 1,000 are enough. */
static void
test_policy_judged(void **state)
{
	struct command_case	row = { "policy|set|default|PINLifetime=1",
				    EX_OK, "allows 1000 PINs", "", NULL };

	(void)state;
	fake.pins = 1000;
	check(&row, "");
	fake_reset();
	fake.pins = UINT64_MAX;
	row.out = "allows more than 10^19 PINs";
	check(&row, "");
	fake_reset();
	fake.pins = 999;
	row = (struct command_case){ "policy|set|default|PINLifetime=1",
	    EX_DATAERR, "", "this would leave 999 PINs, fewer than 1000",
	    "new(user=a);schema;begin;read(v_policy,default);"
	    "policy_set(default,{\"pin_lifetime_days\": 1});"
	    "read(v_policy,default);rollback;" };
	check(&row, "");
	fake_reset();
	fake.has_rows = false;
	row = (struct command_case){ "policy|set|new|PINLifetime=1", EX_OK,
	    "policy new created: MinPINLength 8, PINLifetime unlimited", "",
	    NULL };
	check(&row, "");
	fake_reset();
	fake.fail_call = "policy_set";
	fake.fail_status = ST_BAD;
	row = (struct command_case){ "policy|set|default|PINLifetime=1",
	    EX_DATAERR, "", "the database's \"sentence\"",
	    "new(user=a);schema;begin;read(v_policy,default);"
	    "policy_set(default,{\"pin_lifetime_days\": 1});rollback;" };
	check(&row, "");
}

/* The text of a key file, and its mode. */
static const char *
key_file(const char *name, unsigned int mode)
{
	static char	text[256];
	struct stat	sb;
	FILE		*file = fopen(name, "r");
	size_t		len;

	UNIT_CHECK(name, file != NULL);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	assert_int_equal(stat(name, &sb), 0);
	UNIT_CHECK(name, (sb.st_mode & 0777) == mode);
	return text;
}

static bool
exists(const char *name)
{
	return access(name, F_OK) == 0;
}

static void
test_key_pepper(void **state)
{
	struct command_case	row = { "key|create|pepper", EX_OK,
				    "/pepper.key && chmod 0640 ", "", "" };
	const char		*text;

	(void)state;
	check(&row, "");
	text = key_file("pepper.key", 0600);
	assert_int_equal(strspn(text, "0123456789abcdef"), 8);
	assert_int_equal(strlen(text), 8 + 1 + 44 + 1);
	row = (struct command_case){ "key|create|pepper", EX_CANTCREAT, "",
	    "/pepper.key exists and is not overwritten", "" };
	check(&row, "");
	/* A second key goes beside the first, never in its place. */
	row.err = "To have a new key, ADD one";
	check(&row, "");
	row = (struct command_case){ "key|create|salt", EX_USAGE, "",
	    "there is no key \"salt\": key create makes pepper, mail, web or "
	    "audit",
	    "" };
	check(&row, "");
}

/* The files are there, with the key of this id, and the database lost it. */
static void
check_registered(const char *id)
{
	static struct outcome	outcome;
	struct command_case	row = { "key|create|mail", EX_OK,
				    "which the database did not know, is "
				    "known to it now\n", "",
				    "new(user=a);schema;mail_key_add;" };
	char			text[256];

	fake_reset();
	check(&row, "");
	fake_reset();
	fake.key_result = "added-beside";
	row.out = "known to it now\nit knows other keys as well";
	check(&row, "");
	fake_reset();
	fake.key_result = "retired";
	run("--config|umws.conf|key|create|mail", "", &outcome);
	assert_int_equal(outcome.code, EX_CONFIG);
	assert_non_null(strstr(outcome.err, "UPDATE umws.mail_key SET state = "
	    "'active', retired_at = NULL WHERE id = '"));
	assert_non_null(strstr(outcome.err, id));
	/* The public half is made again, and is what it was. */
	(void)snprintf(text, sizeof(text), "%s", key_file("mail.pub", 0644));
	assert_int_equal(unlink("mail.pub"), 0);
	fake_reset();
	fake.key_result = "known";
	row.out = "/mail.pub anew, key ";
	check(&row, "");
	assert_string_equal(key_file("mail.pub", 0644), text);
}

/* Files that are no pair: no key of theirs is registered, none is touched. */
static void
test_key_mail_damaged(void **state)
{
	static const struct {
		const char	*key, *pub, *logged;
	} damaged[] = {
		{ "", "", "mail.key" },
		{ "k:AAAA\n", "", "mail.key" },
		/* Its own id is another one. */
		{ "0123456789abcdef:"
		  "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",
		  "0123456789abcdef:"
		  "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n", NULL },
	};
	struct command_case	row = { "key|create|mail", EX_CANTCREAT, "",
				    "no key of it was registered", "" };
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		(void)unlink("mail.key");
		(void)unlink("mail.pub");
		put_file("mail.key", damaged[i].key);
		put_file("mail.pub", damaged[i].pub);
		assert_int_equal(chmod("mail.key", 0600), 0);
		if (damaged[i].logged != NULL)
			unit_expect_log(damaged[i].logged);
		fake_reset();
		check(&row, "");
		assert_string_equal(key_file("mail.key", 0600),
		    damaged[i].key);
	}
	assert_int_equal(unlink("mail.key"), 0);
	assert_int_equal(unlink("mail.pub"), 0);
}

static void
test_key_mail(void **state)
{
	struct command_case	row = { "key|create|mail", EX_TEMPFAIL, "",
				    "no key was written: the database is "
				    "away", "new(user=a);schema;"
				    "mail_key_add;" };
	char			id[17];

	(void)state;
	fake.fail_call = "mail_key_add";
	fake.fail_status = ST_RETRY;
	check(&row, "");
	assert_false(exists("mail.key") || exists("mail.pub"));
	fake_reset();
	row = (struct command_case){ "key|create|mail", EX_OK,
	    "/mail.pub, key ", "", "new(user=a);schema;mail_key_add;" };
	check(&row, "");
	(void)snprintf(id, sizeof(id), "%s", key_file("mail.key", 0600));
	assert_memory_equal(key_file("mail.pub", 0644), id, 16);
	fake_reset();
	fake.key_result = "known";
	row = (struct command_case){ "key|create|mail", EX_CANTCREAT, "",
	    "/mail.key exists", "new(user=a);schema;mail_key_add;" };
	check(&row, "");
	check_registered(id);
	/* The half that is left is in the way as well. */
	fake_reset();
	assert_int_equal(unlink("mail.key"), 0);
	row.err = "/mail.pub exists";
	row.calls = "";
	check(&row, "");
	assert_false(exists("mail.key"));
}

static void
test_key_web(void **state)
{
	static struct outcome	outcome;
	struct command_case	row = { "key|create|web", EX_CANTCREAT, "",
				    "/web.secret.apache exists", "" };
	char			line[64], want[128];
	const char		*text;

	(void)state;
	put_file("web.secret.apache", "");
	check(&row, "");
	assert_false(exists("web.secret") || exists("web.secret.nginx"));
	assert_int_equal(unlink("web.secret.apache"), 0);
	row = (struct command_case){ "key|create|web", EX_OK,
	    "/web.secret.apache for these web servers to include\nnext: "
	    "chgrp umws_worker ", "", "" };
	check(&row, "");
	text = key_file("web.secret", 0600);
	(void)snprintf(line, sizeof(line), "%s", strchr(text, ':') + 1);
	line[strcspn(line, "\n")] = '\0';
	assert_int_equal(strlen(line), 44);
	(void)snprintf(want, sizeof(want),
	    "fastcgi_param UMWS_SECRET \"%s\";\n", line);
	assert_string_equal(key_file("web.secret.nginx", 0600), want);
	(void)snprintf(want, sizeof(want), "SetEnv UMWS_SECRET \"%s\"\n",
	    line);
	assert_string_equal(key_file("web.secret.apache", 0600), want);
	put_file("off.conf", "web_secret = off\n"
	    "pepper_key = /no/such/dir/pepper.key\n");
	run("--config|off.conf|key|create|web", "", &outcome);
	assert_int_equal(outcome.code, EX_CONFIG);
	assert_non_null(strstr(outcome.err, "web_secret is off"));
	run("--config|off.conf|key|create|pepper", "", &outcome);
	assert_int_equal(outcome.code, EX_CANTCREAT);
	assert_non_null(strstr(outcome.err, "/no/such/dir/pepper.key cannot "
	    "be written: No such file"));
	/* Nobody is told to become who they are. */
	assert_int_equal(strstr(outcome.err, "or be root") == NULL,
	    geteuid() == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		COMMAND_TEST(test_policy_set),
		COMMAND_TEST(test_policy_refused),
		COMMAND_TEST(test_policy_languages_refused),
		COMMAND_TEST(test_policy_brand),
		COMMAND_TEST(test_policy_text),
		COMMAND_TEST(test_policy_judged),
		COMMAND_TEST(test_key_pepper),
		COMMAND_TEST(test_key_mail_damaged),
		COMMAND_TEST(test_key_mail),
		COMMAND_TEST(test_key_web),
	};

	return cmocka_run_group_tests_name("command-set", tests,
	    command_group_begin, command_group_end);
}
