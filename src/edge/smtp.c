/*
 * smtp.c - libcurl does the talking; its debug callback tells us which
 * command the server's last reply was to, and that decides.
 *
 * Knows nothing of the queue. RFC 5321; RFC 3207 for STARTTLS; RFC 4954
 * for AUTH. Nothing of a mail or a password is kept: of what libcurl sends
 * only the verb of a command is looked at.
 */
#include "config.h"

#include "edge/smtp.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <curl/curl.h>

#include "base/log.h"
#include "base/secret.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

/* What the server is answering. From PHASE_MAIL on it is about this mail. */
enum phase {
	PHASE_GREETING,
	PHASE_HELO,
	PHASE_STARTTLS,
	PHASE_AUTH,
	PHASE_NOOP,
	PHASE_MAIL,
	PHASE_RCPT,
	PHASE_DATA,
	PHASE_BODY	/* after 354: the reply to the mail itself */
};

struct smtp {
	CURL		*curl;
	enum phase	 phase;
	char		 reply[SMTP_REPLY_SIZE];
	size_t		 reply_len;
	int		 code;		/* of reply, 0: none yet */
	bool		 is_warm;	/* a mail has just been taken */
	bool		 is_sending;	/* else getting ready */
	bool		 is_new;	/* opened by this transfer */
	bool		 is_over;	/* QUIT was said: no more news */
	unsigned int	 mails;		/* taken on this connection */
	const char	*bytes;		/* of the mail, yet to be sent */
	size_t		 left;
	char		 error[CURL_ERROR_SIZE];
};

static void
reply_clear(struct smtp *smtp)
{
	smtp->reply_len = 0;
	smtp->reply[0] = '\0';
	smtp->code = 0;
}

/* Append printable ASCII to the reply; other bytes become '?'. */
static void
reply_add(struct smtp *smtp, const char *text, size_t len)
{
	for (; len > 0 && smtp->reply_len < SMTP_REPLY_SIZE - 1; text++, len--)
		smtp->reply[smtp->reply_len++] =
		    *text >= ' ' && *text < 0x7f ? *text : '?';
	smtp->reply[smtp->reply_len] = '\0';
}

/* A command leaves: from here on replies are to this one. */
static void
heed_command(struct smtp *smtp, const char *line, size_t len)
{
	static const struct {
		const char	*verb;
		enum phase	 phase;
	} verbs[] = {
		{ "EHLO", PHASE_HELO },		{ "HELO", PHASE_HELO },
		{ "STARTTLS", PHASE_STARTTLS },	{ "AUTH", PHASE_AUTH },
		{ "NOOP", PHASE_NOOP },		{ "MAIL", PHASE_MAIL },
		{ "RCPT", PHASE_RCPT },		{ "DATA", PHASE_DATA },
	};
	size_t	i;

	/* libcurl takes its leave after a refusal, which is what counts. */
	smtp->is_over = smtp->is_over || strncasecmp(line, "QUIT", 4) == 0;
	if (smtp->is_over)
		return;
	reply_clear(smtp);
	for (i = 0; i < COUNT(verbs); i++)
		if (len >= strlen(verbs[i].verb) && strncasecmp(line,
		    verbs[i].verb, strlen(verbs[i].verb)) == 0)
			smtp->phase = verbs[i].phase;
}

/* A line of a reply comes: "250-text" or, the last one, "250 text". */
static void
heed_reply(struct smtp *smtp, const char *line, size_t len)
{
	int	code;

	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	if (smtp->is_over || len < 3 || strspn(line, "0123456789") < 3)
		return;
	code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';
	if (code == 354 && smtp->phase == PHASE_DATA) {
		smtp->phase = PHASE_BODY;
		reply_clear(smtp);
	} else if (smtp->code != code) {
		reply_clear(smtp);
		smtp->code = code;
		reply_add(smtp, line, len);
	} else if (len > 4) {
		reply_add(smtp, line + 3, len - 3);
	}
}

static int
on_debug(CURL *curl, curl_infotype type, char *data, size_t len, void *context)
{
	struct smtp	*smtp = context;
	char		 line[SMTP_REPLY_SIZE];

	(void)curl;
	if (type != CURLINFO_HEADER_OUT && type != CURLINFO_HEADER_IN)
		return 0;
	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, data, len);
	line[len] = '\0';
	if (type == CURLINFO_HEADER_OUT)
		heed_command(smtp, line, len);
	else
		heed_reply(smtp, line, len);
	/* It may have been AUTH with the password in it. */
	WIPE(&line);
	return 0;
}

/* A socket is about to be connected. */
static int
on_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
	struct smtp	*smtp = context;

	(void)fd;
	(void)purpose;
	smtp->is_new = true;
	smtp->is_over = false;
	smtp->mails = 0;
	smtp->phase = PHASE_GREETING;
	reply_clear(smtp);
	return CURL_SOCKOPT_OK;
}

/*
 * Greeting, TLS and AUTH are done, the first command comes. A connection
 * that had to be opened for a mail took time, and whether the mail is still
 * wanted was asked before that: leave it to the caller to ask again.
 */
static int
on_request(void *context, char *peer, char *ours, int peer_port, int our_port)
{
	const struct smtp	*smtp = context;

	(void)peer;
	(void)ours;
	(void)peer_port;
	(void)our_port;
	return smtp->is_sending && smtp->is_new ? CURL_PREREQFUNC_ABORT :
	    CURL_PREREQFUNC_OK;
}

/* libcurl wants more of the mail. */
static size_t
on_read(char *out, size_t size, size_t count, void *context)
{
	struct smtp	*smtp = context;
	size_t		 len = size * count;

	if (len > smtp->left)
		len = smtp->left;
	memcpy(out, smtp->bytes, len);
	smtp->bytes += len;
	smtp->left -= len;
	return len;
}

/* Log why an option cannot be used; ST_BAD tells it from want of memory. */
static enum status
option_refused(const char *option, const char *value, const char *reason)
{
	log_err("smtp-option-refused", "option", option, "value", value,
	    "reason", reason, NULL);
	return ST_BAD;
}

/* Can this stand in a URL's path and behind EHLO? */
static bool
is_helo(const char *helo)
{
	return strspn(helo, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") == strlen(helo);
}

/* libcurl takes the name for EHLO from the URL's path. */
static enum status
set_url(struct smtp *smtp, const struct smtp_options *options)
{
	CURLU		*url = curl_url();
	char		*scheme = NULL, *user = NULL, *whole = NULL, path[260];
	enum status	 st = ST_FAIL;

	if (url == NULL || curl_url_set(url, CURLUPART_URL, options->url, 0) !=
	    CURLUE_OK || curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) !=
	    CURLUE_OK || (strcmp(scheme, "smtp") != 0 &&
	    strcmp(scheme, "smtps") != 0)) {
		st = option_refused("url", options->url,
		    "is not smtp://host:port or smtps://host:port");
		goto out;
	}
	if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK) {
		st = option_refused("url", NULL, "has a user in it: that, and "
		    "the password's file, are options of their own");
		goto out;
	}
	if (!is_helo(options->helo) || strlen(options->helo) > 255) {
		st = option_refused("helo", options->helo, "is no host name");
		goto out;
	}
	path[0] = '/';
	strcpy(path + 1, options->helo);
	if (options->helo[0] != '\0' &&
	    curl_url_set(url, CURLUPART_PATH, path, 0) != CURLUE_OK)
		goto out;
	if (curl_url_get(url, CURLUPART_URL, &whole, 0) == CURLUE_OK &&
	    curl_easy_setopt(smtp->curl, CURLOPT_URL, whole) == CURLE_OK)
		st = ST_OK;
out:
	curl_free(whole);
	curl_free(user);
	curl_free(scheme);
	curl_url_cleanup(url);
	return st;
}

/*
 * A certificate is checked where TLS is a must. Where it is only tried,
 * whoever could forge a certificate could as well hide STARTTLS (RFC 7435),
 * so that a check would only keep mails from servers with a home-made one.
 * A password is worth more than that: with a user TLS is a must.
 */
static enum status
set_tls(struct smtp *smtp, const struct smtp_options *options)
{
	CURL	*curl = smtp->curl;
	bool	 is_smtps = strncasecmp(options->url, "smtps:", 6) == 0;
	bool	 is_must = options->tls == SMTP_TLS_REQUIRED || is_smtps ||
		    (options->tls == SMTP_TLS_TRY && options->user[0] != '\0');
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

/* Callbacks and what never changes. No proxy: this is no web traffic. */
static enum status
set_callbacks(struct smtp *smtp)
{
	CURL	*curl = smtp->curl;
	bool	 is_set;

#if LIBCURL_VERSION_NUM >= 0x075500
	is_set = curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps") ==
	    CURLE_OK;
#else
	is_set = curl_easy_setopt(curl, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS)) == CURLE_OK;
#endif
#define SET(option, value) \
	(is_set = is_set && \
	    curl_easy_setopt(curl, (option), (value)) == CURLE_OK)
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, on_debug);
	SET(CURLOPT_DEBUGDATA, smtp);
	SET(CURLOPT_SOCKOPTFUNCTION, on_socket);
	SET(CURLOPT_SOCKOPTDATA, smtp);
	SET(CURLOPT_PREREQFUNCTION, on_request);
	SET(CURLOPT_PREREQDATA, smtp);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, smtp);
	SET(CURLOPT_ERRORBUFFER, smtp->error);
#undef SET
	return is_set ? ST_OK : ST_FAIL;
}

/* Sender, user and times. A reply may be as late as the whole mail. */
static enum status
set_session(struct smtp *smtp, const struct smtp_options *options,
    const char *password)
{
	CURL	*curl = smtp->curl;
	long	 timeout_s = (long)options->timeout_s;
	bool	 is_set;

	is_set = curl_easy_setopt(curl, CURLOPT_TIMEOUT, timeout_s) ==
	    CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, timeout_s) ==
	    CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_FTP_RESPONSE_TIMEOUT, timeout_s) ==
	    CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_MAIL_FROM,
	    options->envelope_from) == CURLE_OK;
	if (!is_set || options->user[0] == '\0')
		return is_set ? ST_OK : ST_FAIL;
	is_set = curl_easy_setopt(curl, CURLOPT_USERNAME, options->user) ==
	    CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PASSWORD, password) == CURLE_OK;
	return is_set ? ST_OK : ST_FAIL;
}

enum status
smtp_new(const struct smtp_options *options, const char *password,
    struct smtp **smtp)
{
	enum status	st = ST_FAIL;

	*smtp = calloc(1, sizeof(**smtp));
	if (*smtp == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto out;
	(*smtp)->curl = curl_easy_init();
	if ((*smtp)->curl == NULL)
		goto out;
	st = set_callbacks(*smtp);
	if (st == ST_OK)
		st = set_url(*smtp, options);
	if (st == ST_OK)
		st = set_tls(*smtp, options);
	if (st == ST_OK)
		st = set_session(*smtp, options, password);
out:
	if (st == ST_FAIL)
		log_err("smtp-unusable", "libcurl", curl_version(), NULL);
	if (st != ST_OK)
		smtp_free(smtp);
	return st == ST_OK ? ST_OK : ST_FAIL;
}

void
smtp_free(struct smtp **smtp)
{
	if (*smtp == NULL)
		return;
	curl_easy_cleanup((*smtp)->curl);
	free(*smtp);
	*smtp = NULL;
}

/* What libcurl's own failure means when the server said nothing to blame. */
static enum status
failure_status(CURLcode failure)
{
	static const CURLcode	ours[] = {
		CURLE_UNSUPPORTED_PROTOCOL, CURLE_FAILED_INIT,
		CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN,
		CURLE_BAD_FUNCTION_ARGUMENT, CURLE_UNKNOWN_OPTION,
		CURLE_USE_SSL_FAILED, CURLE_LOGIN_DENIED,
		CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE,
		CURLE_SSL_CERTPROBLEM, CURLE_SSL_ISSUER_ERROR,
	};
	size_t	i;

	for (i = 0; i < COUNT(ours); i++)
		if (failure == ours[i])
			return ST_FAIL;
	return ST_RETRY;
}

/* Does the server want to know who we are, RFC 4954, section 6? */
static bool
is_auth_wanted(const struct smtp *smtp)
{
	return smtp->code >= 530 && smtp->code <= 539;
}

/* What the server's refusal means, by the command it was to. */
static enum status
refusal_status(const struct smtp *smtp)
{
	if (smtp->code < 500)
		return ST_RETRY;
	switch (smtp->phase) {
	case PHASE_STARTTLS:
	case PHASE_AUTH:
		return ST_FAIL;
	case PHASE_MAIL:
		/* The sender is ours and everybody's; size and the need for
		 * SMTPUTF8 (RFC 6531, section 3.7.4) are this mail's. */
		return smtp->code == 552 || strstr(smtp->reply, " 5.6.7") !=
		    NULL ? ST_BAD : ST_FAIL;
	case PHASE_RCPT:
	case PHASE_DATA:
	case PHASE_BODY:
		return is_auth_wanted(smtp) ? ST_RETRY : ST_BAD;
	case PHASE_GREETING:
	case PHASE_HELO:
	case PHASE_NOOP:
		/* No mail is to blame, and the server may think better. */
		return ST_RETRY;
	}
	return ST_FAIL;
}

/*
 * A server that has not answered in time is not asked again: libcurl would
 * say NOOP or QUIT on the same connection and wait as long once more.
 */
static void
hang_up(struct smtp *smtp)
{
	curl_socket_t	fd = CURL_SOCKET_BAD;

	if (curl_easy_getinfo(smtp->curl, CURLINFO_ACTIVESOCKET, &fd) ==
	    CURLE_OK && fd != CURL_SOCKET_BAD)
		(void)shutdown(fd, SHUT_RDWR);
}

/* Let libcurl do what the handle is set for, and judge the outcome. */
static enum status
transfer(struct smtp *smtp)
{
	CURLcode	 failure;
	const char	*words;

	smtp->is_new = false;
	smtp->is_warm = false;
	smtp->is_over = false;
	smtp->error[0] = '\0';
	smtp->phase = smtp->is_sending ? PHASE_MAIL : PHASE_NOOP;
	reply_clear(smtp);
	failure = curl_easy_perform(smtp->curl);
	if (failure == CURLE_OK)
		return ST_OK;
	if (failure == CURLE_OPERATION_TIMEDOUT)
		hang_up(smtp);
	if (smtp->code >= 400)
		return refusal_status(smtp);
	/* It had been content so far: the words are libcurl's. */
	reply_clear(smtp);
	words = failure == CURLE_ABORTED_BY_CALLBACK ?
	    "the server had closed the connection" :
	    smtp->error[0] != '\0' ? smtp->error : curl_easy_strerror(failure);
	reply_add(smtp, words, strlen(words));
	return failure_status(failure);
}

enum status
smtp_ready(struct smtp *smtp)
{
	CURL		*curl = smtp->curl;
	enum status	 st;

	if (smtp->is_warm)
		return ST_OK;
	smtp->is_sending = false;
	if (curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_UPLOAD, 0L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP") != CURLE_OK)
		return ST_FAIL;
	st = transfer(smtp);
	if (st == ST_BAD)
		st = ST_RETRY;
	if (st == ST_RETRY)
		log_warn("smtp-away", "reply", smtp->reply, NULL);
	if (st == ST_FAIL)
		log_err("smtp-refused", "reply", smtp->reply, NULL);
	return st;
}

/* Nothing in it may end the address or the command, RFC 5321, 4.1.2. */
static bool
is_path(const char *address)
{
	for (; *address != '\0'; address++)
		if ((unsigned char)*address <= ' ' || *address == 0x7f ||
		    *address == '<' || *address == '>')
			return false;
	return true;
}

enum status
smtp_send(struct smtp *smtp, const char *recipient, const char *bytes,
    size_t len)
{
	CURL			*curl = smtp->curl;
	struct curl_slist	*recipients = NULL;
	bool			 had_mails = smtp->mails > 0;
	enum status		 st = ST_BAD;

	reply_clear(smtp);
	if (recipient[0] == '\0' || !is_path(recipient)) {
		reply_add(smtp, "no address", strlen("no address"));
		return ST_BAD;
	}
	smtp->is_sending = true;
	smtp->bytes = bytes;
	smtp->left = len;
	recipients = curl_slist_append(NULL, recipient);
	if (recipients == NULL || curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST,
	    NULL) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE,
	    (curl_off_t)len) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients) != CURLE_OK)
		st = ST_RETRY;
	else
		st = transfer(smtp);
	if (st == ST_OK) {
		smtp->is_warm = true;
		smtp->mails++;
	} else if (had_mails && (smtp->code == 0 || smtp->code == 421) &&
	    (smtp->phase == PHASE_MAIL || smtp->is_new)) {
		st = ST_DENIED;
	}
	if (st == ST_FAIL || is_auth_wanted(smtp))
		log_err("smtp-refused", "reply", smtp->reply, NULL);
	/* The handle must not keep what is freed here. */
	(void)curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	smtp->bytes = NULL;
	smtp->left = 0;
	return st;
}

const char *
smtp_reply(const struct smtp *smtp)
{
	return smtp->reply;
}

int
smtp_code(const struct smtp *smtp)
{
	return smtp->code;
}
