/*
 * envelope.h - push parser: the bytes of a SOAP 1.1 envelope in, struct
 * soap_request out. The only user of expat.
 *
 * One pass, no DTD: a DOCTYPE ends the parse at once. Parsing allocates
 * nothing of ours; what a document may take is bounded below, so that 64 KiB
 * of whatever kind cost a few milliseconds (tools/bench --only x). What may
 * stand in an operation is asked of core/operation.
 */
#ifndef UMWS_ENVELOPE_H
#define UMWS_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "soap/envelope-impersonation.h"
#include "soap/http.h"
#include "soap/operation.h"
#include "soap/soap.h"

#define ENVELOPE_NAME_SIZE	64	/* bytes of an operation's name */
#define ENVELOPE_MEMORY_MAX	(256 * 1024)	/* bytes expat may hold */
#define ENVELOPE_DEPTH_MAX	32		/* nested elements */
/* Bytes of attributes' names in all, each with its namespace written out. */
#define ENVELOPE_NAMES_MAX	(1024 * 1024)

/*
 * What is wrong, the first in the order of SOAP processing (WS-I R2725):
 * XML before envelope version before structure before mustUnderstand
 * before the body.
 */
enum envelope_verdict {
	ENVELOPE_OK = 0,
	ENVELOPE_INVALID,		/* ErrorInvalidRequest */
	ENVELOPE_VERSION_MISMATCH,	/* soap:VersionMismatch */
	ENVELOPE_MUST_UNDERSTAND,	/* soap:MustUnderstand */
	ENVELOPE_NO_MEMORY		/* ours, not the caller's: the same
					 * may pass later */
};

struct soap_request {
	enum envelope_verdict	verdict;
	const char		*reason;	/* why not OK, static, for a
						 * log; never the input */
	enum soap_scheme	scheme;		/* of the body's child, once
						 * seen; else SOAP_HTTP */
	char			operation[ENVELOPE_NAME_SIZE]; /* or "" */
	struct operation_value	value;		/* of its one child */
	bool			impersonates;	/* t:ExchangeImpersonation */
	struct impersonation	impersonation;	/* whom, then */
};

struct envelope;

/*
 * charset  the one that the media type gave, which wins over the document's
 *          declaration, or HTTP_CHARSET_NONE
 * Returns ST_OK, or ST_RETRY when there is no memory.
 */
enum status	envelope_new(enum http_charset charset,
		    struct envelope **envelope) MUSTCHECK;

/*
 * Parse the next len bytes. ST_OK: go on. ST_BAD: nothing that follows can
 * change the verdict, stop feeding; envelope_finish() says why.
 */
enum status	envelope_feed(struct envelope *envelope, const char *bytes,
		    size_t len) MUSTCHECK;

/* The end of the input. Fills *request; its verdict is the outcome. */
void	envelope_finish(struct envelope *envelope,
	    struct soap_request *request);

void	envelope_free(struct envelope **envelope);

#endif
