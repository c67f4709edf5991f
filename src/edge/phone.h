/*
 * phone.h - a client of the phone route: is this the PIN, and change it.
 *
 * libcurl does the talking, over HTTPS with the certificate checked, or over
 * a Unix socket. What the service answers is one word (doc/phone.md); all
 * that is none is LOGON_UNAVAILABLE, and then nobody is let in.
 */
#ifndef UMWS_PHONE_H
#define UMWS_PHONE_H

#include "base/status.h"
#include "core/logon-word.h"

#define PHONE_RULE_SIZE	33	/* bytes of a rule's name, with the NUL */

struct phone_options {
	const char	*url;		/* https://..., or http:// by socket */
	const char	*socket;	/* path, or "" */
	const char	*ca_file;	/* path, or "": the system's */
	const char	*account;	/* as the web server knows it */
	unsigned int	 timeout_s;	/* for one answer, all in all */
};

/* One attempt. Strings are borrowed. */
struct phone_request {
	const char	*mailbox;	/* extension, else login */
	const char	*pin;
	const char	*new_pin;	/* NULL: log on; else change to it */
	const char	*caller;	/* a number, as claimed, or "" */
	const char	*call;		/* the call's name, or "" */
};

struct phone;

/*
 * password  of the account; may be wiped after the call
 *
 * ST_OK; ST_BAD (logged) when an option is wrong; ST_FAIL when libcurl
 * cannot be used (logged). Freed by phone_free().
 */
enum status	phone_new(const struct phone_options *options,
		    const char *password, struct phone **phone) MUSTCHECK;
void		phone_free(struct phone **phone);

/*
 * Ask. Never fails: what is no clear answer is LOGON_UNAVAILABLE, and one
 * err line says why. rule is the refusing rule's name with LOGON_REFUSED,
 * why with LOGON_CHANGE (first or expired, "" if that is not said), else "".
 * Neither PIN nor mailbox is logged.
 */
enum logon_word	phone_ask(struct phone *phone,
		    const struct phone_request *request,
		    char rule[PHONE_RULE_SIZE]);

#endif
