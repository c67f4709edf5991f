/*
 * policy-brand.h - how a policy's BrandName and BrandColor are read and shown.
 * Private to ctl/policy.
 */
#ifndef UMWS_COMMAND_POLICY_BRAND_H
#define UMWS_COMMAND_POLICY_BRAND_H

#include "ctl/policy-key.h"

extern const struct policy_format	policy_format_brand_name;
extern const struct policy_format	policy_format_brand_color;

#endif
