/*
 * envelope-impersonation.h - the header entry t:ExchangeImpersonation: whom
 * the caller acts for. Private to soap/envelope.
 *
 * Source: MS-OXWSCDATA 2.2.4.3, 2.2.5.3. Its content is
 * t:ConnectingSID with one of t:PrincipalName, t:PrimarySmtpAddress,
 * t:SmtpAddress and t:SID. Anything else is kept as a reason, never ignored.
 */
#ifndef UMWS_ENVELOPE_IMPERSONATION_H
#define UMWS_ENVELOPE_IMPERSONATION_H

#include <stdbool.h>
#include <stddef.h>

#define IMPERSONATION_NAME_SIZE	512	/* bytes of a name, with the NUL */

enum impersonation_kind {
	IMPERSONATION_NONE = 0,		/* nobody that can be found: see
					 * reason */
	IMPERSONATION_LOGIN,		/* PrincipalName */
	IMPERSONATION_ADDRESS		/* PrimarySmtpAddress, SmtpAddress */
};

/* All zero at first. */
struct impersonation {
	enum impersonation_kind	 kind;
	const char		*reason;	/* why it is NONE: static words
						 * for a log */
	char			 name[IMPERSONATION_NAME_SIZE];
	size_t			 len;		/* of name */
	bool			 has_sid;	/* ConnectingSID */
	bool			 has_name;	/* its child */
	bool			 has_gap;	/* white space after name */
};

/* The entry itself begins; a second one is one too many. */
void	impersonation_begin(struct impersonation *impersonation,
	    bool is_first);

/*
 * An element in it begins: depth 1 is its child. name and attributes as
 * soap/qname has them.
 */
void	impersonation_start(struct impersonation *impersonation,
	    unsigned int depth, const char *name, const char **attributes);

/* A piece of text, in whole characters of UTF-8, at this depth; 0: in the
 * entry itself. White space around a name is dropped. */
void	impersonation_text(struct impersonation *impersonation,
	    unsigned int depth, const char *text, size_t len);

/* The envelope ends: kind and name, or why there is none. */
void	impersonation_end(struct impersonation *impersonation);

#endif
