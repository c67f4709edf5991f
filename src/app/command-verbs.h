/*
 * command-verbs.h - what the verbs of umwsctl share. Private to command.
 */
#ifndef UMWS_COMMAND_VERBS_H
#define UMWS_COMMAND_VERBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "app/command.h"
#include "app/conf.h"
#include "base/status.h"
#include "core/username.h"
#include "edge/admin.h"

#define COMMAND_WORDS_MAX	32	/* of one invocation, options apart */
#define COMMAND_OPTIONS_MAX	8	/* options of one verb */

#define COMMAND_REASON_SIZE	1400	/* of a sentence with a field in it */

struct command;

/* One verb. An option that takes a value is written with a '=': "--email=". */
struct verb {
	const char	*words;		/* "user add" */
	const char	*usage;		/* the arguments */
	const char	*summary;
	const char	*help;
	const char	*options[COMMAND_OPTIONS_MAX + 1];
	const char	*word_names;	/* required words: "NAME KEY=VALUE" */
	size_t		 words_min;
	size_t		 words_max;
	int		 (*run)(struct command *command);
};

struct command {
	const struct command_io	*io;
	const char		*config;	/* path, or NULL: the default */
	const struct verb	*verb;
	const char		*options[COMMAND_OPTIONS_MAX]; /* as in verb;
						 * NULL: not given */
	size_t			 count;
	const char		*words[COMMAND_WORDS_MAX];
	struct conf		*conf;
	struct admin		*admin;		/* command_open() */
	bool			 is_changing;	/* the call under way may leave
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

/* Say what to do about ADMIN_NO_VERSION; the exit code for it. */
int	command_refuse_no_version(const struct command *command);

/* Print text of others for a person's terminal: base/terminal. */
void	command_print(FILE *stream, const char *text);
/* Print a result; what is not for a terminal is replaced in it, too. */
void	command_say(const struct command *command, const char *format, ...)
	    __attribute__((format(printf, 2, 3)));

/*
 * Is this a mailbox that can be reached? user->login becomes its normal form
 * in login. ST_OK; ST_BAD, and the reason as a sentence; ST_RETRY without
 * memory.
 */
enum status	command_user_check(const struct command *command,
		    struct admin_user *user, char login[USERNAME_SIZE],
		    char reason[COMMAND_REASON_SIZE]) MUSTCHECK;

/* "user add --csv": the whole of it; "-" is standard input. */
int	command_import(struct command *command, const char *path);

/* How a column of a view is shown. */
enum list_kind {
	LIST_TEXT,
	LIST_YES_NO,
	LIST_TIME		/* to the second */
};

struct list_column {
	const char	*title;
	const char	*column;	/* of the view */
	enum list_kind	 kind;
};

/*
 * The whole of a verb that lists: open the database, show all of a view as
 * aligned columns or, with --json, as one array. Columns end with a NULL
 * title. Returns the exit code.
 */
int	list_all(struct command *command, enum admin_view view,
	    const struct list_column *columns);

/*
 * Show the rows of a view with this name as one "title value" per line
 * (card), or as an array. *count is the number of rows.
 */
int	list_card(struct command *command, enum admin_view view,
	    const char *name, const struct list_column *columns,
	    size_t *count);
int	list_json(struct command *command, enum admin_view view,
	    const char *name, size_t *count);

/* Where a column stands among the values of admin_read(). */
size_t	list_index(enum admin_view view, const char *column);

int	verb_db_upgrade(struct command *command);
int	verb_key_create(struct command *command);
int	verb_outbox_list(struct command *command);
int	verb_policy_set(struct command *command);
int	verb_policy_show(struct command *command);
int	verb_user_add(struct command *command);
int	verb_user_list(struct command *command);
int	verb_user_show(struct command *command);

#endif
