/*
 * audit.h - what "audit list", "audit seal" and "audit verify" share.
 * Private to command.
 */
#ifndef UMWS_COMMAND_AUDIT_H
#define UMWS_COMMAND_AUDIT_H

#include "ctl/verbs.h"
#include "core/keyring.h"
#include "edge/db.h"

/*
 * Open the database, for calls that may take long, and the file audit_key:
 * EX_OK and a keyring that the caller frees, or the exit code of what was
 * printed.
 */
int	audit_open(struct command *command, struct keyring **ring);

/* The value of a column by its name, "" for NULL. Borrowed. */
const char	*audit_value(const struct db_result *result, size_t row,
		    const char *column);

/*
 * Call a function in the open transaction or its own; EX_OK, or the exit code
 * of what was printed. *result, freed by the caller, is NULL unless EX_OK.
 */
int	audit_call(struct command *command, const char *function,
	    const char *const *params, size_t count,
	    struct db_result **result);

int	audit_seal(struct command *command);
int	audit_verify(struct command *command);

#endif
