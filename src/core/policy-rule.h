/*
 * policy-rule.h - the table of rules. Private to policy.
 */
#ifndef UMWS_POLICY_RULE_H
#define UMWS_POLICY_RULE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/secret.h"
#include "core/policy.h"

#define POLICY_WINDOW	4	/* digits that a local rule looks at */

/* What a rule looks at, for whoever counts PINs. */
enum policy_scope {
	SCOPE_ELSE = 0,	/* what is counted in another way, if at all: a
			 * mailbox, the length, a list, time */
	SCOPE_PIN,	/* the digits of the PIN and nothing else */
	SCOPE_BOTH,	/* likewise, and a PIN breaks it if POLICY_WINDOW of
			 * its digits in a row do */
	SCOPE_WINDOW	/* likewise, and in no other case */
};

struct policy_row {
	enum policy_rule	 rule;
	enum policy_scope	 scope;
	const char		*name;
	const char		*sentence;	/* for a caller */
	const char		*summary;	/* for an operator */

	/*
	 * Does the PIN break it? Of any length up to SECRET_MAX, and, but
	 * for the rule about digits, of digits only. Pure.
	 */
	bool	(*breaks)(const struct policy *policy, const char *extension,
		    const struct secret *pin);

	/*
	 * How many PINs of n digits, of which one may not be used at all, it
	 * refuses at most, whoever's they are; of SCOPE_BOTH those only that
	 * no window shows. free[k] is how many texts of k digits no window
	 * refuses, or more. n is over POLICY_EXACT_MAX, except for rules
	 * about names. NULL: none.
	 */
	long double	(*most)(const struct policy *policy, unsigned int n,
			    const long double *free);

	struct policy_setting	 setting;	/* no column: always on */
	size_t			 offset;	/* of the member it is in */
};

/* One row for each enum policy_rule, at its own index. */
extern const struct policy_row	policy_rows[POLICY_RULES];

/* base to the power of n. */
long double	policy_power(unsigned int base, unsigned int n);

/* Is this PIN of count digits one of the most used? */
bool	policy_is_most_used(const char *digits, size_t count);

#endif
