/*
 * db-refusal.h - what a SQLSTATE says that only somebody's hand can mend:
 * rights, names, and settings that the server, the database or a role has.
 *
 * The server's words are in whatever language it speaks; its codes are those of
 * PostgreSQL 15, appendix A.
 */
#ifndef UMWS_DB_REFUSAL_H
#define UMWS_DB_REFUSAL_H

#include <stdbool.h>

#define DB_SQLSTATE_SIZE	6	/* five characters and the NUL */

/*
 * The SQLSTATE in a message of PQERRORS_VERBOSE; sqlstate is left as it is when
 * there is none.
 */
void		 db_refusal_find_sqlstate(const char *message,
		    char sqlstate[DB_SQLSTATE_SIZE]);

/* Classes 28 (who we are) and 3D (no such database), and 42501 (rights). */
bool		 db_refusal_is_of_rights(const char *sqlstate);

/* Does it, at the door, say no for good? Those of rights, and settings of the
 * session that cannot be had. */
bool		 db_refusal_is_final(const char *sqlstate);

/* What to do about it, in one sentence; NULL for any other. */
const char	*db_refusal_todo(const char *sqlstate, bool is_at_door);

#endif
