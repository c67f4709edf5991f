/*
 * smtp-handle.h - smtp's options as a handle of libcurl. Private to smtp.
 */
#ifndef UMWS_SMTP_HANDLE_H
#define UMWS_SMTP_HANDLE_H

#include <stdbool.h>

#include <curl/curl.h>

#include "base/status.h"
#include "edge/smtp.h"

/*
 * Check the options and set them. ST_OK, or ST_FAIL (logged, without what
 * may hold a password); *curl is the caller's to clean up, NULL then.
 */
enum status	smtp_handle_new(const struct smtp_options *options,
		    const char *password, CURL **curl) MUSTCHECK;

/* Set it for one mail, which it borrows the recipients of. */
bool		smtp_handle_set_mail(CURL *curl,
		    const struct curl_slist *recipients, size_t len) MUSTCHECK;

/* May mails leave in clear text where TLS fails? Never with a password. */
bool		smtp_handle_may_be_clear(const struct smtp_options *options);

/*
 * End the connection, if one stands. A server that has not answered in time
 * is not asked again: libcurl would say NOOP or QUIT to it and wait as long
 * once more.
 */
void		smtp_handle_hang_up(CURL *curl);

#endif
