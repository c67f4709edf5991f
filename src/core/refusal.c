/*
 * refusal.c - the table of reasons for which a request is refused, with a
 * sentence for each. None has a library's words, SQL or a path in it.
 */
#include "config.h"

#include "core/refusal.h"

#include <assert.h>

static const char *const sentences[] = {
	[REFUSAL_NONE] = "Done.",
	[REFUSAL_INVALID_REQUEST] = "The request is invalid.",
	[REFUSAL_VERSION_MISMATCH] = "The envelope is not one of SOAP 1.1.",
	[REFUSAL_MUST_UNDERSTAND] =
	    "A header that must be understood is not known to this service.",
	[REFUSAL_IMPERSONATION] =
	    "The account does not have permission to impersonate the "
	    "requested user.",
	[REFUSAL_IMPERSONATION_HEADER] =
	    "The ExchangeImpersonation header does not name a user by "
	    "PrincipalName, PrimarySmtpAddress or SmtpAddress.",
	[REFUSAL_NO_MAILBOX] =
	    "No mailbox has this name or address.",
	[REFUSAL_NOT_ENABLED] =
	    "The user isn't enabled for Unified Messaging.",
	[REFUSAL_PIN_LOCKED] =
	    "The PIN is locked against change by an administrator.",
	[REFUSAL_NO_PLAY_ON_PHONE] = "Play on Phone is not enabled.",
	[REFUSAL_BUSY] =
	    "The server cannot service this request right now. Try again "
	    "later.",
	[REFUSAL_STORE_UNAVAILABLE] =
	    "The mailbox store is not available. Nothing was changed. Try "
	    "again later.",
	[REFUSAL_INTERNAL] =
	    "An internal server error occurred. Nothing was changed.",
	[REFUSAL_TRANSIENT] =
	    "It is not known whether the operation was carried out. If a "
	    "mail with a new PIN arrives, that PIN holds.",
};
_Static_assert(sizeof(sentences) / sizeof(sentences[0]) == REFUSAL_COUNT,
    "a sentence for each refusal");

const char *
refusal_sentence(enum refusal refusal)
{
	assert(refusal >= REFUSAL_NONE && refusal < REFUSAL_COUNT);
	return sentences[refusal];
}
