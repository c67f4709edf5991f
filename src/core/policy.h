/*
 * policy.h - is this PIN allowed? The one engine for the generator, for a
 * change by phone, for the operator's checks and for the tests.
 *
 * Pure: no clock, no randomness, no database. What it is told of a mailbox
 * is its extension and, by policy_forbid_names(), its login and name. The
 * history of a mailbox is not a matter of this module: old PINs are known
 * only as hashes, and the database compares those.
 *
 * Who draws calls pin_generate(). Who changes a PIN to one that its user
 * has chosen calls, in this order:
 *
 *	policy_parse(), and policy_forbid_names() with the login and with the
 *	    display name, when the mailbox is read;
 *	policy_check_age(), with the time since the current PIN was set;
 *	policy_check(), with the new PIN;
 *
 * and says POLICY_HISTORY itself when the database knows the PIN. The first
 * that is not POLICY_NONE is what the caller hears: policy_rule_name() and
 * policy_rule_sentence().
 *
 * A rule is a column of umws.policy, which umws.policy.rules names; a name
 * and a member here; a function and a row of the table in policy-rule.c,
 * from which come its key for operators, its help and its default; and a
 * line in doc/policy.md.
 *
 * Sources: Exchange Server's UM mailbox policy (MinPINLength,
 * AllowCommonPatterns and the rule about the extension); ITU-T E.161 for
 * the letters and the places of the keys.
 */
#ifndef UMWS_POLICY_H
#define UMWS_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/secret.h"
#include "base/status.h"

#define POLICY_LENGTH_MIN	4	/* digits */
#define POLICY_LENGTH_MAX	SECRET_MAX
#define POLICY_HISTORY_MAX	20	/* PINs */
#define POLICY_AGE_MAX		31536000 /* seconds: 365 days */
#define POLICY_RULES_SIZE	3072	/* bytes of all rules' text, NUL */
#define POLICY_EXTENSION_SIZE	21	/* bytes: 20 digits and the NUL */
#define POLICY_BLOCKED_SIZE	2001	/* bytes of a block list, NUL */
#define POLICY_WORDS_MAX	16	/* words of one mailbox's names */
#define POLICY_WORD_MIN		4	/* letters */
#define POLICY_EXACT_MAX	7	/* digits up to which PINs are counted
					 * one by one */

/* What a PIN can break, in the order in which it is checked. */
enum policy_rule {
	POLICY_NONE = 0,	/* nothing: the PIN is allowed */
	POLICY_LENGTH,		/* fewer digits than min_length, or over 24 */
	POLICY_DIGITS,		/* something else than digits */
	POLICY_COMMON,		/* a run wholly up or down, or one digit */
	POLICY_EXTENSION,	/* suffix of the extension, or contains it */

	/* It contains the last four digits of the extension, all three of
	 * one of three, read forwards or backwards. Shorter extensions have
	 * no such part. */
	POLICY_EXTENSION_PARTS,

	POLICY_DIFFERENT,	/* fewer different digits than min_different */
	POLICY_IN_A_ROW,	/* one digit more than max_in_a_row times in a
				 * row */
	POLICY_GROUPS,		/* it is, wholly, one group of digits twice or
				 * more: 408408, 1212, 121212 */

	/* It contains three neighbouring keys in a straight line, however it
	 * runs (123, 852, 159, 753, 580), or the four corners in their order
	 * around the pad, from any and either way (1397, 7931). */
	POLICY_KEYPAD,

	/* It begins or ends with a year, 1900 to 2099; or is, wholly, a day
	 * of the calendar as DDMM, MMDD, DDMMYY, MMDDYY or YYMMDD (February
	 * has 29 days). DDMMYYYY and YYYYMMDD end and begin with a year. */
	POLICY_DATES,

	/* It contains a word of the login or of the display name as it is
	 * spelled on the keypad, or is part of one: policy_forbid_names(). */
	POLICY_NAMES,

	POLICY_MOST_USED,	/* one of the most used: policy-most-used.c */
	POLICY_BLOCKED,		/* on the policy's own list */
	POLICY_HISTORY,		/* one of the last ones: the database says */
	POLICY_AGE,		/* the current PIN is too young */
	POLICY_RULES		/* how many there are */
};

/* A word of a name, as it is spelled on the keypad. */
struct policy_word {
	size_t	len;			/* digits, POLICY_WORD_MIN at least */
	char	digits[SECRET_MAX];	/* no NUL */
};

/* All zero but for min_length: Exchange's rules and none of ours. */
struct policy {
	unsigned int	min_length;	/* digits, 4..24; drawn: exactly */
	bool		allow_common;	/* AllowCommonPatterns */
	bool		refuse_extension_parts;
	bool		refuse_groups;
	bool		refuse_keypad;
	bool		refuse_dates;
	bool		refuse_names;
	bool		refuse_most_used;
	unsigned int	min_different;	/* digits; 0: off */
	unsigned int	max_in_a_row;	/* times; 0: off */
	unsigned int	min_age_s;	/* seconds between changes; 0: off */
	char		blocked[POLICY_BLOCKED_SIZE]; /* "1234,739152", or
					 * "" */

	/* Words of this mailbox as digits: policy_forbid_names(). */
	size_t			words_count;
	struct policy_word	words[POLICY_WORDS_MAX];
};

/*
 * Read rules as umws.policy.rules holds them: "name=value", parted by single
 * blanks, each rule once, in any order; numbers are decimal, booleans t or f,
 * PINs parted by commas. Nothing may be missing, unknown or out of range:
 * nobody draws by half a policy. *policy is all zero unless the result is
 * ST_OK.
 *
 * Returns ST_OK, or ST_BAD, of which an err line says which rule it was.
 */
enum status		policy_parse(const char *rules,
			    struct policy *policy) MUSTCHECK;

/* Is this the name of a rule, which is the name of its column? */
bool			policy_is_rule(const char *name);

/*
 * From now on this policy is for a mailbox that has such a login or display
 * name (UTF-8). Its words are runs of letters of the keypad (E.161: abc is 2
 * ... wxyz is 9), where a letter with a mark is the letter below it, in
 * whatever case, and one that full case folding parts is all of them: Weiß
 * is weiss. Any other character ends a word. Of words, those of
 * POLICY_WORD_MIN letters and more are kept, and their first SECRET_MAX
 * letters; so is all of the text run together, as in jandoe. The first
 * POLICY_WORDS_MAX of all calls count.
 */
void			policy_forbid_names(struct policy *policy,
			    const char *name);

/*
 * Check one PIN for a mailbox with this extension (digits; "" for none).
 * Returns the first rule it breaks, or POLICY_NONE.
 */
enum policy_rule	policy_check(const struct policy *policy,
			    const char *extension, const struct secret *pin);

/* All the rules that a PIN breaks, in the order of the enum. */
struct policy_verdict {
	size_t			count;	/* 0: it is allowed */
	enum policy_rule	rules[POLICY_RULES];
};

/* What is no text of up to 24 digits is judged by no other rule. */
void			policy_explain(const struct policy *policy,
			    const char *extension, const struct secret *pin,
			    struct policy_verdict *verdict);

/*
 * May a PIN that was set age_s seconds ago be changed by its user? is_forced:
 * that it must be changed, because it was drawn or its life is over: that is
 * always allowed. Resets are bound by no age. POLICY_NONE or POLICY_AGE.
 */
enum policy_rule	policy_check_age(const struct policy *policy,
			    int64_t age_s, bool is_forced);

/*
 * A rule's short name ("common"), its sentence for whoever chose the PIN and
 * what it does, for an operator. All are static; none ever contains a PIN.
 */
const char	*policy_rule_name(enum policy_rule rule);
const char	*policy_rule_sentence(enum policy_rule rule);
const char	*policy_rule_summary(enum policy_rule rule);

/* How a rule is set. */
enum policy_type {
	POLICY_NUMBER,
	POLICY_BOOL,
	POLICY_SECONDS,
	POLICY_PINS		/* parted by commas */
};

struct policy_setting {
	const char		*key;		/* operators' name for it */
	const char		*column;	/* of umws.policy */
	enum policy_type	 type;
	unsigned int		 min;		/* of numbers and seconds */
	unsigned int		 max;		/* the same */
	const char		*zero;		/* word for 0, or NULL */
	const char		*fallback;	/* the default, as written */
};

/* NULL for a rule that cannot be set, or is set elsewhere. */
const struct policy_setting	*policy_rule_setting(enum policy_rule rule);

/* How many PINs of min_length digits are left to draw. */
struct policy_count {
	uint64_t	pins;		/* UINT64_MAX: that many, or more */
	double		bits;		/* log2 of it; 0 for none */
	bool		is_exact;	/* else there may be more */
};

/*
 * Count for the mailbox whose extension and names refuse the most; what
 * policy_forbid_names() has added is left out. Exact up to POLICY_EXACT_MAX
 * digits when no names are refused. Seven digits take about a second.
 */
void		policy_count(const struct policy *policy,
		    struct policy_count *count);

/*
 * At most so many PINs does a mailbox of this extension, and of the words that
 * are forbidden, do without, that another may have; UINT64_MAX where only
 * counting tells.
 */
uint64_t	policy_own_most(const struct policy *policy,
		    const char *extension);

/*
 * Count for one mailbox, its names included, and stop at enough. Above
 * POLICY_EXACT_MAX digits it also stops after ten million tries.
 */
uint64_t	policy_count_up_to(const struct policy *policy,
		    const char *extension, uint64_t enough);

#endif
