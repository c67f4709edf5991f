/*
 * mailer-settings.c - look at settings and key as a pass would.
 */
#include "config.h"

#include "prog/mailer-settings.h"

#include <sysexits.h>

#include "app/relay.h"
#include "base/log.h"
#include "base/secret.h"
#include "core/crypto.h"
#include "core/keyring.h"
#include "edge/keyfile.h"
#include "edge/smtp.h"

enum status
mailer_settings_sender(const struct conf *conf)
{
	if (conf->message.from[0] != '\0')
		return ST_OK;
	log_err("mail-from-missing", "reason", "mail_from is not set, and no "
	    "mail goes without a sender", "todo", "set mail_from in umws.conf "
	    "to an address that somebody reads, as in mail_from = Voice mail "
	    "<voicemail@example.org>", NULL);
	return ST_FAIL;
}

int
mailer_settings_check(const struct conf *conf)
{
	struct keyring	*keys = NULL;
	struct smtp	*smtp = NULL;
	enum status	 sender, key, server;

	if (!conf->core_dumps)
		secret_hide_memory();
	sender = mailer_settings_sender(conf);
	if (crypto_init() != ST_OK)
		return EX_CONFIG;
	key = keyfile_read(conf->mail_key, KEYFILE_SECRET, &keys);
	keyring_free(&keys);
	server = relay_new(conf, &smtp);
	smtp_free(&smtp);
	return sender == ST_OK && key == ST_OK && server == ST_OK ? EX_OK :
	    EX_CONFIG;
}
