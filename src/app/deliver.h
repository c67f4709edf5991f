/*
 * deliver.h - one pass over the queue of mails: claim, unseal, compose,
 * send, settle, until nothing is due.
 *
 * Every mail is on its own: whatever is wrong with one, the next one is
 * tried. A server or a database that is away ends a pass early, and so does
 * a refusal that is ours: then no mail is given up.
 */
#ifndef UMWS_DELIVER_H
#define UMWS_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "core/keyring.h"
#include "core/message.h"
#include "app/tally.h"
#include "edge/outbox.h"
#include "edge/smtp-courier.h"
#include "edge/smtp.h"

struct deliver_options {
	unsigned int	batch;		/* mails of one claim, 1..100 */
	unsigned int	retry_min_s;	/* after the first failure; doubles */
	unsigned int	retry_max_s;	/* at most this, 1..86400 */
	unsigned int	connections;	/* at most, to the mail server; 1 to
					 * SMTP_CONNECTIONS_MAX */
};

/* What a pass works with; all borrowed. */
struct deliver_parts {
	struct outbox			*outbox;
	struct courier *const		*couriers;	/* connections */
	const struct keyring		*keys;		/* secret mail keys */
	const struct message_options	*message;
	bool				(*is_stopping)(void);
	int64_t				until_ms;	/* of clock_ms(), 0:
							 * no end */
	struct tally			*tally;		/* of the pass */
	bool				is_brief;	/* another one has run
							 * just before */
};

/*
 * Run one pass; one info line per mail, and one at the end of a pass that
 * tried any. A brief one leaves out outbox_probe(), and what stays wrong, keys
 * that are missing and rows that cannot be read, counts as ever and is not
 * logged. is_stopping is asked before each mail: when it says yes, or
 * until_ms has come, no other mail is begun, and what was claimed goes back.
 *
 * Returns ST_OK; ST_RETRY when the database is away, or the server is, or
 * left two mails in a row, or the last one, without an answer, or put off
 * all of them; ST_FAIL when somebody must act: a refusal that is ours, or
 * may be (what to look at is logged once, and so is what was put off),
 * credentials, TLS, mail_from, schema or rights, a key that is missing, a row
 * that cannot be read. All have been logged.
 */
enum status	deliver_pass(const struct deliver_options *options,
		    const struct deliver_parts *parts) MUSTCHECK;

#endif
