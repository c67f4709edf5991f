/*
 * webhook.c - one POST over HTTPS. What is answered is not kept: its status
 * counts.
 */
#include "config.h"

#include "edge/webhook.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include "core/audit-seal.h"
#include "core/crypto.h"

#define SECRET_SIZE	257	/* bytes of the file's first line, with NUL */
#define SIGNED_MAX	4096	/* bytes of what is signed */
#define FIELD_SIZE	160	/* bytes of a field of the head, with the NUL */
#define CONNECT_MAX_S	5L
#define ANSWER_MAX	65536	/* bytes of an answer that are waited for */

struct webhook {
	CURL	*curl;
	char	 secret[SECRET_SIZE];
	size_t	 answered;
};

/* Read past it; more of it than a service needs is not waited for. */
static size_t
on_answer(char *bytes, size_t size, size_t count, void *context)
{
	struct webhook	*web = context;

	(void)bytes;
	web->answered += size * count;
	return web->answered > ANSWER_MAX ? 0 : size * count;
}

static bool
set_options(struct webhook *web, const struct webhook_options *options)
{
	CURL	*curl = web->curl;
	long	 connect_s = (long)options->timeout_s < CONNECT_MAX_S ?
		    (long)options->timeout_s : CONNECT_MAX_S;
	bool	 is_set = true;

#define SET(option, value) \
	(is_set = is_set && \
	    curl_easy_setopt(curl, (option), (value)) == CURLE_OK)
	SET(CURLOPT_URL, options->url);
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "https");
#else
	SET(CURLOPT_PROTOCOLS, (long)CURLPROTO_HTTPS);
#endif
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_USERAGENT, "umws");
	SET(CURLOPT_CONNECTTIMEOUT, connect_s);
	SET(CURLOPT_TIMEOUT, (long)options->timeout_s);
	SET(CURLOPT_WRITEFUNCTION, on_answer);
	SET(CURLOPT_WRITEDATA, web);
	if (options->ca_file[0] != '\0')
		SET(CURLOPT_CAINFO, options->ca_file);
#undef SET
	return is_set;
}

enum status
webhook_new(const struct webhook_options *options, const char *secret,
    struct webhook **web)
{
	enum status	st = ST_FAIL;

	*web = calloc(1, sizeof(**web));
	if (*web == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto out;
	(*web)->curl = curl_easy_init();
	if ((*web)->curl == NULL || !set_options(*web, options))
		goto out;
	(void)snprintf((*web)->secret, sizeof((*web)->secret), "%s", secret);
	st = ST_OK;
out:
	if (st == ST_FAIL)
		log_err("libcurl-unusable", "libcurl", curl_version(), NULL);
	if (st != ST_OK)
		webhook_free(web);
	return st;
}

void
webhook_free(struct webhook **web)
{
	if (*web == NULL)
		return;
	curl_easy_cleanup((*web)->curl);
	WIPE(*web);
	free(*web);
	*web = NULL;
}

static enum status
sign(const struct webhook *web, const char *fact, char field[FIELD_SIZE])
{
	struct buf	 text = BUF_INIT(SIGNED_MAX);
	unsigned char	 mac[CRYPTO_MAC_SIZE];
	char		 hex[AUDIT_MAC_TEXT_SIZE];
	long long	 now = (long long)time(NULL);
	enum status	 st;

	buf_printf(&text, "%lld.%s", now, fact);
	st = buf_status(&text);
	if (st == ST_OK)
		st = crypto_hmac(web->secret, strlen(web->secret), text.data,
		    text.len, mac);
	if (st == ST_OK) {
		audit_mac_text(mac, hex);
		(void)snprintf(field, FIELD_SIZE,
		    "X-UMWS-Signature: t=%lld,v1=%s", now, hex);
	}
	buf_free(&text);
	return st;
}

static bool
add_field(struct curl_slist **fields, const char *field)
{
	struct curl_slist	*longer = curl_slist_append(*fields, field);

	if (longer != NULL)
		*fields = longer;
	return longer != NULL;
}

/* ST_RETRY without memory or a signature. */
static enum status
make_head(const struct webhook *web, const char *id, const char *fact,
    struct curl_slist **fields)
{
	char	key[FIELD_SIZE], signature[FIELD_SIZE];

	(void)snprintf(key, sizeof(key), "Idempotency-Key: %s", id);
	if (sign(web, fact, signature) != ST_OK)
		return ST_RETRY;
	return add_field(fields, "Content-Type: application/json") &&
	    add_field(fields, "Expect:") && add_field(fields, key) &&
	    add_field(fields, signature) ? ST_OK : ST_RETRY;
}

/*
 * Whoever answers so is there, and refuses what it was sent (RFC 9110, section
 * 15.5). 401, 403, 404, 405, 407, 408 and 429 are about the sender, or the URL.
 */
static bool
is_about_this_one(long status)
{
	return status == 400 || status == 409 || status == 410 ||
	    status == 413 || status == 422;
}

enum status
webhook_post(struct webhook *web, const char *id, const char *fact,
    char reason[WEBHOOK_REASON_SIZE])
{
	struct curl_slist	*fields = NULL;
	CURLcode		 code;
	long			 status = 0;

	if (make_head(web, id, fact, &fields) != ST_OK) {
		(void)snprintf(reason, WEBHOOK_REASON_SIZE,
		    "the request could not be made");
		curl_slist_free_all(fields);
		return ST_RETRY;
	}
	web->answered = 0;
	(void)curl_easy_setopt(web->curl, CURLOPT_HTTPHEADER, fields);
	(void)curl_easy_setopt(web->curl, CURLOPT_POSTFIELDS, fact);
	(void)curl_easy_setopt(web->curl, CURLOPT_POSTFIELDSIZE,
	    (long)strlen(fact));
	code = curl_easy_perform(web->curl);
	(void)curl_easy_getinfo(web->curl, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_setopt(web->curl, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(fields);
	/* A long answer was ended by us, and is one. */
	if (code == CURLE_WRITE_ERROR)
		code = CURLE_OK;
	if (code != CURLE_OK)
		(void)snprintf(reason, WEBHOOK_REASON_SIZE,
		    "no answer: %.100s", curl_easy_strerror(code));
	else if (status < 200 || status > 299)
		(void)snprintf(reason, WEBHOOK_REASON_SIZE,
		    "the answer was %ld", status);
	else
		return ST_OK;
	return is_about_this_one(status) ? ST_DENIED : ST_RETRY;
}
