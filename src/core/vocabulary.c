/*
 * vocabulary.c - the list of the words of mail servers that may be logged, and
 * the copying of a reply without all others.
 *
 * The words are those that Postfix, Exim, Sendmail, qmail, OpenSMTPD,
 * Exchange, Gmail, rspamd, the services that send mails for others and the
 * operators of block lists use for why a mail is not taken. It knows nothing
 * of replies.
 */
#include "config.h"

#include "core/vocabulary.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define WORD_MAX	40	/* bytes of the longest, with its blanks */

/*
 * Each between blanks. What is also a given name or a surname (will, may),
 * a number (one), or a mailbox that many share (support) has no place here.
 */
static const char *const	known[] = {
	/* Small words. */
	" a about above add added additional after again against all allow ",
	" allowed allows already also although always an and another any ",
	" anymore are aren't as at available back be because been before ",
	" behind being below between but by can cannot can't common could ",
	" couldn't did didn't direct directly do does doesn't done don't due ",
	" during each either else end enough error errors even every exactly ",
	" failing fails find following for from further get give given had ",
	" has hasn't have having here house how if in inside instead into is ",
	" isn't it its itself later least less like likely longer made make ",
	" many matter maybe more most much must myself near need needed needs ",
	" neither never new next no nobody non none nor not nothing now of ",
	" off on once only or other others our out outside over own past per ",
	" please points previously rather re reasons relevant same see seems ",
	" set several should since so some sometime soon sorry specific ",
	" specified still successfully such sure takes than that the their ",
	" them then there thereby these they this those through time times to ",
	" too towards try trying under unless unnecessary until up upon use ",
	" used users using very via want wanted was wasn't we were weren't ",
	" what when where whether which while who whom whose why with within ",
	" without won't would yet you your yours you've ",

	/* Who and what. */
	" account accounts address addresses agent alias aliases allocation ",
	" anonymous app appliance application archive attachment attachments ",
	" attributes attribution backend backlog badmailfrom bandwidth bdat ",
	" bounce bounces browser buffer callback callout carriage certificate ",
	" channel character characters chunking cipher client clients command ",
	" commands complaint complaints component computer configurations ",
	" connection connections connector connectors content contents count ",
	" country cr credential credentials crlf daemon data database ",
	" databytes date defaults delivery destination detail details device ",
	" directory disk domain domains dovecot dsn ehlo email emailed emails ",
	" encoding encryption entries entry envelope exchange exim expiration ",
	" expn extension extensions feedback file filter filtering filters ",
	" fingerprint folder frequency gateway gmail google group groups ",
	" header headers helo hop hops host hostname hostnames hosts ",
	" identities identity inbound inbox infrastructure inode inodes ",
	" internet ip ipv journal junk junkmail ldap level lf license ",
	" licenses line linefeed linefeeds lines link list lists literal load ",
	" local localhost location lookup lookups machine macro mail mailbox ",
	" mailboxes maildir mailer mailing mails map member members memory ",
	" message messageid messages messaging microsoft mime mode moderator ",
	" msa mta mta's mua name names nameserver nameservers ndr network ",
	" networks newline newlines noop null object octet octets onmicrosoft ",
	" operation option options organization originator outbound outlook ",
	" overflow overload owner parameter parameters parser part parts path ",
	" peer penalty person pipe pipelining plaintext pointer port postfix ",
	" postscreen priority progress protocol provider proxy ptr purpose ",
	" purposes qq query queue quota range rate rcpt rcpthosts rcpts realm ",
	" reason recipient recipients record records region relay relayhost ",
	" relays remote removal reply reputation request resource resources ",
	" response responses restriction restrictions result reverse ",
	" revocation rights risk route routing rset rule rules sandbox score ",
	" script sender senders sendmail sequence server servers service ",
	" services session session's sessions setting settings side signature ",
	" size smarthost socket software source space spaces spool spooler ",
	" ssl storage string subdomain subdomains subject submission ",
	" submitter subscriber subscribers subscription suppression syntax ",
	" system systems table tables tenant tenantattribution tenants test ",
	" text thread threshold thresholds timeouts tls token traffic ",
	" transaction transactions transmission transport trial trouble typo ",
	" typos unicode unix unsubscribe url user username value verification ",
	" verify version virtual virus viruses volume vrfy web website ",
	" workspace yahoo zone ",

	/* What is done, and how it ends. */
	" abort aborted abusive accept accepted accepting accepts access ",
	" achieve action active activity administrative administratively ",
	" ambiguous anti appear appears assigned associated attempt attempted ",
	" attempting attempts auth authenticate authenticated authenticating ",
	" authentication authenticator authorization authorized backoff bad ",
	" banned bare barred based basic behalf belong belongs big block ",
	" blocked blocking bogus bounced broken bulk bulkmail burst bursts ",
	" busy bye cached cancelled change changed check checked checking ",
	" checks classified closed closing code codes come complete completed ",
	" compliance compliant concurrency concurrent concurrently conditions ",
	" configuration configure configured confirm confirmation confirmed ",
	" conform congested congestion connect connected connecting contact ",
	" contained contains continuous conversion convert correct credit ",
	" credits criteria current currently daily deactivated deadline ",
	" declined decode deferral deferred deferring defers delay delayed ",
	" delegate delegated delete deleted delist delisted delisting deliver ",
	" deliverability deliverable delivered delivering denied denies deny ",
	" deprovisioned designated detected different disabled disallowed ",
	" discarded disconnect disconnecting disposition dropped duplicate ",
	" dynamic eligible empty enable enabled encoded encountered encrypted ",
	" ended exceed exceeded exceeding exceeds exception exceptions ",
	" excessive executable exempt exhausted exist existent existing ",
	" exists expect expected expired expires expiry explicit external ",
	" fail failed failure failures fast fatal final fixed forbidden ",
	" forged format forward forwarded forwarding found frequent ",
	" frequently frozen full fully general generic go graylist graylisted ",
	" greeting greylist greylisted greylisting handled handshake harmful ",
	" heavy hello heuristic high hosted hour hourly hours identify ",
	" illegal impersonate impersonation implemented improper inactive ",
	" inactivity incoming incomplete incorrect infected information ",
	" initial inspected insufficient intended interactive internal ",
	" invalid issue issued issues item known large learn legitimate ",
	" length limit limited limits listed listing locked lockout log ",
	" logged logging login look looks loop loops lost lower lowest ",
	" maintenance malformed malicious malware manipulation marked match ",
	" matches matching maximum mechanism mechanisms meet migrated ",
	" migration minimum minute minutes misdirected mismatch missing ",
	" mistyped moderated moderation month monthly moved multi multiple mx ",
	" named nonexistent nullmx numbered nxdomain obey obsolete occurred ",
	" ok okay open originating outgoing overlimit overloaded overquota ",
	" oversized overuse owned parallel parse parsed parsing pass passed ",
	" password paused penalized perform performed permanent permanently ",
	" permerror permission permissions permit permits permitted phishing ",
	" policies policy possible possibly potential presents prevent ",
	" prevented prevents previous probably problem problems process ",
	" processed processing prohibited prohibition proper protect ",
	" protected provide provided provisioned public publish published ",
	" qualified quarantine quarantined quarantining quickly ratelimit ",
	" ratelimited reach reached read readonly ready receive received ",
	" receiver receiving recently recognized reconnect reconnecting ",
	" refuse refused refuses registered reject rejected rejecting ",
	" rejection rejections rejects relayed relaying remove removed renew ",
	" repeated requested require required requirements requires resend ",
	" reset resolvable resolve resolved resolves restricted resubmit ",
	" retried retry retrying return returned reusing review revoked safe ",
	" scanned scanner scanning seconds secure seen send sending sends ",
	" sent setup shut shutdown shutting signed simultaneous slow ",
	" smuggling spam spammer spamming spamtrap spamtraps spoof spoofed ",
	" spoofing start started starttls static stop stopped stuffing submit ",
	" submitted submitting success successful supported supports ",
	" suppressed suspected suspend suspended suspending suspends ",
	" suspension suspicious synchronization synchronize taken temperror ",
	" tempfail temporarily temporary terminated terminating throttle ",
	" throttled throttles throttling timed timeout transition trap tried ",
	" trusted turn type unable unacceptable unauthenticated unauthorized ",
	" unavail unavailable unbalanced undeliverable undelivered ",
	" undisclosed unencrypted unexpected unimplemented unknown unlicensed ",
	" unlisted unparsable unparseable unprovisioned unqualified ",
	" unreachable unrecognized unregistered unresolvable unroutable ",
	" unrouteable unsafe unsolicited unsubscribed unsuccessful ",
	" unsuccessfully unsupported untrusted unusual unusually unverified ",
	" unwanted upgrade urgent usage valid validate validated validation ",
	" verified verifies verifying violated violates violating violation ",
	" visit wait waiting warning weak week weekly welcome went write ",
	" wrong wrote ",

	/* Standards, and who publishes block lists. */
	" 8bitmime adr allowlist amavis arc ascii authrequired aws ",
	" b.barracudacentral.org barracuda barracudacentral bearer bimi ",
	" bl.spamcop.net blacklist blacklisted blacklists blocklist ",
	" blocklisted blocklists clamav clientsubmit cloudflare cloudmark ",
	" cram css dane dbl.spamhaus.org denylist dkim dmarc dns dnsbl ",
	" dnsbl-1.uceprotect.net dnsbl.sorbs.net dnssec eicar esmtp ",
	" exrecipnotfound fcrdns fortimail fqdn gssapi idn ipv4 ipv6 ironport ",
	" ix.dnsbl.manitu.net kerberos lmtp mailgun mandrill ",
	" mapiexceptionsendasdenied messagelabs milter mimecast ",
	" nonexistentdomain notauthorized ntlm oauth oauth2 opensmtpd pbl ",
	" pbl.spamhaus.org plain postini proofpoint psbl.surriel.com qmail ",
	" rbl rdns recipientlimit recipientnotfound recipnotfound ",
	" rejectmessage resolver rfc rspamd rst sasl sbl sbl.spamhaus.org ",
	" scram sendasdenied sendasdeniedexception senderscore sendgrid ",
	" sendsizelimit servfail ses smtp smtpclientauthentication smtps ",
	" smtpsend smtputf smtputf8 sonicwall sophos sorbs spamassassin ",
	" spamcop spamhaus spamhaus.org sparkpost spf srs storedrv ",
	" submissionquotaexceededexception surbl trendmicro uceprotect uribl ",
	" utf whitelist whitelisted xbl xbl.spamhaus.org xoauth2 zen ",
	" zen.spamhaus.org ",
};

/*
 * RFC 5321, section 4.2.3, and RFC 1846, 1870, 2645, 3207, 4954, 7504; 431,
 * 441, 442, 446 and 447 are Exchange's, 571 Sendmail's.
 */
static const short	codes[] = {
	211, 214, 220, 221, 235, 250, 251, 252, 253, 334, 354, 421, 422, 430,
	431, 432, 441, 442, 446, 447, 450, 451, 452, 453, 454, 455, 458, 459,
	500, 501, 502, 503, 504, 510, 511, 512, 521, 523, 530, 534, 535, 538,
	541, 550, 551, 552, 553, 554, 555, 556, 571,
};

/* Of each subject the last one registered; all before it are as well. */
static const short	details[] = { 0, 10, 4, 6, 7, 6, 10, 30 };

/* "Email non-delivery reports in Exchange Online"; 2.252 is SendAsDenied. */
static const struct {
	short	subject, detail;
} exchange[] = {
	{ 1, 20 }, { 2, 122 }, { 2, 252 }, { 4, 312 }, { 4, 316 }, { 7, 57 },
	{ 7, 60 }, { 7, 64 }, { 7, 124 }, { 7, 133 }, { 7, 134 }, { 7, 136 },
	{ 7, 139 }, { 7, 193 }, { 7, 367 }, { 7, 500 }, { 7, 501 },
	{ 7, 502 }, { 7, 503 }, { 7, 505 }, { 7, 506 }, { 7, 507 },
	{ 7, 508 }, { 7, 509 }, { 7, 510 }, { 7, 511 }, { 7, 512 },
	{ 7, 513 }, { 7, 515 }, { 7, 520 }, { 7, 606 }, { 7, 700 },
	{ 7, 703 }, { 7, 705 }, { 7, 708 }, { 7, 750 },
};

/* Is this on the list, in upper or lower case? */
static bool
is_listed(const char *word, size_t len)
{
	char	copy[WORD_MAX];
	size_t	i;

	if (len > 2 && strncasecmp(word + len - 2, "'s", 2) == 0)
		len -= 2;
	if (len == 0 || len > sizeof(copy) - 3)
		return false;
	copy[0] = ' ';
	for (i = 0; i < len; i++)
		copy[i + 1] = (char)tolower((unsigned char)word[i]);
	copy[len + 1] = ' ';
	copy[len + 2] = '\0';
	for (i = 0; i < COUNT(known); i++)
		if (strstr(known[i], copy) != NULL)
			return true;
	return false;
}

/* What may stand between a word's parts; a dot only where it is no host. */
static const char *
part_marks(const char *word, size_t len)
{
	/* Exchange's STOREDRV.Deliver, RESOLVER.ADR.RecipNotFound. */
	static const char *const	dotted[] = { "storedrv.", "resolver.",
		"smtpsend.", "transport.rules." };
	size_t				i;

	for (i = 0; i < COUNT(dotted); i++)
		if (len > strlen(dotted[i]) &&
		    strncasecmp(word, dotted[i], strlen(dotted[i])) == 0)
			return "-/.:";
	return "-/";
}

/* Whole, or every part of it between such marks. */
static bool
is_known(const char *word, size_t len)
{
	const char	*marks = part_marks(word, len);
	size_t		 at, part;

	if (is_listed(word, len))
		return true;
	for (at = 0; at <= len; at += part + 1) {
		for (part = 0; at + part < len &&
		    strchr(marks, word[at + part]) == NULL; part++)
			;
		if (!is_listed(word + at, part))
			return false;
	}
	return true;
}

/* How much of what stands between two blanks is kept, from *word on. */
static size_t
known_part(const char **word, size_t len, const char *code)
{
	const char	*text = *word;
	size_t		 core;

	if (len == 1 && *text == '-')
		return 1;
	if (len == strlen(VOCABULARY_ADDRESS) &&
	    strncmp(text, VOCABULARY_ADDRESS, len) == 0)
		return len;
	if (len == strlen(code) && strncmp(text, code, len) == 0)
		return len;
	for (; len > 0 && strchr("([{<\"'", *text) != NULL; len--)
		text++;
	for (core = len; core > 0 &&
	    strchr(")]}>\"',.:;!?", text[core - 1]) != NULL; core--)
		;
	if (!is_known(text, core))
		return 0;
	if (core < len && strchr(",.:;!?", text[core]) != NULL)
		core++;
	*word = text;
	return core;
}

/* Append, as far as there is room. */
static void
add(char *out, size_t size, const char *text, size_t len)
{
	size_t	used = strlen(out);

	if (len > size - 1 - used)
		len = size - 1 - used;
	memcpy(out + used, text, len);
	out[used + len] = '\0';
}

void
vocabulary_keep(const char *words, const char *code, char *out, size_t size)
{
	const char	*word;
	bool		 is_other = false;
	size_t		 blanks, len, kept;

	out[0] = '\0';
	while (*words != '\0') {
		blanks = strspn(words, " ");
		word = words + blanks;
		len = strcspn(word, " ");
		kept = len == 0 ? 0 : known_part(&word, len, code);
		if (kept > 0 || (len > 0 && !is_other)) {
			add(out, size, words, blanks);
			if (kept > 0)
				add(out, size, word, kept);
			else
				add(out, size, VOCABULARY_OTHER,
				    strlen(VOCABULARY_OTHER));
			is_other = kept == 0;
		}
		words += blanks + strcspn(words + blanks, " ");
	}
}

bool
vocabulary_has_code(int code)
{
	size_t	i;

	for (i = 0; i < COUNT(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

bool
vocabulary_has_enhanced(int subject, int detail)
{
	size_t	i;

	if (subject < 0 || detail < 0)
		return false;
	if ((size_t)subject < COUNT(details) && detail <= details[subject])
		return true;
	for (i = 0; i < COUNT(exchange); i++)
		if (exchange[i].subject == subject &&
		    exchange[i].detail == detail)
			return true;
	return false;
}
