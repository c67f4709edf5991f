/*
 * policy-format.h - how the values of a policy's keys are read and shown, by
 * their type. Private to ctl/policy-key.
 */
#ifndef UMWS_COMMAND_POLICY_FORMAT_H
#define UMWS_COMMAND_POLICY_FORMAT_H

#include "ctl/policy-key.h"

/* By enum policy_type. */
extern const struct policy_format	policy_formats[];

/* Words; a line of them, without what could mislead its reader; and the HTML
 * of core/markup. A setting's max is the most characters they have. */
extern const struct policy_format	policy_format_text;
extern const struct policy_format	policy_format_line;
extern const struct policy_format	policy_format_markup;

#endif
