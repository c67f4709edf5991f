/*
 * user.h - mailboxes, one by one or from a file. Private to command.
 */
#ifndef UMWS_COMMAND_USER_H
#define UMWS_COMMAND_USER_H

#include "ctl/verbs.h"
#include "base/status.h"
#include "core/username.h"
#include "edge/admin.h"

#define COMMAND_REASON_SIZE	1400	/* of a sentence with a field in it */

/*
 * Is this a mailbox that can be reached? What is NULL is not looked at.
 * user->login becomes its normal form in login. ST_OK; ST_BAD, and the reason
 * as a sentence; ST_RETRY without memory.
 */
enum status	command_user_check(const struct command *command,
		    struct admin_user *user, char login[USERNAME_SIZE],
		    char reason[COMMAND_REASON_SIZE]) MUSTCHECK;

/*
 * Is there a language for mails to this locale? ST_OK; ST_BAD, and the reason
 * as a sentence that names it and the languages there are.
 */
enum status	command_locale_check(const char *locale,
		    char reason[COMMAND_REASON_SIZE]) MUSTCHECK;

/* Whom the web server would mean by what the operator has typed. EX_OK, or
 * the exit code of what was printed. */
int	command_whom(const struct command *command, const char *text,
	    char login[USERNAME_SIZE]);

/* Say that there is no user of this login; the exit code for it. */
int	command_no_user(const struct command *command, const char *login);

/* "user enable": the whole of it. */
int	user_enable_verb(struct command *command);

extern const char	user_enable_help[];

/* "user import": the whole of it. */
int	command_import(struct command *command);

/* "user import --asterisk": likewise. */
int	command_import_voicemail(struct command *command);

/* "user export": the whole of it, from the view that "user list" shows. */
int	command_export(struct command *command);

/* "user export --format asterisk": likewise. */
struct list_filter;
int	command_export_asterisk(struct command *command,
	    const struct list_filter *filters);

#endif
