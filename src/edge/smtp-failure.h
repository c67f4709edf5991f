/*
 * smtp-failure.h - why a mail was not taken, as a status; why libcurl failed,
 * in fixed words. Private to smtp.
 *
 * libcurl's own message may quote a certificate, whose names a server
 * chooses. It is looked into for what kind of failure it was, and no part of
 * it comes out.
 */
#ifndef UMWS_SMTP_FAILURE_H
#define UMWS_SMTP_FAILURE_H

#include <stdbool.h>

#include <curl/curl.h>

#include "base/status.h"
#include "core/verdict.h"
#include "edge/smtp.h"

struct smtp_failure {
	enum status	 status;	/* ST_RETRY or ST_FAIL, ours to mend */
	const char	*words;		/* printable ASCII, static */
	const char	*look_at;	/* settings, or NULL */
	bool		 is_connected;	/* there was somebody to talk to */
};

/*
 * curl     whose last transfer failed
 * failure  how, not CURLE_OK
 * message  libcurl's, or ""
 * phase    what was being answered then
 */
struct smtp_failure	smtp_failure(CURL *curl, CURLcode failure,
			    const char *message, enum smtp_phase phase);

/* Words as a reply: one line, printable ASCII. */
void			smtp_failure_print(const char *words,
			    char reply[SMTP_REPLY_SIZE]);

/* What a refusal means for the mail, or for getting ready. */
enum status		smtp_refusal(enum fault fault);

#endif
