/*
 * db-statement.c - names of prepared statements.
 *
 * A name is made of the statement's text alone. Behind a pooler that knows
 * nothing of prepared statements a name may be another client's, made on the
 * server's connection that both use: it then stands for the same text.
 */
#include "config.h"

#include "edge/db-statement.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a, 64 bits. */
#define HASH_BASIS	UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME	UINT64_C(0x100000001b3)

void
db_statements_forget(struct db_statements *statements)
{
	statements->count = 0;
}

static void
make_name(struct db_statement *statement)
{
	uint64_t	 hash = HASH_BASIS;
	const char	*p;

	for (p = statement->sql; *p != '\0'; p++) {
		hash ^= (unsigned char)*p;
		hash *= HASH_PRIME;
	}
	(void)snprintf(statement->name, sizeof(statement->name),
	    "umws_%016" PRIx64, hash);
}

struct db_statement *
db_statements_note(struct db_statements *statements, const char *sql)
{
	struct db_statement	*statement;
	size_t			 i;

	if (statements->is_off)
		return NULL;
	for (i = 0; i < statements->count; i++) {
		statement = &statements->list[i];
		if (strcmp(statement->sql, sql) == 0)
			return statement->is_plain ? NULL : statement;
	}
	if (statements->count < DB_STATEMENTS_MAX) {
		statement = &statements->list[statements->count++];
		*statement = (struct db_statement){ .sql = sql };
		make_name(statement);
	}
	return NULL;
}

/*
 * Is this what PostgreSQL says through a pooler that passes prepared
 * statements on and does not follow them, as PgBouncer does before 1.21 or
 * without max_prepared_statements? invalid_sql_statement_name: it is on
 * another of the pooler's connections; duplicate_prepared_statement: it is on
 * this one, by somebody else.
 */
static bool
is_of_pooler(const char *sqlstate)
{
	return strcmp(sqlstate, "26000") == 0 ||
	    strcmp(sqlstate, "42P05") == 0;
}

void
db_statements_lose(struct db_statements *statements,
    struct db_statement *statement, const char *sqlstate)
{
	statement->is_prepared = false;
	statement->is_plain = true;
	if (is_of_pooler(sqlstate))
		statements->is_off = true;
}

bool
db_statement_is_stale(const char *sqlstate)
{
	/*
	 * feature_not_supported: the type of a result has changed since. (A
	 * function that does something unsupported says so again when it is
	 * asked as it is.)
	 */
	return is_of_pooler(sqlstate) || strcmp(sqlstate, "0A000") == 0;
}

bool
db_form_is_passing(enum db_form form, const char *sqlstate)
{
	switch (form) {
	case DB_FORM_PLAIN:
		return false;
	case DB_FORM_PREPARING:
		return true;
	case DB_FORM_PREPARED:
		return db_statement_is_stale(sqlstate);
	}
	return false;
}
