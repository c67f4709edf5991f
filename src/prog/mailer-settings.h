/*
 * mailer-settings.h - what the mailer wants of its settings before it connects
 * to anybody.
 */
#ifndef UMWS_MAILER_SETTINGS_H
#define UMWS_MAILER_SETTINGS_H

#include "app/conf.h"
#include "base/status.h"

/*
 * People answer mails, so nobody's address is no default for it: ST_OK if
 * mail_from is set, else ST_FAIL (logged).
 */
enum status	mailer_settings_sender(const struct conf *conf) MUSTCHECK;

/* Are sender, key file and mail server's options usable? EX_OK, or EX_CONFIG;
 * each that is not has been logged. */
int		mailer_settings_check(const struct conf *conf);

#endif
