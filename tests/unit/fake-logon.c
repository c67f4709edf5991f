/*
 * fake-logon.c - fakes of edge/store-logon, lanes and automatic resets, whose
 * answers the test puts into db and way.
 */
#include "config.h"

#include "fake-logon.h"

#include "core/seal.h"

struct fake_db			 db;
struct fake_way			 way;
struct rings			 rings;
struct logon_parts		 parts;

const struct store_line	line = { "phone", "192.0.2.7", "request-1",
    "20001", "20001", "+43", "7" };
const struct secret	pin = { 6, "904716" };
const struct secret	new_pin = { 6, "381625" };

enum status
store_logon_prepare(struct store *store, const struct store_line *given,
    bool is_change, int64_t deadline_ms, struct store_logon_plan *plan,
    struct denial *denial)
{
	(void)store;
	(void)is_change;
	assert_ptr_equal(given, &line);
	assert_int_equal(deadline_ms, fake.deadline_ms);
	assert_false(fake.is_inside);
	assert_true(db.prepares < CALLS_MAX);
	*plan = db.plan;
	if (db.next != NULL && db.prepares > 0)
		*plan = *db.next;
	denial->refusal = REFUSAL_BUSY;
	denial->back_off_ms = 59000;
	return db.prepare[db.prepares++];
}

enum status
store_logon_settle(struct store *store, const struct store_line *given,
    const struct store_logon_plan *plan, const struct store_logon_try *try,
    int64_t try_ms, int64_t deadline_ms, enum store_logon *verdict,
    char rule[STORE_RULE_SIZE], struct denial *denial)
{
	(void)store;
	assert_ptr_equal(given, &line);
	assert_int_equal(plan->user_id, db.settled_id == 0 ?
	    db.plan.user_id : db.settled_id);
	assert_int_equal(deadline_ms, fake.deadline_ms);
	assert_int_equal(try_ms, deadline_ms - FENCE_MS);
	assert_false(fake.is_inside);
	assert_true(way.is_in);
	assert_true(db.settles < CALLS_MAX);
	(void)strcpy(db.ids[db.settles], try->operation_id);
	db.pin = *try->pin;
	db.new = *try->new;
	if (try->is_change)
		db.sealed = *try->new->sealed;
	(void)snprintf(db.broken, sizeof(db.broken), "%s", try->rule == NULL ?
	    "" : try->rule);
	*verdict = db.verdict;
	(void)snprintf(rule, STORE_RULE_SIZE, "%s", db.rule == NULL ? "" :
	    db.rule);
	denial->refusal = REFUSAL_TRANSIENT;
	denial->back_off_ms = 0;
	return db.settle[db.settles++];
}

enum status
store_pin_rehash(struct store *store, int64_t user_id,
    const struct store_candidate *old, const struct store_candidate *fresh,
    int64_t deadline_ms)
{
	(void)store;
	assert_int_equal(user_id, USER_ID);
	assert_int_equal(deadline_ms, fake.deadline_ms);
	db.rehashes++;
	db.old = *old;
	db.fresh = *fresh;
	return ST_BUSY;		/* which changes nothing for the caller */
}

uint64_t
lanes_now(struct lanes *lanes)
{
	(void)lanes;
	return 815 + db.prepares;
}

enum status
lanes_enter(struct lanes *lanes, size_t slot, uint64_t lane, uint64_t since,
    size_t *place)
{
	(void)lanes;
	assert_int_equal(slot, SLOT);
	assert_false(way.is_in);
	/* The moment is that before the last question. */
	assert_int_equal(since, 815 + db.prepares - 1);
	way.lane = lane;
	way.enters++;
	way.is_in = way.enter == ST_OK;
	*place = way.places[0] == 0 ? 1 : way.places[0];
	return way.enter;
}

enum status
lanes_wait(struct lanes *lanes, size_t slot, size_t last,
    unsigned int timeout_ms, size_t *place)
{
	(void)lanes;
	assert_int_equal(slot, SLOT);
	assert_true(way.is_in);
	assert_false(fake.is_inside);
	assert_in_range(timeout_ms, 1, 5000);
	assert_true(way.waits < CALLS_MAX - 1);
	way.last[way.waits++] = last;
	*place = way.places[way.waits] == 0 ? 1 : way.places[way.waits];
	return way.wait;
}

void
lanes_leave(struct lanes *lanes, size_t slot)
{
	(void)lanes;
	assert_int_equal(slot, SLOT);
	assert_false(fake.is_inside);
	way.leaves++;
	way.is_in = false;
}

void
reset_automatic(struct reset *reset, const struct store_caller *given,
    int64_t user_id, int64_t deadline_ms, struct outcome *outcome)
{
	(void)reset;
	assert_string_equal(given->login, "phone");
	assert_string_equal(given->address, "192.0.2.7");
	assert_int_equal(user_id, USER_ID);
	assert_int_equal(deadline_ms, fake.deadline_ms);
	assert_false(fake.is_inside);
	/* Whoever makes it is the first. */
	assert_true(way.is_in);
	assert_int_equal(way.last[way.waits - 1], 1);
	db.resets++;
	memset(outcome, 0, sizeof(*outcome));
	outcome->denial.refusal = db.reset;
}

int
logon_group_begin(void **state)
{
	(void)state;
	if (!rings_begin(&rings,
	    NEW_ID ":AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	    OLD_ID ":AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"))
		return -1;
	parts = (struct logon_parts){ .derivation = { .slot = SLOT,
	    .peppers = rings.peppers, .cost = { 8, 2, 1 } },
	    .mail_keys = rings.mail_keys,
	    .request_timeout_ms = TIMEOUT_MS };
	return 0;
}

int
logon_group_end(void **state)
{
	(void)state;
	rings_end(&rings);
	return 0;
}

void
begin(void)
{
	static const struct store_setting	today = { NEW_ID,
	    SETTINGS(TODAY) };

	memset(&fake, 0, sizeof(fake));
	memset(&db, 0, sizeof(db));
	memset(&way, 0, sizeof(way));
	fake.now_ms = 1000;
	fake.deadline_ms = fake.now_ms + TIMEOUT_MS;
	db.plan = (struct store_logon_plan){ .user_id = USER_ID,
	    .tries_left = 5, .has_pin = true, .setting = today, .change = {
	    .user_id = USER_ID, .basis = "basis", .recipient =
	    "anna@example.test", .extension = "20001", .policy = {
	    .min_length = 6 }, .count = 1, .settings = { today } } };
}

struct logon_answer
try_it(bool is_change, const struct secret *wanted, enum policy_rule fault)
{
	const struct logon_request	request = { &line, &pin, is_change,
					    wanted, fault };
	struct logon_answer		answer;

	memset(&answer, 0xff, sizeof(answer));
	logon_try(&parts, &request, &answer);
	assert_false(way.is_in);
	assert_int_equal(fake.leaves, fake.gate == ST_OK ? fake.enters : 0);
	assert_int_equal(fake.counters[SCORE_LOGONS + answer.word], 1);
	return answer;
}

struct logon_answer
dial(void)
{
	static const struct secret	none = { 0, "" };

	return try_it(false, &none, POLICY_NONE);
}

struct logon_answer
wish(const struct secret *wanted)
{
	return try_it(true, wanted, POLICY_NONE);
}
