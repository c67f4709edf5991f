/*
 * test-properties.c - the operations that draw no PIN: questions, and a
 * property that is set. None of them waits at the gate.
 */
#include "config.h"

#include "app/properties.h"
#include "fake-store.h"

static const struct properties_parts	parts = { NULL, TIMEOUT_MS };

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
	struct outcome	outcome;
	bool		is_enabled;

	(void)state;
	fake_reset();
	fake.is_writable = true;
	properties_is_um_enabled(&parts, &caller, &is_enabled, &outcome);
	assert_true(outcome.denial.refusal == REFUSAL_NONE && is_enabled);
	fake_reset();
	properties_is_um_enabled(&parts, &caller, &is_enabled, &outcome);
	assert_true(outcome.denial.refusal == REFUSAL_NONE && !is_enabled);
	fake_reset();
	fake.prepare[0] = (struct answer){ ST_DENIED, REFUSAL_BUSY, 1000 };
	properties_is_um_enabled(&parts, &caller, &is_enabled, &outcome);
	assert_int_equal(outcome.denial.refusal, REFUSAL_BUSY);
	assert_int_equal(outcome.denial.back_off_ms, 1000);
	assert_int_equal(fake.enters, 0);
}

static void
test_get_properties(void **state)
{
	struct properties	properties;
	struct outcome		outcome;

	(void)state;
	fake_reset();
	fake.properties = (struct properties){ {
	    [PROPERTY_OOF_STATUS] = "true",
	    [PROPERTY_PLAY_ON_PHONE_DIAL_STRING] = "12345" } };
	properties_get(&parts, &caller, &properties, &outcome);
	assert_int_equal(outcome.denial.refusal, REFUSAL_NONE);
	assert_string_equal(properties.values[PROPERTY_OOF_STATUS],
	    "true");
	assert_string_equal(properties.values[
	    PROPERTY_PLAY_ON_PHONE_DIAL_STRING], "12345");
	fake_reset();
	fake.prepare[0] = (struct answer){ ST_DENIED, REFUSAL_NOT_ENABLED,
	    1000 };
	properties_get(&parts, &caller, &properties, &outcome);
	assert_int_equal(outcome.denial.refusal, REFUSAL_NOT_ENABLED);
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
	struct outcome	outcome;
	char		id[CRYPTO_UUID_SIZE] = "";
	size_t		i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_reset();
		fake.commit[0] = rows[i].answer;
		properties_set(&parts, &caller,
		    PROPERTY_PLAY_ON_PHONE_DIAL_STRING, "+49 30", &outcome);
		assert_int_equal(outcome.denial.refusal, rows[i].refusal);
		assert_int_equal(outcome.denial.back_off_ms,
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
		UNIT_TEST(test_get_properties),
		UNIT_TEST(test_set_property),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
