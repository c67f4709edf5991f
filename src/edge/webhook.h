/*
 * webhook.h - POST a fact to a web service, signed; over HTTPS alone, with the
 * certificate checked, no redirection followed and no proxy asked.
 *
 * The request's fields are Content-Type: application/json, Idempotency-Key: the
 * id, and X-UMWS-Signature: t=T,v1=H, where T is the time of this attempt in
 * seconds since 1970, and H the HMAC-SHA-256 of T, a dot and the body under the
 * secret, in hexadecimal.
 */
#ifndef UMWS_WEBHOOK_H
#define UMWS_WEBHOOK_H

#include "base/status.h"

#define WEBHOOK_REASON_SIZE	121	/* bytes, with the NUL */

struct webhook_options {
	const char	*url;		/* https:// */
	const char	*ca_file;	/* of authorities; "": the system's */
	unsigned int	 timeout_s;	/* for one request, all in all */
};

struct webhook;

/*
 * secret  may be wiped after the call; its end is cut at 256 bytes
 *
 * ST_OK; ST_FAIL when libcurl cannot be used (logged). Freed by
 * webhook_free(). crypto_init() comes first.
 */
enum status	webhook_new(const struct webhook_options *options,
		    const char *secret, struct webhook **web) MUSTCHECK;
void		webhook_free(struct webhook **web);

/* Once. ST_OK: the answer was 2xx. ST_DENIED: it was one about this fact, as
 * 422, and others may be taken. ST_RETRY: it was another one, or none. reason
 * says which, and is "" before. */
enum status	webhook_post(struct webhook *web, const char *id,
		    const char *fact, char reason[WEBHOOK_REASON_SIZE])
		    MUSTCHECK;

#endif
