/*
 * test-command-policy.c - umwsctl policy: a PIN explained, the rules listed,
 * what is left counted, and who is warned.
 */
#include "config.h"

#include "command-case.h"

#include "core/policy.h"

struct explain_case {
	const char		*input;
	struct command_case	 row;
};

#define CALLS	"new(user=a);schema;read(v_policy,default);"

/* What stands on standard input, and for whom it would be. */
static const struct explain_case	explain_cases[] = {
	{ "739152\n", { "policy|explain|default", EX_OK, "allowed\n",
	    "", CALLS } },
	{ "739152", { "policy|explain|default", EX_OK, "allowed\n",
	    "", NULL } },
	{ "739152\r\nmore\n", { "policy|explain|default", EX_OK,
	    "allowed\n", "", NULL } },
	{ "12345\n", { "policy|explain|default", EX_DATAERR,
	    "refused\n"
	    "  length           The PIN has too few or too many digits."
	    "\n"
	    "  common           The PIN is a plain sequence or one "
	    "repeated digit.\n", "", NULL } },
	{ "\n", { "policy|explain|default", EX_DATAERR, "length", "",
	    NULL } },
	{ "739152739152739152739152\n", { "policy|explain|default",
	    EX_OK, "allowed\n", "", NULL } },
	{ "7391527391527391527391521\n", { "policy|explain|default",
	    EX_DATAERR, "length", "", NULL } },
	{ "73915a\n", { "policy|explain|default", EX_DATAERR,
	    "digits", "", NULL } },
	{ "", { "policy|explain|default", EX_NOINPUT, "",
	    "no PIN came", NULL } },
	/* Whose PIN it is: the user "al" has the extension 201. */
	{ "782017\n", { "policy|explain|default|--login|AL",
	    EX_DATAERR, "  extension  ", "",
	    CALLS "read(v_user,al);" } },
	{ "782017\n", { "policy|explain|default", EX_OK, "allowed",
	    "", NULL } },
	{ "782017\n", { "policy|explain|default|--extension|82",
	    EX_DATAERR, "  extension  ", "", NULL } },
	{ "782017\n", { "policy|explain|default|--extension|83"
	    "|--name|A B", EX_OK, "allowed", "", NULL } },
	{ "73915a\n", { "policy|explain|default|--json", EX_DATAERR,
	    "{\"policy\":\"default\",\"allowed\":false,\"rules\":["
	    "{\"rule\":\"digits\",\"sentence\":\"The PIN may hold "
	    "digits only.\"}]}\n", "", NULL } },
	{ "739152\n", { "policy|explain|default|--json", EX_OK,
	    "{\"policy\":\"default\",\"allowed\":true,\"rules\":[]}\n",
	    "", NULL } },
	{ "1\n", { "policy|explain|default|--login|nobody",
	    EX_NOUSER, "", "there is no user \"nobody\"", NULL } },
	{ "1\n", { "policy|explain|default|--login|al|--extension|1",
	    EX_USAGE, "", "--login has an extension", "" } },
	{ "1\n", { "policy|explain|default|--login|al|--name|x",
	    EX_USAGE, "", "--login has an extension", "" } },
	{ "1\n", { "policy|explain|default|--extension|12x",
	    EX_DATAERR, "", "is not up to 20 digits", NULL } },
	{ "1\n", { "policy|explain|default|--extension|"
	    "123456789012345678901", EX_DATAERR, "",
	    "is not up to 20 digits", NULL } },
	{ "", { "policy|explain", EX_USAGE, "", "it needs NAME",
	    "" } },
};

static void
test_explain(void **state)
{
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(explain_cases) /
	    sizeof(explain_cases[0]); i++) {
		fake_reset();
		check(&explain_cases[i].row, explain_cases[i].input);
	}
}

static void
test_explain_unknown(void **state)
{
	struct command_case	row = { "policy|explain|x", EX_DATAERR, "",
				    "there is no policy \"x\"", NULL };

	(void)state;
	fake.has_rows = false;
	check(&row, "739152\n");
}

/* A PIN in the arguments is refused and not repeated. */
static void
test_explain_argument(void **state)
{
	static struct outcome	outcome;

	(void)state;
	run("--config|umws.conf|policy|explain|default|739152", "",
	    &outcome);
	assert_int_equal(outcome.code, EX_USAGE);
	assert_null(strstr(outcome.out, "739152"));
}

/* One line for each rule, and every key can be set. */
static void
test_rules(void **state)
{
	static struct outcome		outcome;
	const struct policy_setting	*setting;
	enum policy_rule		rule;
	char				line[64], args[128];
	size_t				i, lines = 0;

	(void)state;
	run("--config|umws.conf|policy|rules", "", &outcome);
	assert_int_equal(outcome.code, EX_OK);
	for (i = 0; outcome.out[i] != '\0'; i++)
		lines += outcome.out[i] == '\n';
	assert_int_equal(lines, POLICY_RULES);
	for (i = POLICY_NONE + 1; i < POLICY_RULES; i++) {
		rule = (enum policy_rule)i;
		setting = policy_rule_setting(rule);
		(void)snprintf(line, sizeof(line), "\n%-16s %-21s ",
		    policy_rule_name(rule),
		    setting == NULL ? "-" : setting->key);
		UNIT_CHECK(line, strstr(outcome.out, line) != NULL);
	}
	for (i = POLICY_NONE + 1; i < POLICY_RULES; i++) {
		setting = policy_rule_setting((enum policy_rule)i);
		if (setting == NULL)
			continue;
		(void)snprintf(args, sizeof(args), "policy|set|default|%s=%s",
		    setting->key, setting->fallback);
		fake_reset();
		check(&(struct command_case){ args, EX_OK, "allows", "",
		    NULL }, "");
		assert_non_null(strstr(buf_text(&fake.calls),
		    setting->column));
	}
}

static void
test_count(void **state)
{
	static const struct command_case	rows[] = {
		{ "policy|show|default|--count", EX_OK, "default\n"
		    "  allows 43000000 PINs\n  bits   25.36\n", "",
		    "new(user=a);schema;read(v_policy,default);" },
		{ "policy|show|--count|--json", EX_OK,
		    "[{\"name\":\"default\",\"pins\":43000000,\"bits\":25.36,"
		    "\"is_exact\":true}]\n", "",
		    "new(user=a);schema;read(v_policy,NULL);" },
	};
	struct command_case			none;

	(void)state;
	CHECK_ALL(rows);
	fake_reset();
	fake.pins = UINT64_MAX;
	none = (struct command_case){ "policy|show|--count|--json", EX_OK,
	    "\"pins\":null,", "", NULL };
	check(&none, "");
	fake_reset();
	fake.has_rows = false;
	none = (struct command_case){ "policy|show|x|--count", EX_DATAERR,
	    "", "there is no policy \"x\"", NULL };
	check(&none, "");
}

/* Who is left too few is added all the same. */
static void
test_user_warned(void **state)
{
	struct command_case	row = { "user|add|al|--email|al@b", EX_OK,
				    "added al\nwarning: the extension and the "
				    "names of al leave only 999 PINs", "",
				    NULL };

	(void)state;
	fake.pins = 999;
	check(&row, "");
	fake_reset();
	fake.pins = 812;
	row = (struct command_case){ "user|import|-", EX_OK,
	    "added 2 users\nwarning: the extension and the names of a leave "
	    "only 812 PINs: give another extension or policy\nwarning: the "
	    "extension and the names of b leave", "", NULL };
	check(&row, "login,email\na,a@b\nb,b@b\n");
	fake_reset();
	fake.pins = 1000;
	row = (struct command_case){ "user|add|al|--email|al@b", EX_OK,
	    "added al\n", "", NULL };
	check(&row, "");
}

/* Every setting at both ends, one step past each, and its word for none. */
static void
test_ranges(void **state)
{
	static const struct {
		const char	*key, *min, *max, *below, *above, *zero;
	} rows[] = {
		{ "MinPINLength", "4", "24", "3", "25", NULL },
		{ "PINLifetime", "1", "999", "-1", "1000", "unlimited" },
		{ "PINHistoryCount", "1", "20", "0", "21", NULL },
		{ "LogonFailuresBeforePINReset", "1", "998", "-1", "999",
		    "off" },
		{ "MaxLogonAttempts", "1", "999", "0", "1000", NULL },
		{ "LockoutDuration", "1s", "365d", "-1s", "366d",
		    "unlimited" },
		{ "TempPINLifetime", "1", "90", "-1", "91", "unlimited" },
		{ "ResetsPerHour", "1", "1000", "-1", "1001", "off" },
		{ "ResetsPerDay", "1", "10000", "-1", "10001", "off" },
		{ "MinDifferentDigits", "1", "10", "-1", "11", "off" },
		{ "MaxDigitInARow", "1", "24", "-1", "25", "off" },
		{ "MinPINAge", "1s", "365d", "-1s", "366d", "off" },
		{ "BlockedPINs", "1234", "123456789012345678901234", "123",
		    "1234567890123456789012345", "" },
	};
	char	args[128];
	size_t	i, k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char	*values[] = { rows[i].min, rows[i].max,
			rows[i].zero, rows[i].below, rows[i].above };

		for (k = 0; k < 5; k++) {
			if (values[k] == NULL)
				continue;
			(void)snprintf(args, sizeof(args),
			    "policy|set|default|%s=%s", rows[i].key,
			    values[k]);
			fake_reset();
			check(&(struct command_case){ args, k < 3 ? EX_OK :
			    EX_DATAERR, k < 3 ? "allows" : "",
			    k < 3 ? "" : rows[i].key, NULL }, "");
		}
	}
}

/* A list as people write it, and as it is stored. */
static void
test_blocked(void **state)
{
	static const struct command_case	rows[] = {
		{ "policy|set|default|BlockedPINs= 1234, 5678 ,,901234,",
		    EX_OK, "allows", "", "new(user=a);schema;begin;"
		    "read(v_policy,default);policy_set(default,"
		    "{\"blocked_pins\": \"1234,5678,901234\"});"
		    "read(v_policy,default);commit;rollback;" },
		{ "policy|set|default|BlockedPINs=1234;5678", EX_DATAERR, "",
		    "number 1 is no PIN of 4 to 24 digits", "" },
		{ "policy|set|default|BlockedPINs=1234,12e45", EX_DATAERR,
		    "", "number 2 is no PIN", "" },
	};

	(void)state;
	CHECK_ALL(rows);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		COMMAND_TEST(test_explain),
		COMMAND_TEST(test_explain_unknown),
		COMMAND_TEST(test_explain_argument),
		COMMAND_TEST(test_rules),
		COMMAND_TEST(test_count),
		COMMAND_TEST(test_user_warned),
		COMMAND_TEST(test_ranges),
		COMMAND_TEST(test_blocked),
	};

	return cmocka_run_group_tests(tests, command_group_begin,
	    command_group_end);
}
