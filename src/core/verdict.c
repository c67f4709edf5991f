/*
 * verdict.c - the table of what SMTP replies mean, of which the first match
 * counts, and the words by which a mail is kept. doc/mail.md has the rules row
 * by row, with the source of each; a test holds them against each other.
 *
 * Sources: RFC 5321 section 4.2, RFC 3463, RFC 5248 and the registry that
 * it began (RFC 4954, 5321, 6531, 7293, 7372, 7504, 7505); Postfix's
 * smtpd_check.c, which under smtpd_delay_reject, the default, says at RCPT
 * what it holds against client, HELO and sender; Exim's spec, chapter 44
 * (no enhanced codes); "Email non-delivery reports in Exchange Online";
 * Gmail's "SMTP errors and codes"; for how they deny to relay qmail-smtpd,
 * Sendmail, hMailServer, MDaemon and Cisco's ESA. Of exit codes: sysexits.h;
 * Postfix's sendmail(1), whose only one is 75; msmtp's smtp.c; Exim's spec,
 * chapter 5, and nullmailer-inject(1), whose 1 is anything; qmail-command(8).
 */
#include "config.h"

#include "core/verdict.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sysexits.h>

#include "base/secret.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

#define ON(phase)	(1U << (phase))
#define ON_MAIL		ON(PHASE_MAIL)
#define ON_RCPT		(ON(PHASE_RCPT) | ON(PHASE_DATA))
#define ON_BODY		ON(PHASE_BODY)
#define EXIT(min, max)	ON(PHASE_PROGRAM), (min), (max), ANY, 0, 0
#define ON_ALL		(ON_MAIL | ON_RCPT | ON_BODY)
#define ON_ANY		(~0U)
#define NONE		VERDICT_NO_CODE
#define ANY		(-2)

#define SENDER		"envelope_from, mail_from"
#define LOGIN		"smtp_user, smtp_password_file"
#define RELAY		"smtp_url, smtp_user: does it relay for this host?"
#define RIGHTS		"envelope_from, smtp_user: may the one send as the " \
			"other?"
#define HELO		"smtp_helo"
#define DNS		"mail_from: SPF, DKIM and DMARC of its domain"
#define HOST		"smtp_url: does it take mails from this host?"
#define OTHERS		"smtp_url: is it the server for these recipients?"
#define QUOTA		"smtp_url, smtp_user: is a quota used up?"
#define SIZE		"smtp_url: does it take mails of this size? " QUOTA
#define FORM		"smtp_url: which mails does it take?"
#define LIMIT		"smtp_url, smtp_user: does it limit how many mails " \
			"it takes?"
#define BANNED		"envelope_from, smtp_url: does it take mails from " \
			"the one, for these recipients?"
#define PROGRAM		"smtp_url: the program, its settings and its log"
#define QMAIL_FAILS	100	/* qmail-command(8): for good, */
#define QMAIL_LATER	111	/* and for now */
#define SHELL_FAILS	126	/* what a script wanted is not to be run, */
#define SHELL_MISSES	127	/* or not there */
#define WORDS_MAX	1000	/* bytes of a text that are looked at */

struct rule {
	unsigned int	 phases;
	int		 code_min, code_max;
	int		 subject;
	short		 detail_min, detail_max;
	enum fault	 fault;
	const char	*look_at;
	enum {
		CLOSED,		/* the code says it all */
		OPEN,		/* words may name another setting */
		NAMED		/* the code names the recipient */
	}		 kind;
};

/* clang-format off */
static const struct rule rules[] = {
	/* Before any mail. 521 and 554 greet whom the server serves not. */
	{ ON(PHASE_GREETING), 500, 599, ANY, 0, 0, FAULT_SETTING, HOST, OPEN },
	{ ON(PHASE_HELO) | ON(PHASE_NOOP), 530, 539, ANY, 0, 0, FAULT_SETTING,
	    LOGIN ", smtp_tls", CLOSED },
	{ ON(PHASE_HELO), 500, 599, ANY, 0, 0, FAULT_SETTING, HELO, OPEN },
	{ ON(PHASE_STARTTLS), 500, 599, ANY, 0, 0, FAULT_SETTING, "smtp_tls",
	    CLOSED },
	{ ON(PHASE_AUTH), 500, 599, ANY, 0, 0, FAULT_SETTING, LOGIN, CLOSED },
	{ ON(PHASE_NOOP), 500, 599, ANY, 0, 0, FAULT_SETTING, HOST, OPEN },

	/* Not now. The sender's domain may be what it cannot look up. */
	{ ON_ALL, 400, 499, 1, 7, 8, FAULT_SERVER, SENDER, CLOSED },
	{ ON_ALL, 400, 499, ANY, 0, 0, FAULT_LATER, NULL, OPEN },
	{ ON_ANY, 400, 499, ANY, 0, 0, FAULT_SERVER, NULL, CLOSED },

	/* RFC 7504: this host takes no mail. RFC 4954, section 6; RFC 3207,
	 * section 4. */
	{ ON_ALL, 521, 521, ANY, 0, 0, FAULT_SETTING, HOST, CLOSED },
	{ ON_ALL, 530, 539, ANY, 0, 0, FAULT_SETTING,
	    LOGIN ", smtp_tls", CLOSED },

	/* There is no such recipient; or this is the wrong server to ask. */
	{ ON_RCPT | ON_BODY, 500, 599, 1, 1, 1, FAULT_MAIL, OTHERS, NAMED },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 3, 4, FAULT_MAIL, OTHERS, NAMED },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 6, 6, FAULT_MAIL, OTHERS, NAMED },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 10, 10, FAULT_MAIL, OTHERS, NAMED },
	{ ON_RCPT | ON_BODY, 556, 556, ANY, 0, 0, FAULT_MAIL, OTHERS, NAMED },
	/* RFC 5321: not local, and not forwarded. */
	{ ON_RCPT, 551, 551, ANY, 0, 0, FAULT_RELAY, RELAY, CLOSED },

	/* What only this mail may have: its size, its form, a mailbox that is
	 * full. Quotas of a sender have the same codes. */
	{ ON_ALL, 500, 599, 3, 4, 4, FAULT_DOUBT, SIZE, OPEN },
	{ ON_ALL, 500, 599, 6, 0, 999, FAULT_DOUBT, FORM, OPEN },
	{ ON_ALL, 552, 552, NONE, 0, 0, FAULT_DOUBT, SIZE, OPEN },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 2, 2, FAULT_DOUBT, OTHERS, NAMED },
	{ ON_RCPT | ON_BODY, 500, 599, 2, 252, 252, FAULT_SETTING, RIGHTS,
	    CLOSED },
	{ ON_RCPT | ON_BODY, 500, 599, 2, 0, 999, FAULT_DOUBT, QUOTA, OPEN },
	{ ON_RCPT | ON_BODY, 500, 599, 7, 17, 19, FAULT_DOUBT, OTHERS, NAMED },

	/* The server's own trouble. */
	{ ON_ALL, 500, 599, 3, 0, 999, FAULT_LATER, HOST, OPEN },
	{ ON_ALL, 500, 599, 5, 3, 3, FAULT_LATER, HOST, OPEN },

	/* The sender is the same for all mails. */
	{ ON_ALL, 500, 599, 1, 7, 9, FAULT_SETTING, SENDER, CLOSED },
	{ ON_MAIL, 500, 599, 7, 500, 799, FAULT_SETTING, HOST, CLOSED },
	{ ON_MAIL, 500, 599, 7, 0, 999, FAULT_SETTING, RIGHTS, OPEN },
	{ ON_MAIL, 500, 599, ANY, 0, 0, FAULT_SETTING, SENDER, OPEN },

	/* Exchange's 5.7.5xx and 5.7.7xx speak of us, its 5.7.1xx of a
	 * recipient who hears some senders only. 550 5.5.0 is Outlook.com's
	 * unknown user. */
	{ ON_ALL, 500, 599, 7, 8, 8, FAULT_SETTING, LOGIN, CLOSED },
	{ ON_ALL, 500, 599, 7, 20, 29, FAULT_SETTING, DNS, CLOSED },
	{ ON_RCPT, 500, 599, 7, 54, 54, FAULT_RELAY, RELAY, CLOSED },
	{ ON_ALL, 500, 599, 7, 57, 57, FAULT_SETTING, LOGIN, CLOSED },
	{ ON_ALL, 500, 599, 7, 60, 60, FAULT_SETTING, RIGHTS, CLOSED },
	{ ON_ALL, 500, 599, 7, 64, 64, FAULT_SETTING, RELAY, CLOSED },
	{ ON_ALL, 500, 599, 7, 100, 199, FAULT_DOUBT, RIGHTS, NAMED },
	{ ON_ALL, 500, 599, 7, 500, 799, FAULT_SETTING, HOST, CLOSED },
	{ ON_RCPT, 500, 599, 7, 0, 1, FAULT_DOUBT, RIGHTS, OPEN },
	{ ON_BODY, 500, 599, 7, 1, 1, FAULT_DOUBT, RIGHTS, OPEN },
	{ ON_ALL, 500, 599, 7, 0, 999, FAULT_SETTING, RIGHTS, CLOSED },
	{ ON_RCPT, 550, 550, 5, 0, 0, FAULT_DOUBT, RIGHTS, OPEN },
	{ ON_RCPT, 504, 504, 5, 0, 999, FAULT_SETTING, HELO, CLOSED },
	{ ON_RCPT | ON_BODY, 500, 599, 5, 0, 999, FAULT_SETTING,
	    HELO ", " SENDER, OPEN },

	/* Codes alone, or ones that nobody has registered. */
	{ ON_RCPT, 504, 504, ANY, 0, 0, FAULT_SETTING, HELO, CLOSED },
	{ ON_RCPT, 500, 500, ANY, 0, 0, FAULT_SETTING, HOST, OPEN },
	{ ON_RCPT, 502, 503, ANY, 0, 0, FAULT_SETTING, HOST, OPEN },
	{ ON_RCPT, 555, 555, ANY, 0, 0, FAULT_SETTING, HOST, CLOSED },
	{ ON_RCPT, 500, 599, ANY, 0, 0, FAULT_DOUBT, RIGHTS, OPEN },
	{ ON_BODY, 500, 504, ANY, 0, 0, FAULT_SETTING, HOST, OPEN },
	{ ON_BODY, 500, 599, ANY, 0, 0, FAULT_DOUBT, RIGHTS, OPEN },
};

/*
 * The same of exit codes, by sysexits.h. The names are sendmail's, and so is
 * their meaning, unless a program of today has another: of msmtp 65 is a 5yz at
 * MAIL, RCPT or DATA, 68 and 69 may be its server's (69 a 4yz, or any reply to
 * the mail itself), and 74 or 76 a connection that was lost at any time, after
 * the mail as well.
 */
static const struct rule exits[] = {
	{ EXIT(EX_USAGE, EX_USAGE), FAULT_SETTING, PROGRAM, CLOSED },
	{ EXIT(EX_DATAERR, EX_DATAERR), FAULT_DOUBT, PROGRAM, OPEN },
	{ EXIT(EX_NOINPUT, EX_NOINPUT), FAULT_SETTING, PROGRAM, CLOSED },
	{ EXIT(EX_NOUSER, EX_NOUSER), FAULT_MAIL, PROGRAM, NAMED },
	{ EXIT(EX_OSFILE, EX_OSFILE), FAULT_SETTING, PROGRAM, CLOSED },
	{ EXIT(EX_IOERR, EX_IOERR), FAULT_NONE, PROGRAM, CLOSED },
	{ EXIT(EX_TEMPFAIL, EX_TEMPFAIL), FAULT_LATER, NULL, CLOSED },
	{ EXIT(EX_PROTOCOL, EX_PROTOCOL), FAULT_NONE, PROGRAM, CLOSED },
	{ EXIT(EX_NOPERM, EX_CONFIG), FAULT_SETTING, PROGRAM, CLOSED },
	{ EXIT(QMAIL_FAILS, QMAIL_FAILS), FAULT_DOUBT, PROGRAM, OPEN },
	{ EXIT(QMAIL_LATER, QMAIL_LATER), FAULT_LATER, NULL, CLOSED },
	{ EXIT(SHELL_FAILS, SHELL_MISSES), FAULT_SETTING, PROGRAM, CLOSED },
	{ EXIT(1, 255), FAULT_LATER, PROGRAM, CLOSED },
};

/* What a mail has of its own, and its recipient: no limit of the server's. */
static const char *const own_words[] = { " mailbox", " inbox", " over quota",
	" overquota", " storage", " size", " too large", " too big",
	" message exceeds", " fixed maximum", NULL };
static const char *const recipient_words[] = { " recipient", NULL };

/*
 * Words that say that it is not the recipient, where codes leave it open; of
 * a delay they name the setting, and of what is ours a better one. FAULT_NONE
 * stands where a word further down would say too much. A row counts when none
 * of the words of unless is there. Those of RCPT count before the recipient
 * is named as well, to name the setting. A blank is the end of a word, and
 * whatever is no letter and no digit is one.
 */
#define RB	(ON_RCPT | ON_BODY)

static const struct {
	const char		*word;
	unsigned int		 phases;
	enum {
		FREE,		/* where the code leaves it open */
		NO_NAME,	/* and does not name the recipient */
		ANY_CODE	/* whatever the code says */
	}			 when;
	enum fault		 fault;		/* or FAULT_NONE: by code */
	const char		*look_at;
	const char *const	*unless;
} savers[] = {
	{ " relay recipient table", ON_RCPT, FREE, FAULT_NONE, NULL, NULL },
	{ "greylist", RB, FREE, FAULT_NONE, NULL, NULL },
	{ "graylist", RB, FREE, FAULT_NONE, NULL, NULL },
	{ "message size", RB, FREE, FAULT_NONE, NULL, NULL },
	/* How much in how short a time: of a sender or not, it will pass. */
	{ " rate", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " ratelimit", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ "throttl", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " burst", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " credits", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " credit ", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " fast", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " quickly", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " slow", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " frequen", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " concurren", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " simultaneous", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " hour", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " per minute", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " per second", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " per day", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " unusual", RB, FREE, FAULT_SERVER, LIMIT, NULL },
	{ " helo command rejected", ON_RCPT, ANY_CODE, FAULT_SETTING,
	    HELO, NULL },
	{ " sender address rejected", RB, ANY_CODE, FAULT_SETTING,
	    RIGHTS, NULL },
	{ " client host rejected", ON_RCPT, ANY_CODE, FAULT_SETTING,
	    HOST, NULL },
	{ " sender verify", RB, ANY_CODE, FAULT_SETTING, SENDER, NULL },
	/* How many, unless it is what the recipient may store. */
	{ " quota", RB, FREE, FAULT_SERVER, QUOTA, own_words },
	{ "quotaexceeded", RB, FREE, FAULT_SERVER, QUOTA, own_words },
	{ " daily", RB, FREE, FAULT_SERVER, LIMIT, own_words },
	{ " too many", RB, FREE, FAULT_SERVER, LIMIT, own_words },
	{ " limit", RB, FREE, FAULT_SERVER, LIMIT, own_words },
	{ " threshold", RB, FREE, FAULT_SERVER, LIMIT, own_words },
	{ " exceed", RB, FREE, FAULT_SERVER, LIMIT, own_words },
	{ " helo", RB, FREE, FAULT_SETTING, HELO, NULL },
	{ " ehlo", RB, FREE, FAULT_SETTING, HELO, NULL },
	/* Whom it relays for. qmail, Sendmail, Exchange, hMailServer, MDaemon,
	 * and many a hand-written access map. */
	{ "relay", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " rcpthosts", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not local", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not a local", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " isn t local", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " non local", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " nonlocal", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " local users only", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " external", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " internal users only", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " internal recipient", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " outside", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " outbound", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " outgoing", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " foreign", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " remote domain", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " remote recipient", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " remote address", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " remote user", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " third party", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not our", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not one of our", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " don t handle", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not handle", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " don t serve", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not serve", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not hosted", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not host ", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " try another", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain not accepted", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain is not accepted", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " non accepted", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not an accepted", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain not allow", ON_RCPT, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain not permit", ON_RCPT, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain is not allow", ON_RCPT, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain is not in", ON_RCPT, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain isn t in", ON_RCPT, FREE, FAULT_RELAY, RELAY, NULL },
	{ " domain isn t allow", ON_RCPT, FREE, FAULT_RELAY, RELAY, NULL },
	{ " recipient not allow", RB, FREE, FAULT_RELAY, BANNED, NULL },
	{ " recipient not permit", RB, FREE, FAULT_RELAY, BANNED, NULL },
	{ " not allowed to this", ON_RCPT, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not allowed to send to", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not permitted to send to", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " not authorized to send to", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " may not send to", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " cannot send to", RB, FREE, FAULT_RELAY, RELAY, NULL },
	{ " prohibit", RB, FREE, FAULT_RELAY, BANNED, NULL },
	/* Cisco's ESA, of a domain that it does not take mails for. */
	{ " address rejected", ON_RCPT, NO_NAME, FAULT_RELAY, BANNED,
	    recipient_words },
	{ " send as", RB, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ "sendas", RB, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ " behalf", RB, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ "sender", RB, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ " from address", RB, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ " not verified", RB, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ " identit", RB, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ "authenti", RB, FREE, FAULT_SETTING, LOGIN, NULL },
	{ "authoriz", RB, FREE, FAULT_SETTING, LOGIN, NULL },
	{ "authoris", RB, FREE, FAULT_SETTING, LOGIN, NULL },
	{ "login", RB, FREE, FAULT_SETTING, LOGIN, NULL },
	{ "dmarc", RB, FREE, FAULT_SETTING, DNS, NULL },
	{ "dkim", RB, FREE, FAULT_SETTING, DNS, NULL },
	{ " spf", RB, FREE, FAULT_SETTING, DNS, NULL },
	{ "client", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ "reputation", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ "blocked", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ "blocklist", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ " block list", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ " banned", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ "listed", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ "blacklist", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ " ip ", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ " rdns", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ " reverse dns", RB, FREE, FAULT_SETTING, HOST, NULL },
	{ " spam", ON_BODY, FREE, FAULT_SETTING, HOST, NULL },
	{ " suspend", ON_BODY, FREE, FAULT_SETTING, LOGIN, NULL },
	{ " policy", ON_BODY, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ " permi", ON_BODY, FREE, FAULT_SETTING, RIGHTS, NULL },
	{ " denied", ON_BODY, FREE, FAULT_SETTING, RIGHTS, NULL },
};

/* Words for whom the mail is for, where none of the savers is. */
static const struct {
	const char	*word;
	unsigned int	 phases;
} names[] = {
	{ " recipient", RB },
	{ " mailbox", RB },
	{ " inbox", RB },
	{ " user", ON_RCPT },
	{ " addressee", ON_RCPT },
	{ " address", ON_RCPT },
};
/* clang-format on */

static bool
is_match(const struct rule *rule, const struct verdict_reply *reply)
{
	if ((rule->phases & ON(reply->phase)) == 0 ||
	    reply->code < rule->code_min || reply->code > rule->code_max)
		return false;
	if (rule->subject == ANY || rule->subject != reply->subject)
		return rule->subject == ANY;
	return rule->subject == NONE || (reply->detail >= rule->detail_min &&
	    reply->detail <= rule->detail_max);
}

/* Put a byte of a word behind the others, or one blank where none is. */
static size_t
put(char *words, size_t used, char byte)
{
	if (isalnum((unsigned char)byte) && used < WORDS_MAX - 1)
		words[used++] = byte;
	else if (used > 0 && words[used - 1] != ' ')
		words[used++] = ' ';
	return used;
}

/*
 * Copy the words that are nobody's name: a host's, or what stands in angle
 * brackets, can hold any of ours, as relay.example does. Between two words
 * there is one blank, and one before the first and behind the last.
 */
static void
copy_words(const char *text, char words[WORDS_MAX + 1])
{
	size_t	len, used = 0, i;
	bool	is_name;

	words[used++] = ' ';
	for (; *text != '\0'; text += len) {
		len = strcspn(text, " ");
		if (len == 0)
			len = strspn(text, " ");
		is_name = *text == '<';
		for (i = 1; i + 1 < len && !is_name; i++)
			is_name = text[i] == '.' &&
			    isalnum((unsigned char)text[i - 1]) &&
			    isalnum((unsigned char)text[i + 1]);
		for (i = 0; i < len && !is_name; i++)
			used = put(words, used, text[i]);
	}
	used = put(words, used, ' ');
	words[used] = '\0';
}

static bool
has_any(const char *words, const char *const *list)
{
	for (; list != NULL && *list != NULL; list++)
		if (strcasestr(words, *list) != NULL)
			return true;
	return false;
}

/* Does the row of savers count for such a reply? */
static bool
is_heeded(size_t i, const struct verdict_reply *reply,
    const struct rule *rule, enum fault fault)
{
	unsigned int	phases = ON(reply->phase);

	if (reply->phase <= PHASE_MAIL && rule != NULL && rule->kind == OPEN)
		phases |= ON_RCPT;
	if ((savers[i].phases & phases) == 0)
		return false;
	if (savers[i].when == NO_NAME && rule != NULL && rule->kind == NAMED)
		return false;
	return fault != FAULT_SETTING || savers[i].when == ANY_CODE ||
	    (rule != NULL && rule->kind == OPEN);
}

/*
 * Let words keep what the table would give up or leaves open, and name the
 * setting better where it is one: 504 5.5.2 is said of a sender as well.
 */
static void
heed_words(const struct verdict_reply *reply, const struct rule *rule,
    const char *words, struct verdict *verdict)
{
	bool	is_kept = verdict->fault == FAULT_LATER ||
		    verdict->fault == FAULT_SETTING;
	size_t	i;

	if (verdict->fault == FAULT_SERVER || verdict->fault == FAULT_RELAY)
		return;
	for (i = 0; i < COUNT(savers); i++)
		if (is_heeded(i, reply, rule, verdict->fault) &&
		    strcasestr(words, savers[i].word) != NULL &&
		    !has_any(words, savers[i].unless))
			break;
	if (i == COUNT(savers) || savers[i].fault == FAULT_NONE)
		return;
	if (!is_kept)
		verdict->fault = savers[i].fault;
	verdict->look_at = savers[i].look_at;
}

/* Is it about the recipient? */
static bool
is_named(const struct verdict_reply *reply, const struct rule *rule,
    const char *words)
{
	size_t	i;

	if (rule != NULL && rule->kind == NAMED)
		return true;
	for (i = 0; i < COUNT(names); i++)
		if ((names[i].phases & ON(reply->phase)) != 0 &&
		    strcasestr(words, names[i].word) != NULL)
			return true;
	return false;
}

struct verdict
verdict_on(const struct verdict_reply *reply)
{
	struct verdict		 verdict = { FAULT_LATER, HOST,
		reply->phase <= PHASE_MAIL ? ABOUT_ALL : ABOUT_ANYTHING };
	bool			 is_exit = reply->phase == PHASE_PROGRAM;
	const struct rule	*table = is_exit ? exits : rules, *rule = NULL;
	size_t			 count = is_exit ? COUNT(exits) : COUNT(rules);
	char			 words[WORDS_MAX + 1];
	size_t			 i;

	for (i = 0; i < count && rule == NULL; i++)
		if (is_match(&table[i], reply))
			rule = &table[i];
	if (rule != NULL) {
		verdict.fault = rule->fault;
		verdict.look_at = rule->look_at;
	}
	copy_words(reply->words, words);
	heed_words(reply, rule, words, &verdict);
	if ((verdict.fault == FAULT_MAIL || verdict.fault == FAULT_DOUBT) &&
	    verdict.about != ABOUT_ALL && is_named(reply, rule, words))
		verdict.about = ABOUT_RECIPIENT;
	/* After the mail they may be its own. */
	WIPE(&words);
	return verdict;
}
