/*
 * voicemail-pin.h - PINs of another voice mail, in clear, into verifiers: in
 * the memory of this process and of its children alone. Private to
 * ctl/voicemail.
 *
 * All PINs are given; then they are prepared, the rows are compared
 * (ctl/stage), the PINs are sent, and the rows are applied. Each returns EX_OK,
 * or the exit code of what was printed.
 */
#ifndef UMWS_COMMAND_VOICEMAIL_PIN_H
#define UMWS_COMMAND_VOICEMAIL_PIN_H

#include "core/voicemail-conf.h"
#include "ctl/stage.h"
#include "ctl/verbs.h"

struct voicemail_pins;

/* command and counts are borrowed. */
int	voicemail_pins_new(struct command *command, struct stage_pins *counts,
	    struct voicemail_pins **pins);
/* Wipes them all. */
void	voicemail_pins_free(struct voicemail_pins **pins);

/* Keep the PIN of a mailbox, or that it has none, whose login in umws will be
 * this one. place is where it stands. */
int	voicemail_pins_add(struct voicemail_pins *pins, const char *place,
	    const char *login, const struct voicemail_mailbox *mailbox);

/*
 * Ask whose PINs are wanted, say who gets none, hold the others against the
 * policies and, unless it is a dry run, derive them: with no transaction open,
 * on all cores.
 */
int	voicemail_pins_prepare(struct voicemail_pins *pins, bool is_dry_run);

/* In the transaction of the stage, before stage_apply(). */
int	voicemail_pins_send(struct voicemail_pins *pins);

#endif
