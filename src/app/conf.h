/*
 * conf.h - umws.conf into the option structs of the modules. Alone knows
 * the names of the keys; one file serves all three programs.
 *
 * The file has lines "key = value", empty lines and lines that begin with
 * '#'. Durations carry a unit (ms, s, m, h). An unknown or doubled key, or
 * a value out of range, stops the start with file and line.
 */
#ifndef UMWS_CONF_H
#define UMWS_CONF_H

#include <stdbool.h>

#include "app/deliver.h"
#include "app/reset.h"
#include "base/status.h"
#include "core/message.h"
#include "edge/db.h"
#include "edge/directory.h"
#include "edge/smtp.h"

#define CONF_DEFAULT_FILE	UMWS_SYSCONFDIR "/umws.conf"

enum conf_role {
	CONF_WORKER,
	CONF_MAILER,
	CONF_ADMIN
};

/* Strings are owned by the conf and live as long as it does. */
struct conf {
	const char		*database[3];	/* conninfo per conf_role */
	unsigned int		 connect_timeout_s;
	unsigned int		 statement_timeout_ms;
	const char		*pepper_key;	/* paths of key files */
	const char		*mail_pub;
	const char		*mail_key;
	const char		*audit_key;
	const char		*web_secret;	/* a path, or "off" */
	unsigned int		 workers;	/* children */
	unsigned int		 derivations;	/* at once; 0: as many as
						 * there are cores */
	bool			 core_dumps;
	const char		*strip_domains;	/* "EXAMPLE,example.org" */
	const char		*public_url;	/* or "" */
	const char		*www_authenticate; /* of our own 401 */
	const char		*tui_accounts;	/* "phone,phone2", or "" */
	struct reset_options	 reset;
	struct deliver_options	 deliver;
	struct message_options	 message;
	struct smtp_options	 smtp;
	const char		*mail_domain;	/* of mail_from; "" without
						 * one, as message.from is */
	const char		*metrics_file;	/* of the mailer; or "" */
	struct directory_options directory;	/* url "": none */
	unsigned int		 sync_max_gone;	/* per cent of a sync's
						 * mailboxes */
};

/*
 * Read path, or the defaults alone when path is NULL and the default file
 * does not exist.
 *
 * Returns ST_OK, or ST_BAD when the file cannot be read or holds something
 * wrong; that has been logged with file and line. *conf is NULL then. path is
 * borrowed for its life.
 */
enum status	conf_load(const char *path, struct conf **conf) MUSTCHECK;
/* Log, with file and line, what only the program that uses a key can tell. */
void		conf_refuse_key(const struct conf *conf, const char *key,
		    const char *reason);
void		conf_free(struct conf **conf);

/* The options of one role's database connection; borrows from conf. */
void	conf_db_options(const struct conf *conf, enum conf_role role,
	    struct db_options *options);

#endif
