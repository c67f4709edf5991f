/*
 * test-memory-store.c - edge/store without memory: each of its allocations
 * fails once. The database is then not asked, so nothing has changed, and
 * the caller hears that it may try again.
 *
 * Link as memory.h says.
 */
#include "config.h"

#include "memory.h"

#include "fake-db.h"
#include "policy-text.h"

static void
act_new(void)
{
	struct store	*made;
	enum status	 st = store_new(&fake, &made);

	assert_int_equal(st, memory_was_short() ? ST_RETRY : ST_OK);
	assert_int_equal(made == NULL, memory_was_short());
	store_free(&made);
	assert_null(made);
}

static void
act_commit(void)
{
	struct ended	o;

	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "0" } });
	o = call_commit();
	assert_int_equal(fake.results, 0);
	if (!memory_was_short()) {
		assert_int_equal(o.st, ST_OK);
		assert_int_equal(fake.calls, 1);
		return;
	}
	assert_int_equal(fake.calls, 0);
	assert_int_equal(o.st, ST_DENIED);
	assert_int_equal(o.denial.refusal, REFUSAL_STORE_UNAVAILABLE);
}

static void
act_prepare(void)
{
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "0", "4711", BASIS,
	    "anna@example.test", "20001",
	    RULES("6", "f"), "p1:" SALT_1 } });
	assert_int_equal(call_prepare().st, ST_OK);
}

static void
act_outcome(void)
{
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "0" } });
	assert_int_equal(call_outcome().st, ST_OK);
}

static void
act_is_enabled(void)
{
	struct ended	o;

	fake_reset();
	fake_says((struct answer){ ST_OK, { "t" } });
	o = call_is_enabled();
	assert_int_equal(o.st, ST_OK);
	assert_true(o.is_enabled);
}

static void
act_get(void)
{
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "t", "f", "1", "2",
	    "AAE=" } });
	assert_int_equal(call_get().st, ST_OK);
}

static void
act_set(void)
{
	fake_reset();
	fake_says((struct answer){ ST_OK, { "ok", "0" } });
	assert_int_equal(call_set(PROPERTY_OOF_STATUS, "true").st, ST_OK);
}

static void
test_store(void **state)
{
	static const struct {
		const char	*name;
		void		(*act)(void);
		size_t		 allocations;
	} rows[] = {
		{ "new", act_new, 1 },
		{ "commit", act_commit, 2 },
		{ "prepare", act_prepare, 0 },
		{ "outcome", act_outcome, 0 },
		{ "is enabled", act_is_enabled, 0 },
		{ "get", act_get, 0 },
		{ "set", act_set, 0 },
	};
	size_t	i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		UNIT_CHECK(rows[i].name, memory_fail_each(rows[i].name,
		    rows[i].act) >= rows[i].allocations);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = { UNIT_TEST(test_store) };

	return cmocka_run_group_tests(tests, group_begin, group_end);
}
