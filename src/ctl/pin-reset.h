/*
 * pin-reset.h - "pin reset": the one verb of its group that needs the worker's
 * keys. Private to command.
 */
#ifndef UMWS_COMMAND_PIN_RESET_H
#define UMWS_COMMAND_PIN_RESET_H

#include "ctl/verbs.h"

int	pin_reset_verb(struct command *command);

#endif
