/*
 * policy.h - check a PIN against a policy: for the generator, the operator's
 * checks and the tests.
 *
 * Pure: no clock, no randomness, no database. The history of a mailbox is
 * not a matter of this module: old PINs are known only as hashes, and the
 * database compares those.
 *
 * A rule is a column of umws.policy, which umws.policy.rules names; a member
 * of struct policy, a row of fields[] in policy.c, and a row of rules[] there.
 *
 * Source: Exchange Server's UM mailbox policy (MinPINLength,
 * AllowCommonPatterns and the rule about the extension).
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
#define POLICY_RULES_SIZE	512	/* bytes of all rules' text, NUL */
#define POLICY_EXTENSION_SIZE	21	/* bytes: 20 digits and the NUL */

/* What a PIN can break, in the order in which it is checked. */
enum policy_rule {
	POLICY_NONE = 0,	/* nothing: the PIN is allowed */
	POLICY_LENGTH,		/* fewer digits than min_length, or over 24 */
	POLICY_DIGITS,		/* something else than digits */
	POLICY_COMMON,		/* a run wholly up or down, or one digit */
	POLICY_EXTENSION	/* suffix of the extension, or contains it */
};

struct policy {
	unsigned int	min_length;	/* digits, 4..24; drawn: exactly */
	bool		allow_common;	/* AllowCommonPatterns */
};

/*
 * Read rules as umws.policy.rules holds them: "name=value", parted by single
 * blanks, each rule once, in any order; numbers are decimal, booleans t or f.
 * Nothing may be missing, unknown or out of range: nobody draws by half a
 * policy. *policy is all zero unless the result is ST_OK.
 *
 * Returns ST_OK, or ST_BAD, of which an err line says which rule it was.
 */
enum status		policy_parse(const char *rules,
			    struct policy *policy) MUSTCHECK;

/* Is this the name of a rule, which is the name of its column? */
bool			policy_is_rule(const char *name);

/*
 * Check one PIN for a mailbox with this extension (digits; "" for none).
 * Returns the first rule it breaks, or POLICY_NONE.
 */
enum policy_rule	policy_check(const struct policy *policy,
			    const char *extension, const struct secret *pin);

/*
 * A rule's short name ("common") and its sentence for people. Both are
 * static; neither ever contains a PIN.
 */
const char	*policy_rule_name(enum policy_rule rule);
const char	*policy_rule_sentence(enum policy_rule rule);

/*
 * How many PINs of min_length digits the policy leaves to draw, for the
 * mailbox whose extension refuses the most. UINT64_MAX when more than that.
 */
uint64_t	policy_count(const struct policy *policy);

#endif
