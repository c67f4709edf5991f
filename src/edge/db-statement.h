/*
 * db-statement.h - which statements a connection has prepared, and their
 * names. Private to edge/db.
 *
 * A statement is worth preparing when a connection is asked it a second time:
 * of a connection for one request, as plain CGI has, each is asked once.
 */
#ifndef UMWS_DB_STATEMENT_H
#define UMWS_DB_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>

#define DB_STATEMENTS_MAX	16	/* of one connection; others are not
					 * prepared */
#define DB_STATEMENT_NAME_SIZE	24	/* with the NUL */

/* In which form a statement is under way. */
enum db_form {
	DB_FORM_PLAIN = 0,
	DB_FORM_PREPARING,		/* nothing is executed */
	DB_FORM_PREPARED
};

struct db_statement {
	const char	*sql;		/* borrowed: it outlives the db */
	char		 name[DB_STATEMENT_NAME_SIZE];
	bool		 is_prepared;
	bool		 is_plain;	/* on this connection: it was refused */
};

struct db_statements {
	struct db_statement	list[DB_STATEMENTS_MAX];
	size_t			count;
	bool			is_off;	/* for good: a pooler stands between */
};

/* A new connection: nothing has been asked of it. */
void	db_statements_forget(struct db_statements *statements);

/*
 * Note that sql is to be asked. Returns it if it was asked before, and is to
 * be prepared unless it is; NULL: ask it as it is.
 */
struct db_statement	*db_statements_note(struct db_statements *statements,
			    const char *sql);

/*
 * The statement could not be prepared, or no longer is what was prepared, the
 * server says by this SQLSTATE: it is not prepared on this connection again.
 * Nor is any other, for good, if that is what comes of a pooler.
 */
void	db_statements_lose(struct db_statements *statements,
	    struct db_statement *statement, const char *sqlstate);

/*
 * Does an error of this SQLSTATE speak of the prepared statement, and not of
 * what it does? It then comes before anything is executed.
 */
bool	db_statement_is_stale(const char *sqlstate);

/*
 * Does an error of this SQLSTATE lead to the same call once more, as it is?
 * So does any of a statement that is being prepared.
 */
bool	db_form_is_passing(enum db_form form, const char *sqlstate);

#endif
