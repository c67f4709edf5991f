/*
 * test-store-properties.c - a mailbox's properties: what the database is
 * asked, what its answers mean, and a change whose answer is lost.
 */
#include "config.h"

#include "unit.h"

#include "fake-db.h"

#define LENGTH(array)	(sizeof(array) / sizeof((array)[0]))
#define STRING_OF(number)	#number
#define STRING(number)	STRING_OF(number)
#define OURS		STRING(UMWS_SCHEMA_VERSION)
#define ROOM_128	TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN \
			"01234567"

static void
test_get(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "t", "f", "+49 30 <&>",
	    "1234, \xc3\xa4", "AAE=" } });
	o = call_get();
	check_denial("get", &o, ST_OK, REFUSAL_NONE, 0);
	assert_string_equal(o.properties.values[PROPERTY_OOF_STATUS], "true");
	assert_string_equal(o.properties.values[
	    PROPERTY_MISSED_CALL_NOTIFICATION_ENABLED], "false");
	assert_string_equal(o.properties.values[
	    PROPERTY_PLAY_ON_PHONE_DIAL_STRING], "+49 30 <&>");
	assert_string_equal(o.properties.values[
	    PROPERTY_TELEPHONE_ACCESS_NUMBERS], "1234, \xc3\xa4");
	assert_string_equal(o.properties.values[
	    PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL], "AAE=");
	assert_non_null(strstr(fake.sql[0], "umws.properties_get($1)"));
	assert_int_equal(fake.counts[0], 1);
	assert_string_equal(fake.params[0], "anna");
	assert_int_equal(fake.deadline_ms, DEADLINE_MS);
}

/* The longest value fits; one that no column can hold is our own bug. */
static void
test_get_limits(void **state)
{
	struct ended	o;

	(void)state;
	unit_expect_log("properties-unreadable user=anna");
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "f", "t", ROOM_128, "",
	    "" } });
	o = call_get();
	check_denial("longest", &o, ST_OK, REFUSAL_NONE, 0);
	assert_string_equal(o.properties.values[
	    PROPERTY_PLAY_ON_PHONE_DIAL_STRING], ROOM_128);
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "f", "t", ROOM_128 "0", "",
	    "" } });
	o = call_get();
	check_denial("longer", &o, ST_DENIED, REFUSAL_INTERNAL, 0);
}

/* What is said to both functions when they do not answer with ok. */
static void
test_refusals(void **state)
{
	static const struct {
		const char	*name;
		struct answer	 answer;
		bool		 is_text_error;
		enum refusal	 refusal;
	} rows[] = {
		{ "not enabled", { ST_OK, { "not_enabled" } }, false,
		    REFUSAL_NOT_ENABLED },
		{ "no text", { ST_BAD, { NULL } }, true, REFUSAL_NOT_ENABLED },
		{ "refused", { ST_BAD, { NULL } }, false, REFUSAL_INTERNAL },
		{ "busy", { ST_BUSY, { NULL } }, false, REFUSAL_BUSY },
		{ "away", { ST_RETRY, { NULL } }, false,
		    REFUSAL_STORE_UNAVAILABLE },
		{ "rights", { ST_FAIL, { NULL } }, false, REFUSAL_INTERNAL },
		{ "another word", { ST_OK, { "maybe" } }, false,
		    REFUSAL_INTERNAL },
	};
	struct ended	o;
	size_t		i;

	(void)state;
	unit_expect_log("database-refused");
	unit_expect_log("result-unknown word=maybe");
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		fake.is_text_error = rows[i].is_text_error;
		fake_says(rows[i].answer);
		o = call_get();
		check_denial(rows[i].name, &o, ST_DENIED, rows[i].refusal,
		    1000);
		fake_reset();
		fake.is_text_error = rows[i].is_text_error;
		fake_says(rows[i].answer);
		o = call_set(PROPERTY_OOF_STATUS, "true");
		check_denial(rows[i].name, &o, ST_DENIED, rows[i].refusal,
		    1000);
	}
}

/* A question whose answer is lost has changed nothing. */
static void
test_get_lost(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake.call_ms = DEADLINE_MS;
	fake_says((struct answer){ ST_UNKNOWN, { NULL } });
	o = call_get();
	check_denial("lost", &o, ST_DENIED, REFUSAL_STORE_UNAVAILABLE, 0);
}

static void
test_set(void **state)
{
	static const struct {
		enum property_id	 property;
		const char		*name;
		const char		*value;
	} rows[] = {
		{ PROPERTY_OOF_STATUS, "oof_status", "true" },
		{ PROPERTY_MISSED_CALL_NOTIFICATION_ENABLED,
		    "missed_call_notification_enabled", "false" },
		{ PROPERTY_PLAY_ON_PHONE_DIAL_STRING,
		    "play_on_phone_dial_string", "'; \xc3\xa4 \\" },
		{ PROPERTY_TELEPHONE_ACCESS_FOLDER_EMAIL,
		    "telephone_access_folder_email", "" },
	};
	struct ended	o;
	size_t		i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		fake_reset();
		fake_says((struct answer){ ST_OK, { "ok", "0" } });
		o = call_set(rows[i].property, rows[i].value);
		check_denial(rows[i].name, &o, ST_OK, REFUSAL_NONE, 0);
		assert_non_null(strstr(fake.sql[0], "umws.properties_set("));
		assert_int_equal(fake.counts[0], 6);
		assert_string_equal(fake.params[0], RESET_ID);
		assert_string_equal(fake.params[1], "anna");
		assert_string_equal(fake.params[2], "192.0.2.7");
		assert_string_equal(fake.params[3], "request-1");
		assert_string_equal(fake.params[4], rows[i].name);
		assert_string_equal(fake.params[5], rows[i].value);
		assert_false(fake.is_null[5]);
		assert_int_equal(fake.deadline_ms, TRY_MS);
	}
}

/* A lost answer: the same call again, with the same id, until there is one. */
static void
test_set_insists(void **state)
{
	struct ended	o;

	(void)state;
	fake_reset();
	fake_says((struct answer){ ST_UNKNOWN, { NULL } });
	fake_says((struct answer){ ST_RETRY, { NULL } });	/* schema */
	fake_says((struct answer){ ST_OK, { "t" } });
	fake_says((struct answer){ ST_OK, { OURS, OURS, "on" } });
	fake_says((struct answer){ ST_OK, { "ok", "0" } });
	o = call_set(PROPERTY_OOF_STATUS, "true");
	check_denial("insists", &o, ST_OK, REFUSAL_NONE, 0);
	assert_string_equal(fake.sql[4], fake.sql[0]);
	assert_string_equal(fake.params[0], RESET_ID);
	assert_string_equal(fake.params[5], "true");
	assert_int_equal(fake.deadline_ms, DEADLINE_MS);
}

/* Once it may have happened, only an answer says that it has not. */
static void
test_set_unknown(void **state)
{
	static const enum status	seconds[] = { ST_UNKNOWN, ST_RETRY,
					    ST_BUSY, ST_FAIL };
	struct ended			o;
	size_t				i;

	(void)state;
	for (i = 0; i < LENGTH(seconds); i++) {
		fake_reset();
		fake.call_ms = DEADLINE_MS / 2;
		fake_says((struct answer){ ST_UNKNOWN, { NULL } });
		fake_says((struct answer){ seconds[i], { NULL } });
		o = call_set(PROPERTY_OOF_STATUS, "true");
		check_denial("unknown", &o, ST_UNKNOWN, REFUSAL_TRANSIENT, 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_get),
		UNIT_TEST(test_get_limits),
		UNIT_TEST(test_refusals),
		UNIT_TEST(test_get_lost),
		UNIT_TEST(test_set),
		UNIT_TEST(test_set_insists),
		UNIT_TEST(test_set_unknown),
	};

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
