/*
 * key.h - the kinds of keys, their files, and the verbs on them. Private to
 * command.
 */
#ifndef UMWS_COMMAND_KEY_H
#define UMWS_COMMAND_KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "ctl/verbs.h"
#include "app/conf.h"
#include "base/buf.h"
#include "base/status.h"
#include "edge/keyfile.h"

#define KEY_FILES_MAX		2		/* of one kind */
#define KEY_FILES_JSON_MAX	(64 * 1024)	/* bytes of what is told of
						 * them */

struct key_file {
	const char		*setting;	/* of umws.conf */
	size_t			 path;		/* its offset in struct conf */
	enum keyfile_kind	 secrecy;
	bool			 is_leading;	/* its first key is in use */
};

/* Another kind is another row of key_kinds[], and its help. */
struct key_kind {
	const char	*name;
	const char	*group;		/* who reads the file; NULL: nobody
					 * but its owner */
	const char	*more;		/* why it is not overwritten */
	int		 (*create)(struct command *command,
			    const struct key_kind *kind);
	int		 (*use)(const struct command *command,
			    const struct key *key); /* what else there is to
			    * do for a key in use, or NULL */
	const char	*asked;		/* what must be so before a key is
					 * the first */
	const char	*added;		/* what to do once one is added */
	const char	*used;		/* and once it is the first */
	const char	*unused;	/* what must be so before one goes */
	struct key_file	 files[KEY_FILES_MAX + 1]; /* the last has no
			    * setting; the first is the one with the secret */
};

/* The last one has no name. */
extern const struct key_kind	key_kinds[];

/* The kind that a verb's first word names, or NULL and *code. */
const struct key_kind	*key_find(const struct command *command, int *code);

/* Where the file is: "off" where there is to be none. */
const char	*key_path(const struct command *command,
		    const struct key_file *file);

/* With --dry-run nothing is written. */
bool	key_is_dry(const struct command *command);

/*
 * The end of a verb: with --json an array of one object (kind, id, files,
 * next); else what key_say() has not said yet: next, if it is not NULL, and
 * that nothing was changed with --dry-run. files: in which of the kind's.
 */
void	key_report(const struct command *command, const struct key_kind *kind,
	    const char *id, const bool files[KEY_FILES_MAX], const char *next);

/* Print a line for people, but with --json none. */
void	key_say(const struct command *command, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/* What a file was not written for; the exit code. */
int	key_file_fail(const struct command *command, enum status st,
	    const char *path);

/* Before the database hears of it: can the file be edited now? */
int	key_await(const struct command *command,
	    const struct key_file *file);

/* The file whose first key is in use. */
const struct key_file	*key_leading(const struct key_kind *kind);

/* A fresh key with an id drawn at random; the caller wipes it. */
void	key_draw(struct key *key);

/*
 * The key that the worker seals to: the first of mail_pub or, where that file
 * is lost, the first of mail_key. ST_BAD when the files are no pair, or one of
 * them is refused (logged).
 */
enum status	key_read_pair(const struct conf *conf, bool is_pub_there,
		    struct key *public_key) MUSTCHECK;

/*
 * The group that the file is to be given to must be one that no web server is
 * in; where there is none yet, nobody is. EX_OK, or the exit code of what was
 * printed.
 */
int	key_check_group(const struct command *command,
	    const struct key_kind *kind);

/* The library is ready to make keys: EX_OK. */
int	key_begin(const struct command *command);

/* The verbs, and what they create. */
int	key_create(struct command *command);
int	key_create_pepper(struct command *command,
	    const struct key_kind *kind);
int	key_create_mail(struct command *command, const struct key_kind *kind);
int	key_create_audit(struct command *command,
	    const struct key_kind *kind);
int	key_create_web(struct command *command, const struct key_kind *kind);
int	key_list(struct command *command);
int	key_rotate(struct command *command);
int	key_retire(struct command *command);

/* The text of a key file, wiped as a whole. */
struct key_text {
	char	text[KEYRING_LINE_SIZE];
};

/* Nothing may stand at path, and its directory must take a file: EX_OK, or the
 * exit code of what was printed. */
int	key_check_path(const struct command *command,
	    const struct key_kind *kind, const char *path);

/* Write a key file that is not there yet; the reason has been logged. */
int	key_create_file(const struct command *command, const char *path,
	    unsigned int mode, const char *text);

/* Append what umws.key_list() wants to know of this host's files. */
void	key_tell_files(const struct command *command, struct buf *json);

/*
 * Which key of ring does the file beside web_secret hold that this web server
 * ("nginx", "apache") includes? *key is NULL when none of them. ST_BAD when the
 * file cannot be read (logged).
 */
enum status	key_included(const char *web_secret, const char *server,
		    const struct keyring *ring, const struct key **key)
		    MUSTCHECK;

/* Write the web server's files beside web_secret, whether they are there or
 * not. EX_OK, or the exit code of what was printed. */
int	key_include(const struct command *command, const struct key *key);

#endif
