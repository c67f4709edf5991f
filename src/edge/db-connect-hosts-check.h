/*
 * db-connect-hosts-check.h - check that libpq can use a conninfo.
 * Private to edge/db-connect.
 *
 * What libpq or the server says of a conninfo that is wrong may quote it, and
 * with it a password that stands at the wrong place. So what can be told
 * beforehand is told here, in words that hold nothing of it but keywords.
 */
#ifndef UMWS_DB_CONNECT_HOSTS_CHECK_H
#define UMWS_DB_CONNECT_HOSTS_CHECK_H

#include <stdbool.h>

#include "base/status.h"

/*
 * Look at the conninfo, and at what environment and service file add to it:
 * its form, its lists of hosts, values that libpq does not know, and such as
 * have swallowed another setting, by a ';' or ':' for a blank. Connects to
 * nothing, looks no name up.
 *
 * Returns ST_OK; ST_FAIL, logged as "database-refused"; or ST_RETRY without
 * memory (logged).
 */
enum status	db_check_conninfo(const char *conninfo, const char *program)
		    MUSTCHECK;

/* Can libpq read it as what it is meant to be? */
bool		db_conninfo_is_readable(const char *conninfo);

/* Has a value swallowed what should be a setting of its own? */
bool		db_value_has_swallowed(const char *value);

#endif
