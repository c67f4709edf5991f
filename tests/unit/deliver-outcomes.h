/*
 * deliver-outcomes.h - what can become of a mail, as a table for test-deliver.
 */
#ifndef UMWS_DELIVER_OUTCOMES_H
#define UMWS_DELIVER_OUTCOMES_H

#include <limits.h>
#include <stdbool.h>

#include "fake-deliver.h"

/* What becomes of a mail in the middle, and that the next one is tried. */
static const struct {
	const char		*name;
	struct fake_mail		 mail;
	bool			 is_settled;
	enum outbox_result	 result;
	unsigned int		 retry_min_s, retry_max_s;
	enum status		 pass;
	bool			 goes_on;
} outcomes[] = {
	{ "550", { .send = ST_BAD, .code = 550, .reply = "550 no",
	    .is_again = true }, true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "450", { .send = ST_RETRY, .code = 450, .reply = "450 no" },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
	{ "421", { .send = ST_RETRY, .code = 421, .reply = "421 no" },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
	{ "silence", { .send = ST_RETRY, .reply = "timeout" },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
	{ "no answer", { .send = ST_UNKNOWN, .reply = "timeout" },
	    true, OUTBOX_UNANSWERED, 3600, 3600, ST_OK, true },
	{ "no answer, the third", { .send = ST_UNKNOWN, .unanswered = 2 },
	    true, OUTBOX_UNANSWERED, 57600, 57600, ST_OK, true },
	{ "no answer, the last", { .send = ST_UNKNOWN, .unanswered = 3 },
	    true, OUTBOX_UNANSWERED, 86400 * 365, UINT_MAX, ST_OK, true },
	{ "no more copies", { .unanswered = 4 },
	    true, OUTBOX_WITHHELD, 86400 * 365, UINT_MAX, ST_OK, true },
	{ "no more copies, for ever", { .unanswered = UINT_MAX },
	    true, OUTBOX_WITHHELD, 86400 * 365, UINT_MAX, ST_OK, true },
	{ "550, once", { .send = ST_BAD, .code = 550 },
	    true, OUTBOX_RETRY, 0, 0, ST_OK, true },
	{ "in doubt", { .send = ST_RETRY, .code = 550,
	    .fault = FAULT_DOUBT }, true, OUTBOX_DOUBT, 0, 0, ST_OK, true },
	{ "in doubt, twice", { .send = ST_RETRY, .code = 550,
	    .fault = FAULT_DOUBT, .about = ABOUT_RECIPIENT, .is_again = true },
	    true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "in doubt, twice, of anything", { .send = ST_RETRY, .code = 550,
	    .fault = FAULT_DOUBT, .is_again = true },
	    true, OUTBOX_DOUBT, 60, 67, ST_FAIL, true },
	{ "in doubt, twice, and just before", { .send = ST_RETRY, .code = 550,
	    .fault = FAULT_DOUBT, .is_again = true, .doubted_s = 60 },
	    true, OUTBOX_DOUBT, 60, 67, ST_FAIL, true },
	{ "in doubt, twice, and long before", { .send = ST_RETRY, .code = 550,
	    .fault = FAULT_DOUBT, .is_again = true, .doubted_s = 300 },
	    true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "relay, twice", { .send = ST_RETRY, .code = 550,
	    .fault = FAULT_RELAY, .is_again = true },
	    true, OUTBOX_RETRY, 60, 67, ST_FAIL, true },
	{ "address", { .send = ST_BAD, .reply = "no address" },
	    true, OUTBOX_DEAD, 0, UINT_MAX, ST_OK, true },
	{ "other connection", { .send = ST_BUSY, .code = 421 },
	    true, OUTBOX_AGAIN, 0, 0, ST_OK, true },
	{ "our fault", { .send = ST_FAIL, .code = 530 },
	    true, OUTBOX_RETRY, 60, 67, ST_FAIL, false },
	{ "gone", { .begin = ST_DENIED },
	    false, OUTBOX_SENT, 0, 0, ST_OK, true },
	{ "row refused", { .begin = ST_BAD },
	    false, OUTBOX_SENT, 0, 0, ST_OK, true },
	{ "database away", { .begin = ST_RETRY },
	    false, OUTBOX_SENT, 0, 0, ST_RETRY, false },
	{ "schema", { .begin = ST_FAIL },
	    false, OUTBOX_SENT, 0, 0, ST_FAIL, false },
	{ "settle lost", { .settle = ST_RETRY },
	    true, OUTBOX_SENT, 0, UINT_MAX, ST_RETRY, false },
	{ "no memory", { .is_short = true },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
	{ "name", { .display_name = "A\r\nBcc: b@c.test" },
	    true, OUTBOX_UNREADABLE, 3600, 3600, ST_FAIL, true },
	{ "damaged", { .seal = SEAL_DAMAGED },
	    true, OUTBOX_UNREADABLE, 3600, 3600, ST_FAIL, true },
	{ "other row", { .seal = SEAL_OTHER_ROW },
	    true, OUTBOX_UNREADABLE, 3600, 3600, ST_FAIL, true },
	{ "other key", { .seal = SEAL_OTHER_KEY },
	    true, OUTBOX_RETRY, 60, 67, ST_OK, true },
};

#endif
