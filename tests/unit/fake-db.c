/*
 * fake-db.c - a fake of edge/db that answers from a script and keeps what it
 * was asked. Results are cmocka's memory: what the fake allocates is not
 * counted as the store's.
 */
#include "config.h"

#include "fake-db.h"

struct db_result {
	const char *const	*cells;
};

struct db	 fake;
struct store	*store;

const struct store_caller	caller = { "anna", "192.0.2.7",
    "request-1", "anna@example.test", true, NULL, NULL };

const struct store_plan	some_plan = { .user_id = 4711, .basis = BASIS,
    .recipient = "anna@example.test" };

int64_t
clock_ms(void)
{
	return fake.now_ms;
}

int64_t
clock_us(void)
{
	return fake.now_ms * 1000;
}

enum status
db_call(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t deadline_ms, struct db_result **result)
{
	struct answer	*answer = &db->script[db->calls];
	size_t		 i;

	*result = NULL;
	assert_true(db->calls < db->answers);
	assert_true(count <= PARAMS_MAX);
	db->sql[db->calls] = sql;
	db->counts[db->calls++] = count;
	db->deadline_ms = deadline_ms;
	db->now_ms += db->call_ms;
	for (i = 0; i < count; i++) {
		db->is_null[i] = params[i] == NULL;
		(void)snprintf(db->params[i], PARAM_SIZE, "%s",
		    params[i] == NULL ? "" : params[i]);
	}
	db->is_connected = answer->st == ST_OK || answer->st == ST_BAD ||
	    answer->st == ST_BUSY;
	if (answer->st != ST_OK)
		return answer->st;
	*result = test_calloc(1, sizeof(**result));
	assert_non_null(*result);
	(*result)->cells = answer->cells;
	db->results++;
	return ST_OK;
}

bool
db_is_connected(struct db *db)
{
	return db->is_connected;
}

void
db_close(struct db *db)
{
	db->is_connected = false;
}

bool
db_is_shut(const struct db *db)
{
	return db->is_shut;
}

bool
db_is_unsent(const struct db *db)
{
	(void)db;
	return false;
}

bool
db_is_text_error(const struct db *db)
{
	return db->is_text_error;
}

const char *
db_message(const struct db *db)
{
	(void)db;
	return "the words of the database";
}

size_t
db_rows(const struct db_result *result)
{
	(void)result;
	return 1;
}

/* Where a column stands in "SELECT a, b AS c FROM". */
size_t
db_column(const struct db_result *result, const char *name)
{
	const char	*at = fake.sql[fake.calls - 1] + strlen("SELECT ");
	size_t		 column = 0, depth = 0, len = strlen(name);

	(void)result;
	for (; *at != '\0'; at++) {
		if (depth == 0 && strncmp(at, name, len) == 0 &&
		    (at[-1] == ' ') && (at[len] == ',' || at[len] == '\0' ||
		    strncmp(at + len, " FROM ", 6) == 0))
			return column;
		depth += *at == '(';
		depth -= *at == ')';
		column += depth == 0 && *at == ',';
	}
	fail_msg("no column %s", name);
	return 0;
}

const char *
db_text(const struct db_result *result, size_t row, size_t column)
{
	assert_true(row == 0 && column < CELLS_MAX);
	return result->cells[column] == NULL ? "" : result->cells[column];
}

bool
db_is_null(const struct db_result *result, size_t row, size_t column)
{
	assert_true(row == 0 && column < CELLS_MAX);
	return result->cells[column] == NULL;
}

int64_t
db_number(const struct db_result *result, size_t row, size_t column)
{
	return strtoll(db_text(result, row, column), NULL, 10);
}

bool
db_bool(const struct db_result *result, size_t row, size_t column)
{
	return db_text(result, row, column)[0] == 't';
}

enum status
db_copy_text(const struct db_result *result, size_t row, size_t column,
    char *text, size_t size)
{
	const char	*value = db_text(result, row, column);

	text[0] = '\0';
	if (strlen(value) >= size)
		return ST_BAD;
	(void)snprintf(text, size, "%s", value);
	return ST_OK;
}

void
db_result_free(struct db_result **result)
{
	if (*result == NULL)
		return;
	fake.results--;
	test_free(*result);
	*result = NULL;
}

void
db_bytes_text(const unsigned char *bytes, size_t len, char *text, size_t size)
{
	size_t	i;

	assert_true(size >= 2 * len + 3);
	(void)strcpy(text, "\\x");
	for (i = 0; i < len; i++)
		(void)snprintf(text + 2 + 2 * i, 3, "%02x",
		    (unsigned int)bytes[i]);
}

/* A connected database that has been asked nothing. */
void
fake_reset(void)
{
	assert_int_equal(fake.results, 0);
	fake = (struct db){ .is_connected = true, .now_ms = 1000 };
}

void
fake_says(struct answer answer)
{
	assert_true(fake.answers < CALLS_MAX);
	fake.script[fake.answers++] = answer;
}

int
group_begin(void **state)
{
	(void)state;
	return store_new(&fake, &store) == ST_OK ? 0 : -1;
}

int
group_end(void **state)
{
	(void)state;
	store_free(&store);
	return store == NULL && fake.results == 0 ? 0 : -1;
}

struct ended
call_prepare(void)
{
	struct ended	o = { 0 };

	o.st = store_prepare(store, &caller, DEADLINE_MS, &o.plan, &o.denial);
	return o;
}

struct ended
call_commit(void)
{
	const struct sealed		sealed = { 3, { 0x01, 0xab, 0xff } };
	const struct store_reset	reset = {
		.reset_id = RESET_ID,
		.count = 2,
		.candidates = { { "p2", SALT_2 "$aGFzaDI" },
				{ "p1", SALT_1 "$aGFzaDE" } },
		.mail_key_id = "00112233aabbccdd",
		.sealed = &sealed,
	};
	struct ended	o = { 0 };

	o.st = store_commit(store, &caller, &some_plan, &reset, DEADLINE_MS,
	    &o.denial);
	return o;
}

struct ended
call_outcome(void)
{
	struct ended	o = { 0 };

	o.st = store_outcome(store, &caller, &some_plan, RESET_ID,
	    DEADLINE_MS, &o.denial);
	return o;
}

struct ended
call_is_enabled(void)
{
	struct ended	o = { 0 };

	o.st = store_is_um_enabled(store, &caller, DEADLINE_MS, &o.is_enabled,
	    &o.denial);
	return o;
}

struct ended
call_get(void)
{
	struct ended	o = { 0 };

	o.st = store_properties_get(store, &caller, DEADLINE_MS,
	    &o.properties, &o.denial);
	return o;
}

struct ended
call_set(enum property_id property, const char *value)
{
	const struct store_change	change = { RESET_ID, property, value };
	struct ended			o = { 0 };

	o.st = store_properties_set(store, &caller, &change, TRY_MS,
	    DEADLINE_MS, &o.denial);
	return o;
}

void
check_denial(const char *name, const struct ended *o, enum status st,
    enum refusal refusal, uint64_t back_off_ms)
{
	UNIT_CHECK(name, o->st == st);
	UNIT_CHECK(name, fake.calls == fake.answers);
	UNIT_CHECK(name, fake.results == 0);
	if (st == ST_OK)
		return;
	UNIT_CHECK(name, o->denial.refusal == refusal);
	if (refusal == REFUSAL_BUSY)
		UNIT_CHECK(name, o->denial.back_off_ms == back_off_ms);
}
