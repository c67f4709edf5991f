/*
 * smtp-handle.c - set libcurl's options for SMTP: URL, EHLO name, TLS, sender
 * and user.
 */
#include "config.h"

#include "edge/smtp-handle.h"

#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "core/idn.h"

/* Log why an option cannot be used; ST_BAD tells it from want of memory. */
static enum status
option_refused(const char *option, const char *value, const char *reason)
{
	log_err("smtp-option-refused", "option", option, "value", value,
	    "reason", reason, NULL);
	return ST_BAD;
}

/*
 * A name for EHLO: an A-label domain or, "[192.0.2.1]", a literal; nothing
 * else may come into a URL's path. False when it is neither, nor "".
 */
static bool
make_helo(const char *name, char helo[IDN_DOMAIN_SIZE])
{
	size_t	len = strlen(name);

	if (name[0] != '[')
		return len == 0 ||
		    idn_domain(name, helo, IDN_DOMAIN_SIZE) == ST_OK;
	if (len >= IDN_DOMAIN_SIZE || strspn(name + 1, "abcdefIPv"
	    "ABCDEF0123456789.:") != len - 2 || name[len - 1] != ']')
		return false;
	strcpy(helo, name);
	return true;
}

/* libcurl takes the name for EHLO from the URL's path. */
static enum status
set_url(CURL *curl, const struct smtp_options *options)
{
	CURLU		*url = curl_url();
	char		*scheme = NULL, *user = NULL, *whole = NULL;
	char		 path[1 + IDN_DOMAIN_SIZE] = "/";
	enum status	 st = ST_FAIL;

	if (url == NULL || curl_url_set(url, CURLUPART_URL, options->url, 0) !=
	    CURLUE_OK || curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) !=
	    CURLUE_OK || (strcmp(scheme, "smtp") != 0 &&
	    strcmp(scheme, "smtps") != 0)) {
		/* Not its value: there may be a password in it. */
		st = option_refused("url", NULL,
		    "is not smtp://host:port or smtps://host:port");
		goto out;
	}
	if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK) {
		st = option_refused("url", NULL, "has a user in it: that, and "
		    "the password's file, are options of their own");
		goto out;
	}
	if (!make_helo(options->helo, path + 1)) {
		st = option_refused("helo", options->helo, "is no host name");
		goto out;
	}
	if (options->helo[0] != '\0' &&
	    curl_url_set(url, CURLUPART_PATH, path, 0) != CURLUE_OK)
		goto out;
	if (curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK &&
	    curl_easy_setopt(curl, CURLOPT_URL, whole) == CURLE_OK)
		st = ST_OK;
out:
	curl_free(whole);
	curl_free(user);
	curl_free(scheme);
	curl_url_cleanup(url);
	return st;
}

static bool
is_tls_from_start(const struct smtp_options *options)
{
	return strncasecmp(options->url, "smtps:", 6) == 0;
}

bool
smtp_handle_may_be_clear(const struct smtp_options *options)
{
	return options->tls == SMTP_TLS_TRY && options->user[0] == '\0' &&
	    !is_tls_from_start(options);
}

/*
 * A certificate is checked where TLS is a must. Where it is only tried,
 * whoever could forge a certificate could as well hide STARTTLS (RFC 7435),
 * so that a check would only keep mails from servers with a home-made one.
 * A password is worth more than that: with a user TLS is a must.
 */
static enum status
set_tls(CURL *curl, const struct smtp_options *options)
{
	bool	 is_smtps = is_tls_from_start(options);
	bool	 is_must = is_smtps || (options->tls != SMTP_TLS_OFF &&
		    !smtp_handle_may_be_clear(options));
	long	 level = is_must ? CURLUSESSL_ALL :
		    options->tls == SMTP_TLS_OFF ? CURLUSESSL_NONE :
		    CURLUSESSL_TRY;
	bool	 is_set;

	is_set = curl_easy_setopt(curl, CURLOPT_USE_SSL, level) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER,
	    is_must ? 1L : 0L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST,
	    is_must ? 2L : 0L) == CURLE_OK;
	if (options->ca_file[0] != '\0') {
		if (access(options->ca_file, R_OK) != 0)
			return option_refused("ca_file", options->ca_file,
			    "cannot be read");
		is_set = is_set && curl_easy_setopt(curl, CURLOPT_CAINFO,
		    options->ca_file) == CURLE_OK;
	}
	return is_set ? ST_OK : ST_FAIL;
}

/* What never changes. No proxy: this is no web traffic. */
static enum status
set_fixed(CURL *curl)
{
	bool	is_set;

#if LIBCURL_VERSION_NUM >= 0x075500
	is_set = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") ==
	    CURLE_OK;
#else
	is_set = curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS)) == CURLE_OK;
#endif
	is_set = is_set &&
	    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK;
	return is_set ? ST_OK : ST_FAIL;
}

/*
 * Sender, user and times. libcurl has one time for every reply, and one for all
 * that makes a connection, so these are the longest: edge/smtp keeps the rest.
 */
static enum status
set_session(CURL *curl, const struct smtp_options *options,
    const char *password)
{
	char	 sender[IDN_ADDRESS_SIZE] = "";
	bool	 is_set;

	if (options->envelope_from[0] != '\0' &&
	    idn_address(options->envelope_from, sender, sizeof(sender)) !=
	    ST_OK)
		return option_refused("envelope_from", options->envelope_from,
		    "its domain has no form for mail servers");
	is_set = curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT,
	    (long)SMTP_MAIL_MAX_S) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_FTP_RESPONSE_TIMEOUT,
	    (long)SMTP_MAIL_MAX_S) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender) == CURLE_OK;
	if (!is_set || options->user[0] == '\0')
		return is_set ? ST_OK : ST_FAIL;
	is_set = curl_easy_setopt(curl, CURLOPT_USERNAME, options->user) ==
	    CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PASSWORD, password) == CURLE_OK;
	return is_set ? ST_OK : ST_FAIL;
}

enum status
smtp_handle_new(const struct smtp_options *options, const char *password,
    CURL **curl)
{
	enum status	st = ST_FAIL;

	*curl = NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto out;
	*curl = curl_easy_init();
	if (*curl == NULL)
		goto out;
	st = set_fixed(*curl);
	if (st == ST_OK)
		st = set_url(*curl, options);
	if (st == ST_OK)
		st = set_tls(*curl, options);
	if (st == ST_OK)
		st = set_session(*curl, options, password);
out:
	if (st == ST_FAIL)
		log_err("smtp-unusable", "libcurl", curl_version(), NULL);
	if (st != ST_OK) {
		curl_easy_cleanup(*curl);
		*curl = NULL;
	}
	return st == ST_OK ? ST_OK : ST_FAIL;
}

bool
smtp_handle_set_mail(CURL *curl, const struct curl_slist *recipients,
    size_t len)
{
	return recipients != NULL &&
	    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, NULL) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_TIMEOUT,
	    (long)SMTP_MAIL_MAX_S) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
	    (curl_off_t)len) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients) == CURLE_OK;
}

void
smtp_handle_hang_up(CURL *curl)
{
	curl_socket_t	fd = CURL_SOCKET_BAD;

	if (curl_easy_getinfo(curl, CURLINFO_ACTIVESOCKET, &fd) == CURLE_OK &&
	    fd != CURL_SOCKET_BAD)
		(void)shutdown(fd, SHUT_RDWR);
}
