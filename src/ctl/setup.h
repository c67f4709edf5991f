/*
 * setup.h - what the steps of "umwsctl setup" share. Private to setup.
 *
 * A step is a row of setup_steps[]: it looks whether what it makes is there,
 * makes it, and takes it back. What it makes it notes in the record first, so
 * that whatever ends us, the next run finds what is half done to be ours, and
 * undo knows what to take back: nothing else.
 */
#ifndef UMWS_COMMAND_SETUP_H
#define UMWS_COMMAND_SETUP_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/verbs.h"
#include "base/buf.h"
#include "edge/cluster.h"
#include "edge/hostfile.h"

#define SETUP_WHAT_SIZE		512	/* bytes of what a step is about */
#define SETUP_PATH_SIZE		1100
#define SETUP_RECORD_MAX	65536
#define SETUP_WORKER		"umws_worker"
#define SETUP_MAILER		"umws_mailer"
#define SETUP_ADMIN		"umws_admin"	/* for systemd's timers */
#define SETUP_WEB_GROUP		"www-data"
#define SETUP_RUN_DIR		"/run/umws"
#define SETUP_CONF_DIR		UMWS_SYSCONFDIR "/umws.conf.d"
#define SETUP_CONF_FILE		SETUP_CONF_DIR "/10-setup.conf"
#define SETUP_RECORD_FILE	UMWS_STATEDIR "/setup.log"
#define SETUP_LATE_S		30	/* seconds, between two clocks */

/* What a step has found. The last two have been said, in one line. */
enum setup_found {
	SETUP_THERE,
	SETUP_MISSING,
	SETUP_FOREIGN,		/* there, and not as we would make it */
	SETUP_UNKNOWN		/* it cannot be told */
};

/* What a person gives: the value of each option that is kept in the record. */
struct setup_wish {
	const char	*host;
	const char	*port;
	const char	*certificate;
	const char	*certificate_key;
	const char	*auth;
	const char	*mail_from;
	const char	*smtp_url;
	const char	*web;
	const char	*cluster;
	const char	*dsn;
	const char	*database;
};

/* The PostgreSQL server. */
struct setup_server {
	char		name[CLUSTER_NAME_SIZE];  /* "15/main"; "" remote */
	char		owner[CLUSTER_NAME_SIZE]; /* its OS user; "" remote */
	char		conninfo[SETUP_PATH_SIZE]; /* without dbname, user */
	bool		is_usual;	/* libpq finds it by itself */
	struct cluster_facts	facts;
	struct command	all;		/* connected to the database postgres */
	struct command	own;		/* to ours; no admin: not there */
	char		*all_conninfo;	/* owned: what these borrow */
	char		*own_conninfo;
};

struct setup_web;

struct setup {
	struct command		*command;
	struct command_io	 silent;	/* of verbs that we use */
	bool			 is_dry;
	struct setup_wish	 wish;
	struct setup_server	 server;
	const struct setup_web	*web;		/* NULL: --web none */
	int64_t			 version;	/* of our schema; 0: none */
	int64_t			 mailboxes;
	struct conf		*conf;		/* owned; NULL: the command's
						 * is what is in force */
	struct buf		 record;	/* text of the record */
	const char		*earlier;	/* lines of it that are not to
						 * be undone, or NULL */
	char			*kept;		/* owned: what wish points to */
	char			 what[SETUP_WHAT_SIZE];	/* what the step that
						 * has looked is about */
};

struct setup_step {
	const char		*name;
	enum setup_found	 (*look)(struct setup *setup);
	/* EX_OK, or the exit code of what was said. make() finds what an
	 * earlier one has left half done; undo() whatever there is. */
	int			 (*make)(struct setup *setup);
	int			 (*undo)(struct setup *setup);
	const char		*sentence;	/* what it is for */
	bool			 is_data;	/* undo leaves it where there
						 * are mailboxes */
	bool			 is_listed;	/* undo is of each "made" line
						 * of the record by itself */
};

/* In the order in which they are made; the last has no name. */
extern const struct setup_step	setup_steps[];

int	setup_run(struct command *command);
/* The options that are given. */
void	setup_take_wish(struct setup *setup);

/* setup->what for look(). */
void	setup_tell(struct setup *setup, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));
/* Say what was found, and that nothing was changed. Returns SETUP_FOREIGN. */
enum setup_found	setup_refuse(const struct setup *setup,
			    const char *format, ...)
			    __attribute__((format(printf, 2, 3)));

/*
 * The record (setup-record). Lines are "WORD STEP VALUE"; the words are
 * "option", "begin", "made", "text" (of a file that was made) and "done".
 */
int		setup_record_load(struct setup *setup);
bool		setup_record_has(const struct setup *setup, const char *word,
		    const char *step, const char *value);
/* Call on_value for each that is not in setup->earlier, the last one first. It
 * may not change the record. */
void		setup_record_each(const struct setup *setup, const char *word,
		    const char *step, void (*on_value)(void *context,
		    const char *value), void *context);
/* On the disk when it returns; a line that is there is not added again. */
int		setup_record_add(struct setup *setup, const char *word,
		    const char *step, const char *value);
/* All lines of a step (NULL: none) that are not in setup->earlier; and the
 * file, when only options are left. */
int		setup_record_forget(struct setup *setup, const char *step);
/* Options that were not given are those of the last time; EX_USAGE if one that
 * is given is another one, or cannot stand in a line. */
int		setup_record_options(struct setup *setup);
int		setup_record_keep_options(struct setup *setup);
/* The record, without the files that are no longer there, which this run would
 * make: for setup->earlier. Owned; NULL: no memory. */
char		*setup_record_standing(const struct setup *setup);

/* What is asked before anything is looked at: EX_OK, or an exit code, said. */
int	setup_check_wish(struct setup *setup);
int	setup_find_server(struct setup *setup);
int	setup_find_web(struct setup *setup);
int	setup_check_certificate(struct setup *setup);
int	setup_check_auth(struct setup *setup);
/* Is a file that a person has made, and names in this option, there? */
int	setup_check_file(const struct setup *setup, const char *option,
	    const char *path);

/* Connect to a database of the server's, as its superuser. */
int	setup_connect(struct setup *setup, const char *database,
	    struct command *command);
void	setup_server_close(struct setup *setup);

/* One file with a text, or one link, of a step: look, make, undo. */
enum setup_found	setup_look_file(struct setup *setup, const char *step,
			    const char *path, const char *text);
int	setup_make_file(struct setup *setup, const char *step,
	    const char *path, const char *text);
enum setup_found	setup_look_link(struct setup *setup, const char *step,
			    const char *path, const char *target);
int	setup_make_link(struct setup *setup, const char *step,
	    const char *path, const char *target);
/* Take away all that the record says that the step has made, or one file of
 * these: ST_OK, or ST_BAD (logged). One that says something else than what was
 * written is kept, and named. */
enum status		setup_undo_file(struct setup *setup, const char *step,
			    const char *path) MUSTCHECK;
int	setup_undo_made(struct setup *setup, const char *step);

/* The one of two findings that counts for both. */
enum setup_found	setup_both(enum setup_found one,
			    enum setup_found other);

/* setup-host: users, folders, settings */
enum setup_found	setup_look_users(struct setup *setup);
int			setup_make_users(struct setup *setup);
int			setup_undo_users(struct setup *setup);
enum setup_found	setup_look_folders(struct setup *setup);
int			setup_make_folders(struct setup *setup);
int			setup_undo_folders(struct setup *setup);
enum setup_found	setup_look_settings(struct setup *setup);
int			setup_make_settings(struct setup *setup);
int			setup_undo_settings(struct setup *setup);

/* setup-database: database, schema, policy */
enum setup_found	setup_look_database(struct setup *setup);
int			setup_make_database(struct setup *setup);
int			setup_undo_database(struct setup *setup);
enum setup_found	setup_look_schema(struct setup *setup);
int			setup_make_schema(struct setup *setup);
int			setup_undo_schema(struct setup *setup);
enum setup_found	setup_look_policy(struct setup *setup);
int			setup_make_policy(struct setup *setup);
int			setup_undo_policy(struct setup *setup);

/* setup-login: pg_hba.conf and pg_ident.conf */
enum setup_found	setup_look_login(struct setup *setup);
int			setup_make_login(struct setup *setup);
int			setup_undo_login(struct setup *setup);

/* setup-keys */
enum setup_found	setup_look_keys(struct setup *setup);
int			setup_make_keys(struct setup *setup);
int			setup_undo_keys(struct setup *setup);

/* setup-web, setup-web-nginx, setup-web-apache */
enum setup_found	setup_look_web(struct setup *setup);
int			setup_make_web(struct setup *setup);
int			setup_undo_web(struct setup *setup);

/* setup-services */
enum setup_found	setup_look_services(struct setup *setup);
int			setup_make_services(struct setup *setup);
int			setup_undo_services(struct setup *setup);
/* What is left for a person to start, where there is no systemd. */
void			setup_tell_services(const struct setup *setup);

/* Send a mail by umws-mailer test. */
int	setup_test_mail(struct setup *setup, const char *address);

#endif
