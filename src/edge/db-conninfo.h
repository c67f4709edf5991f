/*
 * db-conninfo.h - what of a connection string is a secret, and the rest of it
 * to be shown.
 *
 * Secrets are what libpq marks as such, however they are written: as keyword =
 * value, or in a URI before the host or behind the '?', percent-encoded or not;
 * and any value that has swallowed a further setting.
 */
#ifndef UMWS_DB_CONNINFO_H
#define UMWS_DB_CONNINFO_H

#include <stdbool.h>

#include "base/buf.h"

#define DB_HIDDEN	"(hidden)"	/* in the place of a secret */

/*
 * Is there one? One that libpq cannot read has one if it looks like it. Without
 * memory the answer is yes.
 */
bool	db_conninfo_has_secret(const char *conninfo);

/*
 * Append it: as it is, if it has no secret; else as keyword = value, in libpq's
 * order, with DB_HIDDEN for each secret. Of one that libpq cannot read nothing
 * but DB_HIDDEN.
 */
void	db_conninfo_show(const char *conninfo, struct buf *text);

#endif
