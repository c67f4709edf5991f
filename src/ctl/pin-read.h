/*
 * pin-read.h - a PIN that somebody types, or that a program writes. Never
 * from the command line: others see that. Private to command.
 */
#ifndef UMWS_COMMAND_PIN_READ_H
#define UMWS_COMMAND_PIN_READ_H

#include "base/secret.h"
#include "ctl/verbs.h"

/*
 * Read the first line of standard input into *pin, from a terminal after a
 * prompt and without echo; nothing of it stays in a buffer of stdio. Any
 * characters are taken; of more than SECRET_MAX the first ones, and len is
 * then SECRET_MAX + 1, which is a PIN that no policy allows.
 *
 * pin  the caller owns it and must WIPE() it on every path.
 *
 * EX_OK, or the exit code of what was printed: EX_NOINPUT when there is no
 * line, or when a signal came, EX_IOERR.
 */
int	command_read_pin(const struct command *command, struct secret *pin);

/*
 * The same for a PIN that is to hold: on a terminal it is typed twice.
 * EX_DATAERR when these differ.
 */
int	command_read_new_pin(const struct command *command,
	    struct secret *pin);

#endif
