/*
 * letter.h - what a mail to a user says, as text and as HTML: a new PIN, or
 * something about it.
 *
 * Sentences come from letters/, a file per language, chosen by a table with a
 * row per kind of mail. Pure: no clock, no randomness; core/message makes a
 * mail of it.
 */
#ifndef UMWS_LETTER_H
#define UMWS_LETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/status.h"

#define LETTER_MAX	32768	/* bytes of one form */
#define LETTER_TAGS_SIZE 512	/* bytes of the names of all languages, NUL */

/* The reader's clock at a moment. All zero is UTC. */
struct letter_clock {
	int64_t		 offset_s;	/* so far from UTC, east is more */
	const char	*zone;		/* what the tz database calls that:
					 * "CEST", or "+03" without a word */
};

/*
 * The queued row. Strings are borrowed, valid UTF-8 and never NULL; times
 * are seconds since 1970, UTC, 0 for none.
 */
struct letter {
	const char	*id;		/* uuid, lower case */
	const char	*kind;		/* a row's of letter-kind.c: "reset",
					 * "changed"; else as "reset" */
	const char	*recipient;	/* address, "local@domain" */
	const char	*locale;	/* "en", "de-AT", ...; which language
					 * it is, letter-language.h says */
	const char	*default_locale; /* where that has none; NULL: "en" */
	const char	*extension;	/* or "" */
	const char	*display_name;	/* or "" */
	const char	*access_numbers; /* or "" */
	const char	*contact;	/* of the help desk; "": the letter
					 * speaks of none */
	const char	*extra_text;	/* ResetPINText or UMEnabledText: simple
					 * HTML, or "" */
	const char	*brand_name;	/* of the house, or "" */
	const char	*brand_color;	/* "#rrggbb", or "" */
	bool		 is_first;	/* no PIN before this one */
	bool		 is_test;	/* not a row's: its PIN is an example */
	bool		 is_locked_out;
	bool		 must_change;
	int64_t		 created_at;
	int64_t		 pin_expires_at;
	int64_t		 temporary_until; /* of "locked": when the lock ends
					   * by itself */
	/* Each its own: summer time may begin or end between them. */
	struct letter_clock created_clock;
	struct letter_clock pin_expires_clock;
	struct letter_clock temporary_clock;
};

/* The kinds by number from 0 on, and languages as "pt-BR"; then NULL. */
const char	*letter_kind_name(size_t i);
const char	*letter_language_tag(size_t i);

/* Is a letter for this locale in its own language? Else it is in English. */
bool		 letter_speaks(const char *locale);

/* The tags of all languages, "ar, de, en"; returns tags. */
const char	*letter_tags(char tags[LETTER_TAGS_SIZE]);

/* Do letters of its kind show the PIN, once in the text and once in HTML? */
bool		letter_has_pin(const struct letter *letter);

/*
 * Are letters of its kind queued by the database itself, with nothing sealed in
 * them? They tell of no PIN that was set.
 */
bool		letter_is_open(const struct letter *letter);

/*
 * Append the subject in the letter's language, one line of UTF-8: no two
 * letters have the same, or a mail program would fold them into one thread.
 * Nothing in it could be taken for a PIN. A test's begins with "TEST: ".
 * ST_OK, ST_BAD, ST_RETRY as below.
 */
enum status	letter_subject(const struct letter *letter, struct buf *buf)
		    MUSTCHECK;

/*
 * Append the letter as text with lines of at most 72 columns where words allow
 * it, ended by LF. Exactly one line is the PIN and nothing else, or none in a
 * letter without one, whatever *pin is: another line that would hold only
 * digits begins with "- ". If the mailbox is locked out the first line says so,
 * and the next paragraph whom to ask, if there is a contact; but a test says
 * first, in English, that it is one, and that its PIN is good for nothing. In a
 * language that is written from right to left each value in a sentence stands
 * between U+2068 and U+2069.
 *
 * extra_text is the simple HTML of core/markup. In text a block (p, br, ul,
 * ol, li) ends the line and a link's address stands behind its label; a text
 * that is other than that is shown as it stands. brand_name is the signature
 * (RFC 3676, section 4.3).
 *
 * ST_OK; ST_BAD when buf is too small; ST_RETRY without memory.
 */
enum status	letter_text(const struct letter *letter,
		    const struct secret *pin, struct buf *buf) MUSTCHECK;

/*
 * The same as an HTML document with the PIN, if the letter has one, once, in
 * <strong id=pin>; with dir="rtl", and the PIN from left to right all the
 * same, where the language is written from right to left.
 */
enum status	letter_html(const struct letter *letter,
		    const struct secret *pin, struct buf *buf) MUSTCHECK;

#endif
