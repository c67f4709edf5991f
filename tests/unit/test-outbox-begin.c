/*
 * test-outbox-begin.c - several mails are begun and settled together, and what
 * is done one by one when that cannot be: what is in the way of one mail costs
 * no other one more than a try.
 */
#include "config.h"

#include "unit.h"

#include "edge/clock.h"
#include "edge/outbox-begin.h"
#include "edge/outbox-call.h"
#include "edge/outbox-row.h"
#include "edge/outbox-settle.h"

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))
#define CALLS_MAX	16
#define TRACE_SIZE	256
#define PATIENCE	"+"	/* behind a call that is made with patience */

/* Rows are of two mails, as SQL gives them; no more is looked at than this. */
struct db_result {
	unsigned int	owners;
	size_t		rows;
};

static struct {
	enum status	 script[CALLS_MAX];
	size_t		 calls;
	int64_t		 now_ms;
	char		 trace[TRACE_SIZE];
	struct db_result result;
} fake;

int64_t
clock_ms(void)
{
	return fake.now_ms;
}

/* The first of an array's text, or of a text: mails are named by a digit. */
static char
name_of(const char *text)
{
	return *text == '{' ? text[1] : *text;
}

static enum status
answer(const char *sql, const char *const *params, const char *patience,
    struct db_result **result)
{
	size_t	len = strlen(fake.trace);
	bool	is_settle = sql == outbox_settle_sql;
	size_t	rows = 1;
	const char *at;

	for (at = params[0]; !is_settle && *at != '\0'; at++)
		rows += *at == ',';
	(void)snprintf(fake.trace + len, sizeof(fake.trace) - len, "%s%c%s ",
	    is_settle ? "settle" : rows > 1 ? "all" : "begin",
	    rows > 1 ? (char)('0' + rows) : name_of(params[0]), patience);
	assert_true(fake.calls < CALLS_MAX);
	fake.result = (struct db_result){ 1, rows };
	*result = fake.script[fake.calls] == ST_OK ? &fake.result : NULL;
	return fake.script[fake.calls++];
}

bool
outbox_is_transient(enum status st)
{
	return st == ST_BUSY || st == ST_RETRY || st == ST_UNKNOWN;
}

/* In vain it takes all the time there is. */
enum status
outbox_call_until(struct db *db, const char *sql, const char *const *params,
    size_t count, int64_t until_ms, struct db_result **result,
    bool *was_unknown)
{
	enum status	st;

	assert_null(db);
	assert_true(count == 4 || count == 5);
	assert_true(until_ms == 0 || until_ms > fake.now_ms);
	*was_unknown = false;
	st = answer(sql, params, until_ms == 0 ? "" : PATIENCE, result);
	if (st == ST_RETRY && until_ms != 0)
		fake.now_ms = until_ms;
	return st;
}

const char *
db_message(const struct db *db)
{
	assert_null(db);
	return "a constraint";
}

size_t
db_rows(const struct db_result *result)
{
	return result->rows;
}

const char *
db_text(const struct db_result *result, size_t row, size_t column)
{
	assert_true(row < result->rows && column <= COLUMN_RESULT);
	return "ok";
}

struct db_result *
db_result_share(struct db_result *result)
{
	result->owners++;
	return result;
}

void
db_result_free(struct db_result **result)
{
	if (*result != NULL)
		(*result)->owners--;
	*result = NULL;
}

const char	outbox_begin_sql[] = "begin";

void
outbox_mail_fill(struct outbox_mail *mail, size_t row)
{
	assert_non_null(mail->lease.rows);
	assert_true(row < mail->lease.rows->rows);
}

/* Mails 1 and 2 are to be begun; 3 and 4 were sent, 4 before 3. */
static const struct {
	const char	*name;
	enum status	 script[CALLS_MAX];
	const char	*trace;
	enum status	 settled[2], st[2];
	const char	*log;
} cases[] = {
	{ "together", { ST_OK }, "all2 ", { ST_OK, ST_OK }, { ST_OK, ST_OK },
	    NULL },
	{ "a lock of one that is begun", { ST_BUSY, ST_OK, ST_OK, ST_BUSY,
	    ST_OK, ST_OK }, "all2 settle3 settle4 begin1 begin2 begin1+ ",
	    { ST_OK, ST_OK }, { ST_OK, ST_OK }, NULL },
	{ "which is kept", { ST_BUSY, ST_OK, ST_OK, ST_BUSY, ST_OK, ST_RETRY },
	    "all2 settle3 settle4 begin1 begin2 begin1+ ", { ST_OK, ST_OK },
	    { ST_RETRY, ST_OK }, NULL },
	{ "a lock of one that was sent", { ST_BUSY, ST_BUSY, ST_OK, ST_OK,
	    ST_OK, ST_OK }, "all2 settle3 settle4 settle3+ begin1 begin2 ",
	    { ST_OK, ST_OK }, { ST_OK, ST_OK }, NULL },
	{ "of both: by their leases", { ST_BUSY, ST_BUSY, ST_BUSY, ST_OK,
	    ST_OK, ST_OK, ST_OK },
	    "all2 settle3 settle4 settle4+ settle3+ begin1 begin2 ",
	    { ST_OK, ST_OK }, { ST_OK, ST_OK }, NULL },
	{ "locks of both that are begun, kept", { ST_BUSY, ST_OK, ST_OK,
	    ST_BUSY, ST_BUSY, ST_RETRY },
	    "all2 settle3 settle4 begin1 begin2 begin1+ ", { ST_OK, ST_OK },
	    { ST_RETRY, ST_RETRY }, NULL },
	{ "a row that is refused", { ST_BAD, ST_OK, ST_OK, ST_BAD, ST_OK },
	    "all2 settle3 settle4 begin1 begin2 ", { ST_OK, ST_OK },
	    { ST_BAD, ST_OK }, "begin-refused" },
	{ "away", { ST_RETRY, ST_RETRY, ST_OK, ST_OK, ST_OK, ST_OK },
	    "all2 settle3 settle3+ settle4 begin1 begin2 ", { ST_OK, ST_OK },
	    { ST_OK, ST_OK }, NULL },
	{ "away for long", { ST_UNKNOWN, ST_RETRY, ST_RETRY, ST_RETRY },
	    "all2 settle3 settle3+ settle4 ", { ST_RETRY, ST_RETRY },
	    { ST_RETRY, ST_RETRY }, "settle-failed" },
	{ "away at the begin", { ST_RETRY, ST_OK, ST_OK, ST_UNKNOWN, ST_RETRY },
	    "all2 settle3 settle4 begin1 begin1+ ", { ST_OK, ST_OK },
	    { ST_RETRY, ST_RETRY }, NULL },
	{ "no rights", { ST_FAIL, ST_OK, ST_OK }, "all2 settle3 settle4 ",
	    { ST_OK, ST_OK }, { ST_FAIL, ST_FAIL }, NULL },
	{ "a sent row is refused", { ST_BAD, ST_BAD, ST_BAD, ST_OK },
	    "all2 settle3 settle3+ settle4 ", { ST_FAIL, ST_OK },
	    { ST_FAIL, ST_FAIL }, "settle-failed" },
};

static void
test_several(void **state)
{
	struct outbox_mail	mails[2];
	struct outbox_lease	sent[] = {
		{ .id = "3", .token = "t", .begun_ms = 2000 },
		{ .id = "4", .token = "t", .begun_ms = 1000 },
	};
	struct outbox_want	wants[] = {
		{ .id = "1", .token = "t", .sent = &sent[0],
		    .mail = &mails[0] },
		{ .id = "2", .token = "t", .sent = &sent[1],
		    .mail = &mails[1] },
	};
	size_t			i, want;

	(void)state;
	for (i = 0; i < COUNT(cases); i++) {
		if (cases[i].log != NULL)
			unit_expect_log(cases[i].log);
		memset(&fake, 0, sizeof(fake));
		fake.now_ms = 3000;
		memcpy(fake.script, cases[i].script, sizeof(fake.script));
		outbox_begin_rows(NULL, wants, COUNT(wants));
		UNIT_CHECK(cases[i].name,
		    strcmp(fake.trace, cases[i].trace) == 0);
		for (want = 0; want < COUNT(wants); want++) {
			UNIT_CHECK(cases[i].name, wants[want].settled ==
			    cases[i].settled[want]);
			UNIT_CHECK(cases[i].name, wants[want].st ==
			    cases[i].st[want]);
			UNIT_CHECK(cases[i].name, wants[want].st != ST_OK ||
			    strcmp(mails[want].lease.id, wants[want].id) == 0);
		}
	}
}

/* What is alone has the call that is made for it. */
static void
test_alone(void **state)
{
	struct outbox_mail	mail;
	struct outbox_lease	sent = { .id = "3", .token = "t" };
	struct outbox_want	begun = { .id = "1", .token = "t",
		.mail = &mail };
	struct outbox_want	settled = { .sent = &sent };

	(void)state;
	memset(&fake, 0, sizeof(fake));
	outbox_begin_rows(NULL, &begun, 1);
	assert_string_equal(fake.trace, "begin1 ");
	assert_int_equal(begun.st, ST_OK);
	assert_int_equal(fake.result.owners, 1);
	assert_ptr_equal(mail.lease.rows, &fake.result);
	memset(&fake, 0, sizeof(fake));
	outbox_begin_rows(NULL, &settled, 1);
	assert_string_equal(fake.trace, "settle3 ");
	assert_int_equal(settled.settled, ST_OK);
}

int
main(void)
{
	static const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_several),
		UNIT_TEST(test_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
