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
			return statement;
	}
	if (statements->count < DB_STATEMENTS_MAX) {
		statement = &statements->list[statements->count++];
		*statement = (struct db_statement){ .sql = sql };
		make_name(statement);
	}
	return NULL;
}

bool
db_statement_is_stale(const char *sqlstate)
{
	/*
	 * invalid_sql_statement_name: it is on another of the pooler's
	 * connections; duplicate_prepared_statement; and what PostgreSQL says
	 * when the type of a result has changed since (a function that does
	 * something unsupported says so again when it is asked as it is).
	 */
	return strcmp(sqlstate, "26000") == 0 ||
	    strcmp(sqlstate, "42P05") == 0 ||
	    strcmp(sqlstate, "0A000") == 0;
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
