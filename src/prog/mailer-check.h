/*
 * mailer-check.h - "umws-mailer check": do mails leave? One line and an exit
 * code for Nagios and what speaks its language.
 */
#ifndef UMWS_MAILER_CHECK_H
#define UMWS_MAILER_CHECK_H

/*
 * Carry it out. Returns the exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN,
 * after one line on stdout. Needs no key, and ends within ten seconds.
 */
int	mailer_check(int argc, char *argv[]);

#endif
