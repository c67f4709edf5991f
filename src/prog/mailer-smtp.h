/*
 * mailer-smtp.h - the mail server that umws.conf names, for a program that
 * sends.
 */
#ifndef UMWS_MAILER_SMTP_H
#define UMWS_MAILER_SMTP_H

#include "app/conf.h"
#include "base/status.h"
#include "edge/smtp.h"

/*
 * smtp_new() with the password that its file holds, and with the name that
 * this host gives itself where smtp_helo is not set. ST_OK; else it has been
 * logged.
 */
enum status	mailer_smtp_new(const struct conf *conf,
		    struct smtp **smtp) MUSTCHECK;

#endif
