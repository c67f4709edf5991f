/*
 * deliver-mail.h - one mail on its way over one connection. Private to
 * deliver.
 */
#ifndef UMWS_DELIVER_MAIL_H
#define UMWS_DELIVER_MAIL_H

#include <stdbool.h>

#include "app/deliver.h"
#include "app/judge.h"
#include "app/tally.h"
#include "base/buf.h"
#include "core/pin.h"
#include "edge/smtp-courier.h"

/* A pass at work: what its mails have seen together. */
struct pass {
	const struct deliver_options	*options;
	const struct deliver_parts	*parts;
	unsigned int			 silent; /* mails in a row */
	unsigned int			 silent_begun; /* mails, by then */
	struct judge			 judge;
	unsigned int			 steady; /* mails taken, and no
						  * trouble since */
	bool				 is_key_missing;
	bool				 is_unreadable;	/* a row was, or is */
	const char			*logged; /* settings of what ended it */
};

/* A connection. */
struct line {
	struct courier		*courier;	/* borrowed */
	int64_t			 sent_ms;	/* when a mail was last begun
						 * to be sent on it */
	bool			 is_quick;	/* the last was answered soon */
	bool			 is_shut;	/* one too many */
};

/* A mail in hand. All zero at first. */
struct slot {
	struct line		*line;		/* it has, borrowed, or NULL */
	enum slot_state {
		SLOT_IDLE,
		SLOT_WAITING,			/* mail is made: for a line */
		SLOT_READYING,			/* its line gets ready */
		SLOT_SENDING			/* mail is made */
	}			 state;
	char			 id[CRYPTO_UUID_SIZE];
	char			 token[CRYPTO_UUID_SIZE];
	uint64_t		 number;	/* in the order of the claims */
	struct outbox_mail	 mail;
	struct outbox_lease	 sent;		/* the mail before it, not yet
						 * settled; or none */
	int64_t			 sent_ms;	/* when that was */
	unsigned int		 order;		/* of judge_begin() */
	bool			 is_lone;	/* no other is under way */
	bool			 is_made;	/* begun and composed */
	struct attempt		 attempt;
	struct secret		 pin;		/* in clear once it is made */
	struct buf		 bytes;		/* the mail, likewise */
};

/*
 * The mail is begun: unseal and compose it. False when it cannot leave: then
 * slot->attempt says why.
 */
bool	deliver_mail_make(struct pass *pass, struct slot *slot);

/* For so many milliseconds yet what is made may begin to leave; 0: no more. */
int	deliver_mail_fresh_ms(const struct slot *slot);

/* Is it being sent, and can be expected to be taken at any moment? */
bool	deliver_mail_is_quick(const struct slot *slot);

/* Begin to send it. */
void	deliver_mail_start(struct slot *slot);

/* It is not sent after all: wipe it. */
void	deliver_mail_drop(struct slot *slot);

/*
 * The server has answered, or not: what that means for the mail and the pass
 * is in slot->attempt.
 *
 * is_one_of_many  others are under way, on other connections. What is said
 *                 of their number is no answer to the mail: it comes again at
 *                 once, and the line's is_shut is set.
 */
void	deliver_mail_end(struct pass *pass, struct slot *slot,
	    bool is_one_of_many);

#endif
