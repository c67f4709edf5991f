/*
 * policy-value.h - the values of one policy as the database has them, and the
 * policy that they are. Private to ctl/policy and ctl/user.
 */
#ifndef UMWS_COMMAND_POLICY_VALUE_H
#define UMWS_COMMAND_POLICY_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "core/policy.h"
#include "ctl/policy-key.h"
#include "ctl/verbs.h"

#define POLICY_PINS_MIN		1000	/* that a policy must leave to draw */
#define POLICY_PINS_PER_OLD	20	/* and for each PIN in the history */

/* One row of v_policy, in the order of keys. */
struct policy_values {
	char	*text[POLICY_KEYS_MAX];	/* owned; all NULL when there is no
					 * row */
	bool	 is_broken;		/* no memory */
};

void		policy_values_free(struct policy_values *values);

/* Copy a row of the keys' view into values, which are empty. */
void		policy_values_take(const struct policy_keys *keys,
		    const char *const *row, struct policy_values *values);

/* Read a policy's row; what stood in values is freed. No row is ST_OK. */
enum status	policy_values_read(struct command *command,
		    const struct policy_keys *keys, const char *name,
		    struct policy_values *values) MUSTCHECK;

/* Say that there is no policy of this name; the exit code for it. */
int		command_no_policy(const struct command *command,
		    const char *name);

/* What is drawn by, as the worker would read it: policy_parse(). */
enum status	policy_values_parse(const struct policy_keys *keys,
		    const struct policy_values *values,
		    struct policy *policy) MUSTCHECK;

/* The text of a column that has a key. */
const char	*policy_values_of(const struct policy_keys *keys,
		    const struct policy_values *values, const char *column);

/* How many PINs such a policy must leave. */
uint64_t	policy_values_enough(const struct policy_keys *keys,
		    const struct policy_values *values);

#endif
