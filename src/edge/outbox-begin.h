/*
 * outbox-begin.h - how edge/outbox begins mails. Private to it.
 */
#ifndef UMWS_OUTBOX_BEGIN_H
#define UMWS_OUTBOX_BEGIN_H

#include "edge/outbox.h"

/* As outbox_begin(), but what became of all stands in *wants alone; the rows
 * of those that were sent are left to the caller. */
void	outbox_begin_rows(struct db *db, struct outbox_want *wants,
	    size_t count);

#endif
