/*
 * policy-key.h - the keys of a PIN policy: Exchange's name, ours in
 * the database, and how a value is read and shown. Private to
 * ctl/policy.
 *
 * The key of a rule is where the rule is, in core/policy-rule.c; any other
 * is a row in policy-key.c.
 */
#ifndef UMWS_COMMAND_POLICY_KEY_H
#define UMWS_COMMAND_POLICY_KEY_H

#include <stddef.h>

#include "ctl/verbs.h"
#include "base/buf.h"
#include "core/policy.h"
#include "edge/admin.h"

#define POLICY_KEYS_MAX		(ADMIN_COLUMNS_MAX - 1)
#define POLICY_KEY_COLUMNS	28	/* of a key where all are shown */
#define POLICY_VALUE_SIZE	2200	/* bytes of a value as shown: 512
					 * letters */

/* How values are read and shown. */
struct policy_format {
	/* Append what an operator has written as a JSON value. EX_OK, or the
	 * exit code of what was printed. */
	int		 (*parse)(const struct command *command,
			    const struct policy_setting *setting,
			    const char *text, struct buf *json);
	/* Write a stored value as an operator would; returns text. */
	const char	*(*print)(const struct policy_setting *setting,
			    const char *stored, char text[POLICY_VALUE_SIZE]);
};

struct policy_key {
	const struct policy_setting	*setting;
	const struct policy_format	*format;
};

/* All keys, in the order in which they are shown, and their view. */
struct policy_keys {
	size_t			count;
	struct policy_key	keys[POLICY_KEYS_MAX];
	struct admin_view	view;	/* its first column is the name */
};

void	policy_keys_init(struct policy_keys *keys);

/*
 * The words KEY=VALUE after the first one into one JSON object of columns.
 * EX_OK, or the exit code of what was printed.
 */
int	policy_keys_parse(const struct command *command,
	    const struct policy_keys *keys, struct buf *json);

#endif
