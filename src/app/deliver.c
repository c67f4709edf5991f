/*
 * deliver.c - a pass of the mailer: claim, unseal, compose and send mails,
 * and settle each in the queue by what went wrong with it.
 *
 * Knows no SQL, no SMTP and no MIME. The PIN is in clear from unseal to the
 * end of sending, here and in the composed mail; both are wiped.
 */
#include "config.h"

#include "app/deliver.h"

#include <assert.h>
#include <string.h>

#include "app/judge.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include "core/crypto.h"
#include "core/unseal.h"

/*
 * So many mails in a row without an answer of the server, and the pass
 * ends. One may be the fault of the mail (a content filter that dies of
 * it), which must not keep the others waiting.
 */
#define SILENT_MAX	2

/*
 * A mail without an answer may have arrived. So many copies in all leave,
 * each four times as long after the one before, beginning with retry_max;
 * then it waits for the end of its PIN's life. A mail whose mailers died is
 * none of these: outbox_claim() of SQL counts and slows it down by itself.
 */
#define COPIES_MAX	4
#define COPIES_PAUSE	4
#define NEVER_S		(10 * 365 * 86400)

/* A pass at work. */
struct pass {
	const struct deliver_options	*options;
	const struct deliver_parts	*parts;
	unsigned int			 silent; /* mails in a row */
	struct judge			 judge;
	bool				 is_key_missing;
	bool				 is_unreadable;	/* a row was, or is */
	bool				 is_sent_unsettled; /* begun last */
	const char			*logged; /* settings of what ended it */
};

/* A random number of 0..max, near enough to uniform for a pause. */
static unsigned int
jitter(unsigned int max)
{
	uint32_t	random;

	crypto_random(&random, sizeof(random));
	return (unsigned int)(((uint64_t)random * (max + 1ULL)) >> 32);
}

/*
 * Twice as long after every attempt, up to the maximum, and up to an eighth
 * more or (at the maximum) less: mails that failed together need not come
 * back together.
 */
static unsigned int
back_off_s(const struct deliver_options *options, unsigned int attempts)
{
	uint64_t	pause = options->retry_min_s;
	unsigned int	extra;

	for (; attempts > 1 && pause < options->retry_max_s; attempts--)
		pause *= 2;
	if (pause > options->retry_max_s)
		pause = options->retry_max_s;
	extra = jitter((unsigned int)pause / 8);
	if (pause + extra <= options->retry_max_s)
		return (unsigned int)pause + extra;
	return (unsigned int)pause - extra;
}

static void
attempt_note(struct attempt *attempt, const char *reply)
{
	attempt->reply[0] = '\0';
	(void)strncat(attempt->reply, reply, sizeof(attempt->reply) - 1);
}

/*
 * We cannot make a mail of the row. That may be our mistake, and the mail is
 * all that its user has of the PIN: keep it, try it rarely, and say so.
 */
static void
attempt_unreadable(struct pass *pass, const struct outbox_mail *mail,
    const char *reason, struct attempt *attempt)
{
	attempt->result = OUTBOX_UNREADABLE;
	attempt->retry_s = pass->options->retry_max_s;
	attempt_note(attempt, reason);
	pass->is_unreadable = true;
	log_err("mail-unreadable", "id", mail->letter.id, "reason", reason,
	    "todo", "look at mail_key and at this program's version; the row "
	    "is kept, and a new reset of its mailbox replaces it", NULL);
}

/* Are the PIN's digits among those of the text, whatever is between them? */
static bool
has_pin(const char *text, const struct secret *pin)
{
	char	digits[SMTP_REPLY_SIZE];
	size_t	len = 0;
	bool	has;

	for (; *text != '\0' && len < sizeof(digits); text++)
		if (*text >= '0' && *text <= '9')
			digits[len++] = *text;
	has = memmem(digits, len, pin->digits, pin->len) != NULL;
	WIPE(&digits);
	return has;
}

/*
 * Keep the server's words, for the log and the row. A server may quote what
 * it refuses: if the PIN is in them, its code is all that is kept.
 */
static void
attempt_note_reply(struct attempt *attempt, const struct smtp *smtp,
    const struct secret *pin)
{
	const char	*reply = smtp_reply(smtp);

	attempt->at = smtp_at(smtp);
	attempt_note(attempt, reply);
	if (has_pin(reply, pin))
		attempt->reply[smtp_code(smtp) == 0 ? 0 : 3] = '\0';
}

/* Open the sealed PIN; on failure *attempt says why there is none. */
static enum status
open_pin(struct pass *pass, const struct outbox_mail *mail,
    struct secret *pin, struct attempt *attempt)
{
	const struct seal_row	row = { mail->letter.id, mail->user_id,
		mail->letter.kind, mail->letter.recipient };
	enum status		st;

	st = unseal_pin(pass->parts->keys, &row, &mail->sealed, pin);
	if (st == ST_RETRY) {
		attempt_note(attempt, "its mail key is not in mail_key");
		log_err("mail-key-missing", "id", mail->letter.id, "todo",
		    "add the key to mail_key", NULL);
	} else if (st != ST_OK) {
		attempt_unreadable(pass, mail,
		    "sealed PIN damaged, another row's, or of a newer "
		    "version", attempt);
	}
	return st;
}

static enum status
compose(struct pass *pass, const struct outbox_mail *mail,
    const struct secret *pin, struct buf *bytes, struct attempt *attempt)
{
	enum status	st;

	st = message_compose(pass->parts->message, &mail->letter, pin,
	    bytes);
	if (st == ST_FAIL) {
		attempt_note(attempt, "mail_from is not one address");
		log_err("mail-from-refused", "value",
		    pass->parts->message->from, NULL);
		attempt->pass = ST_FAIL;
	} else if (st == ST_RETRY) {
		attempt_note(attempt, "no memory");
		log_err("no-memory", "for", "mail", "id", mail->letter.id,
		    NULL);
	} else if (st != ST_OK) {
		attempt_unreadable(pass, mail,
		    "address, name or text cannot be sent", attempt);
	}
	return st;
}

/* What a refusal means for the mail and for the pass. */
static void
note_refusal(struct pass *pass, const struct outbox_mail *mail,
    enum status st, struct attempt *attempt)
{
	struct verdict	verdict = smtp_verdict(pass->parts->smtp);

	if (verdict.fault != FAULT_NONE)
		judge_refused(&pass->judge, mail, &verdict, attempt);
	else if (st == ST_BAD)
		/* No reply: an address that cannot be. */
		attempt->result = OUTBOX_DEAD;
	else if (st == ST_FAIL)
		attempt->pass = ST_FAIL;
	else
		judge_silent(&pass->judge, mail, attempt);
}

/* Once, unlike what each pass says: there is nothing to mend. */
static void
tell_withheld(const struct outbox_mail *mail)
{
	log_warn("mail-withheld", "id", mail->letter.id, "reason",
	    "no answer to any of its copies, each of which may have arrived",
	    "todo", "look into the mail server's log; a new reset of its "
	    "mailbox sends another", NULL);
}

/* It was made due by hand, though so many copies had left. */
static void
attempt_withheld(const struct outbox_mail *mail, struct attempt *attempt)
{
	attempt->result = OUTBOX_WITHHELD;
	attempt->retry_s = NEVER_S;
	attempt_note(attempt, "no answer to any of its copies");
	tell_withheld(mail);
}

/* The whole mail has left and no answer came: slowly, and not for ever. */
static void
note_unanswered(const struct pass *pass, const struct outbox_mail *mail,
    struct attempt *attempt)
{
	unsigned int	pause_s = pass->options->retry_max_s, i;

	attempt->result = OUTBOX_UNANSWERED;
	for (i = 0; i < mail->unanswered && i < COPIES_MAX; i++)
		pause_s *= COPIES_PAUSE;
	if (mail->unanswered + 1 < COPIES_MAX) {
		attempt->retry_s = pause_s;
	} else {
		attempt->retry_s = NEVER_S;
		tell_withheld(mail);
	}
}

/* Send, and say in *attempt what the server's answer means for the mail. */
static void
send_mail(struct pass *pass, const struct outbox_mail *mail,
    const struct secret *pin, const struct buf *bytes, struct attempt *attempt)
{
	struct smtp	*smtp = pass->parts->smtp;
	enum status	 st;
	bool		 is_silent;

	st = smtp_send(smtp, mail->letter.recipient, bytes->data, bytes->len);
	attempt_note_reply(attempt, smtp, pin);
	is_silent = smtp_code(smtp) == 0 &&
	    (st == ST_RETRY || st == ST_UNKNOWN);
	pass->silent = is_silent ? pass->silent + 1 : 0;
	if (st != ST_OK && st != ST_BUSY)
		judge_missed(&pass->judge, mail->letter.id);
	switch (st) {
	case ST_OK:
		attempt->result = OUTBOX_SENT;
		judge_taken(&pass->judge, mail);
		break;
	case ST_BUSY:
		/* Not begun, and a new connection is all it wants. */
		attempt->result = OUTBOX_AGAIN;
		attempt->retry_s = 0;
		break;
	case ST_UNKNOWN:
		note_unanswered(pass, mail, attempt);
		break;
	case ST_BAD:
	case ST_DENIED:
	case ST_RETRY:
	case ST_FAIL:
		note_refusal(pass, mail, st, attempt);
		break;
	}
	if (pass->silent >= SILENT_MAX)
		attempt->pass = ST_RETRY;
}

/* The one line per mail. */
static void
log_attempt(const struct outbox_mail *mail, const struct attempt *attempt)
{
	static const char *const words[] = {
		[OUTBOX_SENT] = "sent",
		[OUTBOX_RETRY] = "retry",
		[OUTBOX_DOUBT] = "retry",
		[OUTBOX_AGAIN] = "retry",
		[OUTBOX_UNANSWERED] = "unanswered",
		[OUTBOX_WITHHELD] = "withheld",
		[OUTBOX_UNREADABLE] = "unreadable",
		[OUTBOX_DEAD] = "dead",
		[OUTBOX_LONE] = "dead",
	};
	bool	is_kept = attempt->result != OUTBOX_SENT &&
		    attempt->result != OUTBOX_DEAD &&
		    attempt->result != OUTBOX_LONE;
	char	attempts[LOG_NUMBER_SIZE], retry_s[LOG_NUMBER_SIZE];

	log_info("mail", "id", mail->letter.id, "kind", mail->letter.kind,
	    "result", words[attempt->result],
	    "attempts", log_number(attempts, mail->attempts -
	    (attempt->result == OUTBOX_WITHHELD)),
	    "retry_s", is_kept ? log_number(retry_s, attempt->retry_s) : NULL,
	    "reply", attempt->reply,
	    "at", attempt->result == OUTBOX_SENT ? NULL : attempt->at, NULL);
}

/* The PIN is in clear from here to the end of sending. */
static void
unseal_and_send(struct pass *pass, const struct outbox_mail *mail,
    struct attempt *attempt)
{
	struct secret	pin = { 0 };
	struct buf	bytes = BUF_INIT(MESSAGE_MAX);
	enum status	st;

	st = open_pin(pass, mail, &pin, attempt);
	if (st == ST_OK)
		st = compose(pass, mail, &pin, &bytes, attempt);
	if (st == ST_OK)
		send_mail(pass, mail, &pin, &bytes, attempt);
	buf_free(&bytes);
	WIPE(&pin);
}

/*
 * Carry out the begun mail. ST_OK: go on with the next one, whatever became
 * of this; else the pass ends.
 */
static enum status
attempt_mail(struct pass *pass, const struct outbox_mail *mail)
{
	struct attempt	attempt = { .result = OUTBOX_RETRY, .pass = ST_OK };
	enum status	st;

	attempt.retry_s = back_off_s(pass->options, mail->attempts);
	if (mail->unanswered >= COPIES_MAX)
		attempt_withheld(mail, &attempt);
	else
		unseal_and_send(pass, mail, &attempt);
	log_attempt(mail, &attempt);
	if (pass->parts->results != NULL)
		pass->parts->results[attempt.result]++;
	/* The connection stands: the next mail begins at once, with it. */
	pass->is_sent_unsettled = attempt.result == OUTBOX_SENT;
	if (pass->is_sent_unsettled) {
		assert(attempt.pass == ST_OK);
		return ST_OK;
	}
	st = outbox_settle(pass->parts->outbox, attempt.result,
	    attempt.retry_s, attempt.reply);
	return attempt.pass != ST_OK ? attempt.pass : st;
}

/* No mail follows the one that was sent: note that by itself. */
static enum status
settle_sent(struct pass *pass)
{
	if (!pass->is_sent_unsettled)
		return ST_OK;
	pass->is_sent_unsettled = false;
	return outbox_settle(pass->parts->outbox, OUTBOX_SENT, 0, "");
}

/* Begin a mail; the one before it is settled in the same breath. */
static enum status
begin_mail(struct pass *pass, const char *id, struct outbox_mail *mail)
{
	if (!pass->is_sent_unsettled)
		return outbox_begin(pass->parts->outbox, id, mail);
	pass->is_sent_unsettled = false;
	return outbox_begin_next(pass->parts->outbox, id, mail);
}

/* One claimed mail: whether it is still wanted is asked last of all. */
static enum status
deliver_mail(struct pass *pass, const char *id)
{
	struct outbox_mail	mail;
	enum status		st;

	st = smtp_ready(pass->parts->smtp);
	if (st == ST_FAIL)
		pass->logged = smtp_verdict(pass->parts->smtp).look_at;
	if (st != ST_OK)
		return st;
	st = begin_mail(pass, id, &mail);
	switch (st) {
	case ST_OK:
		return attempt_mail(pass, &mail);
	case ST_DENIED:
	case ST_BAD:
		return ST_OK;
	case ST_BUSY:
	case ST_RETRY:
	case ST_UNKNOWN:
	case ST_FAIL:
		return st;
	}
	return ST_FAIL;
}

/* Mails that nobody with our keys can open wait until somebody acts. */
static enum status
report_missing_keys(struct pass *pass)
{
	struct buf	names = BUF_INIT(OUTBOX_NAMES_MAX);
	enum status	st;

	st = outbox_missing_keys(pass->parts->outbox, &names);
	if (st == ST_OK && names.len > 0) {
		log_err("mail-keys-missing", "keys", buf_text(&names), "todo",
		    "add them to mail_key: mails are waiting for them", NULL);
		pass->is_key_missing = true;
	}
	buf_free(&names);
	return st;
}

/* Mails that a pass could not read are said at each one until they end. */
static enum status
report_unreadable(struct pass *pass)
{
	struct buf	ids = BUF_INIT(OUTBOX_NAMES_MAX);
	enum status	st;

	st = outbox_unreadable(pass->parts->outbox, &ids);
	if (st == ST_OK && ids.len > 0) {
		log_err("mails-unreadable", "ids", buf_text(&ids), "todo",
		    "see their last error by umwsctl outbox list", NULL);
		pass->is_unreadable = true;
	}
	buf_free(&ids);
	return st;
}

/*
 * A claim's mails, one by one. What is left when the pass ends goes back;
 * the one that ended it may not have begun.
 */
static enum status
deliver_batch(struct pass *pass, const struct outbox_batch *batch)
{
	enum status	st = ST_OK, settled;
	size_t		i;

	for (i = 0; i < batch->count && st == ST_OK &&
	    !pass->parts->is_stopping(); i++)
		st = deliver_mail(pass, batch->ids[i]);
	settled = settle_sent(pass);
	if (i < batch->count || st != ST_OK)
		outbox_release(pass->parts->outbox);
	return st != ST_OK ? st : settled;
}

/* The pass ends, with st: does somebody have to know? */
static enum status
end_pass(struct pass *pass, enum status st)
{
	enum status	kept = judge_end(&pass->judge, st == ST_OK,
			    pass->logged);

	if (st != ST_OK)
		return st;
	if (kept == ST_FAIL || pass->is_key_missing || pass->is_unreadable)
		return ST_FAIL;
	return pass->silent > 0 ? ST_RETRY : kept;
}

enum status
deliver_pass(const struct deliver_options *options,
    const struct deliver_parts *parts)
{
	struct pass		pass = { .options = options, .parts = parts,
		.judge = { .outbox = parts->outbox } };
	struct outbox_batch	batch = { 0 };
	enum status		st;

	st = outbox_probe(parts->outbox);
	if (st == ST_OK)
		st = report_missing_keys(&pass);
	if (st == ST_OK)
		st = report_unreadable(&pass);
	while (st == ST_OK && !parts->is_stopping()) {
		st = outbox_claim(parts->outbox, options->batch, &batch);
		if (st != ST_OK || batch.count == 0)
			break;
		st = deliver_batch(&pass, &batch);
	}
	return end_pass(&pass, st);
}
