/*
 * mailer-preview.h - "umws-mailer preview": what a mail says and looks like.
 */
#ifndef UMWS_MAILER_PREVIEW_H
#define UMWS_MAILER_PREVIEW_H

#include <stdbool.h>

/*
 * Carry it out: write the mail about an example to stdout. Returns the exit
 * code. Needs no settings, no database and no key.
 */
int	mailer_preview(int argc, char *argv[]);

/*
 * Is there a mail of this kind, in the language of this locale? False: that
 * is one line on stderr, begun with program, which lists those there are.
 */
bool	mailer_preview_knows(const char *program, const char *kind,
	    const char *locale);

#endif
