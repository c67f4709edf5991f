/*
 * fake-smtp.c - edge/smtp-courier without a server: the answers of the script.
 */
#include "config.h"

#include "fake-deliver.h"

#include "unit.h"

static enum status	result;

void
courier_start_ready(struct courier *courier)
{
	assert_null(courier);
	fake_trace("ready", fake.begun);
	result = fake.begun < fake.ready_after ? ST_OK : fake.ready;
}

void
courier_start_send(struct courier *courier, const char *recipient,
    const char *bytes, size_t len)
{
	char	expected[FAKE_RECIPIENT_SIZE];

	assert_null(courier);
	fake_trace("send", fake.current);
	fake_recipient(fake.current, expected);
	assert_string_equal(recipient, expected);
	assert_true((memmem(bytes, len, "\r\n" PIN "\r\n",
	    strlen("\r\n" PIN "\r\n")) != NULL) ==
	    (fake.mails[fake.current].kind == NULL));
	result = fake.mails[fake.current].send;
}

enum status
courier_result(const struct courier *courier)
{
	assert_null(courier);
	return result;
}

bool
courier_is_busy(const struct courier *courier)
{
	assert_null(courier);
	return false;
}

void
courier_wait(struct courier *const *couriers, size_t count, int wait_ms)
{
	assert_int_equal(wait_ms, -1);
	assert_int_equal(count, 1);
	assert_null(couriers[0]);
}

void
courier_tell(const struct courier *courier, enum status st)
{
	assert_null(courier);
	assert_true(st == ST_RETRY || st == ST_FAIL);
}

const char *
courier_reply(const struct courier *courier)
{
	assert_null(courier);
	return fake.mails[fake.current].reply == NULL ? "250 ok" :
	    fake.mails[fake.current].reply;
}

const char *
courier_at(const struct courier *courier)
{
	assert_null(courier);
	return fake.mails[fake.current].at;
}

struct verdict
courier_verdict(const struct courier *courier)
{
	const struct fake_mail	*script = &fake.mails[fake.current];
	struct verdict		 verdict = { script->fault, NULL,
		script->about };

	assert_null(courier);
	if (fake.ready_look_at != NULL && fake.begun >= fake.ready_after)
		return (struct verdict){ FAULT_SETTING, fake.ready_look_at,
			ABOUT_ALL };
	/* A refusal that is nobody else's is one of the mail. */
	if (script->fault == FAULT_NONE && script->code >= 500)
		verdict.fault = script->send == ST_BAD ? FAULT_MAIL :
		    FAULT_SETTING;
	else if (script->fault == FAULT_NONE && script->code >= 400)
		verdict.fault = FAULT_LATER;
	if (verdict.fault != FAULT_MAIL && verdict.fault != FAULT_DOUBT &&
	    script->about == ABOUT_ANYTHING)
		verdict.about = ABOUT_ALL;
	if (verdict.fault > FAULT_MAIL && verdict.fault <= FAULT_SERVER)
		verdict.look_at = "envelope_from";
	return verdict;
}

int
courier_code(const struct courier *courier)
{
	assert_null(courier);
	return fake.mails[fake.current].code;
}
