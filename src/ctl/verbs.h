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
#define COMMAND_OPTIONS_MAX	20	/* options of one verb */

struct command;

/*
 * What a verb does that is one call of a function of the schema umws
 * (ctl/act). The function returns a row or several, each with a column
 * "message", which is printed, or with --json the row. What it refuses it says
 * by RAISE; with SQLSTATE P0002 (no_data_found) the exit code is EX_NOUSER.
 */
struct verb_call {
	const char	*function;	/* without its schema */
	/*
	 * Its parameters: "LOGIN" is the first word in the form in which
	 * logins are stored; "WORD" the next word, NULL if there is none; "--x"
	 * an option's value, NULL if not given, of one without a value "t" or
	 * "f"; "=x" is the text x.
	 */
	const char	*params[ADMIN_PARAMS_MAX + 1];
	const char	*question;	/* asked before: what cannot be undone,
					 * in a sentence; NULL: none */
};

/* One verb. An option that takes a value is written with a '=': "--email=". */
struct verb {
	const char	*name;		/* the second word: "add"; "": the
					 * first word is all */
	const char	*usage;		/* the arguments */
	const char	*summary;
	const char	*help;
	const char	*options[COMMAND_OPTIONS_MAX + 1];
	const char	*word_names;	/* required words: "NAME KEY=VALUE" */
	size_t		 words_min;
	size_t		 words_max;
	int		 (*run)(struct command *command);
	const struct verb_call	*call;	/* of command_act() */
	bool		 reads_conf;	/* it reads umws.conf itself: conf is
					 * NULL when it is run */
};

/*
 * The verbs that have their first word in common. Each group is a file of its
 * own, with its verbs' help, options and views; command.c lists the groups.
 */
struct verb_group {
	const char		*name;		/* the first word: "user" */
	const struct verb	*verbs;		/* the last one has no name */
};

/* All groups, in the order of the help; the last one is NULL. */
extern const struct verb_group *const	verb_groups[];

extern const struct verb_group	verbs_completion;
extern const struct verb_group	verbs_config;
extern const struct verb_group	verbs_db;
extern const struct verb_group	verbs_doctor;
extern const struct verb_group	verbs_explain;
extern const struct verb_group	verbs_key;
extern const struct verb_group	verbs_limits;
extern const struct verb_group	verbs_role;
extern const struct verb_group	verbs_setup;
extern const struct verb_group	verbs_user;
extern const struct verb_group	verbs_pin;
extern const struct verb_group	verbs_policy;
extern const struct verb_group	verbs_outbox;
extern const struct verb_group	verbs_notify;
extern const struct verb_group	verbs_audit;

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
/* Is it among the verb's options, and was it given? */
bool		 command_has(const struct command *command,
		    const char *name);

/*
 * The run of a verb with a call: check, ask, connect, call in one transaction,
 * print. With --dry-run, where the verb has it, the transaction is rolled back
 * at its end, and that is said.
 */
int	command_act(struct command *command);

/*
 * Ask on the terminal, if the verb has --yes and it was not given: EX_OK when
 * the answer is yes. Where nobody can be asked, EX_USAGE.
 */
int	command_confirm(const struct command *command, const char *question);

/*
 * Call a function that acts, and end the transaction as --dry-run has it.
 * *result, freed by the caller, is NULL unless EX_OK.
 */
int	command_call(struct command *command, const char *function,
	    const char *const *params, size_t count,
	    struct db_result **result);

/* Print the rows of such a call: "message", or with --json all of it. */
int	command_answer(const struct command *command,
	    const struct db_result *result);

/* Print "umwsctl: " and one line; returns code. */
int	command_fail(const struct command *command, int code,
	    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Print what a status of the database means, after place ("users.csv:17",
 * or NULL) where there is one; returns the exit code for it. */
int	command_db_fail(const struct command *command, enum status st,
	    const char *place);

/* Prepare command->admin: EX_OK, or the exit code of what was printed.
 * command_open() connects, where nobody has, and checks that the schema is one
 * we know. */
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
