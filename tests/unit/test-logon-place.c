/*
 * test-logon-place.c - a logon waits for its place in the lane of the mailbox,
 * and what it does when it has come to it.
 */
#include "config.h"

#include "unit.h"

#include "fake-logon.h"

/*
 * Nothing is derived from a place beyond the tries that are left: it is waited
 * for, and the mailbox asked again for what is left then.
 */
static void
test_place(void **state)
{
	static const struct {
		size_t	left, left_then, places[3], waits;
	} rows[] = {
		{ 5, 5, { 1 }, 0 }, { 5, 5, { 5 }, 0 },
		{ 5, 5, { 6, 5 }, 1 }, { 1, 1, { 2, 1 }, 1 },
		{ 5, 2, { 6, 3, 2 }, 2 }, { 5, 5, { LANES_UNSURE, 5 }, 1 },
		{ 5, 1, { LANES_UNSURE, 3, 1 }, 2 },
	};
	struct store_logon_plan	next;
	char			name[16];
	size_t			i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		(void)snprintf(name, sizeof(name), "row %zu", i);
		begin();
		db.plan.tries_left = rows[i].left;
		next = db.plan;
		next.tries_left = rows[i].left_then;
		db.next = &next;
		memcpy(way.places, rows[i].places, sizeof(rows[i].places));
		UNIT_CHECK(name, dial().word == LOGON_OK);
		UNIT_CHECK(name, way.lane == USER_ID);
		UNIT_CHECK(name, way.waits == rows[i].waits);
		UNIT_CHECK(name, db.prepares == rows[i].waits + 1);
		UNIT_CHECK(name, way.waits < 1 || way.last[0] ==
		    rows[i].left);
		UNIT_CHECK(name, way.waits < 2 || way.last[1] ==
		    rows[i].left_then);
		UNIT_CHECK(name, fake.counters[SCORE_DERIVATIONS] == 1);
	}
}

/* What those before us have brought about is told, and nothing derived. */
static void
test_place_in_vain(void **state)
{
	struct store_logon_plan	next;

	(void)state;
	begin();
	next = db.plan;
	next.verdict = STORE_LOGON_LOCKED;
	db.next = &next;
	way.places[0] = 6;
	assert_int_equal(dial().word, LOGON_LOCKED);
	assert_int_equal(fake.enters, 0);
	begin();
	next.verdict = STORE_LOGON_VOID;
	db.next = &next;
	way.places[0] = 6;
	assert_int_equal(dial().word, LOGON_RESET);
	assert_int_equal(db.resets, 1);
	assert_int_equal(fake.enters, 0);
	/* The name has become another mailbox's: from the beginning. */
	begin();
	next = db.plan;
	next.user_id = db.settled_id = USER_ID + 1;
	db.plan.tries_left = 1;
	db.next = &next;
	way.places[0] = 2;
	assert_int_equal(dial().word, LOGON_OK);
	assert_int_equal(way.enters, 2);
	assert_int_equal(way.lane, USER_ID + 1);
	assert_int_equal(fake.counters[SCORE_DERIVATIONS], 1);
	/* A lane that is full, and one in which nothing moves. */
	begin();
	way.enter = ST_BUSY;
	assert_int_equal(dial().word, LOGON_UNAVAILABLE);
	assert_int_equal(db.settles + fake.enters, 0);
	unit_expect_log("lane-slow mailbox=20001");
	begin();
	way.places[0] = 6;
	way.wait = ST_RETRY;
	assert_int_equal(dial().word, LOGON_UNAVAILABLE);
	assert_int_equal(db.settles + fake.enters, 0);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_place),
		UNIT_TEST(test_place_in_vain),
	};

	return cmocka_run_group_tests(tests, logon_group_begin,
	    logon_group_end);
}
