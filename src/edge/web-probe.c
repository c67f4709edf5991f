/*
 * web-probe.c - one request to a web server with libcurl.
 */
#include "config.h"

#include "edge/web-probe.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <curl/curl.h>

#define INTERFACE_SIZE	80	/* bytes of an address for libcurl */

/* A body of which the first bytes are kept. */
struct kept {
	char	*text;
	size_t	 size;
	size_t	 len;
};

static size_t
on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct kept	*kept = context;
	size_t		 len = size * count;
	size_t		 left = kept->size - 1 - kept->len;

	if (left > len)
		left = len;
	memcpy(kept->text + kept->len, bytes, left);
	kept->len += left;
	kept->text[kept->len] = '\0';
	return len;
}

static size_t
on_header(char *bytes, size_t size, size_t count, void *context)
{
	static const char	 challenge[] = "www-authenticate:";
	static const char	 date[] = "date:";
	struct web_answer	*answer = context;
	size_t			 len = size * count;
	char			 text[64];
	time_t			 at;

	if (len > sizeof(challenge) - 1 &&
	    strncasecmp(bytes, challenge, sizeof(challenge) - 1) == 0)
		answer->has_challenge = true;
	if (len <= sizeof(date) || len >= sizeof(text) ||
	    strncasecmp(bytes, date, sizeof(date) - 1) != 0)
		return len;
	memcpy(text, bytes + sizeof(date) - 1, len - (sizeof(date) - 1));
	text[len - (sizeof(date) - 1)] = '\0';
	at = curl_getdate(text, NULL);
	if (at != -1) {
		answer->has_date = true;
		answer->date = at;
	}
	return len;
}

/* What does not depend on the request. */
static bool
set_fixed(CURL *curl, struct web_answer *answer, struct kept *kept)
{
	bool	is_set;

#if LIBCURL_VERSION_NUM >= 0x075500
	is_set = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ==
	    CURLE_OK;
#else
	is_set = curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS)) == CURLE_OK;
#endif
#define SET(option, value) \
	(is_set = is_set && \
	    curl_easy_setopt(curl, (option), (value)) == CURLE_OK)
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_USERAGENT, "umwsctl/" UMWS_VERSION);
	SET(CURLOPT_CERTINFO, 1L);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, kept);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, answer);
	return is_set;
}

static bool
set_request(CURL *curl, const struct web_request *request,
    const struct curl_slist *headers)
{
	char	from[INTERFACE_SIZE];
	bool	is_set = true;

	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_TIMEOUT, (long)request->timeout_s);
	SET(CURLOPT_HTTPHEADER, headers);
	if (request->body != NULL)
		SET(CURLOPT_POSTFIELDS, request->body);
	if (request->ca_file != NULL)
		SET(CURLOPT_CAINFO, request->ca_file);
	if (request->from != NULL) {
		(void)snprintf(from, sizeof(from), "host!%s", request->from);
		SET(CURLOPT_INTERFACE, from);
	}
	if (request->is_careless || request->is_old) {
		SET(CURLOPT_SSL_VERIFYPEER, 0L);
		SET(CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (request->is_old) {
		/* Else the library itself would not speak it. */
		SET(CURLOPT_SSL_CIPHER_LIST, "DEFAULT:@SECLEVEL=0");
		SET(CURLOPT_SSLVERSION, (long)(CURL_SSLVERSION_TLSv1_0 |
		    CURL_SSLVERSION_MAX_TLSv1_1));
	}
#undef SET
	return is_set;
}

/* When does the first certificate, the server's own, expire? */
static void
find_expiry(CURL *curl, struct web_answer *answer)
{
	static const char		 name[] = "Expire date:";
	struct curl_certinfo		*info = NULL;
	const struct curl_slist		*line;
	time_t				 at;

	if (curl_easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK ||
	    info == NULL || info->num_of_certs < 1)
		return;
	for (line = info->certinfo[0]; line != NULL; line = line->next) {
		if (strncasecmp(line->data, name, sizeof(name) - 1) != 0)
			continue;
		at = curl_getdate(line->data + sizeof(name) - 1, NULL);
		answer->has_expiry = at != -1;
		answer->expires_at = at;
	}
}

static void
find_outcome(CURL *curl, CURLcode failure, struct web_answer *answer)
{
	char	*ours = NULL, *theirs = NULL;
	long	 code = 0;

	(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
	answer->code = (int)code;
	if (curl_easy_getinfo(curl, CURLINFO_LOCAL_IP, &ours) == CURLE_OK &&
	    curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &theirs) ==
	    CURLE_OK && ours != NULL && theirs != NULL)
		answer->is_local = strncmp(ours, "127.", 4) == 0 ||
		    strcmp(ours, "::1") == 0 || strcmp(ours, theirs) == 0;
	find_expiry(curl, answer);
	if (failure == CURLE_OK)
		return;
	answer->is_certificate_bad =
	    failure == CURLE_PEER_FAILED_VERIFICATION ||
	    failure == CURLE_SSL_ISSUER_ERROR;
	(void)snprintf(answer->words, sizeof(answer->words), "%s",
	    curl_easy_strerror(failure));
}

void
web_probe(const struct web_request *request, struct web_answer *answer)
{
	struct kept		 kept = { answer->body, sizeof(answer->body),
				    0 };
	struct curl_slist	*headers = NULL, *grown;
	time_t			 begun = time(NULL);
	CURLcode		 failure = CURLE_OUT_OF_MEMORY;
	CURL			*curl;
	size_t			 i;

	memset(answer, 0, sizeof(*answer));
	/* No "Expect: 100-continue", and a body that is what it is. */
	headers = curl_slist_append(NULL, "Expect:");
	grown = headers == NULL ? NULL : curl_slist_append(headers,
	    "Content-Type: text/xml; charset=utf-8");
	for (i = 0; grown != NULL && i < WEB_HEADERS_MAX &&
	    request->headers[i] != NULL; i++)
		grown = curl_slist_append(headers, request->headers[i]);
	curl = curl_easy_init();
	if (curl != NULL && grown != NULL && set_fixed(curl, answer, &kept) &&
	    set_request(curl, request, headers))
		failure = curl_easy_perform(curl);
	if (curl != NULL)
		find_outcome(curl, failure, answer);
	else
		(void)snprintf(answer->words, sizeof(answer->words), "%s",
		    curl_easy_strerror(failure));
	answer->asked_at = begun + (time(NULL) - begun) / 2;
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
}
