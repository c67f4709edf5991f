/*
 * mailer-test.c - send a sample of a mail the way that a pass sends mails, and
 * judge the server's reply by itself: there are no others to hold it against.
 */
#include "config.h"

#include "prog/mailer-test.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "app/conf.h"
#include "app/relay.h"
#include "base/argument.h"
#include "base/secret.h"
#include "core/address.h"
#include "core/crypto.h"
#include "core/letter-sample.h"
#include "core/message.h"
#include "edge/smtp-courier.h"
#include "prog/mailer-preview.h"

static const char program[] = "umws-mailer test";

static const char usage[] =
    "usage: umws-mailer test ADDRESS [--kind KIND] [--lang LANGUAGE] "
    "[--config FILE]\n";

static const char help[] =
    "Send a mail about an example to ADDRESS, as umws.conf says, and tell\n"
    "what became of it. It says that it is a test; no PIN in it is valid.\n"
    "\n"
    "  --kind KIND      default reset; umws-mailer preview --help lists them\n"
    "  --lang LANGUAGE  as a user's locale: de, pt-BR, zh-Hans; default en\n"
    "  --config FILE    instead of " CONF_DEFAULT_FILE "\n"
    "  --help           show this text\n"
    "\n"
    "Exit codes: 0 taken, 69 no such address, 75 try again, 78 somebody must\n"
    "act, 64 wrong usage. See umws-mailer(8).\n";

struct request {
	const char	*address;
	const char	*kind;
	const char	*locale;
	const char	*file;		/* NULL: the default one */
};

/* All NULL until made. */
struct sender {
	struct conf		*conf;
	struct smtp		*smtp;
	struct smtp_shared	 shared;
	struct courier		*courier;
};

/* A refusal by whose fault it is; what to set, unless the reply says it. */
static const struct blame {
	int		 code;
	const char	*words;
	const char	*look_at;
} blames[] = {
	[FAULT_NONE] = { EX_TEMPFAIL, "the mail server is away, or was lost; "
	    "try again", "smtp_url" },
	[FAULT_MAIL] = { EX_UNAVAILABLE, "the mail server knows no such "
	    "address; if it is right", "smtp_url" },
	[FAULT_DOUBT] = { EX_CONFIG, "the mail server does not take it, for "
	    "the address or for what is ours; try another address, and",
	    "envelope_from" },
	[FAULT_RELAY] = { EX_CONFIG, "the mail server sends nothing there "
	    "for us", "smtp_url, smtp_user" },
	[FAULT_SETTING] = { EX_CONFIG, "the mail server refuses us", "smtp_url"
	},
	[FAULT_SERVER] = { EX_TEMPFAIL, "the mail server has trouble, or has "
	    "it with us; try again", "smtp_url" },
	[FAULT_LATER] = { EX_TEMPFAIL, "the mail server puts it off, as one "
	    "does that does not know us yet; try again in some minutes",
	    "smtp_url" },
};

static int
wrong_usage(void)
{
	(void)fputs(usage, stderr);
	return EX_USAGE;
}

/* The address, the kind and the language: EX_OK, or told. */
static int
check_request(const struct request *request)
{
	char		reason[ADDRESS_REASON_SIZE];
	enum status	st = address_check(request->address, reason);

	if (st != ST_OK) {
		(void)fprintf(stderr, "%s: the address is none: it %s\n",
		    program, st == ST_BAD ? reason : "needs memory");
		return st == ST_BAD ? EX_USAGE : EX_TEMPFAIL;
	}
	return mailer_preview_knows(program, request->kind, request->locale) ?
	    EX_OK : EX_USAGE;
}

/* Returns true to go on, or false to exit with *code. */
static bool
read_request(int argc, char *argv[], struct request *request, int *code)
{
	static const struct option	known[] = {
		{ "kind", required_argument, NULL, 'k' },
		{ "lang", required_argument, NULL, 'l' },
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int	option;

	*code = EX_OK;
	while ((option = argument_option(program, argc, argv, known)) != -1) {
		switch (option) {
		case 'k':
			request->kind = optarg;
			break;
		case 'l':
			request->locale = optarg;
			break;
		case 'c':
			request->file = optarg;
			break;
		case 'h':
			(void)printf("%s\n%s", usage, help);
			return false;
		default:
			*code = wrong_usage();
			return false;
		}
	}
	/* getopt_long() has put what is no option behind the others. */
	if (optind != argc - 2) {
		*code = wrong_usage();
		return false;
	}
	request->address = argv[optind + 1];
	*code = check_request(request);
	return *code == EX_OK;
}

static enum status
compose(const struct sender *sender, const struct request *request,
    struct buf *bytes)
{
	struct letter	letter;
	struct secret	pin;
	char		id[CRYPTO_UUID_SIZE];
	int64_t		age_s;

	letter_sample(request->kind, request->locale, &letter, &pin);
	age_s = (int64_t)time(NULL) - letter.created_at;
	letter.created_at += age_s;
	letter.pin_expires_at += age_s;
	crypto_uuid(id);
	letter.id = id;
	letter.recipient = request->address;
	letter.is_test = true;
	return message_compose(&sender->conf->message, &letter, &pin, bytes);
}

/* Everything before the first connection. What fails is told. */
static int
prepare(struct sender *sender, const struct request *request,
    struct buf *bytes)
{
	enum status	st;

	if (conf_load(request->file, &sender->conf) != ST_OK)
		return EX_CONFIG;
	if (!sender->conf->core_dumps)
		secret_hide_memory();
	if (crypto_init() != ST_OK ||
	    relay_new(sender->conf, &sender->smtp) != ST_OK ||
	    courier_new(sender->smtp, &sender->shared,
	    &sender->courier) != ST_OK)
		return EX_CONFIG;
	message_init();
	st = compose(sender, request, bytes);
	if (st == ST_OK)
		return EX_OK;
	(void)fprintf(stderr, "%s: not sent: %s\n", program, st == ST_FAIL ?
	    "set mail_from to an address that people can answer" :
	    st == ST_BAD ? "no mail can be made for this address" :
	    "no memory");
	return st == ST_RETRY ? EX_TEMPFAIL : EX_CONFIG;
}

static enum status
wait_for(struct courier *courier)
{
	while (courier_is_busy(courier))
		courier_wait(&courier, 1, -1);
	return courier_result(courier);
}

/* What a mail that was not taken means. */
static int
tell_refusal(const struct courier *courier, enum status st)
{
	struct verdict	 verdict = courier_verdict(courier);
	struct blame	 blame = blames[verdict.fault];
	const char	*at = courier_at(courier);

	if (st == ST_FAIL && verdict.fault == FAULT_NONE)
		blame = (struct blame){ EX_CONFIG, "no connection to the mail "
		    "server is as umws.conf wants it", "smtp_url" };
	if (st == ST_BAD && verdict.fault == FAULT_NONE)
		blame = (struct blame){ EX_CONFIG, "the mail server lacks what "
		    "this address needs", "smtp_url" };
	if (verdict.look_at != NULL)
		blame.look_at = verdict.look_at;
	if (courier_look_at(courier) != NULL)
		blame.look_at = courier_look_at(courier);
	(void)fprintf(stderr, "%s: not sent: %s, look at %s (\"%s\"%s%s)\n",
	    program, blame.words, blame.look_at, courier_reply(courier),
	    at == NULL ? "" : " to ", at == NULL ? "" : at);
	return blame.code;
}

/* Send the mail, and say what became of it. */
static int
send_mail(struct sender *sender, const char *address, const struct buf *bytes)
{
	struct courier	*courier = sender->courier;
	enum status	 st;

	courier_start_ready(courier);
	st = wait_for(courier);
	if (st != ST_OK)
		return tell_refusal(courier, st);
	courier_start_send(courier, address, bytes->data, bytes->len);
	st = wait_for(courier);
	if (st == ST_OK) {
		(void)printf("%s: the mail server has taken the mail to %s "
		    "(\"%s\")\n", program, address, courier_reply(courier));
		return EX_OK;
	}
	if (st != ST_UNKNOWN)
		return tell_refusal(courier, st);
	(void)fprintf(stderr, "%s: no answer to the mail, which may have "
	    "arrived; look at smtp_dot_timeout and into the mail server's log "
	    "(\"%s\")\n", program, courier_reply(courier));
	return EX_TEMPFAIL;
}

int
mailer_test(int argc, char *argv[])
{
	struct request	request = { .kind = "reset", .locale = "en" };
	struct sender	sender = { 0 };
	struct buf	bytes = BUF_INIT(MESSAGE_MAX);
	int		code;

	if (!read_request(argc, argv, &request, &code))
		return code;
	(void)signal(SIGPIPE, SIG_IGN);
	code = prepare(&sender, &request, &bytes);
	if (code == EX_OK)
		code = send_mail(&sender, request.address, &bytes);
	courier_free(&sender.courier);
	smtp_free(&sender.smtp);
	conf_free(&sender.conf);
	buf_free(&bytes);
	return code;
}
