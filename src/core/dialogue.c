/*
 * dialogue.c - follow the commands and replies of an SMTP connection, and
 * write a reply down with its codes and those of its words that are known.
 *
 * RFC 5321, section 4.2, for replies; RFC 2034 for where an enhanced code
 * stands. A server may quote whatever it was told, the recipient before the
 * mail and all of the mail after it, in any encoding it likes, and at any time
 * after.
 */
#include "config.h"

#include "core/dialogue.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/secret.h"
#include "core/vocabulary.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define RUN_MIN		3	/* letters that point to somebody */
#define HIDDEN		VOCABULARY_ADDRESS
#define TOLD_MAX	(DIALOGUE_REPLY_SIZE - 4) /* of words, with the NUL */
#define CODE_SIZE	36	/* of an enhanced code */

static void
reply_clear(struct dialogue *dialogue)
{
	explicit_bzero(dialogue->words, sizeof(dialogue->words));
	dialogue->len = 0;
	dialogue->is_cut = false;
	dialogue->code = 0;
	dialogue->line_code = 0;
	dialogue->is_odd = false;
	dialogue->subject = VERDICT_NO_CODE;
	dialogue->detail = VERDICT_NO_CODE;
}

void
dialogue_open(struct dialogue *dialogue)
{
	reply_clear(dialogue);
	dialogue->phase = PHASE_GREETING;
	dialogue->is_over = false;
	dialogue->has_utf8 = false;
	dialogue->is_tls_refused = false;
}

void
dialogue_next(struct dialogue *dialogue, enum smtp_phase phase)
{
	reply_clear(dialogue);
	dialogue->phase = phase;
	dialogue->is_over = false;
}

/* Is this a line's first word, and not what that word only begins with? */
static bool
is_word(const char *line, size_t len, const char *word)
{
	size_t	word_len = strlen(word);

	return len >= word_len && strncasecmp(line, word, word_len) == 0 &&
	    (len == word_len || line[word_len] == ' ' ||
	    line[word_len] == '\r' || line[word_len] == '\n');
}

void
dialogue_sent(struct dialogue *dialogue, const char *line, size_t len)
{
	static const struct {
		const char	*verb;
		enum smtp_phase	 phase;
	} verbs[] = {
		{ "EHLO", PHASE_HELO },		{ "HELO", PHASE_HELO },
		{ "STARTTLS", PHASE_STARTTLS },	{ "AUTH", PHASE_AUTH },
		{ "NOOP", PHASE_NOOP },		{ "MAIL", PHASE_MAIL },
		{ "RCPT", PHASE_RCPT },		{ "DATA", PHASE_DATA },
	};
	size_t	i;

	/* Base64 can be any word. */
	if (dialogue->phase == PHASE_AUTH && dialogue->code == 334) {
		reply_clear(dialogue);
		return;
	}
	/* A farewell after a refusal, which is what counts. */
	if (is_word(line, len, "QUIT"))
		dialogue->is_over = true;
	if (dialogue->is_over)
		return;
	reply_clear(dialogue);
	for (i = 0; i < COUNT(verbs); i++)
		if (is_word(line, len, verbs[i].verb))
			dialogue->phase = verbs[i].phase;
	/* What was offered before counts no more, RFC 3207, section 4.2. */
	if (dialogue->phase == PHASE_HELO)
		dialogue->has_utf8 = false;
}

void
dialogue_body(struct dialogue *dialogue)
{
	dialogue->has_told_all = true;
	if (dialogue->phase != PHASE_BODY)
		dialogue_next(dialogue, PHASE_BODY);
}

static void
words_add(struct dialogue *dialogue, const char *text, size_t len)
{
	size_t	room = DIALOGUE_WORDS_MAX - dialogue->len;

	if (len > room) {
		dialogue->is_cut = true;
		len = room;
	}
	memcpy(dialogue->words + dialogue->len, text, len);
	dialogue->len += len;
	dialogue->words[dialogue->len] = '\0';
}

static size_t
digits(const char *text, size_t len, size_t max, int *number)
{
	size_t	i;

	*number = 0;
	for (i = 0; i < len && i < max && text[i] >= '0' && text[i] <= '9';
	    i++)
		*number = *number * 10 + (text[i] - '0');
	return i;
}

/* The enhanced code that a line's text begins with, if it does. */
static void
heed_enhanced(struct dialogue *dialogue, const char *text, size_t len)
{
	int	class, subject, detail;
	size_t	at;

	at = digits(text, len, 1, &class);
	if (at == 0 || class != dialogue->line_code / 100 || at == len ||
	    text[at++] != '.')
		return;
	if (digits(text + at, len - at, 1, &subject) == 0)
		return;
	at++;
	if (at == len || text[at++] != '.')
		return;
	len -= at;
	text += at;
	at = digits(text, len, 3, &detail);
	/* RFC 3463, section 2: no zeros in front. */
	if (at == 0 || (at < len && text[at] != ' ') ||
	    (at > 1 && text[0] == '0'))
		return;
	dialogue->subject = subject;
	dialogue->detail = detail;
}

/* The code of a reply's line, and whether it is the last one. */
static bool
read_code(const char *line, size_t len, int *code, bool *is_last)
{
	if (digits(line, len, 3, code) < 3 || *code < 200 || *code > 599)
		return false;
	*is_last = len == 3 || line[3] == ' ';
	return *is_last || line[3] == '-';
}

/* A line is of the reply that is coming, or the first of one. */
static void
begin_line(struct dialogue *dialogue, int code)
{
	bool	is_odd = dialogue->is_odd || (dialogue->line_code != 0 &&
		    dialogue->line_code / 100 != code / 100);

	if (dialogue->code != 0 || (dialogue->line_code != 0 &&
	    dialogue->line_code != code))
		reply_clear(dialogue);
	dialogue->is_odd = is_odd;
	dialogue->line_code = code;
}

/*
 * All lines of a reply are there. What counts is its last line, by which
 * libcurl goes on; but behind a mail, of which this may be an echo, what is
 * not a reply from its first line to its last one is none.
 */
static void
end_reply(struct dialogue *dialogue)
{
	if (dialogue->line_code == 354 && dialogue->phase == PHASE_DATA) {
		dialogue_body(dialogue);
		return;
	}
	if (dialogue->phase == PHASE_BODY && dialogue->is_odd)
		return;
	dialogue->is_odd = false;
	dialogue->code = dialogue->line_code;
	if (dialogue->phase == PHASE_STARTTLS && dialogue->code >= 400)
		dialogue->is_tls_refused = true;
}

void
dialogue_heard(struct dialogue *dialogue, const char *line, size_t len)
{
	int	code;
	bool	is_last;

	while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
		len--;
	if (dialogue->is_over)
		return;
	if (!read_code(line, len, &code, &is_last)) {
		dialogue->is_odd = true;
		return;
	}
	begin_line(dialogue, code);
	line += len > 3 ? 4 : 3;
	len -= len > 3 ? 4 : 3;
	if (dialogue->phase == PHASE_HELO && code == 250 &&
	    is_word(line, len, "SMTPUTF8"))
		dialogue->has_utf8 = true;
	if (dialogue->subject == VERDICT_NO_CODE)
		heed_enhanced(dialogue, line, len);
	words_add(dialogue, " ", 1);
	words_add(dialogue, line, len);
	if (is_last)
		end_reply(dialogue);
}

/* Does this word hold an address: an '@', plain or in any encoding? */
static bool
is_address(const char *word, size_t len)
{
	static const char *const	ats[] = { "@", "=40", "%40", "+40",
		"&#64", "(at)", "[at]" };
	char				copy[DIALOGUE_WORDS_MAX + 1];
	size_t				i;

	memcpy(copy, word, len);
	copy[len] = '\0';
	for (i = 0; i < COUNT(ats); i++)
		if (strcasestr(copy, ats[i]) != NULL)
			return true;
	return false;
}

/* Copy the words, each address hidden; returns the length. */
static size_t
hide_addresses(const char *words, char out[DIALOGUE_WORDS_MAX + 1])
{
	size_t	len, out_len = 0;

	for (; *words != '\0'; words += len) {
		len = strspn(words, " ");
		if (len == 0)
			len = strcspn(words, " ");
		if (*words != ' ' && is_address(words, len)) {
			if (len < strlen(HIDDEN))
				continue;
			memcpy(out + out_len, HIDDEN, strlen(HIDDEN));
			out_len += strlen(HIDDEN);
		} else {
			memcpy(out + out_len, words, len);
			out_len += len;
		}
	}
	out[out_len] = '\0';
	return out_len;
}

struct verdict
dialogue_verdict(const struct dialogue *dialogue)
{
	char				plain[DIALOGUE_WORDS_MAX + 1];
	const struct verdict_reply	reply = { dialogue->phase,
		dialogue->code, dialogue->subject, dialogue->detail, plain };
	struct verdict			verdict;

	if (dialogue->code < 400)
		return (struct verdict){ FAULT_NONE, NULL, false };
	/* A word of an address says nothing of what is wrong. */
	(void)hide_addresses(dialogue->words, plain);
	verdict = verdict_on(&reply);
	WIPE(&plain);
	return verdict;
}

/* Letters and digits alone, in lower case. */
static void
squeeze(const char *text, char out[DIALOGUE_WORDS_MAX + 1])
{
	size_t	len = 0;

	for (; *text != '\0' && len < DIALOGUE_WORDS_MAX; text++)
		if (isalnum((unsigned char)*text))
			out[len++] = (char)tolower((unsigned char)*text);
	out[len] = '\0';
}

/*
 * May these words be told? Not when they hold a part of the recipient's
 * name; and a name without three letters in a row, or in another script,
 * could be anywhere.
 */
static bool
is_telling(const char *words, const char *recipient)
{
	char	 squeezed[DIALOGUE_WORDS_MAX + 1], run[65];
	size_t	 local = strcspn(recipient, "@"), at = 0, len;
	bool	 is_found = false;

	for (len = 0; words[len] != '\0'; len++)
		if (words[len] < ' ' || words[len] >= 0x7f)
			return true;
	if (recipient[0] == '\0')
		return false;
	squeeze(words, squeezed);
	while (at < local) {
		for (len = 0; at < local && len < sizeof(run) - 1 &&
		    isalnum((unsigned char)recipient[at]); at++)
			run[len++] =
			    (char)tolower((unsigned char)recipient[at]);
		run[len] = '\0';
		if (len == 0)
			at++;
		if (len < RUN_MIN)
			continue;
		is_found = true;
		if (strstr(squeezed, run) != NULL)
			return true;
	}
	return !is_found;
}

/*
 * May words be told at all? Not of the reply to a mail. Once a mail has been
 * handed out, here or on a connection before, only where the refusal may be
 * one recipient's: all others come again, and to the next process, which has
 * told the server nothing yet.
 */
static bool
has_words(const struct dialogue *dialogue)
{
	if (dialogue->is_cut || dialogue->phase == PHASE_BODY)
		return false;
	return !dialogue->has_told_all || dialogue->phase == PHASE_RCPT ||
	    dialogue->phase == PHASE_DATA;
}

void
dialogue_reply(const struct dialogue *dialogue, const char *recipient,
    char reply[DIALOGUE_REPLY_SIZE])
{
	char	plain[DIALOGUE_WORDS_MAX + 1], told[TOLD_MAX] = "";
	char	enhanced[CODE_SIZE] = "";
	size_t	at;

	reply[0] = '\0';
	if (dialogue->code == 0)
		return;
	if (vocabulary_has_enhanced(dialogue->subject, dialogue->detail))
		(void)snprintf(enhanced, sizeof(enhanced), "%d.%d.%d",
		    dialogue->code / 100, dialogue->subject,
		    dialogue->detail);
	if (has_words(dialogue) && hide_addresses(dialogue->words, plain) > 0 &&
	    !is_telling(plain, recipient))
		vocabulary_keep(plain, enhanced, told, sizeof(told));
	if (vocabulary_has_code(dialogue->code))
		at = (size_t)snprintf(reply, DIALOGUE_REPLY_SIZE, "%d",
		    dialogue->code);
	else
		at = (size_t)snprintf(reply, DIALOGUE_REPLY_SIZE, "%dyz",
		    dialogue->code / 100);
	if (told[0] != '\0')
		(void)strcpy(reply + at, told);
	else if (enhanced[0] != '\0')
		(void)snprintf(reply + at, DIALOGUE_REPLY_SIZE - at, " %s",
		    enhanced);
}

const char *
dialogue_at(const struct dialogue *dialogue)
{
	static const char *const	names[] = {
		[PHASE_GREETING] = "greet",
		[PHASE_HELO] = "ehlo",
		[PHASE_STARTTLS] = "starttls",
		[PHASE_AUTH] = "auth",
		[PHASE_NOOP] = "noop",
		[PHASE_MAIL] = "mail",
		[PHASE_RCPT] = "rcpt",
		[PHASE_DATA] = "data",
		[PHASE_BODY] = "dot",
	};

	return names[dialogue->phase];
}
