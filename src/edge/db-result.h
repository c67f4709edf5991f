/*
 * db-result.h - what makes the rows that edge/db.h reads. Private to edge/db.
 */
#ifndef UMWS_DB_RESULT_H
#define UMWS_DB_RESULT_H

#include "edge/db.h"

struct pg_result;

/* Takes the rows over, also when it returns NULL for want of memory. */
struct db_result	*db_result_new(struct pg_result *rows);

#endif
