/*
 * smtp.c - send mails by SMTP with libcurl; core/dialogue follows the
 * connection and says which command a refusal was to and whose fault it is.
 * Where the URL names a program, edge/smtp-program has them instead.
 *
 * Knows nothing of the queue. RFC 5321; RFC 3207 for STARTTLS; RFC 4954
 * for AUTH; RFC 6531 for SMTPUTF8. Nothing of a mail or a password is kept.
 */
#include "config.h"

#include "edge/smtp.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

#include "base/log.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "core/address.h"
#include "core/dialogue.h"
#include "core/idn.h"
#include "edge/clock.h"
#include "edge/smtp-failure.h"
#include "edge/smtp-handle.h"
#include "edge/smtp-program.h"

#define LINE_SIZE	600	/* bytes of a line that are listened to */

struct smtp {
	struct smtp_program *program;	/* has all mails; or NULL */
	struct smtp_report told;	/* by it */
	CURL		*curl;
	unsigned int	 timeout_s, dot_timeout_s;
	struct dialogue	 dialogue;
	struct verdict	 verdict;	/* on the last transfer */
	char		 reply[SMTP_REPLY_SIZE];
	const char	*at;		/* what reply was to, or NULL */
	const char	*look_at;	/* settings it points to, or NULL */
	int		 code;		/* of reply, 0: not the server's */
	bool		 may_be_clear;	/* smtp_tls is try, and no password */
	struct smtp_shared shared;
	bool		 is_warm;	/* a mail has just been taken */
	bool		 is_sending;	/* else getting ready */
	bool		 is_new;	/* opened by this transfer */
	bool		 is_late;	/* we gave up waiting */
	unsigned int	 mails;		/* taken on this connection */
	int64_t		 until_ms;	/* when we give up waiting, */
	int64_t		 end_ms;	/* at the latest */
	const char	*bytes;		/* of the mail, yet to be sent */
	size_t		 left;
	bool		 is_leaving;	/* some of it may have been sent */
	struct smtp_watch watch;
	char		 error[CURL_ERROR_SIZE];
};

/* Something has left: its answer has so much time (RFC 5321, 4.5.3.2). */
static void
wait_for(struct smtp *smtp, unsigned int timeout_s)
{
	int64_t	until_ms = clock_ms() + timeout_s * 1000LL;

	smtp->until_ms = until_ms < smtp->end_ms ? until_ms : smtp->end_ms;
}

static int
on_debug(CURL *curl, curl_infotype type, char *data, size_t len, void *context)
{
	struct smtp	*smtp = context;
	char		 line[LINE_SIZE];

	(void)curl;
	if (type != CURLINFO_HEADER_OUT && type != CURLINFO_HEADER_IN)
		return 0;
	if (len >= sizeof(line))
		len = sizeof(line) - 1;
	memcpy(line, data, len);
	line[len] = '\0';
	if (type == CURLINFO_HEADER_OUT) {
		dialogue_sent(&smtp->dialogue, line, len);
		wait_for(smtp, smtp->timeout_s);
	} else {
		dialogue_heard(&smtp->dialogue, line, len);
	}
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
	smtp->mails = 0;
	dialogue_open(&smtp->dialogue);
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

/*
 * libcurl wants more of the mail. Behind its last byte the server has to
 * deliver it, or to look into it, and gets time for that.
 */
static size_t
on_read(char *out, size_t size, size_t count, void *context)
{
	struct smtp	*smtp = context;
	size_t		 len = size * count;

	if (!smtp->is_leaving && smtp->watch.is_wanted != NULL &&
	    !smtp->watch.is_wanted(smtp->watch.context))
		return CURL_READFUNC_ABORT;
	smtp->is_leaving = true;
	dialogue_body(&smtp->dialogue);
	if (len > smtp->left)
		len = smtp->left;
	memcpy(out, smtp->bytes, len);
	smtp->bytes += len;
	smtp->left -= len;
	wait_for(smtp, smtp->left == 0 ? smtp->dot_timeout_s :
	    smtp->timeout_s);
	return len;
}

/* libcurl asks about once a second, while it waits as well. */
static int
on_progress(void *context, curl_off_t in_all, curl_off_t in,
    curl_off_t out_all, curl_off_t out)
{
	struct smtp	*smtp = context;

	(void)in_all;
	(void)in;
	(void)out_all;
	(void)out;
	smtp->is_late = clock_ms() >= smtp->until_ms;
	return smtp->is_late ? 1 : 0;
}

/* Let libcurl tell us, and ask us. */
static enum status
set_callbacks(struct smtp *smtp)
{
	CURL	*curl = smtp->curl;
	bool	 is_set = true;

#define SET(option, value) \
	(is_set = is_set && \
	    curl_easy_setopt(curl, (option), (value)) == CURLE_OK)
	SET(CURLOPT_VERBOSE, 1L);
	SET(CURLOPT_DEBUGFUNCTION, on_debug);
	SET(CURLOPT_DEBUGDATA, smtp);
	SET(CURLOPT_SOCKOPTFUNCTION, on_socket);
	SET(CURLOPT_SOCKOPTDATA, smtp);
	SET(CURLOPT_PREREQFUNCTION, on_request);
	SET(CURLOPT_PREREQDATA, smtp);
	SET(CURLOPT_READFUNCTION, on_read);
	SET(CURLOPT_READDATA, smtp);
	SET(CURLOPT_NOPROGRESS, 0L);
	SET(CURLOPT_XFERINFOFUNCTION, on_progress);
	SET(CURLOPT_XFERINFODATA, smtp);
	SET(CURLOPT_ERRORBUFFER, smtp->error);
#undef SET
	return is_set ? ST_OK : ST_FAIL;
}

enum status
smtp_new(const struct smtp_options *options, const char *password,
    struct smtp **smtp)
{
	enum status	st;

	*smtp = calloc(1, sizeof(**smtp));
	if (*smtp == NULL) {
		log_err("no-memory", "for", "smtp", NULL);
		return ST_FAIL;
	}
	if (smtp_program_path(options->url) != NULL)
		return smtp_program_new(options, &(*smtp)->program);
	(*smtp)->timeout_s = options->timeout_s;
	(*smtp)->dot_timeout_s = options->dot_timeout_s;
	(*smtp)->may_be_clear = smtp_handle_may_be_clear(options);
	st = smtp_handle_new(options, password, &(*smtp)->curl);
	if (st == ST_OK && set_callbacks(*smtp) != ST_OK) {
		log_err("smtp-unusable", "libcurl", curl_version(), NULL);
		st = ST_FAIL;
	}
	if (st != ST_OK)
		smtp_free(smtp);
	return st;
}

void
smtp_free(struct smtp **smtp)
{
	if (*smtp == NULL)
		return;
	smtp_program_free(&(*smtp)->program);
	curl_easy_cleanup((*smtp)->curl);
	WIPE(&(*smtp)->dialogue);
	free(*smtp);
	*smtp = NULL;
}

/* Write our own or libcurl's words where the server had none to blame. */
static void
note_words(struct smtp *smtp, const char *words)
{
	smtp_failure_print(words, smtp->reply);
	smtp->code = 0;
}

/* No reply tells what went wrong. Returns what that means for the mail, or
 * for getting ready; ST_FAIL is ours. */
static enum status
note_failure(struct smtp *smtp, CURLcode failure)
{
	struct smtp_failure	why = smtp_failure(smtp->curl, failure,
		smtp->error, smtp->dialogue.phase);

	smtp->look_at = why.look_at;
	if (!why.is_connected)
		smtp->at = NULL;
	if (smtp->is_late)
		note_words(smtp, smtp->dialogue.phase == PHASE_BODY ?
		    "no answer to the mail in time" : "no answer in time");
	else if (smtp->is_sending && smtp->is_new)
		note_words(smtp, "the server had closed the connection");
	else if (smtp->code != 0 && smtp->dialogue.phase >= PHASE_MAIL)
		note_words(smtp, "what came is no answer to that");
	else if (smtp->code == 0 && (smtp->dialogue.is_odd ||
	    smtp->dialogue.line_code != 0))
		note_words(smtp, "what came is no whole SMTP reply");
	else
		note_words(smtp, why.words);
	return why.status;
}

/*
 * All of the mail may have left. An answer to that is a whole reply that
 * says yes or no; whatever else comes, or nothing, the mail may be there.
 */
static enum status
answer_status(struct smtp *smtp, CURLcode failure)
{
	if (smtp->code >= 400)
		return smtp_refusal(smtp->verdict.fault);
	if (smtp->code >= 200 && smtp->code < 300)
		return ST_OK;
	(void)note_failure(smtp, failure);
	/* What else it may say would be taken for its next reply. */
	smtp_handle_hang_up(smtp->curl);
	return ST_UNKNOWN;
}

/*
 * Let libcurl do what the handle is set for, and judge the outcome.
 *
 * recipient  of the mail, or ""
 */
static enum status
transfer(struct smtp *smtp, const char *recipient)
{
	CURLcode	failure;

	smtp->is_new = false;
	smtp->is_warm = false;
	smtp->is_late = false;
	smtp->error[0] = '\0';
	dialogue_next(&smtp->dialogue, smtp->is_sending ? PHASE_MAIL :
	    PHASE_NOOP);
	smtp->end_ms = clock_ms() + SMTP_MAIL_MAX_S * 1000LL;
	wait_for(smtp, smtp->timeout_s);
	failure = curl_easy_perform(smtp->curl);
	smtp->is_late |= failure == CURLE_OPERATION_TIMEDOUT;
	smtp->verdict = dialogue_verdict(&smtp->dialogue);
	smtp->look_at = smtp->verdict.look_at;
	smtp->code = smtp->dialogue.code;
	smtp->at = dialogue_at(&smtp->dialogue);
	dialogue_reply(&smtp->dialogue, recipient, smtp->reply);
	smtp->is_warm = smtp->is_sending && failure == CURLE_OK &&
	    smtp->code != 0;
	if (smtp->is_late)
		smtp_handle_hang_up(smtp->curl);
	if (smtp->is_sending && smtp->left == 0 &&
	    smtp->dialogue.phase == PHASE_BODY)
		return answer_status(smtp, failure);
	if (failure == CURLE_OK)
		return ST_OK;
	if (smtp->code >= 400)
		return smtp_refusal(smtp->verdict.fault);
	/* It had been content so far. */
	return note_failure(smtp, failure);
}

/* A connection, greeted, new or not; NOOP. */
static enum status
connect_once(struct smtp *smtp)
{
	CURL	*curl = smtp->curl;

	smtp->is_sending = false;
	if (curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_TIMEOUT,
	    (long)SMTP_MAIL_MAX_S) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_UPLOAD, 0L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L) != CURLE_OK ||
	    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, "NOOP") != CURLE_OK)
		return ST_FAIL;
	return transfer(smtp, "");
}

/* The same; on a new one if the old one has ended, as some do after a no. */
static enum status
connect_twice(struct smtp *smtp)
{
	enum status	st;

	st = connect_once(smtp);
	if (st != ST_OK && !smtp->is_new && !smtp->is_late &&
	    smtp->at != NULL && (smtp->code == 0 || smtp->code == 421))
		st = connect_once(smtp);
	return st;
}

/*
 * Where TLS is only tried, a server that offers it and cannot do it is
 * served in clear text, on a new connection.
 */
static enum status
connect_clear(struct smtp *smtp)
{
	smtp->shared.is_clear = true;
	if (curl_easy_setopt(smtp->curl, CURLOPT_USE_SSL,
	    (long)CURLUSESSL_NONE) != CURLE_OK)
		return ST_FAIL;
	return connect_once(smtp);
}

/* Say once that mails leave in clear text though TLS was offered. */
static void
tell_clear(struct smtp *smtp, const char *reason)
{
	if (!smtp->shared.is_clear_told)
		log_warn("smtp-tls-failed", "reply", reason, "todo",
		    "mails leave in clear text; mend the server's TLS, or "
		    "say so with smtp_tls = off", NULL);
	smtp->shared.is_clear_told = true;
}

enum status
smtp_ready(struct smtp *smtp)
{
	char		reason[SMTP_REPLY_SIZE];
	enum status	st;

	if (smtp->program != NULL)
		return smtp_program_ready(smtp->program, &smtp->told);
	if (smtp->is_warm)
		return ST_OK;
	st = connect_twice(smtp);
	if (st != ST_OK && smtp->may_be_clear && !smtp->shared.is_clear &&
	    (smtp->dialogue.phase == PHASE_STARTTLS ||
	    smtp->dialogue.is_tls_refused)) {
		strcpy(reason, smtp->reply);
		st = connect_clear(smtp);
		if (st == ST_OK)
			tell_clear(smtp, reason);
	} else if (st == ST_OK && smtp->dialogue.is_tls_refused) {
		tell_clear(smtp, "STARTTLS was offered and refused");
	}
	return st == ST_BAD || st == ST_UNKNOWN ? ST_RETRY : st;
}

/* The recipient as it goes over the wire; ST_BAD: it cannot, ST_RETRY. */
static enum status
make_recipient(struct smtp *smtp, const char *address,
    char recipient[IDN_ADDRESS_SIZE])
{
	enum status	st;

	st = address_is_plain(address) ? idn_address(address, recipient,
	    IDN_ADDRESS_SIZE) : ST_BAD;
	if (st != ST_OK) {
		note_words(smtp, st == ST_BAD ? "no address" : "no memory");
		return st;
	}
	if (!smtp->dialogue.has_utf8 && !utf8_is_ascii(recipient)) {
		note_words(smtp, "the address needs SMTPUTF8, which "
		    "the server does not offer");
		return ST_BAD;
	}
	return ST_OK;
}

enum status
smtp_send(struct smtp *smtp, const char *address, const char *bytes,
    size_t len)
{
	char			 recipient[IDN_ADDRESS_SIZE];
	struct curl_slist	*recipients = NULL;
	bool			 had_mails = smtp->mails > 0;
	enum status		 st;

	if (smtp->program != NULL)
		return smtp_program_send(smtp->program, address, bytes, len,
		    &smtp->watch, &smtp->told);
	smtp->verdict = (struct verdict){ FAULT_NONE, NULL,
		ABOUT_ANYTHING };
	smtp->at = NULL;
	smtp->look_at = NULL;
	st = make_recipient(smtp, address, recipient);
	if (st != ST_OK)
		return st;
	smtp->is_sending = true;
	smtp->bytes = bytes;
	smtp->left = len;
	smtp->is_leaving = false;
	recipients = curl_slist_append(NULL, recipient);
	if (smtp_handle_set_mail(smtp->curl, recipients, len)) {
		st = transfer(smtp, address);
	} else {
		note_words(smtp, "no memory");
		st = ST_RETRY;
	}
	if (st == ST_OK) {
		smtp->mails++;
	} else if (had_mails && (smtp->code == 0 || smtp->code == 421) &&
	    (smtp->dialogue.phase == PHASE_MAIL || smtp->is_new)) {
		st = ST_BUSY;
	}
	/* The handle must not keep what is freed here. */
	(void)curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
	curl_slist_free_all(recipients);
	smtp->bytes = NULL;
	smtp->left = 0;
	return st;
}

void
smtp_watch(struct smtp *smtp, const struct smtp_watch *watch)
{
	smtp->watch = *watch;
}

void
smtp_tell(const struct smtp *smtp, struct smtp_report *report)
{
	if (smtp->program != NULL) {
		*report = smtp->told;
		return;
	}
	report->verdict = smtp->verdict;
	report->at = smtp->at;
	report->look_at = smtp->look_at;
	report->code = smtp->code;
	strcpy(report->reply, smtp->reply);
	report->shared = smtp->shared;
	report->shared.has_told_all = smtp->dialogue.has_told_all;
	report->is_warm = smtp->is_warm;
}

void
smtp_share(struct smtp *smtp, const struct smtp_shared *shared)
{
	smtp->dialogue.has_told_all |= shared->has_told_all;
	smtp->shared.is_clear_told |= shared->is_clear_told;
	if (shared->is_clear && !smtp->shared.is_clear &&
	    curl_easy_setopt(smtp->curl, CURLOPT_USE_SSL,
	    (long)CURLUSESSL_NONE) == CURLE_OK)
		smtp->shared.is_clear = true;
}
