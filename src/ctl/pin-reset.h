/*
 * pin-reset.h - "pin reset" and "pin set": the verbs of their group that need
 * the worker's keys. Private to command.
 */
#ifndef UMWS_COMMAND_PIN_RESET_H
#define UMWS_COMMAND_PIN_RESET_H

#include "ctl/verbs.h"

int	pin_reset_verb(struct command *command);
int	pin_set_verb(struct command *command);

#endif
