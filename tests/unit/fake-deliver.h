/*
 * fake-deliver.h - what stands behind app/deliver: a scripted queue and a
 * scripted server, and malloc() that refuses while a mail is composed.
 *
 * Link fake-outbox.o and fake-smtp.o with -Wl,--wrap=malloc.
 */
#ifndef UMWS_FAKE_DELIVER_H
#define UMWS_FAKE_DELIVER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/keyring.h"
#include "edge/outbox.h"
#include "edge/smtp-courier.h"

#define FAKE_RECIPIENT_SIZE	64	/* bytes, with the NUL */
#define MAILS_MAX	8
#define TRACE_MAX	512	/* bytes of a test's calls */
#define PIN		"493817"
#define NOW		1763758680

/* One queued mail: what the fakes answer, and what became of it. */
struct fake_mail {
	/* The script; all zero is an ordinary mail that is taken. */
	enum status		 begin;
	enum status		 send;
	int			 code;
	enum fault		 fault;	/* of send */
	enum about		 about;
	unsigned int		 doubted_s;
	unsigned int		 unanswered;	/* before this attempt */
	const char		*reply;
	const char		*at;
	const char		*display_name;
	const char		*kind;		/* NULL: reset */
	unsigned int		 attempts;	/* 0 means the first */
	enum { SEAL_GOOD, SEAL_DAMAGED, SEAL_OTHER_ROW, SEAL_OTHER_KEY } seal;
	bool			 is_short;	/* of memory, to compose it */
	enum status		 settle;
	bool			 is_again;	/* comes, when to be tried
						 * at once, behind others */

	/* What happened. */
	bool			 is_settled;
	enum outbox_result	 result;
	unsigned int		 retry_s;
	char			 error[OUTBOX_ERROR_MAX + 1];
};

extern struct fake_deliver {
	struct fake_mail mails[MAILS_MAX];
	size_t		 count;
	size_t		 claimed;	/* mails handed out so far */
	size_t		 current;	/* the begun one */
	enum status	 claim;
	enum status	 left;		/* of counting what waits */
	enum status	 ready;
	size_t		 ready_after;	/* mails begun; till then ST_OK */
	const char	*ready_look_at;	/* settings, once it is not */
	const char	*missing;
	const char	*unreadable;
	size_t		 stop_after;	/* mails begun; 0: never */
	size_t		 begun;
	bool		 is_short;	/* of memory */
	char		 trace[TRACE_MAX];
	unsigned int	 released;
	unsigned int	 vouched;
	size_t		 again[MAILS_MAX];
	size_t		 again_begin, again_end;
} fake;

/* What mails are sealed to; a test makes them. */
extern struct key	fake_public_key, fake_other_key;

/* Forget the last script; the new one has so many ordinary mails. */
void	fake_queue(size_t count);

/* For deliver's parts: true after fake.stop_after mails. */
bool	fake_is_stopping(void);

/* Note a call of a mail, and the recipient of one. */
void	fake_trace(const char *word, size_t mail);
void	fake_recipient(size_t mail, char recipient[FAKE_RECIPIENT_SIZE]);

#endif
