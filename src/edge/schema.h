/*
 * schema.h - check that this program can work with the database's schema.
 */
#ifndef UMWS_SCHEMA_H
#define UMWS_SCHEMA_H

#include <stdint.h>

#include "base/status.h"
#include "edge/db.h"

/*
 * Ask umws.schema_info() and compare: a program built for schema n runs if
 * oldest_program <= n <= version. deadline_ms is as of db_call().
 *
 * Returns ST_OK; ST_RETRY when the database is away or busy; ST_FAIL when
 * the schema is missing or outside the range, or the role reads only: one err
 * line names what is wrong and what to do. There is no connection then, so
 * that the next one is asked again.
 */
enum status	schema_check(struct db *db, int64_t deadline_ms) MUSTCHECK;

/*
 * One warn line for each setting of the server by which it writes in a way
 * that no commit survives a crash of its host: fsync, full_page_writes. Only
 * the server's operator can set them; how a transaction commits is seen to
 * by umws.commit_durably().
 */
void	schema_warn_of_storage(struct db *db);

#endif
