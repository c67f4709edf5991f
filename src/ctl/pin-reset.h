/*
 * pin-reset.h - "pin reset" and "pin set": the verbs of their group that need
 * the worker's keys; and a PIN for "user add" and "user enable". Private to
 * command.
 */
#ifndef UMWS_COMMAND_PIN_RESET_H
#define UMWS_COMMAND_PIN_RESET_H

#include "ctl/verbs.h"

int	pin_reset_verb(struct command *command);
int	pin_set_verb(struct command *command);

/* Can the keys be read? EX_OK, or the exit code of what was printed. */
int	pin_check_keys(const struct command *command);

/*
 * What "pin reset" does, for a login in its stored form, on the connection that
 * is open, and says the same. EX_OK, or the exit code of what was printed.
 */
int	pin_give(struct command *command, const char *login,
	    const char *reason);

#endif
