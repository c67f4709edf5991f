/*
 * test-db-statement.c - when a statement is prepared, and under what name.
 */
#include "config.h"

#include "edge/db-statement.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static const char	one[] = "SELECT 1";

static void
test_the_second_time(void **state)
{
	struct db_statements	 statements = { .count = 0 };
	struct db_statement	*statement;

	(void)state;
	assert_null(db_statements_note(&statements, one));
	statement = db_statements_note(&statements, one);
	assert_non_null(statement);
	assert_string_equal(statement->sql, one);
	assert_false(statement->is_prepared);
	statement->is_prepared = true;
	assert_ptr_equal(db_statements_note(&statements, one), statement);
	db_statements_forget(&statements);
	assert_null(db_statements_note(&statements, one));
	assert_false(db_statements_note(&statements, one)->is_prepared);
}

/* Whatever is asked first, a text has one name, and no other text has it. */
static void
test_names(void **state)
{
	static const char	 other[] = "SELECT 2";
	struct db_statements	 a = { .count = 0 }, b = { .count = 0 };
	const char		*name;

	(void)state;
	(void)db_statements_note(&a, one);
	(void)db_statements_note(&a, other);
	(void)db_statements_note(&b, other);
	(void)db_statements_note(&b, one);
	name = db_statements_note(&a, one)->name;
	/* FNV-1a of "SELECT 1" by another program. */
	assert_string_equal(name, "umws_199e7bca63ea84f2");
	assert_string_equal(name, db_statements_note(&b, one)->name);
	assert_string_not_equal(name, db_statements_note(&a, other)->name);
}

static void
test_more_than_there_is_room_for(void **state)
{
	struct db_statements	statements = { .count = 0 };
	char			text[DB_STATEMENTS_MAX + 1][32];
	size_t			i;

	(void)state;
	for (i = 0; i <= DB_STATEMENTS_MAX; i++) {
		(void)snprintf(text[i], sizeof(text[i]), "SELECT %zu", i);
		assert_null(db_statements_note(&statements, text[i]));
	}
	for (i = 0; i < DB_STATEMENTS_MAX; i++)
		assert_non_null(db_statements_note(&statements, text[i]));
	assert_null(db_statements_note(&statements, text[i]));
}

static void
test_off(void **state)
{
	struct db_statements	statements = { .is_off = true };

	(void)state;
	assert_null(db_statements_note(&statements, one));
	assert_null(db_statements_note(&statements, one));
	db_statements_forget(&statements);
	assert_null(db_statements_note(&statements, one));
	assert_null(db_statements_note(&statements, one));
}

static struct db_statement *
note_twice(struct db_statements *statements, const char *sql)
{
	(void)db_statements_note(statements, sql);
	return db_statements_note(statements, sql);
}

/* Other statements, and the next connection, have nothing to do with it. */
static void
test_refused_by_the_database(void **state)
{
	static const char *const	words[] = { "0A000", "42883", "57014",
	    "57P01", "" };
	struct db_statements		statements;
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		statements = (struct db_statements){ .count = 0 };
		db_statements_lose(&statements, note_twice(&statements, one),
		    words[i]);
		assert_null(db_statements_note(&statements, one));
		assert_non_null(note_twice(&statements, "SELECT 2"));
		db_statements_forget(&statements);
		assert_non_null(note_twice(&statements, one));
	}
}

static void
test_lost_by_a_pooler(void **state)
{
	static const char *const	words[] = { "26000", "42P05" };
	struct db_statements		statements;
	size_t				i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		statements = (struct db_statements){ .count = 0 };
		db_statements_lose(&statements, note_twice(&statements, one),
		    words[i]);
		assert_null(note_twice(&statements, "SELECT 2"));
		db_statements_forget(&statements);
		assert_null(note_twice(&statements, one));
	}
}

static void
test_stale(void **state)
{
	(void)state;
	assert_true(db_statement_is_stale("26000"));
	assert_true(db_statement_is_stale("42P05"));
	assert_true(db_statement_is_stale("0A000"));
	assert_false(db_statement_is_stale(""));
	assert_false(db_statement_is_stale("40001"));
	assert_false(db_statement_is_stale("57P01"));
}

int
main(void)
{
	const struct CMUnitTest	tests[] = {
		UNIT_TEST(test_the_second_time),
		UNIT_TEST(test_names),
		UNIT_TEST(test_more_than_there_is_room_for),
		UNIT_TEST(test_off),
		UNIT_TEST(test_refused_by_the_database),
		UNIT_TEST(test_lost_by_a_pooler),
		UNIT_TEST(test_stale),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
