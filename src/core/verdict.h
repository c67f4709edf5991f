/*
 * verdict.h - what a reply of a mail server means: whose fault a refusal is.
 *
 * One table: what the reply was to, its code (RFC 5321), its enhanced code
 * (RFC 3463, RFC 5248) and the habits of Postfix, Exim, Exchange and Gmail;
 * behind it the exit codes (sysexits.h) of programs that take mails.
 * Codes decide. Words are asked only where codes cannot tell a recipient
 * that is refused from a sender, a client or a relay that is, and to keep a
 * mail, never to give it up; besides, whether they name the recipient. In
 * doubt a mail is kept. No reply alone ends a mail: what the other mails of a
 * pass hear does, in app/judge.
 */
#ifndef UMWS_VERDICT_H
#define UMWS_VERDICT_H

#define VERDICT_NO_CODE	(-1)

/* What the server answers. From PHASE_MAIL on it is about a mail. */
enum smtp_phase {
	PHASE_GREETING,
	PHASE_HELO,
	PHASE_STARTTLS,
	PHASE_AUTH,
	PHASE_NOOP,
	PHASE_MAIL,
	PHASE_RCPT,
	PHASE_DATA,
	PHASE_BODY,	/* after 354: the reply to the mail itself */
	PHASE_PROGRAM	/* no server: the exit code of a program, as of
			 * sendmail(1), that was given the mail */
};

enum fault {
	FAULT_NONE,	/* no refusal; of a program's exit code: nobody knows */
	FAULT_MAIL,	/* no such recipient, unless all mails hear it */
	FAULT_DOUBT,	/* the mail's, if another one is taken; or us */
	FAULT_RELAY,	/* ours, though maybe for this recipient alone */
	FAULT_SETTING,	/* ours, as a rule for all mails */
	FAULT_SERVER,	/* the server's trouble with us: later */
	FAULT_LATER	/* nobody's, unless all mails hear it: later */
};

/* What a reply speaks of. */
enum about {
	ABOUT_ANYTHING,	/* who knows: the recipient, or all mails */
	ABOUT_ALL,	/* said before the recipient was */
	ABOUT_RECIPIENT	/* FAULT_MAIL, or FAULT_DOUBT whose code or words
			 * name the recipient */
};

/* A reply of 400 or more, or an exit code that is not 0. */
struct verdict_reply {
	enum smtp_phase	 phase;
	int		 code;
	int		 subject;	/* of the enhanced code: 7 in 5.7.1, */
	int		 detail;	/* 1 in it; or VERDICT_NO_CODE */
	const char	*words;		/* the text without addresses, or "" */
};

struct verdict {
	enum fault	 fault;
	const char	*look_at;	/* settings of umws.conf, or NULL:
					 * with FAULT_LATER an ordinary delay,
					 * with FAULT_SERVER one before mails */
	enum about	 about;
};

struct verdict	verdict_on(const struct verdict_reply *reply);

#endif
