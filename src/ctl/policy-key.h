/*
 * policy-key.h - the keys of a PIN policy: Exchange's name, ours in
 * the database, and how a value is read and shown. Private to
 * ctl/policy.
 *
 * A new key is a row in policy-key.c.
 */
#ifndef UMWS_COMMAND_POLICY_KEY_H
#define UMWS_COMMAND_POLICY_KEY_H

#include <stddef.h>

#include "ctl/verbs.h"
#include "base/buf.h"
#include "edge/admin.h"

#define POLICY_KEYS_MAX		(ADMIN_COLUMNS_MAX - 1)
#define POLICY_VALUE_SIZE	2200	/* bytes of a value as shown: 512
					 * letters */

struct policy_key {
	const char	*name;
	const char	*column;	/* of policy_view */
	/* Append what an operator has written as a JSON value. EX_OK, or the
	 * exit code of what was printed. */
	int		 (*parse)(const struct command *command,
			    const struct policy_key *key, const char *text,
			    struct buf *json);
	/* Write a stored value as an operator would; returns text. */
	const char	*(*print)(const struct policy_key *key,
			    const char *stored, char text[POLICY_VALUE_SIZE]);
	unsigned int	 min;		/* of numbers and seconds */
	unsigned int	 max;		/* the same; of texts, characters */
	const char	*zero;		/* word for 0, or NULL */
};

/* policy_keys[policy_keys_count - 1] is the last one. */
extern const struct policy_key	policy_keys[];
extern const size_t		policy_keys_count;	/* POLICY_KEYS_MAX at
							 * most */

extern const struct admin_view	policy_view;

/*
 * The words KEY=VALUE after the first one into one JSON object of columns.
 * EX_OK, or the exit code of what was printed.
 */
int	policy_keys_parse(const struct command *command, struct buf *json);

#endif
