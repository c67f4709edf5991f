/*
 * doctor-web.c - the web server from outside, asked as by somebody who has no
 * password. What is asked changes nothing, whoever it is believed to come from:
 * a question for a mailbox that there is none of.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl/doctor.h"

#define TIMEOUT_S	5
#define PATH_SIZE	1100		/* bytes of a URL */
#define DAY_S		86400
#define DAYS_LEFT	14		/* of a certificate */
#define TICKET_SIZE	64000		/* bytes of a Kerberos field: a token of
					 * MaxTokenSize, 48,000, in base64 */
#define HERE		"127.0.0.1"
#define ELSEWHERE	"127.0.0.2"	/* to servers of this host: not the
					 * address that they let in */

/* "nobody-umws-doctor:none", as a browser sends it. */
#define BASIC		"Authorization: Basic bm9ib2R5LXVtd3MtZG9jdG9yOm5vbmU="
#define NOBODY		"nobody-umws-doctor"

static const char	question[] =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">"
    "<soap:Body><IsUMEnabled xmlns=\""
    "http://schemas.microsoft.com/exchange/services/2006/messages\"/>"
    "</soap:Body></soap:Envelope>";

static bool
is_https(const struct doctor *doctor)
{
	return strncmp(doctor->url, "https:", 6) == 0;
}

/* Ask; true when an answer of HTTP has come. */
static bool
ask(struct doctor *doctor, struct web_request *request,
    struct doctor_line *line)
{
	if (request->url == NULL)
		request->url = doctor->url;
	request->timeout_s = TIMEOUT_S;
	/* How TLS is, is the question of web-tls alone. */
	request->is_careless = true;
	web_probe(request, &doctor->web);
	if (doctor->web.code != 0)
		return true;
	doctor_say(line, DOCTOR_WRONG, "start the web server, or correct "
	    "--url", "%s: %s", request->url, doctor->web.words);
	return false;
}

/* Does this answer say no to whom it does not know? */
static void
judge_refusal(const struct doctor *doctor, const struct doctor_check *check,
    const char *who, struct doctor_line *line)
{
	int	code = doctor->web.code;

	if (code == 401 && doctor->web.has_challenge)
		doctor_well(line, check);
	else if (code == 401)
		doctor_say(line, DOCTOR_WARNING, "set www_authenticate in "
		    "umws.conf, or let the web server authenticate",
		    "401 without WWW-Authenticate: clients do not know how to "
		    "log in");
	else if (code == 403 || code == 400 || (code >= 300 && code < 400))
		doctor_say(line, DOCTOR_OK, NULL, "%s is refused with %d, as "
		    "where certificates or a page of logon are asked for",
		    who, code);
	else if (code == 404)
		doctor_say(line, DOCTOR_WRONG, "include the snippet for this "
		    "web server in its server block, or correct --url",
		    "nothing is at %s", doctor->url);
	else if (code == 502 || code == 503 || code == 504)
		doctor_say(line, DOCTOR_WRONG, "start umws-fcgi, and look at "
		    "its socket's rights", "%s is not refused: the answer "
		    "is %d, nobody works behind the web server", who, code);
	else if (code == 429)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "the web server has "
		    "had too many requests of this address");
	else
		doctor_say(line, DOCTOR_WRONG, "compare the web server's "
		    "configuration with the snippet: what authenticates must "
		    "stand in the same block as REMOTE_USER", "%s is not "
		    "refused: the answer is %d, not 401", who, code);
}

static void
check_tls(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	 request = { .url = doctor->url,
				    .ca_file = doctor->ca_file,
				    .timeout_s = TIMEOUT_S };
	struct web_answer	*answer = &doctor->web;
	int64_t			 days;

	web_probe(&request, answer);
	if (answer->is_certificate_bad) {
		doctor_say(line, DOCTOR_WRONG, "give the web server a "
		    "certificate of this name from an authority that clients "
		    "know, and its chain", "the certificate is not trusted: "
		    "it has expired, is for another name or of an authority "
		    "not known here");
		return;
	}
	if (answer->code == 0) {
		doctor_say(line, DOCTOR_WRONG, "start the web server, or "
		    "correct --url", "%s: %s", doctor->url, answer->words);
		return;
	}
	if (!is_https(doctor)) {
		if (answer->is_local)
			doctor_say(line, DOCTOR_SKIPPED, NULL, "--url is of "
			    "this host and without TLS: give the https:// "
			    "address that users have");
		else
			doctor_say(line, DOCTOR_WRONG, "serve it over "
			    "https:// alone", "passwords pass in clear text");
		return;
	}
	days = (answer->expires_at - (int64_t)time(NULL)) / DAY_S;
	if (answer->has_expiry && days < DAYS_LEFT)
		doctor_say(line, DOCTOR_WARNING, "renew it, and see why "
		    "nothing does so by itself", "the certificate expires in "
		    "%" PRId64 " days", days);
	else
		doctor_well(line, check);
}

static void
check_old_tls(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .is_old = true };

	if (!is_https(doctor))
		doctor_say(line, DOCTOR_SKIPPED, NULL, "--url is without TLS");
	else if (!ask(doctor, &request, line))
		doctor_well(line, check);
	else
		doctor_say(line, DOCTOR_WARNING, "ssl_protocols TLSv1.2 "
		    "TLSv1.3 in nginx, SSLProtocol -all +TLSv1.2 +TLSv1.3 in "
		    "Apache", "it still speaks TLS 1.1 or older");
}

static void
check_refusal(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .body = question };

	if (ask(doctor, &request, line))
		judge_refusal(doctor, check, "who does not log in", line);
}

static void
check_forged_basic(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .body = question,
				    .headers = { BASIC } };

	if (ask(doctor, &request, line))
		judge_refusal(doctor, check, "a name with a wrong password",
		    line);
}

/* Fields by which proxies tell who somebody is. */
static void
check_forged_user(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .body = question,
				    .headers = { "REMOTE_USER: " NOBODY,
				    "Remote-User: " NOBODY,
				    "X-Remote-User: " NOBODY,
				    "X-Forwarded-User: " NOBODY } };

	if (ask(doctor, &request, line))
		judge_refusal(doctor, check, "a name in a header of the client",
		    line);
}

static void
check_get(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .body = NULL };

	if (!ask(doctor, &request, line))
		return;
	if (doctor->web.code >= 200 && doctor->web.code < 300)
		doctor_say(line, DOCTOR_WARNING, "let everything at this "
		    "address be authenticated, as the snippet does",
		    "who does not log in gets an answer of %d",
		    doctor->web.code);
	else
		judge_refusal(doctor, check, "a GET", line);
}

static void
check_ticket(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	static const char	 name[] = "Authorization: Negotiate ";
	struct web_request	 request = { .body = question };
	size_t			 len = sizeof(name) - 1;
	char			*field = malloc(TICKET_SIZE + 1);

	if (field == NULL) {
		doctor_say(line, DOCTOR_SKIPPED, NULL, "no memory");
		return;
	}
	memcpy(field, name, len);
	memset(field + len, 'A', TICKET_SIZE - len);
	field[TICKET_SIZE] = '\0';
	request.headers[0] = field;
	if (ask(doctor, &request, line)) {
		if (doctor->web.code == 400 || doctor->web.code == 413 ||
		    doctor->web.code == 414 || doctor->web.code == 431)
			doctor_say(line, DOCTOR_WARNING,
			    "large_client_header_buffers 4 72k in nginx's "
			    "http block, LimitRequestFieldSize 73728 in "
			    "Apache's server, before any other host of the "
			    "same address", "a field of %d bytes is refused "
			    "with %d: the Kerberos tickets of users with many "
			    "groups are as long", TICKET_SIZE,
			    doctor->web.code);
		else
			doctor_well(line, check);
	}
	free(field);
}

/* A path of ours on the server that --url names. */
static void
make_url(const struct doctor *doctor, const char *path, char url[PATH_SIZE])
{
	const char	*host = strstr(doctor->url, "//") + 2;

	(void)snprintf(url, PATH_SIZE, "%.*s%s", (int)(host - doctor->url +
	    (ptrdiff_t)strcspn(host, "/?#")), doctor->url, path);
}

/*
 * What is for this host only. Who is let in from here may be so rightly, and
 * makes the service write a row besides: to a server of this host we try to be
 * another one.
 */
static void
check_private(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .body = NULL };
	char			url[PATH_SIZE];

	make_url(doctor, check->with, url);
	request.url = url;
	if (strstr(url, "//127.") != NULL)
		request.from = ELSEWHERE;
	if (!ask(doctor, &request, line))
		return;
	if (doctor->web.code != 200 && doctor->web.code != 503)
		doctor_well(line, check);
	else if (doctor->web.is_local)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "this host is let in, "
		    "as it should be: ask from another one");
	else
		doctor_say(line, DOCTOR_WRONG, "let it be served to the hosts "
		    "that need it alone, as the snippet does: allow and deny "
		    "in nginx, Require ip in Apache", "%s is open to this "
		    "host, and perhaps to everybody", url);
}

/*
 * Who authenticates refuses us before a worker is asked, so none of the others
 * tells whether there is one. /umws/health does, to this host alone.
 */
static void
check_worker(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .from = HERE };
	char			url[PATH_SIZE];

	make_url(doctor, "/umws/health", url);
	request.url = url;
	if (!ask(doctor, &request, line))
		doctor_say(line, DOCTOR_SKIPPED, NULL, "it is another host, "
		    "or does not answer: ask on the web server's own");
	else if (doctor->web.code == 200)
		doctor_well(line, check);
	else if (doctor->web.code >= 500 && doctor->is_database_bad)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s answers %d, and "
		    "there is no database to be ready for, see "
		    "database-connect", url, doctor->web.code);
	else if (doctor->web.code >= 500)
		doctor_say(line, DOCTOR_WRONG, "start umws-fcgi, and look at "
		    "its log, its socket's rights and whether its database "
		    "takes writes", "%s answers %d: no reset is taken", url,
		    doctor->web.code);
	else
		doctor_say(line, DOCTOR_SKIPPED, NULL, "%s answers %d: this "
		    "host is not let in there", url, doctor->web.code);
}

static void
check_clock(struct doctor *doctor, const struct doctor_check *check,
    struct doctor_line *line)
{
	struct web_request	request = { .body = NULL };

	if (!ask(doctor, &request, line))
		return;
	if (!doctor->web.has_date)
		doctor_say(line, DOCTOR_SKIPPED, NULL, "it sends no Date");
	else
		doctor_judge_clock(line, check, doctor->web.date -
		    doctor->web.asked_at, "the web server's host");
}

const struct doctor_check	doctor_web_checks[] = {
	{ "web-tls", "its certificate is trusted, and will be for a while",
	    check_tls, NULL, 0 },
	{ "web-old-tls", "it speaks no TLS before 1.2", check_old_tls, NULL,
	    0 },
	{ "web-refuses", "who does not log in is refused", check_refusal,
	    NULL, 0 },
	{ "web-forged-basic", "a name with a wrong password is refused",
	    check_forged_basic, NULL, 0 },
	{ "web-forged-user", "a name in a header of the client is refused",
	    check_forged_user, NULL, 0 },
	{ "web-get", "a GET does nothing, and is refused", check_get, NULL,
	    0 },
	{ "web-ticket", "headers may be as long as Kerberos makes them",
	    check_ticket, NULL, 0 },
	{ "web-health", "/umws/health is not for everybody", check_private,
	    "/umws/health", 0 },
	{ "web-metrics", "/umws/metrics is not for everybody", check_private,
	    "/umws/metrics", 0 },
	{ "web-worker", "a worker answers behind it, and is ready",
	    check_worker, NULL, 0 },
	{ "web-phone", "/umws/tui is not for everybody", check_private,
	    "/umws/tui", 0 },
	{ "clock-web", "its clock and ours agree", check_clock, NULL, 0 },
	{ .name = NULL }
};
