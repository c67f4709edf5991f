/*
 * voicemail-line.h - write mailboxes as lines of Asterisk's voicemail.conf,
 * which core/voicemail-conf reads again. There is no PIN in them.
 */
#ifndef UMWS_VOICEMAIL_LINE_H
#define UMWS_VOICEMAIL_LINE_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * What stands for a PIN. Asterisk compares it with the digits that a caller
 * has pressed, and no telephone has these letters. Never an empty one, which
 * lets everybody in unasked. The '-': it cannot be changed at the telephone.
 */
#define VOICEMAIL_PASSWORD	"-nobody"

/* Strings are borrowed; NULL or "": none. */
struct voicemail_entry {
	const char	*login;		/* never NULL */
	const char	*extension;
	const char	*name;
	const char	*email;
	const char	*locale;	/* a language tag */
	const char	*time_zone;	/* of the tz database */
	bool		 is_enabled;
};

/*
 * May this be a context's name, of letters, digits and "._-" and no longer
 * than the reader takes, and of none of the sections with a meaning of theirs?
 */
bool	voicemail_context_is_plain(const char *name);

/*
 * Append the line, with its end; for a mailbox that Asterisk cannot have, a
 * comment that says why. What a name has of commas and control characters
 * becomes a blank: there is no escape for them.
 */
void	voicemail_line(struct buf *line, const struct voicemail_entry *entry);

/* Append the line of [zonemessages] that a mailbox's tz= names. */
void	voicemail_zone_line(struct buf *line, const char *time_zone);

#endif
