/*
 * journal.h - notes for the system's log (syslog(3)), which keeps them where
 * the database's superuser may not come.
 */
#ifndef UMWS_JOURNAL_H
#define UMWS_JOURNAL_H

/* Send one line, with the facility authpriv. Nobody is told if it is lost. */
void	journal_note(const char *line);

#endif
