/*
 * test-caller.c - the caller's identity from FastCGI parameters.
 */
#include "config.h"

#include "unit.h"

#include "web/caller.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define PARAMS_MAX	8
#define TEN		"0123456789"
#define HUNDRED		TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define LOGIN_511	HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED TEN "1"

/* 32 bytes of 0x00, 0x01 and 0x02 in base64. */
#define SECRET_1	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define SECRET_2	"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define SECRET_OTHER	"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="

static struct keyring	*secrets;

static int
group_begin(void **state)
{
	static const char	 text[] =
	    "now:" SECRET_1 "\nold:" SECRET_2 "\n";
	unsigned int		 line;
	const char		*reason;

	(void)state;
	return keyring_parse(text, strlen(text), &secrets, &line, &reason) ==
	    ST_OK ? 0 : -1;
}

static int
group_end(void **state)
{
	(void)state;
	keyring_free(&secrets);
	return 0;
}

/* Parameters as the gateway gives them: "NAME=value", the first one counts. */
static const char *
fake_param(void *context, const char *name, unsigned int *count)
{
	const char *const	*params = context;
	const char		*value = NULL;
	size_t			 i, len = strlen(name);

	*count = 0;
	for (i = 0; i < PARAMS_MAX && params[i] != NULL; i++) {
		if (strncmp(params[i], name, len) == 0 &&
		    params[i][len] == '=' && (*count)++ == 0)
			value = params[i] + len + 1;
	}
	return value;
}

static enum status
identify(const char *const params[PARAMS_MAX], const struct keyring *asked_for,
    const char *strip_domains, struct caller *caller, const char **reason)
{
	const struct request	request = { (void *)(uintptr_t)params,
					    fake_param, NULL };

	return caller_identify(&request, asked_for, strip_domains, caller,
	    reason);
}

/* REMOTE_USER to login, with and without domains that may be dropped. */
static const struct {
	const char	*domains, *user, *login; /* NULL: refused */
}	logins[] = {
	{ "", "anna", "anna" },
	{ "", "Anna B.", "anna b." },
	{ "", "anna@example.org", "anna@example.org" },
	{ "", "EXAMPLE\\anna", "example\\anna" },
	{ "EXAMPLE", "EXAMPLE\\anna", "anna" },
	{ "EXAMPLE", "example\\anna", "anna" },
	{ "EXAMPLE", "OTHER\\anna", "other\\anna" },
	{ "EXAMPLE", "EXAMPL\\anna", "exampl\\anna" },
	{ "EXAMPLE", "EXAMPLES\\anna", "examples\\anna" },
	{ "example.org", "anna@example.org", "anna" },
	{ "example.org", "anna@Example.ORG", "anna" },
	{ "example.org", "anna@example.com", "anna@example.com" },
	{ "example.org", "anna@sub.example.org",
	    "anna@sub.example.org" },
	{ "example.org", "anna@example.org.evil",
	    "anna@example.org.evil" },
	{ "example.org", "a@b@example.org", "a@b" },
	{ "example.org", "example.org@example.com",
	    "example.org@example.com" },
	{ "A,example.org, C", "A\\anna", "anna" },
	{ "A,example.org, C", "anna@example.org", "anna" },
	{ "A,example.org, C", "C\\anna", "anna" },
	{ "A,example.org, C", "A,example.org\\anna",
	    "a,example.org\\anna" },
	{ ",, ,", "\\anna", "\\anna" },
	{ "EXAMPLE", "\\anna", "\\anna" },
	{ "EXAMPLE", "anna@", "anna@" },
	{ "EXAMPLE", "EXAMPLE\\", NULL },
	{ "example.org", "@example.org", NULL },
	{ "A,B", "A\\B\\anna", "b\\anna" },
	{ "A,B", "A\\anna@B", "anna@b" },
	/* One normal form, whatever the web server sends. */
	{ "", "M\xc3\x9cLLER", "m\xc3\xbcller" },
	{ "", "mu\xcc\x88ller", "m\xc3\xbcller" },
	{ "", "\xef\xbc\xa1nna", "anna" },
	{ "EXAMPLE", "example\xef\xbc\xbc" "anna", "anna" },
	{ "b\xc3\xbc" "cher.example", "anna@BU\xcc\x88" "CHER.example",
	    "anna" },
	{ "example.org", "anna @example.org", "anna @example.org" },
	/* What can be nobody's is looked up as it stands. */
	{ "", "Anna\xe2\x80\x8b", "Anna\xe2\x80\x8b" },
	{ "", "anna ", "anna " },
	{ "", "Ann\xff", "Ann\xff" },
	{ "", LOGIN_511, LOGIN_511 },
	{ "", LOGIN_511 "x", NULL },
	{ "A", "A\\" LOGIN_511, LOGIN_511 },
};

static void
test_logins(void **state)
{
	char		 user[600];
	const char	*params[PARAMS_MAX] = { "UMWS_ROUTE=soap", user,
			    "AUTH_TYPE=Basic", "REMOTE_ADDR=192.0.2.7" };
	struct caller	 caller;
	const char	*reason;
	enum status	 st;
	size_t		 i;

	(void)state;
	for (i = 0; i < LENGTH(logins); i++) {
		(void)snprintf(user, sizeof(user), "REMOTE_USER=%s",
		    logins[i].user);
		st = identify(params, NULL, logins[i].domains, &caller,
		    &reason);
		if (logins[i].login == NULL) {
			UNIT_CHECK(logins[i].user, st == ST_DENIED);
			UNIT_CHECK(logins[i].user, reason != NULL);
			UNIT_CHECK(logins[i].user,
			    caller.username.login[0] == '\0');
			continue;
		}
		UNIT_CHECK(logins[i].user, st == ST_OK && reason == NULL);
		UNIT_CHECK(logins[i].user,
		    strcmp(caller.username.login, logins[i].login) == 0);
		UNIT_CHECK(logins[i].user,
		    strcmp(caller.address, "192.0.2.7") == 0);
	}
}

/* The log hears what else the name could have meant, or why it is none. */
static void
test_other_readings(void **state)
{
	static const struct {
		const char	*user, *other;
		bool		 is_stripped, is_faulty;
	} cases[] = {
		{ "anna", "", false, false },
		{ "OTHER\\anna", "anna", false, false },
		{ "anna@other", "anna", false, false },
		{ "EXAMPLE\\Anna", "example\\anna", true, false },
		{ "anna@example.org", "anna@example.org", true, false },
		{ "anna\xe2\x80\x8b", "", false, true },
		{ "anna @example.org", "", false, true },
	};
	char		 user[600];
	const char	*params[PARAMS_MAX] = { "UMWS_ROUTE=soap", user,
			    "AUTH_TYPE=Basic" };
	struct caller	 caller;
	const char	*reason;
	size_t		 i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		(void)snprintf(user, sizeof(user), "REMOTE_USER=%s",
		    cases[i].user);
		UNIT_CHECK(cases[i].user, identify(params, NULL,
		    "EXAMPLE,example.org", &caller, &reason) == ST_OK);
		UNIT_CHECK(cases[i].user, strcmp(caller.username.other,
		    cases[i].other) == 0);
		UNIT_CHECK(cases[i].user, caller.username.is_stripped ==
		    cases[i].is_stripped);
		UNIT_CHECK(cases[i].user, (caller.fault[0] != '\0') ==
		    cases[i].is_faulty);
	}
}

#define SOAP	"UMWS_ROUTE=soap"
#define ANNA	"REMOTE_USER=anna"
#define BASIC	"AUTH_TYPE=Basic"
#define FROM	"REMOTE_ADDR=192.0.2.7"
#define PROOF	"UMWS_SECRET=" SECRET_1

struct identity {
	const char	*name;
	enum status	 st;
	const char	*params[PARAMS_MAX];
};

static void
check_identities(const struct identity *cases, size_t count,
    const struct keyring *asked_for)
{
	struct caller	 caller;
	const char	*reason;
	enum status	 st;
	size_t		 i;

	for (i = 0; i < count; i++) {
		memset(&caller, 0xff, sizeof(caller));
		reason = "";
		st = identify(cases[i].params, asked_for, "", &caller,
		    &reason);
		UNIT_CHECK(cases[i].name, st == cases[i].st);
		UNIT_CHECK(cases[i].name, (reason == NULL) == (st == ST_OK));
		UNIT_CHECK(cases[i].name, st == ST_OK ?
		    strcmp(caller.username.login, "anna") == 0 :
		    caller.username.login[0] == '\0');
		UNIT_CHECK(cases[i].name, caller.address != NULL);
	}
}

/* Nobody authenticated is 401, whatever else the request brings. */
static void
test_unauthenticated(void **state)
{
	static const struct identity	cases[] = {
		{ "all", ST_OK, { SOAP, ANNA, BASIC, FROM } },
		{ "no address", ST_OK, { SOAP, ANNA, BASIC } },
		{ "no user", ST_DENIED, { SOAP, BASIC, FROM } },
		{ "empty user", ST_DENIED,
		    { SOAP, "REMOTE_USER=", BASIC, FROM } },
		{ "no type", ST_DENIED, { SOAP, ANNA, FROM } },
		{ "empty type", ST_DENIED,
		    { SOAP, ANNA, "AUTH_TYPE=", FROM } },
		{ "neither", ST_DENIED, { SOAP } },
		{ "from headers", ST_DENIED,
		    { SOAP, "HTTP_REMOTE_USER=anna", "HTTP_AUTH_TYPE=Basic" } },
		{ "of another name", ST_DENIED,
		    { SOAP, "REMOTE_USER_=anna", "REMOTE_USE=anna", BASIC } },
	};

	(void)state;
	check_identities(cases, LENGTH(cases), NULL);
}

/* A parameter of identity that comes twice ends the request. */
static void
test_doubled(void **state)
{
	static const struct identity	cases[] = {
		{ "user", ST_FAIL,
		    { SOAP, ANNA, BASIC, "REMOTE_USER=bert", PROOF } },
		{ "same user", ST_FAIL, { SOAP, ANNA, BASIC, ANNA, PROOF } },
		{ "empty user", ST_FAIL,
		    { SOAP, ANNA, BASIC, "REMOTE_USER=", PROOF } },
		{ "type", ST_FAIL, { SOAP, ANNA, BASIC, BASIC, PROOF } },
		{ "route", ST_FAIL, { SOAP, ANNA, BASIC, SOAP, PROOF } },
		{ "secret", ST_FAIL, { SOAP, ANNA, BASIC, PROOF, PROOF } },
		{ "address", ST_FAIL, { SOAP, ANNA, BASIC, PROOF, FROM,
		    "REMOTE_ADDR=198.51.100.1" } },
		{ "something else", ST_OK,
		    { SOAP, ANNA, BASIC, PROOF, "X=1", "X=2" } },
	};
	static const char *const	health[PARAMS_MAX] = {
		"UMWS_ROUTE=health", PROOF, ANNA, ANNA };
	struct caller			caller;
	const char			*reason;

	(void)state;
	check_identities(cases, LENGTH(cases), secrets);
	assert_int_equal(identify(health, secrets, "", &caller, &reason),
	    ST_FAIL);
}

/* The web server proves itself by any key of the file, by nothing less. */
static void
test_secrets(void **state)
{
	static const struct identity	cases[] = {
		{ "current", ST_OK, { PROOF, SOAP, ANNA, BASIC } },
		{ "older", ST_OK,
		    { "UMWS_SECRET=" SECRET_2, SOAP, ANNA, BASIC } },
		{ "other", ST_FAIL,
		    { "UMWS_SECRET=" SECRET_OTHER, SOAP, ANNA, BASIC } },
		{ "none", ST_FAIL, { SOAP, ANNA, BASIC } },
		{ "empty", ST_FAIL, { "UMWS_SECRET=", SOAP, ANNA, BASIC } },
		{ "cut", ST_FAIL,
		    { "UMWS_SECRET=AAAA", SOAP, ANNA, BASIC } },
		{ "more", ST_FAIL, { PROOF "A", SOAP, ANNA, BASIC } },
		{ "with its id", ST_FAIL,
		    { "UMWS_SECRET=now:" SECRET_1, SOAP, ANNA, BASIC } },
		{ "as a header", ST_FAIL,
		    { "HTTP_UMWS_SECRET=" SECRET_1, SOAP, ANNA, BASIC } },
		/* Without a proof nobody is told whether he is known. */
		{ "before 401", ST_FAIL, { SOAP } },
	};

	(void)state;
	check_identities(cases, LENGTH(cases), secrets);
}

/* Routes are known by name; only soap asks who it is. */
static void
test_routes(void **state)
{
	static const struct {
		const char		*route;
		enum status		 st;
		enum caller_route	 expected;
	} cases[] = {
		{ "UMWS_ROUTE=soap", ST_DENIED, CALLER_SOAP },
		{ "UMWS_ROUTE=metrics", ST_OK, CALLER_METRICS },
		{ "UMWS_ROUTE=live", ST_OK, CALLER_LIVE },
		{ "UMWS_ROUTE=health", ST_OK, CALLER_HEALTH },
		{ "UMWS_ROUTE=", ST_FAIL, CALLER_SOAP },
		{ "UMWS_ROUTE=SOAP", ST_FAIL, CALLER_SOAP },
		{ "UMWS_ROUTE=soap ", ST_FAIL, CALLER_SOAP },
		{ "UMWS_ROUTE=tui", ST_DENIED, CALLER_TUI },
		{ "UMWS_ROUTE=TUI", ST_FAIL, CALLER_SOAP },
		{ "HTTP_UMWS_ROUTE=health", ST_FAIL, CALLER_SOAP },
	};
	const char	*params[PARAMS_MAX] = { NULL, PROOF };
	struct caller	 caller;
	const char	*reason;
	size_t		 i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		params[0] = cases[i].route;
		UNIT_CHECK(cases[i].route, identify(params, secrets, "",
		    &caller, &reason) == cases[i].st);
		UNIT_CHECK(cases[i].route, caller.route == cases[i].expected);
		UNIT_CHECK(cases[i].route, caller.username.login[0] == '\0');
		UNIT_CHECK(cases[i].route, strcmp(caller.address, "") == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_logins),
		UNIT_TEST(test_other_readings),
		UNIT_TEST(test_unauthenticated),
		UNIT_TEST(test_doubled),
		UNIT_TEST(test_secrets),
		UNIT_TEST(test_routes),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
