/*
 * policy-explain.h - the verbs that say what rules there are, and which of
 * them refuse a PIN. Private to ctl/policy.
 */
#ifndef UMWS_COMMAND_POLICY_EXPLAIN_H
#define UMWS_COMMAND_POLICY_EXPLAIN_H

#include "ctl/verbs.h"

int	policy_explain_verb(struct command *command);
int	policy_rules_verb(struct command *command);

#endif
