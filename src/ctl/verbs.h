/*
 * verbs.h - what the verbs of umwsctl share. Private to command.
 */
#ifndef UMWS_VERBS_H
#define UMWS_VERBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "ctl/command.h"
#include "app/conf.h"
#include "base/status.h"
#include "edge/admin.h"

#define COMMAND_WORDS_MAX	32	/* of one invocation, options apart */
#define COMMAND_OPTIONS_MAX	8	/* options of one verb */

struct command;

/* One verb. An option that takes a value is written with a '=': "--email=". */
struct verb {
	const char	*name;		/* the second word: "add" */
	const char	*usage;		/* the arguments */
	const char	*summary;
	const char	*help;
	const char	*options[COMMAND_OPTIONS_MAX + 1];
	const char	*word_names;	/* required words: "NAME KEY=VALUE" */
	size_t		 words_min;
	size_t		 words_max;
	int		 (*run)(struct command *command);
};

/*
 * The verbs that have their first word in common. Each group is a file of its
 * own, with its verbs' help, options and views; command.c lists the groups.
 */
struct verb_group {
	const char		*name;		/* the first word: "user" */
	const struct verb	*verbs;		/* the last one has no name */
};

extern const struct verb_group	verbs_db;
extern const struct verb_group	verbs_key;
extern const struct verb_group	verbs_user;
extern const struct verb_group	verbs_policy;
extern const struct verb_group	verbs_outbox;

struct command {
	const struct command_io	*io;
	const char		*config;	/* path, or NULL: the default */
	const struct verb_group	*group;
	const struct verb	*verb;
	const char		*options[COMMAND_OPTIONS_MAX]; /* as in verb;
						 * NULL: not given */
	size_t			 count;
	const char		*words[COMMAND_WORDS_MAX];
	struct conf		*conf;
	struct admin		*admin;		/* command_open() */
	bool			 is_superuser;	/* at db upgrade */
	bool			 is_changing;	/* what is under way may leave
						 * something behind */
};

/* The value of an option, "" for one without a value, NULL if not given. */
const char	*command_option(const struct command *command,
		    const char *name);

/* Print "umwsctl: " and one line; returns code. */
int	command_fail(const struct command *command, int code,
	    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Print what a status of the database means, after place ("users.csv:17",
 * or NULL) where there is one; returns the exit code for it. */
int	command_db_fail(const struct command *command, enum status st,
	    const char *place);

/* Prepare command->admin: EX_OK, or the exit code of what was printed.
 * command_open() connects and checks that the schema is one we know. */
int	command_connect(struct command *command, const char *conninfo);
int	command_open(struct command *command);

/* Say what to do about ADMIN_NO_VERSION or ADMIN_ODD_VERSION; the exit code
 * for it. */
int	command_refuse_version(const struct command *command,
	    int64_t version);

/* Print text of others for a person's terminal: base/terminal. */
void	command_print(FILE *stream, const char *text);
/* Print a result; what is not for a terminal is replaced in it, too. */
void	command_say(const struct command *command, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

#endif
