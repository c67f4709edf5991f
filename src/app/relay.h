/*
 * relay.h - the mail server that umws.conf names, for a program that speaks to
 * it.
 */
#ifndef UMWS_RELAY_H
#define UMWS_RELAY_H

#include "app/conf.h"
#include "base/status.h"
#include "core/idn.h"
#include "edge/smtp.h"

#define RELAY_NAME_SIZE	IDN_DOMAIN_SIZE	/* bytes of a host's name */

/*
 * The name that we give to the server: smtp_helo, or this host's full name, or
 * the domain of mail_from if it has a dot; "" for none of these. May ask the
 * resolver for two seconds.
 */
void		relay_name(const struct conf *conf,
		    char name[RELAY_NAME_SIZE]);

/*
 * smtp_new() with the password that its file holds, and with the name that
 * this host gives itself where smtp_helo is not set. ST_OK; else it has been
 * logged.
 */
enum status	relay_new(const struct conf *conf, struct smtp **smtp)
		    MUSTCHECK;

#endif
