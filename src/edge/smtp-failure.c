/*
 * smtp-failure.c - libcurl's failures in a table, and what hides in three of
 * them: errno, the verification of a certificate, the TLS library's message.
 * Whose fault a reply is it does not judge.
 */
#include "config.h"

#include "edge/smtp-failure.h"

#include <string.h>

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define SERVER		"smtp_url"
#define TLS		"smtp_tls, smtp_url"
#define LOGIN		"smtp_user, smtp_password_file"

/* words: NULL for libcurl's own, which are fixed, too. */
static const struct row {
	CURLcode	 failure;
	enum status	 status;
	const char	*words;
	const char	*look_at;
} rows[] = {
	{ CURLE_UNSUPPORTED_PROTOCOL, ST_FAIL, NULL, SERVER },
	{ CURLE_FAILED_INIT, ST_FAIL, NULL, TLS },
	{ CURLE_URL_MALFORMAT, ST_FAIL, NULL, SERVER },
	{ CURLE_NOT_BUILT_IN, ST_FAIL, NULL, TLS },
	{ CURLE_BAD_FUNCTION_ARGUMENT, ST_FAIL, NULL, TLS },
	{ CURLE_UNKNOWN_OPTION, ST_FAIL, NULL, TLS },
	{ CURLE_COULDNT_RESOLVE_HOST, ST_RETRY, NULL, SERVER },
	{ CURLE_COULDNT_CONNECT, ST_RETRY, NULL, SERVER },
	{ CURLE_USE_SSL_FAILED, ST_FAIL,
	    "TLS is a must, and the server does not offer STARTTLS", TLS },
	{ CURLE_LOGIN_DENIED, ST_FAIL, "the login was not accepted", LOGIN },
	{ CURLE_PEER_FAILED_VERIFICATION, ST_FAIL,
	    "the server's certificate is not trusted",
	    "smtp_ca_file, smtp_url" },
	{ CURLE_SSL_CACERT_BADFILE, ST_FAIL,
	    "the file of authorities cannot be read or holds none",
	    "smtp_ca_file" },
	{ CURLE_SSL_CERTPROBLEM, ST_FAIL, NULL, TLS },
	{ CURLE_SSL_ISSUER_ERROR, ST_FAIL, NULL, "smtp_ca_file" },
	{ CURLE_SSL_CONNECT_ERROR, ST_RETRY, NULL, TLS },
};

/* X509_V_ERR_... of OpenSSL, which are CURLINFO_SSL_VERIFYRESULT. */
static const struct {
	long		 result;
	const char	*words;
	const char	*look_at;
} verifications[] = {
	{ 9, "the server's certificate is not valid yet",
	    "this host's clock; the certificate of smtp_url" },
	{ 10, "the server's certificate has expired",
	    "the certificate of smtp_url" },
	{ 18, "the server's certificate is signed by itself alone",
	    "smtp_ca_file" },
	{ 19, "the server's certificate is of an authority not known here",
	    "smtp_ca_file" },
	{ 20, "the server's certificate is of an authority not known here",
	    "smtp_ca_file" },
	{ 21, "the server's certificate is of an authority not known here",
	    "smtp_ca_file" },
	{ 23, "the server's certificate is revoked",
	    "the certificate of smtp_url" },
	{ 62, "the server's certificate is for another host", SERVER },
	{ 64, "the server's certificate is for another host", SERVER },
};

/* Of messages, by libcurl and by OpenSSL, the parts that tell most. */
static const struct {
	CURLcode	 failure;
	const char	*part;
	const char	*words;
	const char	*look_at;
} messages[] = {
	{ CURLE_PEER_FAILED_VERIFICATION, "target host name",
	    "the server's certificate is for another host", SERVER },
	{ CURLE_PEER_FAILED_VERIFICATION, "target ip",
	    "the server's certificate is for another host", SERVER },
	{ CURLE_SSL_CONNECT_ERROR, "wrong version number",
	    "what came is not TLS: STARTTLS is with smtp://", SERVER },
	{ CURLE_SSL_CONNECT_ERROR, "packet length too long",
	    "what came is not TLS: STARTTLS is with smtp://", SERVER },
	{ CURLE_SSL_CONNECT_ERROR, "protocol version",
	    "no version of TLS that both sides allow", TLS },
	{ CURLE_SSL_CONNECT_ERROR, "unsupported protocol",
	    "no version of TLS that both sides allow", TLS },
	{ CURLE_SSL_CONNECT_ERROR, "handshake failure",
	    "the server refuses our TLS: no cipher that both sides allow, or "
	    "it wants a certificate of ours", TLS },
	{ CURLE_SSL_CONNECT_ERROR, "key too small",
	    "the server's TLS key is too small", TLS },
};

/* Say more of it, where the handle or the message does. */
static void
add_detail(CURL *curl, CURLcode code, const char *message,
    struct smtp_failure *failure)
{
	long	number = 0;
	size_t	i;

	if (code == CURLE_COULDNT_CONNECT &&
	    curl_easy_getinfo(curl, CURLINFO_OS_ERRNO, &number) == CURLE_OK &&
	    number != 0 && strerrordesc_np((int)number) != NULL)
		failure->words = strerrordesc_np((int)number);
	for (i = 0; i < COUNT(messages); i++)
		if (messages[i].failure == code &&
		    strcasestr(message, messages[i].part) != NULL) {
			failure->words = messages[i].words;
			failure->look_at = messages[i].look_at;
			break;
		}
	if (code != CURLE_PEER_FAILED_VERIFICATION ||
	    curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &number) !=
	    CURLE_OK)
		return;
	for (i = 0; i < COUNT(verifications); i++)
		if (verifications[i].result == number) {
			failure->words = verifications[i].words;
			failure->look_at = verifications[i].look_at;
		}
}

struct smtp_failure
smtp_failure(CURL *curl, CURLcode failure, const char *message,
    enum smtp_phase phase)
{
	struct smtp_failure	why = { ST_RETRY, NULL, NULL,
		failure != CURLE_COULDNT_RESOLVE_HOST &&
		failure != CURLE_COULDNT_CONNECT };
	size_t			i;

	for (i = 0; i < COUNT(rows); i++)
		if (rows[i].failure == failure) {
			why.status = rows[i].status;
			why.words = rows[i].words;
			why.look_at = rows[i].look_at;
		}
	if (failure == CURLE_LOGIN_DENIED && phase != PHASE_AUTH)
		why.words = "the server offers no way to log in with a "
		    "user and a password";
	add_detail(curl, failure, message, &why);
	if (why.words == NULL)
		why.words = curl_easy_strerror(failure);
	return why;
}

void
smtp_failure_print(const char *words, char reply[SMTP_REPLY_SIZE])
{
	size_t	len = strnlen(words, SMTP_REPLY_SIZE - 1), i;

	for (i = 0; i < len; i++)
		reply[i] = words[i] >= ' ' && words[i] < 0x7f ?
		    words[i] : '?';
	reply[len] = '\0';
}

enum status
smtp_refusal(enum fault fault)
{
	switch (fault) {
	case FAULT_MAIL:
		return ST_BAD;
	case FAULT_SETTING:
		return ST_FAIL;
	case FAULT_NONE:
	case FAULT_DOUBT:
	case FAULT_RELAY:
	case FAULT_SERVER:
	case FAULT_LATER:
		return ST_RETRY;
	}
	return ST_RETRY;
}
