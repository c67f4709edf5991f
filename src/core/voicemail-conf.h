/*
 * voicemail-conf.h - read the mailboxes of Asterisk's voicemail.conf.
 *
 * Opens no file: the caller hands over line by line, and the lines of a file
 * that is included when it is asked for. What it keeps of them, for sections
 * that inherit from others, is wiped at the end.
 *
 * Understood are: sections, which are contexts ([general], [zonemessages] and
 * the one that aliasescontext names are not), those that are templates,
 * [x](!), and those that inherit, [y](x,z); [y](+), more of a section;
 * comments, ";" and ";-- --;"; #include and #tryinclude; and
 * "mailbox => password,name,email,pager,option|option" with the options locale
 * and tz, whose defaults are those that stand in [general] above; tz names a
 * line of [zonemessages] above. #exec is refused.
 *
 * Source: Asterisk's documentation of its configuration files, and its sample
 * voicemail.conf.
 */
#ifndef UMWS_VOICEMAIL_CONF_H
#define UMWS_VOICEMAIL_CONF_H

#include <stdbool.h>

#include "base/secret.h"
#include "base/status.h"

#define VOICEMAIL_LINE_MAX	4096	/* bytes of a line, without the NUL */
#define VOICEMAIL_NAME_MAX	79	/* bytes of a section's name */
#define VOICEMAIL_SECTIONS_MAX	4096
#define VOICEMAIL_ZONES_MAX	1024	/* lines of [zonemessages] */
#define VOICEMAIL_DEPTH_MAX	10	/* files, one including the next */
#define VOICEMAIL_LINES_MAX	1000000	/* mailboxes, inherited ones included */

/* A line of a context. Borrowed during the call; texts are never NULL. */
struct voicemail_mailbox {
	const char	*context;
	const char	*mailbox;	/* its number, mostly */
	const char	*name;
	const char	*email;
	char		 locale[36];	/* a language tag; "" for none */
	char		 time_zone[VOICEMAIL_NAME_MAX + 1]; /* a place of the
					 * tz database, or UTC; "" for none */
	unsigned int	 ignored;	/* options that mean nothing here */
	bool		 is_locked;	/* its user may not change the PIN */
	struct secret	 pin;		/* no digits: it has none, or one that
					 * is not of 1 to SECRET_MAX digits */
};

/* What is done with what is found; anything but ST_OK ends the reading, and
 * is what voicemail_conf_line() returns. */
struct voicemail_calls {
	enum status	(*on_mailbox)(void *context,
			    const struct voicemail_mailbox *mailbox);
	/* Hand over the lines of this file now. is_needed: #include */
	enum status	(*on_include)(void *context, const char *path,
			    bool is_needed);
	/* The line is no good; it is passed over. */
	enum status	(*on_bad)(void *context, const char *reason);
};

struct voicemail_conf;

/* calls and context are borrowed. ST_OK, or ST_RETRY without memory. */
enum status	voicemail_conf_new(const struct voicemail_calls *calls,
		    void *context, struct voicemail_conf **conf) MUSTCHECK;
void		voicemail_conf_free(struct voicemail_conf **conf);

/*
 * Take in the next line, whose end does not matter. It is changed; the caller
 * wipes it. Returns what a call returned; ST_RETRY without memory; ST_OK.
 */
enum status	voicemail_conf_line(struct voicemail_conf *conf, char *line)
		    MUSTCHECK;

#endif
