/*
 * vocabulary.c - the list of the words of mail servers that may be logged, and
 * the copying of a reply without all others.
 *
 * The words are those that Postfix, Exim, Sendmail, Exchange, Gmail, rspamd
 * and the operators of block lists use for why a mail is not taken. It knows
 * nothing of replies.
 */
#include "config.h"

#include "core/vocabulary.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define WORD_MAX	32	/* bytes of the longest, with its blanks */

/*
 * Each between blanks. What is also a given name or a surname (will, may),
 * a number (one), or a mailbox that many share (support) has no place here.
 */
static const char *const	known[] = {
	/* Small words. */
	" a about above after again against all allow allowed allows ",
	" already also although always an and another any anymore are as ",
	" at available back be because been before behind being below ",
	" between but by can can't cannot could couldn't did didn't do ",
	" does doesn't don't done due during each either else enough ",
	" error errors even every exactly failing fails find for from ",
	" further get give given had has hasn't have having here house ",
	" how if in inside instead into is isn't it its itself later ",
	" least less like likely longer made make many matter more most ",
	" much must near need needed needs neither never new next no ",
	" nobody non none nor not nothing now of off on once only or ",
	" other others our out outside over own per please points rather ",
	" re relevant same see seems set should since so some soon still ",
	" such sure takes than that the their them then there these they ",
	" this those through time times to too towards try trying under ",
	" until up upon use used users using very via want wanted was ",
	" wasn't we were what when where whether which while who whom why ",
	" with within without won't would yet you your yours ",

	/* Who and what. */
	" account accounts address addresses agent alias aliases ",
	" anonymous application attachment attachments attributes backend ",
	" bounce bounces callback callout certificate channel cipher ",
	" client clients command commands computer connection connections ",
	" content contents country credential credentials data database ",
	" date delivery destination device directory disk domain domains ",
	" dovecot dsn ehlo email emails encryption entry envelope ",
	" exchange exim file filter filtering filters folder gateway ",
	" gmail google group groups header headers helo host hostname ",
	" hosts identity inbound inbox infrastructure internet ip ipv ",
	" line lines link list lists load local localhost lookup machine ",
	" mail mailbox mailboxes mailer mailing mails map memory message ",
	" messages microsoft mime msa mta mua name names nameserver ",
	" nameservers ndr network networks null object operation option ",
	" options organization originator outbound outlook owner ",
	" parameter parameters part parts path peer person pipelining ",
	" pointer port postfix protocol provider ptr query queue quota ",
	" range rate reason recipient recipients record records region ",
	" relay relayhost relays remote reply reputation request resource ",
	" resources response responses restriction restrictions result ",
	" reverse rights route routing rule rules score script sender ",
	" senders sendmail sequence server servers service services ",
	" session sessions setting settings side signature size software ",
	" source space ssl storage string subject submission subscription ",
	" syntax system systems table tables tenant tenantattribution ",
	" test text thread tls token traffic transaction transactions ",
	" transport trouble unix url user username value verification ",
	" verify version virtual virus viruses volume website yahoo zone ",

	/* What is done, and how it ends. */
	" abort aborted abusive accept accepted accepting accepts access ",
	" action active activity administrative administratively ",
	" ambiguous appear appears attempt attempted attempts auth ",
	" authenticate authenticated authenticating authentication ",
	" authenticator authorization authorized bad banned barred basic ",
	" behalf belong belongs big block blocked blocking bogus broken ",
	" bulk busy bye cancelled change changed check checked checking ",
	" checks closed closing code codes come complete completed ",
	" compliance compliant conditions configuration configure ",
	" configured confirm confirmed conform connect connected ",
	" connecting contact contains correct current currently daily ",
	" deactivated deadline declined deferral deferred delay delayed ",
	" delete deleted deliver deliverable delivered denied denies deny ",
	" designated detected different disabled disallowed discarded ",
	" disconnect disconnecting dropped duplicate dynamic empty enable ",
	" enabled encountered encrypted ended exceed exceeded exceeds ",
	" excessive exempt exhausted exist existent existing exists ",
	" expect expected expired explicit external fail failed failure ",
	" failures fatal fixed forbidden forged format forward forwarded ",
	" forwarding found full fully general generic go graylisted ",
	" greeting greylist greylisted greylisting handled handshake ",
	" harmful heavy hello high hour hourly hours identify illegal ",
	" impersonation implemented improper inactive incoming incomplete ",
	" incorrect infected information initial insufficient intended ",
	" interactive internal invalid issue issued issues item known ",
	" large learn legitimate length limit limited limits listed log ",
	" logged logging login look looks loop lost lower lowest ",
	" maintenance malformed malicious malware match matches matching ",
	" maximum mechanism mechanisms meet minimum minute minutes ",
	" misdirected mismatch missing mistyped month monthly moved ",
	" multiple mx nonexistent nullmx numbered nxdomain obey ok okay ",
	" open outgoing overloaded overquota owned pass passed password ",
	" permanent permanently permission permissions permit permits ",
	" permitted phishing policies policy possible possibly prevent ",
	" previous probably problem problems process processed processing ",
	" prohibited prohibition protect protected provide provided ",
	" public publish published qualified reach reached read ready ",
	" receive received receiver receiving recently recognized refuse ",
	" refused refuses registered reject rejected rejecting rejection ",
	" rejects relayed relaying remove removed repeated require ",
	" required requirements requires resend reset resolve resolved ",
	" resolves restricted retried retry retrying return returned ",
	" review revoked safe scanned scanner scanning seconds secure ",
	" seen send sending sends sent shut shutdown shutting signed slow ",
	" spam spammer spamming spoof spoofed spoofing start started ",
	" starttls static stop stopped suspected suspended suspicious ",
	" synchronization tempfail temporarily temporary terminated ",
	" terminating throttled throttling timed timeout tried trusted ",
	" type unable unacceptable unauthenticated unauthorized unavail ",
	" unavailable undeliverable unencrypted unexpected unimplemented ",
	" unknown unqualified unreachable unrecognized unregistered ",
	" unresolvable unroutable unrouteable unsafe unsolicited ",
	" unsupported untrusted unusual unusually unverified unwanted ",
	" upgrade urgent usage valid validate validated validation ",
	" verified verifies verifying violated violates violation visit ",
	" wait waiting warning weak week weekly welcome went write wrong ",
	" wrote ",

	/* Standards, and who publishes block lists. */
	" allowlist amavis arc ascii b.barracudacentral.org barracuda ",
	" barracudacentral bimi bl.spamcop.net blacklist blacklisted ",
	" blacklists blocklist blocklisted blocklists clamav cloudmark ",
	" cram css dane dbl.spamhaus.org denylist dkim dmarc dns dnsbl ",
	" dnsbl-1.uceprotect.net dnsbl.sorbs.net dnssec esmtp fcrdns fqdn ",
	" idn ix.dnsbl.manitu.net kerberos lmtp milter mimecast ntlm ",
	" oauth pbl pbl.spamhaus.org plain proofpoint psbl.surriel.com ",
	" rbl rdns rfc rspamd sasl sbl sbl.spamhaus.org senderscore smtp ",
	" smtps smtputf sorbs spamassassin spamcop spamhaus spamhaus.org ",
	" spf srs surbl uceprotect uribl utf whitelist whitelisted xbl ",
	" xbl.spamhaus.org zen zen.spamhaus.org ",
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

/* Whole, or every part of it between '-' and '/'. */
static bool
is_known(const char *word, size_t len)
{
	size_t	at, part;

	if (is_listed(word, len))
		return true;
	for (at = 0; at <= len; at += part + 1) {
		for (part = 0; at + part < len && word[at + part] != '-' &&
		    word[at + part] != '/'; part++)
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
