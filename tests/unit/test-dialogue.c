/*
 * test-dialogue.c - the dialogue of an SMTP connection: which command a reply
 * belongs to, and what of it is logged.
 */
#include "config.h"

#include "unit.h"

#include "core/dialogue.h"

static struct dialogue	 talk;

static void
sent(const char *line)
{
	dialogue_sent(&talk, line, strlen(line));
}

static void
heard(const char *line)
{
	dialogue_heard(&talk, line, strlen(line));
}

static const char *
told(const char *recipient)
{
	static char	reply[DIALOGUE_REPLY_SIZE];

	dialogue_reply(&talk, recipient, reply);
	return reply;
}

static void
test_phases(void **state)
{
	(void)state;
	dialogue_open(&talk);
	assert_string_equal(told(""), "");
	heard("220 mx.example ESMTP\r\n");
	assert_string_equal(told(""), "220 ... ESMTP");
	sent("EHLO me\r\n");
	heard("250-mx.example\r\n");
	heard("250-SMTPUTF8\r\n");
	heard("250 SIZE 1\r\n");
	assert_true(talk.has_utf8);
	sent("STARTTLS\r\n");
	heard("220 go\r\n");
	assert_int_equal(talk.phase, PHASE_STARTTLS);
	assert_false(talk.is_tls_refused);
	sent("EHLO me\r\n");
	heard("250 mx.example\r\n");
	assert_false(talk.has_utf8);
	sent("MAIL FROM:<>\r\n");
	heard("250 2.1.0 Ok\r\n");
	sent("RCPT TO:<anna@example.org>\r\n");
	heard("250 2.1.5 Ok\r\n");
	sent("DATA\r\n");
	heard("354 go\r\n");
	assert_int_equal(talk.phase, PHASE_BODY);
	assert_int_equal(talk.code, 0);
	heard("550-5.7.1 You wrote: 4711\r\n");
	heard("550 5.7.1 4711\r\n");
	assert_string_equal(told("anna@example.org"), "550 5.7.1");
	assert_int_equal(dialogue_verdict(&talk).fault, FAULT_DOUBT);
	assert_string_equal(dialogue_at(&talk), "dot");
	/* What comes after the farewell changes nothing. */
	sent("QUIT\r\n");
	heard("221 bye\r\n");
	assert_int_equal(talk.code, 550);
}

static void
test_enhanced_codes(void **state)
{
	static const struct {
		const char	*line;
		int		 subject, detail;
	} cases[] = {
		{ "550 5.7.1 no", 7, 1 },	{ "550 5.1.10", 1, 10 },
		{ "550-5.7.705 no", 7, 705 },	{ "550 4.7.1 no", -1, -1 },
		{ "550 5.71.1 no", -1, -1 },	{ "550 5.7.1234 no", -1, -1 },
		{ "550 5.7.1: no", -1, -1 },	{ "550 5.7. no", -1, -1 },
		{ "550 no 5.7.1", -1, -1 },	{ "550", -1, -1 },
		{ "550 5", -1, -1 },		{ "550 5.", -1, -1 },
		{ "550 5.7", -1, -1 },
		{ "550 5.7.01 no", -1, -1 },	{ "550 5.7.0", 7, 0 },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		dialogue_next(&talk, PHASE_RCPT);
		heard(cases[i].line);
		UNIT_CHECK(cases[i].line, talk.subject == cases[i].subject &&
		    talk.detail == cases[i].detail);
	}
}

/* What is a reply, and when: after each line, the code that is known. */
static void
test_whole_replies(void **state)
{
	static const struct {
		const char	*lines[4];
		int		 code, dot_code;
	} cases[] = {
		{ { "250 ok" }, 250, 250 },	{ { "451\r\n" }, 451, 451 },
		{ { "550\n" }, 550, 550 },	{ { "250 " }, 250, 250 },
		{ { "599 x" }, 599, 599 },	{ { "354 go" }, 354, 354 },
		{ { "451-half" }, 0, 0 },	{ { "250-half" }, 0, 0 },
		{ { "550-" }, 0, 0 },		{ { "25" }, 0, 0 },
		{ { "2501" }, 0, 0 },		{ { "4711" }, 0, 0 },
		{ { "580x" }, 0, 0 },		{ { "580\t5.7.1" }, 0, 0 },
		{ { "493817" }, 0, 0 },		{ { "" }, 0, 0 },
		{ { "150 ok" }, 0, 0 },		{ { "650 5.1.1 x" }, 0, 0 },
		{ { "999 what" }, 0, 0 },	{ { "000 odd" }, 0, 0 },
		{ { " 250 ok" }, 0, 0 },	{ { "+250 ok" }, 0, 0 },
		{ { "-550 ok" }, 0, 0 },	{ { "\xd9\xa3 ok" }, 0, 0 },
		{ { "550-5.7.1 a", "550 5.7.1 b" }, 550, 550 },
		{ { "550-a", "550" }, 550, 550 },
		{ { "550-a", "554 b" }, 554, 554 },
		/* Of these libcurl takes the last line. */
		{ { "451-a", "250 b" }, 250, 0 },
		{ { "250-a", "550 b" }, 550, 0 },
		{ { "550-a", "what?", "550 b" }, 550, 0 },
		{ { "Subject: x", "493817", "250 Main Street" }, 250, 0 },
		{ { "what?", "451 a", "250 b" }, 250, 0 },
		{ { "451-a", "what?" }, 0, 0 },
	};
	size_t	i, line;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		dialogue_next(&talk, PHASE_RCPT);
		for (line = 0; line < 4 && cases[i].lines[line] != NULL;
		    line++)
			heard(cases[i].lines[line]);
		UNIT_CHECK(cases[i].lines[0], talk.code == cases[i].code);
		UNIT_CHECK(cases[i].lines[0], (told("")[0] == '\0') ==
		    (cases[i].code == 0));
		dialogue_next(&talk, PHASE_BODY);
		for (line = 0; line < 4 && cases[i].lines[line] != NULL;
		    line++)
			heard(cases[i].lines[line]);
		UNIT_CHECK(cases[i].lines[0], talk.code == cases[i].dot_code);
		UNIT_CHECK(cases[i].lines[0], talk.phase == PHASE_BODY);
		UNIT_CHECK(cases[i].lines[0], cases[i].dot_code >= 400 ||
		    dialogue_verdict(&talk).fault == FAULT_NONE);
	}
}

/* The mail leaves at a 354, whatever came before it. */
static void
test_where_the_mail_begins(void **state)
{
	(void)state;
	memset(&talk, 0, sizeof(talk));
	dialogue_next(&talk, PHASE_DATA);
	heard("354-go");
	assert_int_equal(talk.phase, PHASE_DATA);
	heard("354 on");
	assert_int_equal(talk.phase, PHASE_BODY);
	assert_true(talk.has_told_all);
	heard("354 on");
	assert_int_equal(talk.code, 354);
	memset(&talk, 0, sizeof(talk));
	dialogue_next(&talk, PHASE_DATA);
	heard("250-go");
	heard("354 on");
	assert_int_equal(talk.phase, PHASE_BODY);
	assert_true(talk.has_told_all);
	/* Or when libcurl says so, and then once. */
	memset(&talk, 0, sizeof(talk));
	dialogue_next(&talk, PHASE_DATA);
	heard("354x");
	dialogue_body(&talk);
	assert_int_equal(talk.phase, PHASE_BODY);
	assert_true(talk.has_told_all);
	heard("451 no");
	dialogue_body(&talk);
	assert_int_equal(talk.code, 451);
}

/* Base64 is no command; nor is what only begins like one. */
static void
test_words_of_auth(void **state)
{
	static const char *const	words[] = { "DATA", "DATAabcd",
		"MAIL", "RCPT", "QUIT", "QUITabc=", "NOOP", "EHLO", "HELO",
		"STARTTLS", "AUTH", "*" };
	char				line[20];
	size_t				i;

	(void)state;
	memset(&talk, 0, sizeof(talk));
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		dialogue_open(&talk);
		sent("AUTH LOGIN\r\n");
		heard("334 VXNlcm5hbWU6\r\n");
		(void)snprintf(line, sizeof(line), "%s\r\n", words[i]);
		sent(line);
		UNIT_CHECK(words[i], talk.code == 0);
		heard("334 UGFzc3dvcmQ6\r\n");
		sent(line);
		heard("535 5.7.8 no\r\n");
		UNIT_CHECK(words[i], talk.phase == PHASE_AUTH);
		UNIT_CHECK(words[i], strcmp(told(""), "535 5.7.8 no") == 0);
	}
	dialogue_next(&talk, PHASE_RCPT);
	sent("DATABASE\r\n");
	assert_int_equal(talk.phase, PHASE_RCPT);
	sent("QUITE\r\n");
	assert_false(talk.is_over);
	sent("data\r\n");
	assert_int_equal(talk.phase, PHASE_DATA);
	sent("QUIT");
	assert_true(talk.is_over);
}

static void
test_offers(void **state)
{
	(void)state;
	dialogue_open(&talk);
	sent("EHLO me\r\n");
	heard("250-SMTPUTF8.example.org");
	heard("250 SMTPUTF8X");
	assert_false(talk.has_utf8);
	heard("250-smtputf8\r\n");
	assert_true(talk.has_utf8);
}

/* Codes are told as far as somebody defines them. */
static void
test_codes_told(void **state)
{
	static const struct {
		const char	*line, *told;
	} cases[] = {
		{ "580 5.1.1", "5yz 5.1.1" },	{ "571 no", "571 no" },
		{ "499 5.1.1 no", "4yz ... no" },
		{ "550 5.7.26 no", "550 5.7.26 no" },
		{ "550 5.7.60 no", "550 5.7.60 no" },
		{ "550 5.4.938 no", "550 ... no" },
		{ "550 5.4.938", "550 ..." },
		{ "550 5.9.1 no", "550 ... no" },
		{ "550 5.12.345 no", "550 ... no" },
		{ "550 5.7.31 no", "550 ... no" },
		{ "550 5.1.11 no", "550 ... no" },
	};
	size_t	i;

	(void)state;
	memset(&talk, 0, sizeof(talk));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		dialogue_next(&talk, PHASE_RCPT);
		heard(cases[i].line);
		UNIT_CHECK(cases[i].line, strcmp(told(""), cases[i].told) ==
		    0);
	}
	dialogue_next(&talk, PHASE_BODY);
	heard("550 5.4.938 no");
	assert_string_equal(told(""), "550");
	/* The verdict goes by the one that came. */
	assert_int_equal(talk.detail, 938);
}

static void
test_addresses(void **state)
{
	static const struct {
		const char	*recipient, *line, *told;
	} cases[] = {
		{ "anna@x.test", "550 5.1.1 <anna@x.test>: unknown",
		    "550 5.1.1 <...> unknown" },
		{ "anna@x.test", "550 5.1.1 Anna is unknown", "550 5.1.1" },
		{ "anna@x.test", "550 an-na is unknown", "550" },
		{ "anna@x.test", "550 a+40b %40 x=40y", "550 <...>  <...>" },
		{ "a.b@x.test", "550 5.1.1 unknown", "550 5.1.1" },
		{ "a.bcd@x.test", "550 5.1.1 unknown", "550 5.1.1 unknown" },
		{ "j\xc3\xb6rg@x.test", "550 j\xc3\xb6rg", "550" },
		{ "", "550 \x1b[2J", "550" },
		/* In forms that only somebody who knows them can undo. */
		{ "anna@x.test", "550 5.1.1 YW5uYUB4LnRlc3Q= unknown",
		    "550 5.1.1 ... unknown" },
		{ "anna@x.test", "550 user %61%6e%6e%61 unknown",
		    "550 user ... unknown" },
		{ "anna@x.test", "550 domain x.test unknown",
		    "550 domain ... unknown" },
		{ "anna@x.test", "550 no, see https://e.test/?u=YW5u",
		    "550 no, see ..." },
		{ "", "550 5.1.1 bob is unknown here 5.1.1 5.1.2",
		    "550 5.1.1 ... is unknown here 5.1.1 ..." },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		dialogue_next(&talk, PHASE_RCPT);
		heard(cases[i].line);
		UNIT_CHECK(cases[i].line, strcmp(told(cases[i].recipient),
		    cases[i].told) == 0);
	}
}

/*
 * Whom and what a server was told it may quote as long as it lives: on the
 * same connection, and on the next. A recipient's refusal keeps its words.
 */
static void
test_after_a_mail(void **state)
{
	static const struct {
		const char	*command, *line, *told;
	} cases[] = {
		{ "NOOP\r\n", "421 4.3.0 bye", "421 4.3.0" },
		{ "RSET\r\n", "450 bye", "450" },
		{ "MAIL FROM:<>\r\n", "550 5.7.1 sender", "550 5.7.1" },
		{ "RCPT TO:<anna@x.test>\r\n", "550 5.7.1 relay access",
		    "550 5.7.1 relay access" },
		{ "RCPT TO:<anna@x.test>\r\n", "550 5.7.1 bob 4711",
		    "550 5.7.1 ..." },
		{ "DATA\r\n", "451 4.3.0 busy 4711", "451 4.3.0 busy ..." },
	};
	size_t	i, round;

	(void)state;
	memset(&talk, 0, sizeof(talk));
	dialogue_open(&talk);
	heard("220 ESMTP");
	assert_string_equal(told(""), "220 ESMTP");
	dialogue_next(&talk, PHASE_DATA);
	heard("354 go");
	heard("250 ok");
	for (round = 0; round < 2; round++) {
		for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
			dialogue_next(&talk, PHASE_NOOP);
			sent(cases[i].command);
			heard(cases[i].line);
			UNIT_CHECK(cases[i].line, strcmp(told("anna@x.test"),
			    cases[i].told) == 0);
		}
		dialogue_open(&talk);
		heard("554 5.3.2 no service");
		assert_string_equal(told(""), "554 5.3.2");
		assert_string_equal(dialogue_at(&talk), "greet");
	}
}

/* Of what does not fit nobody knows what it held; 200 bytes are told. */
static void
test_long_replies(void **state)
{
	char	line[1200];
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(line); i++)
		line[i] = "relay "[i % 6];
	memcpy(line, "550 ", 4);
	dialogue_next(&talk, PHASE_RCPT);
	dialogue_heard(&talk, line, 1000);
	assert_int_equal(strlen(told("")), DIALOGUE_REPLY_SIZE - 2);
	dialogue_next(&talk, PHASE_RCPT);
	dialogue_heard(&talk, line, sizeof(line));
	assert_string_equal(told(""), "550");
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_phases),
		UNIT_TEST(test_enhanced_codes),
		UNIT_TEST(test_whole_replies),
		UNIT_TEST(test_where_the_mail_begins),
		UNIT_TEST(test_words_of_auth),
		UNIT_TEST(test_offers),
		UNIT_TEST(test_codes_told),
		UNIT_TEST(test_addresses),
		UNIT_TEST(test_after_a_mail),
		UNIT_TEST(test_long_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
