/*
 * test-service-ask.c - the operations that draw no PIN: questions, a
 * property that is set, and health. None of them waits at the gate.
 */
#include "config.h"

/* Some of the helpers have no use here. */
#pragma GCC diagnostic ignored "-Wunused-function"
#include "service-fake.h"

#define KEY	"1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"

static struct keyring	*keys;
static struct service	*service;

static int
group_begin(void **state)
{
	const struct service_options	options = { .request_timeout_ms =
					    TIMEOUT_MS };
	struct service_parts		parts = { .slot = SLOT };
	unsigned int			line;
	const char			*reason;

	(void)state;
	if (crypto_init() != ST_OK || keyring_parse(KEY, strlen(KEY), &keys,
	    &line, &reason) != ST_OK)
		return -1;
	parts.peppers = parts.mail_keys = keys;
	return service_new(&options, &parts, &service) == ST_OK ? 0 : -1;
}

static int
group_end(void **state)
{
	(void)state;
	service_free(&service);
	keyring_free(&keys);
	return service == NULL ? 0 : -1;
}

static void
fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.now_ms = 1000;
	fake.deadline_ms = fake.now_ms + TIMEOUT_MS;
}

static void
test_is_enabled(void **state)
{
	struct service_outcome	outcome;

	(void)state;
	fake_reset();
	fake.is_writable = true;
	service_is_um_enabled(service, &caller, &outcome);
	assert_true(outcome.refusal == REFUSAL_NONE && outcome.is_enabled);
	fake_reset();
	service_is_um_enabled(service, &caller, &outcome);
	assert_true(outcome.refusal == REFUSAL_NONE && !outcome.is_enabled);
	fake_reset();
	fake.prepare[0] = (struct answer){ ST_DENIED, REFUSAL_BUSY, 1000 };
	service_is_um_enabled(service, &caller, &outcome);
	assert_int_equal(outcome.refusal, REFUSAL_BUSY);
	assert_int_equal(outcome.back_off_ms, 1000);
	assert_int_equal(fake.enters, 0);
}

static void
test_is_ready(void **state)
{
	(void)state;
	fake_reset();
	assert_false(service_is_ready(service));
	fake.is_writable = true;
	assert_true(service_is_ready(service));
}

static void
test_get_properties(void **state)
{
	struct service_outcome	outcome;

	(void)state;
	fake_reset();
	fake.properties = (struct properties){ {
	    [PROPERTY_OOF_STATUS] = "true",
	    [PROPERTY_PLAY_ON_PHONE_DIAL_STRING] = "12345" } };
	service_get_properties(service, &caller, &outcome);
	assert_int_equal(outcome.refusal, REFUSAL_NONE);
	assert_string_equal(outcome.properties.values[PROPERTY_OOF_STATUS],
	    "true");
	assert_string_equal(outcome.properties.values[
	    PROPERTY_PLAY_ON_PHONE_DIAL_STRING], "12345");
	fake_reset();
	fake.prepare[0] = (struct answer){ ST_DENIED, REFUSAL_NOT_ENABLED,
	    1000 };
	service_get_properties(service, &caller, &outcome);
	assert_int_equal(outcome.refusal, REFUSAL_NOT_ENABLED);
	assert_int_equal(fake.enters, 0);
}

static void
test_set_property(void **state)
{
	static const struct {
		struct answer	answer;
		enum refusal	refusal;
	} rows[] = {
		{ { ST_OK, REFUSAL_NONE, 0 }, REFUSAL_NONE },
		{ { ST_DENIED, REFUSAL_NOT_ENABLED, 0 }, REFUSAL_NOT_ENABLED },
		{ { ST_DENIED, REFUSAL_BUSY, 1000 }, REFUSAL_BUSY },
		{ { ST_UNKNOWN, REFUSAL_TRANSIENT, 0 }, REFUSAL_TRANSIENT },
	};
	struct service_outcome	outcome;
	char			id[CRYPTO_UUID_SIZE] = "";
	size_t			i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_reset();
		fake.commit[0] = rows[i].answer;
		service_set_property(service, &caller,
		    PROPERTY_PLAY_ON_PHONE_DIAL_STRING, "+49 30", &outcome);
		assert_int_equal(outcome.refusal, rows[i].refusal);
		assert_int_equal(outcome.back_off_ms,
		    rows[i].answer.back_off_ms);
		assert_int_equal(fake.commits, 1);
		assert_int_equal(fake.change.property,
		    PROPERTY_PLAY_ON_PHONE_DIAL_STRING);
		assert_string_equal(fake.value, "+49 30");
		/* Each request is a change of its own. */
		assert_int_equal(strlen(fake.change_id),
		    CRYPTO_UUID_SIZE - 1);
		assert_string_not_equal(fake.change_id, id);
		memcpy(id, fake.change_id, sizeof(id));
		assert_int_equal(fake.enters, 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_is_enabled),
		UNIT_TEST(test_is_ready),
		UNIT_TEST(test_get_properties),
		UNIT_TEST(test_set_property),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
