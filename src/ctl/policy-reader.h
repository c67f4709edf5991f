/*
 * policy-reader.h - the values of a policy that say how its mails are read: in
 * which language, by whose clock. Private to ctl/policy-key.
 */
#ifndef UMWS_COMMAND_POLICY_READER_H
#define UMWS_COMMAND_POLICY_READER_H

#include "ctl/policy-key.h"

/* A language tag that mails are written in: "de", "pt-PT". */
extern const struct policy_format	policy_format_language;

/*
 * A time zone, which the database looks up; "none", or nothing, for none.
 */
extern const struct policy_format	policy_format_zone;

#endif
