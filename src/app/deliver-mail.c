/*
 * deliver-mail.c - unseal, compose and send one mail, and say by what went
 * wrong with it what is to become of it.
 *
 * The PIN is in clear from unseal to the end of sending, here and in the
 * composed mail; both are wiped.
 */
#include "config.h"

#include "app/deliver-mail.h"

#include <string.h>

#include "base/log.h"
#include "base/secret.h"
#include "core/crypto.h"
#include "core/unseal.h"
#include "edge/clock.h"

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

#define QUICK_MS	200	/* a server that takes mails as they come */

/*
 * A mail that is made and has waited for so long is begun anew: its PIN may be
 * an older one by then.
 */
#define MADE_MS		1000

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
 * it refuses: if the PIN is in them, its code is all that is kept. What is
 * sealed in a mail without one is a digit, which any reply has.
 */
static void
attempt_note_reply(struct slot *slot)
{
	const struct courier	*courier = slot->line->courier;
	const char		*reply = courier_reply(courier);

	slot->attempt.at = courier_at(courier);
	attempt_note(&slot->attempt, reply);
	if (letter_has_pin(&slot->mail.letter) && has_pin(reply, &slot->pin))
		slot->attempt.reply[courier_code(courier) == 0 ? 0 : 3] = '\0';
}

/*
 * Open the sealed PIN; on failure *attempt says why there is none. A mail that
 * the database itself has queued has nothing sealed in it: seal_no_pin stands
 * for that.
 */
static enum status
open_pin(struct pass *pass, const struct outbox_mail *mail,
    struct secret *pin, struct attempt *attempt)
{
	const struct seal_row	row = { mail->letter.id, mail->user_id,
		mail->letter.kind, mail->letter.recipient };
	enum status		st;

	if (mail->sealed.len == 0 && letter_is_open(&mail->letter)) {
		*pin = seal_no_pin;
		return ST_OK;
	}
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

void
deliver_mail_drop(struct slot *slot)
{
	buf_free(&slot->bytes);
	WIPE(&slot->pin);
	slot->is_made = false;
}

/* What a refusal means for the mail and for the pass. */
static void
note_refusal(struct pass *pass, const struct slot *slot, enum status st,
    struct attempt *attempt)
{
	const struct outbox_mail	*mail = &slot->mail;
	struct verdict			 verdict;

	verdict = courier_verdict(slot->line->courier);
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

bool
deliver_mail_make(struct pass *pass, struct slot *slot)
{
	const struct outbox_mail	*mail = &slot->mail;
	enum status			 st;

	slot->attempt = (struct attempt){ .result = OUTBOX_RETRY,
		.pass = ST_OK };
	slot->attempt.retry_s = back_off_s(pass->options, mail->attempts);
	if (mail->unanswered >= COPIES_MAX) {
		attempt_withheld(mail, &slot->attempt);
		return false;
	}
	slot->bytes = (struct buf)BUF_INIT(MESSAGE_MAX);
	st = open_pin(pass, mail, &slot->pin, &slot->attempt);
	if (st == ST_OK)
		st = compose(pass, mail, &slot->pin, &slot->bytes,
		    &slot->attempt);
	if (st != ST_OK)
		deliver_mail_drop(slot);
	else
		slot->is_made = true;
	return slot->is_made;
}

int
deliver_mail_fresh_ms(const struct slot *slot)
{
	int64_t	left_ms = slot->mail.lease.begun_ms + MADE_MS - clock_ms();

	return left_ms > 0 ? (int)left_ms : 0;
}

bool
deliver_mail_is_quick(const struct slot *slot)
{
	return slot->state == SLOT_SENDING && slot->line->is_quick &&
	    clock_ms() - slot->line->sent_ms < QUICK_MS;
}

void
deliver_mail_start(struct slot *slot)
{
	slot->line->sent_ms = clock_ms();
	courier_start_send(slot->line->courier, slot->mail.letter.recipient,
	    slot->bytes.data, slot->bytes.len);
}

/* Does the server mean how many connections there are, or may it? */
static bool
is_too_many(const struct courier *courier, enum status st)
{
	struct verdict	verdict = courier_verdict(courier);
	int		code = courier_code(courier);

	if (code < 400 || (st != ST_RETRY && st != ST_FAIL))
		return false;
	return code == 421 || code == 432 || verdict.fault == FAULT_SERVER ||
	    (code < 500 && verdict.about == ABOUT_ALL);
}

/* No answer: those that were on their way together count as one. */
static void
note_silence(struct pass *pass, unsigned int order)
{
	if (pass->silent == 0 || order > pass->silent_begun)
		pass->silent++;
	pass->silent_begun = pass->judge.begun;
	pass->steady = 0;
}

/* The answer to a mail that was sent, or that was not. */
static void
note_answer(struct pass *pass, struct slot *slot, enum status st)
{
	struct attempt	*attempt = &slot->attempt;

	if (st != ST_OK && st != ST_BUSY)
		judge_missed(&pass->judge, slot->mail.letter.id);
	switch (st) {
	case ST_OK:
		attempt->result = OUTBOX_SENT;
		judge_taken(&pass->judge, &slot->mail, slot->order);
		pass->steady++;
		break;
	case ST_BUSY:
		/* Not begun, and a new connection is all it wants. */
		attempt->result = OUTBOX_AGAIN;
		attempt->retry_s = 0;
		break;
	case ST_UNKNOWN:
		note_unanswered(pass, &slot->mail, attempt);
		break;
	case ST_BAD:
	case ST_DENIED:
	case ST_RETRY:
	case ST_FAIL:
		note_refusal(pass, slot, st, attempt);
		break;
	}
}

void
deliver_mail_end(struct pass *pass, struct slot *slot, bool is_one_of_many)
{
	struct line	*line = slot->line;
	struct courier	*courier = line->courier;
	enum status	 st = courier_result(courier);

	line->is_quick = clock_ms() - line->sent_ms < QUICK_MS;
	attempt_note_reply(slot);
	deliver_mail_drop(slot);
	if (is_one_of_many && is_too_many(courier, st)) {
		line->is_shut = true;
		st = ST_BUSY;
	}
	if (courier_code(courier) == 0 && (st == ST_RETRY || st == ST_UNKNOWN))
		note_silence(pass, slot->order);
	else
		pass->silent = 0;
	note_answer(pass, slot, st);
	if (pass->silent >= SILENT_MAX)
		slot->attempt.pass = ST_RETRY;
}
