/*
 * refusal.h - the reasons for which a request is refused, whoever asks and
 * by whatever way: the web service, a telephone, a command.
 *
 * Each way says them in its own words; soap/reply has SOAP's.
 */
#ifndef UMWS_REFUSAL_H
#define UMWS_REFUSAL_H

#include <stdint.h>

/* How long to wait when no limit says how long it takes. */
#define REFUSAL_BACK_OFF_MS	1000

/* Nothing was changed, save with REFUSAL_TRANSIENT. */
enum refusal {
	REFUSAL_NONE = 0,
	REFUSAL_INVALID_REQUEST, /* not what the operation takes */
	REFUSAL_VERSION_MISMATCH, /* an envelope of another SOAP */
	REFUSAL_MUST_UNDERSTAND, /* a header entry that nobody here knows */
	REFUSAL_IMPERSONATION,	/* for somebody else, and the caller may not */
	REFUSAL_IMPERSONATION_HEADER, /* he may, and names nobody */
	REFUSAL_NO_MAILBOX,	/* he may, and nobody has this name */
	REFUSAL_NOT_ENABLED,	/* no mailbox, or a disabled one: the log's
				 * cause says which */
	REFUSAL_PIN_LOCKED,	/* an administrator has locked the PIN:
				 * umwsctl unlocks it */
	REFUSAL_NO_PLAY_ON_PHONE, /* nothing here can call a telephone */
	REFUSAL_BUSY,		/* a limit of the policy, or too much to do:
				 * the same may pass after back_off_ms */
	REFUSAL_STORE_UNAVAILABLE, /* the database is away; logged */
	REFUSAL_INTERNAL,	/* somebody must act; an err line says how */
	REFUSAL_TRANSIENT,	/* it may have happened; the audit knows */
	REFUSAL_COUNT
};

/* Why not, for the caller of an operation. */
struct denial {
	enum refusal	refusal;
	uint64_t	back_off_ms;	/* with REFUSAL_BUSY */
	const char	*word;		/* of the database for it, for an
					 * operator; static, or NULL */
};

/*
 * A sentence for the caller and for the log, which tells nothing of the
 * inside. Static.
 */
const char	*refusal_sentence(enum refusal refusal);

#endif
