/*
 * letter-language.h - what a language of the mails consists of.
 *
 * A language is one file in letters/: it includes this and defines
 *
 *   static const struct letter_language letter_TAG = { ... };
 *
 * where TAG is the file's name, with '_' for '-': pt-BR.c has letter_pt_BR. The
 * build collects the files; test-letter-language, test-letter-date and
 * test-letter-kind hold each of them to what stands here.
 * Private to core/letter.
 */
#ifndef UMWS_LETTER_LANGUAGE_H
#define UMWS_LETTER_LANGUAGE_H

#include <stdbool.h>

/*
 * Each stands in every language. May hold: {name}, {extension}, {access},
 * {contact}, {requested}, {expires}, {until}; a subject only {requested} and
 * {reference}, and both. None may be only a placeholder.
 *
 * SENTENCE_DATE has {day}, {month}, {year} and {zone}, and the time in one of
 * three ways: {time} is 14:05; {time12} with {half}, 2:05 and PM; {hour} with
 * {minute}, 14 and 05.
 *
 * A help desk is spoken of where a policy says how to reach it, so in the
 * sentences with {contact} alone: each of those names it, and no other does.
 *
 * A sentence is UTF-8 in NFC, without any control of the Bidi Algorithm: in a
 * language that is written from right to left core/letter isolates what it
 * puts in.
 */
enum letter_sentence {
	SENTENCE_SUBJECT,	/* no digits: they could be taken for a PIN */
	SENTENCE_SUBJECT_CHANGED, /* the same, of a mail without a PIN */
	SENTENCE_SUBJECT_WELCOME,
	SENTENCE_SUBJECT_EXPIRING, /* {requested} is not when it expires */
	SENTENCE_SUBJECT_LOCKED,
	SENTENCE_LOCKED,	/* at most 72 columns */
	SENTENCE_LOCKED_CONTACT, /* whom to ask, with {contact} */
	SENTENCE_LOCKED_PIN,
	SENTENCE_HELLO_NAME,	/* with {name} */
	SENTENCE_HELLO,
	SENTENCE_REQUESTED,	/* the one right before the PIN */
	SENTENCE_AUTOMATIC,	/* the same, after too many failures */
	SENTENCE_ADMIN,		/* the same, by an administrator */
	SENTENCE_WELCOME,	/* the same, of a new mailbox */
	SENTENCE_ELSEWHERE,	/* and has had it mailed elsewhere */
	SENTENCE_SET,		/* an administrator has set one */
	SENTENCE_CHANGED,	/* the user has set one by telephone */
	SENTENCE_EXPIRING,	/* change it in time, with {expires} */
	SENTENCE_LOCKED_OUT,	/* too many failures */
	SENTENCE_LOCKED_UNTIL,	/* that lock ends by itself, with {until} */
	SENTENCE_LOCKED_LASTING, /* it does not */
	SENTENCE_EXTENSION,	/* with {extension} */
	SENTENCE_ACCESS,	/* with {access} */
	SENTENCE_MUST_CHANGE,
	SENTENCE_TEMPORARY,	/* with {until} */
	SENTENCE_EXPIRES,	/* with {expires} */
	SENTENCE_LASTING,
	SENTENCE_PRIVATE,	/* the only one that speaks of a PIN before */
	SENTENCE_PRIVATE_FIRST,	/* the same where there was no PIN before */
	SENTENCE_NOT_YOU,	/* if it was somebody else; these six */
	SENTENCE_NOT_YOU_AUTOMATIC,
	SENTENCE_NOT_YOU_ADMIN,
	SENTENCE_NOT_YOU_ELSEWHERE,
	SENTENCE_NOT_YOU_SET,
	SENTENCE_NOT_YOU_CHANGED,
	SENTENCE_TELL,		/* what to do then, with {contact} */
	SENTENCE_TELL_RENEW,	/* the same, and request a new PIN */
	SENTENCE_RENEW,		/* the same without a help desk */
	SENTENCE_QUESTIONS,	/* whom to ask, with {contact} */
	SENTENCE_DATE,
	SENTENCE_COUNT
};

/* A time zone as the language calls it; a list ends with NULL. */
struct letter_zone {
	const char	*name;		/* the tz database's: "CEST" */
	const char	*shown;		/* "MESZ" */
};

/* How dates are written in some regions; a list ends with NULL. What is NULL
 * is as in the language. By CLDR, the Unicode Consortium's data of locales. */
struct letter_region {
	const char	*regions;	/* "US PR": ISO 3166, or UN M.49 */
	const char	*date;		/* as SENTENCE_DATE */
	const char	*halves[2];	/* {half}: before noon, and from it */
	const char	*const *months;	/* twelve */
	const struct letter_zone *zones; /* before those of the language */
};

struct letter_language {
	const char	*tag;		/* as HTML's lang has it: "pt-BR" */
	const char	*sentences[SENTENCE_COUNT];
	const char	*months[12];	/* in the case that a date has */
	const char	*first_day;	/* {day} of the 1st; NULL: "1" */
	const char	*halves[2];	/* as above, where {half} is used */
	const struct letter_zone *zones; /* or NULL; what is not in it is
					 * shown as "UTC+2" */
	bool		 has_zone_words; /* but if it is a word, as it is */
	const struct letter_region *regions; /* or NULL */
	const char	*fonts;		/* CSS's names, each with a comma behind
					 * it, of those that a reader may have
					 * and ours do not stand for; or NULL */
	bool		 is_right_to_left;
};

/* All languages, ended by NULL, in the order of their files. */
extern const struct letter_language *const letter_languages[];

/*
 * The language that a locale's mails are in, or NULL. By RFC 4647, section 3.4:
 * de-CH-1996, de-CH, de; then, with none, a language of other regions: pt and
 * pt-PT are read as pt-BR. Chinese of a region whose script is another one
 * than a language has (zh-TW, zh-Hant-HK) is never read as that.
 */
const struct letter_language	*letter_language_of(const char *locale);

/* How dates are written in the locale's region; NULL: as in the language. */
const struct letter_region	*letter_region_of(
				    const struct letter_language *language,
				    const char *locale);

#endif
