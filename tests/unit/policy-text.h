/*
 * policy-text.h - the rules of a policy as umws.policy.rules has them:
 * Exchange's two, and behind them all others, off.
 */
#ifndef UMWS_POLICY_TEXT_H
#define UMWS_POLICY_TEXT_H

#define RULES(length, common)						\
	"min_pin_length=" length " allow_common_patterns=" common OTHER_RULES
#define OTHER_RULES							\
	" refuse_extension_parts=f min_different_digits=0"		\
	" max_digit_in_a_row=0 refuse_repeated_groups=f"		\
	" refuse_keypad_lines=f refuse_dates=f refuse_names=f"		\
	" refuse_most_used=f blocked_pins= min_pin_age_s=0"

#endif
