/*
 * test-call.c - whole calls by a script: what the caller types, what the
 * service says, and the prompts and variables that come of it.
 *
 * The script is words: "D:digits" is typed, "W:WORD" or "W:WORD/RULE" is said
 * by the service, "gone" is a caller who hangs up in the next prompt. The
 * trace is what was played and asked, what the service was asked, and the
 * variables. Asterisk has every prompt but "missing".
 */
#include "config.h"

#include "unit.h"

#include "app/call.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define TRACE_SIZE	1024
#define WORD_SIZE	80

static const char	*script;
static char		 trace[TRACE_SIZE];
static bool		 is_gone;

static void
note(const char *what, const char *more)
{
	size_t	len = strlen(trace);

	(void)snprintf(trace + len, sizeof(trace) - len, "%s%s ", what, more);
}

/* The next word of the script, which must be of this kind. */
static void
next(const char *kind, char word[WORD_SIZE])
{
	size_t	len = strcspn(script, " ");

	word[0] = '\0';
	if (strncmp(script, "gone", 4) == 0) {
		is_gone = true;
		return;
	}
	assert_true(strncmp(script, kind, 2) == 0);
	(void)snprintf(word, WORD_SIZE, "%.*s", (int)len - 2, script + 2);
	script += len + (script[len] == ' ');
}

const struct agi_channel *
channel_about(const struct channel *channel)
{
	static const struct agi_channel	about = { "7.1", "0301" };

	assert_null(channel);
	return &about;
}

enum status
channel_play(struct channel *channel, const char *sound)
{
	assert_null(channel);
	if (strcmp(script, "gone") == 0)
		is_gone = true;
	if (is_gone)
		return ST_DENIED;
	note(sound, "");
	return strcmp(sound, "missing") == 0 ? ST_BAD : ST_OK;
}

bool
channel_is_plain(const char *value)
{
	return strpbrk(value, "*@. ") == NULL;
}

enum status
channel_ask(struct channel *channel, const char *sound, unsigned int max,
    char digits[CHANNEL_DIGITS_SIZE])
{
	char	word[WORD_SIZE] = "";

	assert_null(channel);
	assert_true(max == 24 || max == 32);
	digits[0] = '\0';
	if (is_gone)
		return ST_DENIED;
	note(sound, "?");
	next("D:", word);
	if (is_gone)
		return ST_DENIED;
	strcpy(digits, word);
	return ST_OK;
}

enum status
channel_set(struct channel *channel, const char *name, const char *value)
{
	assert_null(channel);
	if (is_gone)
		return ST_DENIED;
	note(strcmp(name, "UMWS_RESULT") == 0 ? "=" : "@", value);
	return ST_OK;
}

enum logon_word
phone_ask(struct phone *phone, const struct phone_request *request,
    char rule[PHONE_RULE_SIZE])
{
	char		word[WORD_SIZE], asked[3 * WORD_SIZE], *slash;
	unsigned int	i;

	assert_null(phone);
	assert_string_equal(request->caller, "0301");
	assert_string_equal(request->call, "7.1");
	(void)snprintf(asked, sizeof(asked), "%s:%s%s%s", request->mailbox,
	    request->pin, request->new_pin != NULL ? ">" : "",
	    request->new_pin != NULL ? request->new_pin : "");
	note("ask ", asked);
	next("W:", word);
	slash = strchr(word, '/');
	(void)snprintf(rule, PHONE_RULE_SIZE, "%s", slash == NULL ? "" :
	    slash + 1);
	if (slash != NULL)
		*slash = '\0';
	for (i = 0; i <= LOGON_UNAVAILABLE; i++)
		if (strcmp(logon_word_text(i), word) == 0)
			return i;
	fail();
	return LOGON_UNAVAILABLE;
}

#define BEGIN	"@ =HANGUP "
#define ASK	"vm-login? vm-password? "
#define NEW	"vm-newpassword? vm-reenterpassword? "

static const struct {
	const char	*name, *script, *trace;
} calls[] = {
	{ "right", "D:1001 D:4711 W:OK",
	    BEGIN ASK "ask 1001:4711 @1001 =OK " },
	{ "wrong, then right", "D:1001 D:4712 W:DENIED D:1001 D:4711 W:OK",
	    BEGIN ASK "ask 1001:4712 vm-incorrect " ASK "ask 1001:4711 "
	    "@1001 =OK " },
	{ "wrong three times", "D:1 D:2 W:DENIED D:1 D:3 W:DENIED D:1 D:4 "
	    "W:DENIED", BEGIN ASK "ask 1:2 vm-incorrect " ASK "ask 1:3 "
	    "vm-incorrect " ASK "ask 1:4 vm-incorrect @ =DENIED "
	    "vm-goodbye " },
	{ "nothing typed asks nobody", "D: D: D:1 D: D:1 D:4*7",
	    BEGIN ASK "vm-incorrect " ASK "vm-incorrect " ASK
	    "vm-incorrect @ =DENIED vm-goodbye " },
	{ "a mailbox of other keys asks nobody", "D:1*1 D:2 D:1 D:2 W:OK",
	    BEGIN ASK "vm-incorrect " ASK "ask 1:2 @1 =OK " },
	{ "locked", "D:1 D:2 W:LOCKED", BEGIN ASK "ask 1:2 @ =LOCKED "
	    "sorry-youre-having-problems vm-goodbye " },
	{ "reset", "D:1 D:2 W:RESET", BEGIN ASK "ask 1:2 @ =RESET "
	    "sorry-youre-having-problems vm-goodbye " },
	{ "away", "D:1 D:2 W:UNAVAILABLE", BEGIN ASK "ask 1:2 @ "
	    "=UNAVAILABLE please-try-call-later vm-goodbye " },
	{ "change", "D:1 D:2 W:CHANGE D:8642 D:8642 W:OK",
	    BEGIN ASK "ask 1:2 vm-newuser " NEW "ask 1:2>8642 "
	    "vm-passchanged @1 =OK " },
	{ "change of a first PIN", "D:1 D:2 W:CHANGE/first D:8 D:8 W:OK",
	    BEGIN ASK "ask 1:2 vm-newuser " NEW "ask 1:2>8 vm-passchanged @1 "
	    "=OK " },
	{ "change of an expired PIN", "D:1 D:2 W:CHANGE/expired D:8 D:8 W:OK",
	    BEGIN ASK "ask 1:2 your vm-password is vm-Old " NEW "ask 1:2>8 "
	    "vm-passchanged @1 =OK " },
	{ "change, mistyped and refused first", "D:1 D:2 W:CHANGE "
	    "D:8642 D:8643 D:1234 D:1234 W:REFUSED D:8642 D:8642 W:OK",
	    BEGIN ASK "ask 1:2 vm-newuser " NEW "vm-mismatch " NEW
	    "ask 1:2>1234 vm-invalid-password " NEW "ask 1:2>8642 "
	    "vm-passchanged @1 =OK " },
	{ "change, never", "D:1 D:2 W:CHANGE D:1 D:2 D: D: D:* D:*",
	    BEGIN ASK "ask 1:2 vm-newuser " NEW "vm-mismatch " NEW
	    "vm-invalid-password " NEW "vm-invalid-password @ =CHANGE "
	    "vm-goodbye " },
	{ "change, and umws goes away", "D:1 D:2 W:CHANGE D:8 D:8 "
	    "W:UNAVAILABLE", BEGIN ASK "ask 1:2 vm-newuser " NEW
	    "ask 1:2>8 @ =UNAVAILABLE please-try-call-later vm-goodbye " },
	{ "change, and the old one is wrong by now", "D:1 D:2 W:CHANGE D:8 "
	    "D:8 W:DENIED", BEGIN ASK "ask 1:2 vm-newuser " NEW
	    "ask 1:2>8 @ =DENIED vm-goodbye " },
	{ "gone at once", "gone", BEGIN "vm-login? " },
	{ "gone at the PIN", "D:1 gone", BEGIN ASK },
	{ "gone at the new PIN", "D:1 D:2 W:CHANGE D:8 gone",
	    BEGIN ASK "ask 1:2 vm-newuser " NEW },
	{ "gone when it is right", "D:1 D:2 W:CHANGE D:8 D:8 W:OK gone",
	    BEGIN ASK "ask 1:2 vm-newuser " NEW "ask 1:2>8 " },
};

static void
test_calls(void **state)
{
	struct call_options	options;
	size_t			i;

	(void)state;
	call_defaults(&options);
	for (i = 0; i < COUNT(calls); i++) {
		script = calls[i].script;
		trace[0] = '\0';
		is_gone = false;
		UNIT_CHECK(calls[i].name, call_run(&options, NULL, NULL) ==
		    ST_OK);
		if (strcmp(trace, calls[i].trace) != 0)
			dprintf(unit.stderr_fd, "%s\n", trace);
		UNIT_CHECK(calls[i].name, strcmp(trace, calls[i].trace) == 0);
		UNIT_CHECK(calls[i].name, *script == '\0' || is_gone);
	}
}

/* A mailbox of the dial plan is asked for only when the first try failed. */
static void
test_given_mailbox(void **state)
{
	struct call_options	options;

	(void)state;
	call_defaults(&options);
	options.mailbox = "1001";
	options.tries = 2;
	options.sounds[CALL_GOODBYE] = "";
	script = "D:1 W:DENIED D:1002 D:2 W:DENIED";
	trace[0] = '\0';
	is_gone = false;
	assert_int_equal(call_run(&options, NULL, NULL), ST_OK);
	assert_string_equal(trace, BEGIN "vm-password? ask 1001:1 "
	    "vm-incorrect " ASK "ask 1002:2 vm-incorrect @ =DENIED ");
}

/* What would reach the dial plan as another name is not asked for. */
static void
test_given_name(void **state)
{
	struct call_options	options;

	(void)state;
	unit_expect_log("mailbox-refused");
	call_defaults(&options);
	options.mailbox = "anna.lena@example.org";
	script = "";
	trace[0] = '\0';
	is_gone = false;
	assert_int_equal(call_run(&options, NULL, NULL), ST_OK);
	assert_string_equal(trace, BEGIN "@ =UNAVAILABLE "
	    "please-try-call-later vm-goodbye ");
}

static void
set_sound(struct call_options *options, const char *name, const char *file)
{
	UNIT_CHECK(name, call_set_sound(options, name, strlen(name), file));
}

/* A rule has a sound of its own, or that of all of them. */
static void
test_sounds_of_rules(void **state)
{
	static const char	*const unknown[] = { "", "refused-",
				    "refused-none", "refused-histor",
				    "refused-history2", "history", "weak2" };
	struct call_options	 options;
	size_t			 i;

	(void)state;
	call_defaults(&options);
	for (i = 0; i < COUNT(unknown); i++)
		UNIT_CHECK(unknown[i], !call_set_sound(&options, unknown[i],
		    strlen(unknown[i]), "x"));
	set_sound(&options, "refused-history", "own/used&own/other");
	set_sound(&options, "refused-length", "missing&never");
	set_sound(&options, "weak", "own/weak");
	set_sound(&options, "new", "own/tone&own/new");
	options.tries = 4;
	script = "D:1 D:2 W:CHANGE D:3 D:3 W:REFUSED/history D:4 D:4 "
	    "W:REFUSED/length D:5 D:5 W:REFUSED/common D: D:";
	trace[0] = '\0';
	is_gone = false;
	assert_int_equal(call_run(&options, NULL, NULL), ST_OK);
#undef NEW
#define NEW	"own/tone own/new? vm-reenterpassword? "
	assert_string_equal(trace, BEGIN ASK "ask 1:2 vm-newuser "
	    NEW "ask 1:2>3 own/used own/other " NEW "ask 1:2>4 missing "
	    "own/weak " NEW "ask 1:2>5 own/weak " NEW "own/weak @ =CHANGE "
	    "vm-goodbye ");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_calls),
		UNIT_TEST(test_given_mailbox),
		UNIT_TEST(test_given_name),
		UNIT_TEST(test_sounds_of_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
