/*
 * dialogue.h - one SMTP connection, overheard: which command the last reply
 * was to, what it means, and as much of it as may be written down.
 *
 * Fed with the lines that pass; sends nothing itself. Passwords and mails
 * are not kept. Replies are, in the struct, until the next one: whoever owns
 * it wipes it.
 *
 * A reply is lines of three digits, the first of them 2 to 5, and a hyphen;
 * a blank or the line's end instead of the hyphen ends it (RFC 5321, section
 * 4.2). Until then there is none. Lines of another form, as a peer sends them
 * that echoes what it hears, are passed over; but behind a mail nothing is a
 * reply that has one of them before it, or lines whose first digits differ.
 */
#ifndef UMWS_DIALOGUE_H
#define UMWS_DIALOGUE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/verdict.h"

#define DIALOGUE_WORDS_MAX	1000	/* bytes of a reply looked at */
#define DIALOGUE_REPLY_SIZE	201	/* bytes that are told, with the NUL */

struct dialogue {
	enum smtp_phase	 phase;
	int		 code;		/* of the last reply, 0: none whole */
	int		 line_code;	/* of its last line so far, or 0 */
	int		 subject;	/* of its enhanced code, or */
	int		 detail;	/* VERDICT_NO_CODE */
	bool		 is_odd;	/* what came is not all of a reply */
	bool		 is_over;	/* QUIT was said: no more news */
	bool		 has_utf8;	/* the server offers SMTPUTF8 */
	bool		 is_tls_refused; /* STARTTLS was offered and denied */
	bool		 is_cut;	/* words has not all of the reply */
	bool		 has_told_all;	/* the server knows a mail, for good */
	size_t		 len;
	char		 words[DIALOGUE_WORDS_MAX + 1];
};

/* A connection is being opened: the greeting comes. What the server has been
 * told before stays known to it. */
void	dialogue_open(struct dialogue *dialogue);

/* On a connection that stands a command comes: this one, as a rule. */
void	dialogue_next(struct dialogue *dialogue, enum smtp_phase phase);

/*
 * A command leaves. Of its line only the verb is looked at; of what AUTH asks
 * for (RFC 4954) nothing, whatever it looks like.
 */
void	dialogue_sent(struct dialogue *dialogue, const char *line, size_t len);

/* The mail itself leaves, if it has not begun to. */
void	dialogue_body(struct dialogue *dialogue);

/* All of a line comes from the server, with or without its CRLF. */
void	dialogue_heard(struct dialogue *dialogue, const char *line,
	    size_t len);

/* What the last reply means; FAULT_NONE when it is none or no refusal. */
struct verdict	dialogue_verdict(const struct dialogue *dialogue);

/*
 * Write down the last reply, in one line: the code (of one that
 * core/vocabulary does not know the first digit, "5yz"), the enhanced code
 * and the words, those that it knows. The codes alone where the words hold a
 * part of the recipient's name or that cannot be told; of a reply to the mail
 * itself; and, once the struct has heard of one mail's bytes, of every other
 * reply but those to RCPT and DATA. "" when there is no reply.
 *
 * recipient  whom the mail is for, or "" for nobody yet
 */
void	dialogue_reply(const struct dialogue *dialogue, const char *recipient,
	    char reply[DIALOGUE_REPLY_SIZE]);

/* What the last reply was to, in a word: "rcpt"; "dot" for the mail itself. */
const char	*dialogue_at(const struct dialogue *dialogue);

#endif
