/*
 * conf.h - umws.conf into the option structs of the modules. Alone knows
 * the names of the keys; one configuration serves all three programs.
 *
 * What is in force of a key comes from the last of these that has it: its
 * default; umws.conf; the files umws.conf.d/NAME.conf beside it, in the order
 * of the bytes of their names; the environment, where UMWS_ and the key in
 * capitals is its name.
 *
 * A file has lines "key = value", empty lines and lines that begin with
 * '#'. Durations carry a unit (ms, s, m, h). An unknown key, one that stands
 * twice in a file, or a value out of range stops the start with file and line.
 */
#ifndef UMWS_CONF_H
#define UMWS_CONF_H

#include <stdbool.h>

#include "app/deliver.h"
#include "app/hook.h"
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
	struct hook_options	 on_change;	/* web.url "": none */
	unsigned int		 sync_max_gone;	/* per cent of a sync's
						 * mailboxes */
};

/*
 * Read path and what belongs to it. path is NULL for the default file, which
 * alone may be missing.
 *
 * Returns ST_OK, or ST_BAD when a file cannot be read, or something in it or
 * in the environment is wrong; the first such thing has been logged, with file
 * and line. *conf is NULL then. path is borrowed for its life.
 */
enum status	conf_load(const char *path, struct conf **conf) MUSTCHECK;

/*
 * The same for plain CGI (RFC 3875), where the environment is that of a
 * request: no setting is taken from it.
 */
enum status	conf_load_cgi(const char *path, struct conf **conf) MUSTCHECK;

/* Log, with file and line, what only the program that uses a key can tell. */
void		conf_refuse_key(const struct conf *conf, const char *key,
		    const char *reason);
void		conf_free(struct conf **conf);

/* Where something stands: a file (line 0: the whole of it) or a variable of
 * the environment; all NULL for a default, or nowhere. */
struct conf_place {
	const char	*file;
	unsigned int	 line;
	const char	*variable;
};

/* What is wrong, in a sentence, and what to do, or NULL. No value is in it
 * that may be a password. All is borrowed for the call. */
struct conf_fault {
	struct conf_place	 place;
	const char		*reason;
	const char		*todo;
};

typedef void	(*conf_on_fault)(void *context,
		    const struct conf_fault *fault);

/* The one that logs each fault as an err line; context is not looked at. */
void		conf_log_fault(void *context, const struct conf_fault *fault);

/*
 * conf_load() for who wants all that is wrong: nothing is logged, and on_fault
 * hears of each thing: files that cannot be read, lines, variables, what only
 * all together can tell.
 */
enum status	conf_read(const char *path, conf_on_fault on_fault,
		    void *context, struct conf **conf) MUSTCHECK;

/* The options of one role's database connection; borrows from conf. */
void	conf_db_options(const struct conf *conf, enum conf_role role,
	    struct db_options *options);

#endif
