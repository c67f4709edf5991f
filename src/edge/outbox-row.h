/*
 * outbox-row.h - how edge/outbox reads the row of a mail. Private to it.
 */
#ifndef UMWS_OUTBOX_ROW_H
#define UMWS_OUTBOX_ROW_H

#include "edge/outbox.h"

/* Columns of outbox_begin()'s result; outbox_settle()'s has the first. */
enum column {
	COLUMN_SETTLED,
	COLUMN_RESULT,
	COLUMN_MAIL	/* the first of MAIL_COLUMNS */
};

/* Calls outbox_begin() of SQL; its parameters are id, token, and a mail that
 * was sent and is to be settled with it, or NULL. */
extern const char	outbox_begin_sql[];

/* Let *mail point into its row, which mail->lease holds. */
void	outbox_mail_fill(struct outbox_mail *mail);

#endif
