/*
 * test-vocabulary.c - replies of real servers stay legible, and nothing that
 * could be somebody's name or PIN comes through, however it is written.
 */
#include "config.h"

#include "unit.h"

#include "core/vocabulary.h"

#define SIZE	400

static const char *
kept(const char *words, const char *code)
{
	static char	out[SIZE];

	vocabulary_keep(words, code, out, sizeof(out));
	return out;
}

/* What an operator looks for. */
static const char *const	replies[] = {
	"5.7.1 <...> Relay access denied",
	"5.5.2 <...> Helo command rejected: need fully-qualified "
	    "hostname",
	"5.7.1 <...> Client host rejected: Access denied",
	"5.7.1 <...> Sender address rejected: not owned by user",
	"5.1.8 <...> Sender address rejected: Domain not found",
	"5.1.1 <...> Recipient address rejected: User unknown in "
	    "virtual mailbox table",
	"5.1.1 <...> User doesn't exist",
	"4.7.1 Client host rejected: cannot find your reverse "
	    "hostname",
	"Could not complete sender verify callout",
	"5.4.6 lowest numbered MX record points to local host",
	"4.2.0 <...> Recipient address rejected: Greylisted",
	"Greylisting in action, please come back later",
	"relay not permitted", "Unrouteable address",
	"Administrative prohibition", "Sender verify failed",
	"Message rejected as spam by Content Filtering.",
	"5.7.64 TenantAttribution; Relay Access Denied",
	"5.7.60 SMTP; Client does not have permissions to send as "
	    "this sender",
	"5.7.1 Unauthenticated email is not accepted due to the "
	    "domain's DMARC policy",
	"5.7.23 SPF validation failed",
	"SPF/DKIM check failed", "Mailbox full", "over quota",
	"4.2.2 The email account that you tried to reach is over "
	    "quota", "5.3.4 Message size exceeds fixed limit",
	"Service unavailable; Client host blocked using "
	    "zen.spamhaus.org", "Too many connections",
	"Must issue a STARTTLS command",
	"4.7.1 Hourly limit reached", "Temporary lookup failure",
	"5.7.8 Error: authentication failed", "TLS not available",
	"5.2.1 Mailbox disabled, not accepting messages",
	"Authentication required", "Error: need MAIL command",
	"4.3.2 Service not available - try again later",
	/* qmail, Sendmail, OpenSMTPD. */
	"sorry, that domain isn't in ... list of allowed rcpthosts",
	"sorry, your envelope sender is in ... badmailfrom list",
	"Relaying denied. Proper authentication required.",
	"Connection rate limit exceeded", "Too many hops",
	"Invalid command: Pipelining not supported",
	"5.5.0 Error: bare newline received",
	"Bare carriage return CR is not allowed", "LF without CR",
	/* Exchange Online. */
	"5.7.139 Authentication unsuccessful, "
	    "SmtpClientAuthentication is disabled for the Tenant. "
	    "Visit",
	"4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
	"5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException."
	    "MapiExceptionSendAsDenied; Failed to process message "
	    "due to a permanent exception",
	"RESOLVER.ADR.RecipNotFound; not found",
	"TRANSPORT.RULES.RejectMessage; the message was rejected by "
	    "organization policy",
	"5.7.750 Client blocked from sending from unregistered "
	    "domains", "Trial tenants have a limit",
	"5.7.705 Access denied, tenant has exceeded threshold",
	/* Gmail and the services that send for others. */
	"4.2.1 The user you are trying to contact is receiving mail "
	    "too quickly. Please resend your message at a later time",
	"5.7.9 Application-specific password required. Learn more at",
	"Throttling failure: Maximum sending rate exceeded.",
	"Sending paused for this account",
	"The from address does not match a verified Sender Identity",
	"Maximum credits exceeded", "Sending burst detected",
	"Too many concurrent SMTP connections", "Recipient suppressed",
	"Sandbox subdomains are for test purposes only",
	"Sending too fast, slow, reconnect later",
	"Message quarantined", "Threshold reached",
	"Anti-Spoofing policy - Inbound not allowed",
	"To request removal from this list see",
	"blocked for excessive feedback complaints",
	"Sender is on suppression list", "no license",
	"5.6.7 SMTPUTF8 is needed", "8BITMIME is required",
};

/* It is told to the word. */
static void
test_replies_stay_legible(void **state)
{
	const char	*code;
	char		 own[16];
	size_t		 i, len;

	(void)state;
	for (i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		len = strspn(replies[i], "0123456789.");
		memcpy(own, replies[i], len);
		own[len] = '\0';
		code = kept(replies[i], own);
		UNIT_CHECK(replies[i], strcmp(code, replies[i]) == 0);
	}
}

static void
test_what_is_kept(void **state)
{
	static const struct {
		const char	*words, *code, *kept;
	} cases[] = {
		{ "", "", "" },
		{ "  ", "", "" },
		{ "4711", "", "..." },
		{ "4 7 1 1", "", "..." },
		{ "four seven one-one", "", "..." },
		{ "4bitmime 7BITMIME SMTPUTF88 ipv47 utf8", "", "..." },
		{ "relay.denied mail.storedrv.deliver storedrv.4711", "",
		    "..." },
		{ "storedrv.anna.deliver resolver.x storedrv..deliver", "",
		    "..." },
		{ "4.7.11", "4.7.1", "..." },
		{ "4.7.1 and 5.7.1", "4.7.1", "4.7.1 and ..." },
		{ "relay4711 relay-4711 relay/47 relay_x", "", "..." },
		{ "user YW5uYUB4 unknown", "", "user ... unknown" },
		{ "anna%40x anna+40x =61=6E", "", "..." },
		{ "see https://x.test/relay or mail.test", "",
		    "see ... or ..." },
		{ "(SPF) <DATA>: \"relay\", [host]!", "",
		    "SPF DATA relay host" },
		{ "SPAM: Domain's ... policy's.", "",
		    "SPAM: Domain's ... policy's." },
		{ "spam-- -spam - / 's", "", "... - ..." },
		{ "access  <...>  denied", "", "access  <...>  denied" },
		{ "<...>x <...>:", "", "..." },
		/* Names, numbers and shared mailboxes. */
		{ "will may mark grant bill hope young long best", "",
		    "..." },
		{ "support postmaster sales info admin abuse helpdesk", "",
		    "..." },
		{ "one two three four five six seven eight nine zero oh", "",
		    "..." },
		{ "eins zwei drei un deux trois", "", "..." },
		{ "first second third double single twice dozen", "", "..." },
		{ "max said held flood pool free poor low black old down fix "
		    "pace frank bill dot real", "", "..." },
		{ "security noc hostmaster webmaster news marketing www "
		    "administrator", "", "..." },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		UNIT_CHECK(cases[i].words, strcmp(kept(cases[i].words,
		    cases[i].code), cases[i].kept) == 0);
}

/* Whatever the room, its end is an end, and nothing lies behind it. */
static void
test_room(void **state)
{
	static const char	words[] = "relay 4711 denied x <...>";
	static const char	whole[] = "relay ... denied ... <...>";
	char			out[40];
	size_t			size;

	(void)state;
	for (size = 1; size <= sizeof(whole); size++) {
		memset(out, '#', sizeof(out));
		vocabulary_keep(words, "", out, size);
		assert_int_equal(strlen(out), size - 1);
		assert_memory_equal(out, whole, size - 1);
		assert_int_equal(out[size], '#');
	}
}

/* Codes that mean something, and none in which there is room for a PIN. */
static void
test_codes(void **state)
{
	static const struct {
		int	subject, detail;
		bool	is_known;
	} cases[] = {
		{ 0, 0, true },		{ 0, 1, false },
		{ 1, 0, true },		{ 1, 10, true },
		{ 1, 11, false },	{ 2, 4, true },
		{ 2, 5, false },	{ 2, 252, true },
		{ 3, 6, true },		{ 3, 7, false },
		{ 4, 7, true },		{ 4, 8, false },
		{ 5, 6, true },		{ 5, 7, false },
		{ 6, 10, true },	{ 6, 11, false },
		{ 7, 30, true },	{ 7, 31, false },
		{ 7, 57, true },	{ 7, 60, true },
		{ 7, 708, true },	{ 7, 709, false },
		{ 8, 0, false },	{ 9, 999, false },
		{ 1, 234, false },	{ -1, -1, false },
		{ 7, -1, false },	{ -1, 7, false },
	};
	int	code, known = 0;
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(vocabulary_has_enhanced(cases[i].subject,
		    cases[i].detail), cases[i].is_known);
	assert_true(vocabulary_has_code(250));
	assert_true(vocabulary_has_code(550));
	assert_true(vocabulary_has_code(421));
	assert_false(vocabulary_has_code(580));
	assert_false(vocabulary_has_code(471));
	for (code = -1; code < 2000; code++)
		known += vocabulary_has_code(code);
	assert_in_range(known, 40, 60);
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_replies_stay_legible),
		UNIT_TEST(test_what_is_kept),
		UNIT_TEST(test_room),
		UNIT_TEST(test_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
