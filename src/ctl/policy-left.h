/*
 * policy-left.h - how many PINs a policy leaves: to anybody, and to one
 * mailbox. Private to ctl/policy and ctl/user.
 */
#ifndef UMWS_COMMAND_POLICY_LEFT_H
#define UMWS_COMMAND_POLICY_LEFT_H

#include <stdint.h>
#include <stdio.h>

#include "base/status.h"
#include "core/policy.h"
#include "ctl/policy-value.h"
#include "ctl/verbs.h"

#define POLICY_NAME_SIZE	257	/* bytes: 64 characters, and the NUL */

/* "43046707 PINs", with "at least" where there may be more. */
void		policy_left_print(FILE *out,
		    const struct policy_count *left);

/* "policy show --count": the whole of it; name is NULL for all policies. */
int		policy_left_show(struct command *command, const char *name);

/* The policy that was read last, for users who have the same. */
struct policy_left {
	struct policy_keys	keys;
	char			name[POLICY_NAME_SIZE]; /* "": none yet */
	bool			is_there;
	struct policy		policy;
	uint64_t		enough;
	uint64_t		common;		/* PINs for a mailbox without
						 * extension and names, up to
						 * some times enough */
};

void		policy_left_init(struct policy_left *left);

/*
 * Do its extension and names leave too few PINs to this mailbox? *pins is
 * then how many, and else UINT64_MAX; as well when the policy does not exist
 * or cannot be read as one. What the database says otherwise is returned.
 */
enum status	policy_left_user(struct command *command,
		    struct policy_left *left, const struct admin_user *user,
		    uint64_t *pins) MUSTCHECK;

/* Say so: "LOGIN's extension and name leave only 812 PINs ...". */
void		policy_left_warn(const struct command *command,
		    const char *login, uint64_t pins);

#endif
