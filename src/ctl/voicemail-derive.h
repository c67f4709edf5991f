/*
 * voicemail-derive.h - derive many PINs, by a process on each core. Private to
 * ctl/voicemail-pin.
 */
#ifndef UMWS_COMMAND_VOICEMAIL_DERIVE_H
#define UMWS_COMMAND_VOICEMAIL_DERIVE_H

#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "core/derive.h"
#include "core/keyring.h"
#include "ctl/verbs.h"

struct voicemail_work {
	int64_t		user_id;
	struct secret	pin;
	char		settings[DERIVE_SETTINGS_SIZE];
	char		verifier[DERIVE_VERIFIER_SIZE];	/* the result */
};

/* Memory for count works that processes share; NULL without it. What was made
 * is wiped when it is freed; NULL is ignored. */
struct voicemail_work	*voicemail_work_new(size_t count);
void			 voicemail_work_free(struct voicemail_work **works,
			    size_t count);

/* Derive all, and show on a terminal how far it is. EX_OK, or the exit code of
 * what was printed; no process is left behind. */
int	voicemail_derive(struct command *command, const struct key *pepper,
	    struct voicemail_work *works, size_t count);

#endif
