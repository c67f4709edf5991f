/*
 * hook.h - tell another system that a PIN was changed: a program of this host,
 * or a web service. Neither gets the PIN, which nobody here knows.
 *
 * A program is run without a shell: its argument is the id, its standard input
 * the fact, and its exit code says what became of it. A web service gets a POST
 * over HTTPS, its certificate checked, no redirection followed, no proxy asked;
 * it took the fact if it answers 2xx. The fact's bytes and its id are the same
 * in each attempt.
 *
 * crypto_init() comes first. The process has no other children.
 */
#ifndef UMWS_HOOK_H
#define UMWS_HOOK_H

#include "base/status.h"
#include "edge/webhook.h"

#define HOOK_REASON_SIZE	WEBHOOK_REASON_SIZE

struct hook_options {
	/* url: an https URL, or the absolute path of a program; "": none */
	struct webhook_options	 web;
	const char		*secret_file;	/* of a URL: requests are
						 * signed with its first line */
};

struct hook;

/* Options are borrowed. ST_OK; ST_BAD when the secret cannot be read, or the
 * program cannot be run (logged); ST_FAIL when libcurl cannot be used, or
 * there is no memory (logged). Freed by hook_free(). */
enum status	hook_new(const struct hook_options *options,
		    struct hook **hook) MUSTCHECK;
void		hook_free(struct hook **hook);

/*
 * Tell it. ST_OK: it was taken. ST_DENIED: again later, and others may be taken
 * meanwhile. ST_RETRY: again later; it may have been taken. ST_BAD: this one
 * will never be taken. reason says why, in words for people that are none of
 * the other side's; "" with ST_OK.
 */
enum status	hook_tell(struct hook *hook, const char *id,
		    const char *fact, char reason[HOOK_REASON_SIZE])
		    MUSTCHECK;

#endif
