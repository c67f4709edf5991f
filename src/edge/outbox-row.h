/*
 * outbox-row.h - how edge/outbox reads the rows of mails. Private to it.
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

/* Calls outbox_begin() of SQL; its parameters are four arrays as text: ids,
 * tokens, mails that were sent and are to be settled with them, and their
 * tokens; zeros for none. */
extern const char	outbox_begin_sql[];

/* An id that stands for no mail: what NULL is in an array's text, a setting of
 * the session's says. */
#define OUTBOX_NOBODY	"00000000-0000-0000-0000-000000000000"

/* Let *mail point into that row of the rows that mail->lease holds. */
void	outbox_mail_fill(struct outbox_mail *mail, size_t row);

#endif
