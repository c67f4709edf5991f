/*
 * mailer-sight.h - let others see that a pass of the mailer has ended: its
 * trace in the database, and the file of metrics.
 */
#ifndef UMWS_MAILER_SIGHT_H
#define UMWS_MAILER_SIGHT_H

#include <stdint.h>

#include "app/conf.h"
#include "app/tally.h"
#include "edge/db.h"

struct mailer_end {
	int64_t			 begun_ms;	/* of clock_ms() */
	int			 code;		/* exit status */
	const struct tally	*tally;		/* its attempts */
	struct db		*db;		/* NULL: no pass was begun */
	const char		*key_ids;	/* outbox_key_ids() */
};

/*
 * Note the pass in the database, unless the connection is lost, and write
 * metrics_file, if there is one. What fails has been logged, and changes
 * nothing of the pass's outcome.
 */
void	mailer_sight(const struct conf *conf, const struct mailer_end *end);

#endif
