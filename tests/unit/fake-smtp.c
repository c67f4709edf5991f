/*
 * fake-smtp.c - edge/smtp without a server: the answers of the script.
 */
#include "config.h"

#include "fake-deliver.h"

#include "unit.h"

enum status
smtp_ready(struct smtp *smtp)
{
	assert_null(smtp);
	fake_trace("ready", fake.begun);
	return fake.begun < fake.ready_after ? ST_OK : fake.ready;
}

enum status
smtp_send(struct smtp *smtp, const char *recipient, const char *bytes,
    size_t len)
{
	char	expected[FAKE_RECIPIENT_SIZE];

	assert_null(smtp);
	fake_trace("send", fake.current);
	fake_recipient(fake.current, expected);
	assert_string_equal(recipient, expected);
	assert_non_null(memmem(bytes, len, "\r\n" PIN "\r\n",
	    strlen("\r\n" PIN "\r\n")));
	return fake.mails[fake.current].send;
}

const char *
smtp_reply(const struct smtp *smtp)
{
	assert_null(smtp);
	return fake.mails[fake.current].reply == NULL ? "250 ok" :
	    fake.mails[fake.current].reply;
}

const char *
smtp_at(const struct smtp *smtp)
{
	assert_null(smtp);
	return fake.mails[fake.current].at;
}

struct verdict
smtp_verdict(const struct smtp *smtp)
{
	const struct fake_mail	*script = &fake.mails[fake.current];
	struct verdict		 verdict = { script->fault, NULL,
		script->about };

	assert_null(smtp);
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
smtp_code(const struct smtp *smtp)
{
	assert_null(smtp);
	return fake.mails[fake.current].code;
}
