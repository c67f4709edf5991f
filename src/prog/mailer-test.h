/*
 * mailer-test.h - "umws-mailer test": does a mail get out with the settings
 * that there are?
 */
#ifndef UMWS_MAILER_TEST_H
#define UMWS_MAILER_TEST_H

/*
 * Carry it out: send one mail about an example, and say in one line what
 * became of it and, if it was not taken, whose fault that is and what to set.
 * Returns the exit code. Needs no database and no key.
 */
int	mailer_test(int argc, char *argv[]);

#endif
