/*
 * journal.c - send a line to the system's log.
 */
#include "config.h"

#include "edge/journal.h"

#include <syslog.h>

void
journal_note(const char *line)
{
	openlog("umwsctl", LOG_PID, LOG_AUTHPRIV);
	syslog(LOG_NOTICE, "%s", line);
	closelog();
}
