/*
 * verdict.c - the table of what SMTP replies mean, of which the first match
 * counts, and the words by which a mail is kept.
 *
 * Sources: RFC 5321 section 4.2, RFC 3463, RFC 5248 and the registry that
 * it began (RFC 4954, 5321, 6531, 7293, 7372, 7504, 7505); Postfix's
 * smtpd_check.c, which under smtpd_delay_reject, the default, says at RCPT
 * what it holds against client, HELO and sender; Exim's spec, chapter 44
 * (no enhanced codes); "Email non-delivery reports in Exchange Online";
 * Gmail's "SMTP errors and codes".
 */
#include "config.h"

#include "core/verdict.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/secret.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

#define ON(phase)	(1U << (phase))
#define ON_MAIL		ON(PHASE_MAIL)
#define ON_RCPT		(ON(PHASE_RCPT) | ON(PHASE_DATA))
#define ON_BODY		ON(PHASE_BODY)
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
#define WORDS_MAX	1000	/* bytes of a text that are looked at */

struct rule {
	unsigned int	 phases;
	int		 code_min, code_max;
	int		 subject;
	int		 detail_min, detail_max;
	enum fault	 fault;
	const char	*look_at;
};

/* clang-format off */
static const struct rule rules[] = {
	/* Before any mail. 521 and 554 greet whom the server serves not. */
	{ ON(PHASE_GREETING), 500, 599, ANY, 0, 0, FAULT_SETTING, HOST },
	{ ON(PHASE_HELO), 500, 599, ANY, 0, 0, FAULT_SETTING, HELO },
	{ ON(PHASE_STARTTLS), 500, 599, ANY, 0, 0, FAULT_SETTING, "smtp_tls" },
	{ ON(PHASE_AUTH), 500, 599, ANY, 0, 0, FAULT_SETTING, LOGIN },
	{ ON(PHASE_NOOP), 500, 599, ANY, 0, 0, FAULT_SERVER, NULL },

	/* Not now. The sender's domain may be what it cannot look up. */
	{ ON_ALL, 400, 499, 1, 7, 8, FAULT_SERVER, SENDER },
	{ ON_ALL, 400, 499, ANY, 0, 0, FAULT_LATER, NULL },
	{ ON_ANY, 400, 499, ANY, 0, 0, FAULT_SERVER, NULL },

	/* RFC 7504: this host takes no mail. RFC 4954, section 6; RFC 3207,
	 * section 4. */
	{ ON_ALL, 521, 521, ANY, 0, 0, FAULT_SETTING, HOST },
	{ ON_ALL, 530, 539, ANY, 0, 0, FAULT_SETTING,
	    LOGIN ", smtp_tls" },

	/* There is no such recipient; or this is the wrong server to ask. */
	{ ON_RCPT | ON_BODY, 500, 599, 1, 1, 1, FAULT_MAIL, OTHERS },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 3, 4, FAULT_MAIL, OTHERS },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 6, 6, FAULT_MAIL, OTHERS },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 10, 10, FAULT_MAIL, OTHERS },
	{ ON_RCPT | ON_BODY, 556, 556, ANY, 0, 0, FAULT_MAIL, OTHERS },

	/* What only this mail may have: its size, its form, a mailbox that is
	 * full. Quotas of a sender have the same codes. */
	{ ON_ALL, 500, 599, 3, 4, 4, FAULT_DOUBT, SIZE },
	{ ON_ALL, 500, 599, 6, 0, 999, FAULT_DOUBT, FORM },
	{ ON_ALL, 552, 552, NONE, 0, 0, FAULT_DOUBT, SIZE },
	{ ON_RCPT | ON_BODY, 500, 599, 1, 2, 2, FAULT_DOUBT, OTHERS },
	{ ON_RCPT | ON_BODY, 500, 599, 2, 252, 252, FAULT_SETTING, RIGHTS },
	{ ON_RCPT | ON_BODY, 500, 599, 2, 0, 999, FAULT_DOUBT, QUOTA },
	{ ON_RCPT | ON_BODY, 500, 599, 7, 17, 19, FAULT_DOUBT, OTHERS },

	/* The server's own trouble. */
	{ ON_ALL, 500, 599, 3, 0, 999, FAULT_LATER, HOST },
	{ ON_ALL, 500, 599, 5, 3, 3, FAULT_LATER, HOST },

	/* The sender is the same for all mails. */
	{ ON_ALL, 500, 599, 1, 7, 9, FAULT_SETTING, SENDER },
	{ ON_MAIL, 500, 599, 7, 0, 999, FAULT_SETTING, RIGHTS },
	{ ON_MAIL, 500, 599, ANY, 0, 0, FAULT_SETTING, SENDER },

	/* Exchange's 5.7.5xx and 5.7.7xx speak of us, its 5.7.1xx of a
	 * recipient who hears some senders only. 550 5.5.0 is Outlook.com's
	 * unknown user. */
	{ ON_ALL, 500, 599, 7, 8, 8, FAULT_SETTING, LOGIN },
	{ ON_ALL, 500, 599, 7, 20, 29, FAULT_SETTING, DNS },
	{ ON_ALL, 500, 599, 7, 57, 57, FAULT_SETTING, LOGIN },
	{ ON_ALL, 500, 599, 7, 60, 60, FAULT_SETTING, RIGHTS },
	{ ON_ALL, 500, 599, 7, 64, 64, FAULT_SETTING, RELAY },
	{ ON_ALL, 500, 599, 7, 100, 199, FAULT_DOUBT, RIGHTS },
	{ ON_ALL, 500, 599, 7, 500, 799, FAULT_SETTING, HOST },
	{ ON_RCPT, 500, 599, 7, 0, 1, FAULT_DOUBT, RIGHTS },
	{ ON_BODY, 500, 599, 7, 1, 1, FAULT_DOUBT, RIGHTS },
	{ ON_ALL, 500, 599, 7, 0, 999, FAULT_SETTING, RIGHTS },
	{ ON_RCPT, 550, 550, 5, 0, 0, FAULT_DOUBT, RIGHTS },
	{ ON_RCPT, 504, 504, 5, 0, 999, FAULT_SETTING, HELO },
	{ ON_RCPT | ON_BODY, 500, 599, 5, 0, 999, FAULT_SETTING,
	    HELO ", " SENDER },

	/* Codes alone, or ones that nobody has registered. */
	{ ON_RCPT, 504, 504, ANY, 0, 0, FAULT_SETTING, HELO },
	{ ON_RCPT, 500, 500, ANY, 0, 0, FAULT_SETTING, HOST },
	{ ON_RCPT, 502, 503, ANY, 0, 0, FAULT_SETTING, HOST },
	{ ON_RCPT, 555, 555, ANY, 0, 0, FAULT_SETTING, HOST },
	{ ON_RCPT, 500, 599, ANY, 0, 0, FAULT_DOUBT, RIGHTS },
	{ ON_BODY, 500, 504, ANY, 0, 0, FAULT_SETTING, HOST },
	{ ON_BODY, 500, 599, ANY, 0, 0, FAULT_DOUBT, RIGHTS },
};

/*
 * Words that say that it is not the recipient, where codes leave it open; of
 * a delay they name the setting. FAULT_NONE stands where a word further down
 * would say too much. Those of RCPT count for a delay at MAIL as well.
 */
static const struct {
	const char	*word;
	unsigned int	 phases;
	bool		 is_plain;	/* whatever the code says */
	enum fault	 fault;		/* FAULT_NONE: as the code says */
	const char	*look_at;
} savers[] = {
	{ "relay recipient table", ON_RCPT, false, FAULT_NONE, NULL },
	{ "greylist", ON_RCPT | ON_BODY, false, FAULT_NONE, NULL },
	{ "graylist", ON_RCPT | ON_BODY, false, FAULT_NONE, NULL },
	{ "message size", ON_RCPT | ON_BODY, false, FAULT_NONE, NULL },
	{ "helo command rejected", ON_RCPT, true, FAULT_SETTING, HELO },
	{ "sender address rejected", ON_RCPT | ON_BODY, true, FAULT_SETTING,
	    RIGHTS },
	{ "client host rejected", ON_RCPT, true, FAULT_SETTING, HOST },
	{ "sender verify", ON_RCPT | ON_BODY, true, FAULT_SETTING, SENDER },
	{ "helo", ON_RCPT | ON_BODY, false, FAULT_SETTING, HELO },
	{ "relay", ON_RCPT | ON_BODY, false, FAULT_RELAY, RELAY },
	{ "send as", ON_RCPT | ON_BODY, false, FAULT_SETTING, RIGHTS },
	{ "sendas", ON_RCPT | ON_BODY, false, FAULT_SETTING, RIGHTS },
	{ "behalf", ON_RCPT | ON_BODY, false, FAULT_SETTING, RIGHTS },
	{ "sender", ON_RCPT | ON_BODY, false, FAULT_SETTING, RIGHTS },
	{ "authenti", ON_RCPT | ON_BODY, false, FAULT_SETTING, LOGIN },
	{ "login", ON_RCPT | ON_BODY, false, FAULT_SETTING, LOGIN },
	{ "dmarc", ON_RCPT | ON_BODY, false, FAULT_SETTING, DNS },
	{ "dkim", ON_RCPT | ON_BODY, false, FAULT_SETTING, DNS },
	{ "spf", ON_RCPT | ON_BODY, false, FAULT_SETTING, DNS },
	{ "client", ON_RCPT | ON_BODY, false, FAULT_SETTING, HOST },
	{ "reputation", ON_RCPT | ON_BODY, false, FAULT_SETTING, HOST },
	{ "blocked", ON_RCPT | ON_BODY, false, FAULT_SETTING, HOST },
	{ "listed", ON_RCPT | ON_BODY, false, FAULT_SETTING, HOST },
	/* The recipient's own. */
	{ "mailbox", ON_RCPT | ON_BODY, false, FAULT_NONE, NULL },
	{ "over quota", ON_RCPT | ON_BODY, false, FAULT_NONE, NULL },
	{ "overquota", ON_RCPT | ON_BODY, false, FAULT_NONE, NULL },
	{ "storage", ON_RCPT | ON_BODY, false, FAULT_NONE, NULL },
	{ "too many", ON_RCPT | ON_BODY, false, FAULT_SERVER, HOST },
	{ "limit", ON_RCPT | ON_BODY, false, FAULT_SERVER, HOST },
	{ "throttl", ON_RCPT | ON_BODY, false, FAULT_SERVER, HOST },
	{ "quota", ON_RCPT | ON_BODY, false, FAULT_SERVER, QUOTA },
	{ "spam", ON_BODY, false, FAULT_SETTING, HOST },
	{ "policy", ON_BODY, false, FAULT_SETTING, RIGHTS },
	{ "permi", ON_BODY, false, FAULT_SETTING, RIGHTS },
	{ "denied", ON_BODY, false, FAULT_SETTING, RIGHTS },
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

/*
 * Copy the words that are nobody's name: a host's, or what stands in angle
 * brackets, can hold any of ours, as relay.example does.
 */
static void
copy_words(const char *text, char words[WORDS_MAX + 1])
{
	size_t	len, used = 0, i;
	bool	is_name;

	for (; *text != '\0'; text += len) {
		len = strcspn(text, " ");
		if (len == 0)
			len = strspn(text, " ");
		is_name = *text == '<';
		for (i = 1; i + 1 < len && !is_name; i++)
			is_name = text[i] == '.' &&
			    isalnum((unsigned char)text[i - 1]) &&
			    isalnum((unsigned char)text[i + 1]);
		if (is_name || used + len > WORDS_MAX)
			continue;
		memcpy(words + used, text, len);
		used += len;
	}
	words[used] = '\0';
}

/* Does the row of savers count for such a reply? */
static bool
is_heeded(size_t i, const struct verdict_reply *reply, enum fault fault)
{
	unsigned int	phases = ON(reply->phase);

	if (fault == FAULT_LATER && reply->phase == PHASE_MAIL)
		phases |= ON_RCPT;
	return (savers[i].phases & phases) != 0 &&
	    (fault != FAULT_SETTING || savers[i].is_plain);
}

/*
 * Let words keep what the table would give up or leaves open, and name the
 * setting better where it is one: 504 5.5.2 is said of a sender as well.
 */
static void
heed_words(const struct verdict_reply *reply, struct verdict *verdict)
{
	char	words[WORDS_MAX + 1];
	size_t	i;

	if (verdict->fault == FAULT_SERVER || verdict->fault == FAULT_RELAY)
		return;
	copy_words(reply->words, words);
	for (i = 0; i < COUNT(savers); i++)
		if (is_heeded(i, reply, verdict->fault) &&
		    strcasestr(words, savers[i].word) != NULL)
			break;
	/* After the mail they may be its own. */
	WIPE(&words);
	if (i == COUNT(savers) || savers[i].fault == FAULT_NONE)
		return;
	if (verdict->fault != FAULT_LATER)
		verdict->fault = savers[i].fault;
	verdict->look_at = savers[i].look_at;
}

struct verdict
verdict_on(const struct verdict_reply *reply)
{
	struct verdict	verdict = { FAULT_LATER, HOST,
		reply->phase <= PHASE_MAIL };
	size_t		i;

	for (i = 0; i < COUNT(rules); i++)
		if (is_match(&rules[i], reply))
			break;
	if (i < COUNT(rules)) {
		verdict.fault = rules[i].fault;
		verdict.look_at = rules[i].look_at;
	}
	heed_words(reply, &verdict);
	return verdict;
}
