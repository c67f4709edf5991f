/*
 * phone.c - one POST of form fields, one word back.
 */
#include "config.h"

#include "edge/phone.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"

#define FORM_MAX	1024	/* bytes that the service takes */
#define ANSWER_SIZE	1024	/* bytes of an answer, with the NUL */
#define CONNECT_MAX_S	3L

#define CAPITALS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define RULE_CHARACTERS	"abcdefghijklmnopqrstuvwxyz_"

struct phone {
	CURL			*curl;
	struct curl_slist	*fields;	/* of the request's head */
	size_t			 len;
	char			 answer[ANSWER_SIZE];
};

/* The parts of an answer; they point into it. */
struct parts {
	const char	*word;
	size_t		 word_len;
	const char	*rule;
	size_t		 rule_len;	/* 0: none */
};

/* Take what fits; an answer that is longer is none of the service. */
static size_t
on_answer(char *bytes, size_t size, size_t count, void *context)
{
	struct phone	*phone = context;
	size_t		 len = size * count;

	if (len >= sizeof(phone->answer) - phone->len)
		return 0;
	memcpy(phone->answer + phone->len, bytes, len);
	phone->len += len;
	phone->answer[phone->len] = '\0';
	return len;
}

static enum status
option_refused(const char *option, const char *reason)
{
	log_err("option-refused", "option", option, "reason", reason, NULL);
	return ST_BAD;
}

/* A PIN goes through TLS or through a socket of this host, else nowhere. */
static enum status
check_url(const struct phone_options *options)
{
	CURLU		*url = curl_url();
	char		*scheme = NULL, *user = NULL;
	enum status	 st = ST_OK;

	if (url == NULL)
		return ST_FAIL;
	if (curl_url_set(url, CURLUPART_URL, options->url, 0) != CURLUE_OK ||
	    curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
		st = option_refused("--url", "is no URL");
	else if (curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK)
		st = option_refused("--url",
		    "has a user in it: account and password have a file");
	else if (strcmp(scheme, "https") != 0 &&
	    (strcmp(scheme, "http") != 0 || options->socket[0] == '\0'))
		st = option_refused("--url", "is not https://host/path; "
		    "http:// is for --socket only, since PINs go this way");
	curl_free(user);
	curl_free(scheme);
	curl_url_cleanup(url);
	return st;
}

/* No redirection, no proxy, nothing but HTTP. */
static bool
set_options(struct phone *phone, const struct phone_options *options,
    const char *password)
{
	CURL	*curl = phone->curl;
	long	 connect_s = (long)options->timeout_s < CONNECT_MAX_S ?
		    (long)options->timeout_s : CONNECT_MAX_S;
	bool	 is_set = true;

#define SET(option, value) \
	(is_set = is_set && \
	    curl_easy_setopt(curl, (option), (value)) == CURLE_OK)
	SET(CURLOPT_URL, options->url);
	SET(CURLOPT_HTTPHEADER, phone->fields);
#if LIBCURL_VERSION_NUM >= 0x075500
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
	SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	SET(CURLOPT_USERNAME, options->account);
	SET(CURLOPT_PASSWORD, password);
	SET(CURLOPT_CONNECTTIMEOUT, connect_s);
	SET(CURLOPT_TIMEOUT, (long)options->timeout_s);
	SET(CURLOPT_WRITEFUNCTION, on_answer);
	SET(CURLOPT_WRITEDATA, phone);
	if (options->socket[0] != '\0')
		SET(CURLOPT_UNIX_SOCKET_PATH, options->socket);
	if (options->ca_file[0] != '\0')
		SET(CURLOPT_CAINFO, options->ca_file);
#undef SET
	return is_set;
}

enum status
phone_new(const struct phone_options *options, const char *password,
    struct phone **phone)
{
	enum status	st = ST_FAIL;

	*phone = calloc(1, sizeof(**phone));
	if (*phone == NULL)
		goto out;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		goto out;
	(*phone)->curl = curl_easy_init();
	/* This form says why a PIN must be changed, too. */
	(*phone)->fields = curl_slist_append(NULL, "Accept: application/json");
	if ((*phone)->curl == NULL || (*phone)->fields == NULL)
		goto out;
	st = check_url(options);
	if (st == ST_OK && !set_options(*phone, options, password))
		st = ST_FAIL;
out:
	if (st == ST_FAIL)
		log_err("libcurl-unusable", "libcurl", curl_version(), NULL);
	if (st != ST_OK)
		phone_free(phone);
	return st;
}

void
phone_free(struct phone **phone)
{
	if (*phone == NULL)
		return;
	curl_easy_cleanup((*phone)->curl);
	curl_slist_free_all((*phone)->fields);
	WIPE(*phone);
	free(*phone);
	*phone = NULL;
}

/*
 * Append "&name=value", what is no letter or digit in percent form. Not by
 * curl_easy_escape(), whose copy of a PIN nobody wipes.
 */
static void
add_field(struct buf *form, const char *name, const char *value)
{
	static const char	hex[] = "0123456789ABCDEF";
	char			code[3] = "%";
	unsigned char		byte;

	if (form->len > 0)
		buf_puts(form, "&");
	buf_puts(form, name);
	buf_puts(form, "=");
	for (; *value != '\0'; value++) {
		byte = (unsigned char)*value;
		code[1] = hex[byte >> 4];
		code[2] = hex[byte & 0xf];
		if (byte < 0x80 && isalnum(byte))
			buf_append(form, value, 1);
		else
			buf_append(form, code, sizeof(code));
	}
}

static void
make_form(const struct phone_request *request, struct buf *form)
{
	add_field(form, "action", request->new_pin == NULL ? "logon" :
	    "change");
	add_field(form, "mailbox", request->mailbox);
	add_field(form, "pin", request->pin);
	if (request->new_pin != NULL)
		add_field(form, "new_pin", request->new_pin);
	if (request->caller[0] != '\0')
		add_field(form, "caller", request->caller);
	if (request->call[0] != '\0')
		add_field(form, "call", request->call);
}

static enum logon_word
unavailable(const char *reason, const char *detail)
{
	log_err("phone-unavailable", "reason", reason, "detail", detail,
	    NULL);
	return LOGON_UNAVAILABLE;
}

/* Step over text, if that comes next. */
static bool
skip(const char **at, const char *text)
{
	size_t	len = strlen(text);

	if (strncmp(*at, text, len) != 0)
		return false;
	*at += len;
	return true;
}

/* Step over what is made of these characters; its length. */
static size_t
take(const char **at, const char *characters, const char **part)
{
	size_t	len = strspn(*at, characters);

	*part = *at;
	*at += len;
	return len;
}

/* {"result":"WORD","rule":"NAME"}, or null: just as the route writes it. */
static bool
split_json(const char **at, struct parts *parts)
{
	if (!skip(at, "{\"result\":\""))
		return false;
	parts->word_len = take(at, CAPITALS, &parts->word);
	if (!skip(at, "\",\"rule\":"))
		return false;
	if (skip(at, "\"")) {
		parts->rule_len = take(at, RULE_CHARACTERS, &parts->rule);
		if (!skip(at, "\""))
			return false;
	} else if (!skip(at, "null")) {
		return false;
	}
	return skip(at, "}");
}

/* WORD, or REFUSED NAME SENTENCE. */
static bool
split_text(const char **at, struct parts *parts)
{
	parts->word_len = take(at, CAPITALS, &parts->word);
	if (logon_word_find(parts->word, parts->word_len) != LOGON_REFUSED ||
	    !skip(at, " "))
		return true;
	parts->rule_len = take(at, RULE_CHARACTERS, &parts->rule);
	*at += strcspn(*at, "\r\n");
	return true;
}

/*
 * The answer's word, and its rule. It is one line, and nothing else stands in
 * it: a page of another server may well begin with one of these words.
 */
static enum logon_word
read_answer(const struct phone *phone, char rule[PHONE_RULE_SIZE])
{
	const char	*at = phone->answer;
	struct parts	 parts = { "", 0, "", 0 };
	enum logon_word	 word = LOGON_COUNT;

	if (*at == '{' ? split_json(&at, &parts) : split_text(&at, &parts))
		word = logon_word_find(parts.word, parts.word_len);
	(void)skip(&at, "\r");
	(void)skip(&at, "\n");
	if (word == LOGON_COUNT || at != phone->answer + phone->len)
		return unavailable("no word of the phone route: is this "
		    "its URL?", NULL);
	if (parts.rule_len < PHONE_RULE_SIZE) {
		memcpy(rule, parts.rule, parts.rule_len);
		rule[parts.rule_len] = '\0';
	}
	return word;
}

/* What another status than 200 asks somebody to look at. */
static const char *
advice(long status)
{
	switch (status) {
	case 401:
		return "401: the web server does not know our account, or "
		    "its password";
	case 403:
		return "403: this host or account may not use the phone "
		    "route: see tui_accounts and the web server's location";
	case 404:
		return "404: the URL's path is not the phone route";
	case 503:
		return "503: umws is away or busy";
	default:
		return "the answer is no 200";
	}
}

static enum logon_word
perform(struct phone *phone, char rule[PHONE_RULE_SIZE])
{
	CURLcode	failure = curl_easy_perform(phone->curl);
	long		status = 0;
	char		number[LOG_NUMBER_SIZE];

	if (failure != CURLE_OK)
		return unavailable("no answer", curl_easy_strerror(failure));
	(void)curl_easy_getinfo(phone->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return unavailable(advice(status),
		    log_number(number, status));
	return read_answer(phone, rule);
}

enum logon_word
phone_ask(struct phone *phone, const struct phone_request *request,
    char rule[PHONE_RULE_SIZE])
{
	struct buf	form = BUF_INIT(FORM_MAX);
	enum logon_word	word = LOGON_UNAVAILABLE;

	rule[0] = '\0';
	phone->len = 0;
	phone->answer[0] = '\0';
	make_form(request, &form);
	if (buf_status(&form) == ST_BAD)
		word = LOGON_DENIED;	/* No mailbox is that long. */
	else if (buf_status(&form) != ST_OK ||
	    curl_easy_setopt(phone->curl, CURLOPT_POSTFIELDSIZE,
	    (long)form.len) != CURLE_OK ||
	    curl_easy_setopt(phone->curl, CURLOPT_POSTFIELDS, form.data) !=
	    CURLE_OK)
		word = unavailable("no memory", NULL);
	else
		word = perform(phone, rule);
	/* The handle must not keep what is freed here. */
	(void)curl_easy_setopt(phone->curl, CURLOPT_POSTFIELDS, NULL);
	buf_free(&form);
	return word;
}
