/*
 * progress.h - how far long work has come, on a terminal only. Private to ctl.
 */
#ifndef UMWS_COMMAND_PROGRESS_H
#define UMWS_COMMAND_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* A line that is written over again and again. Zero is none. */
struct progress {
	FILE	*stream;	/* NULL: no terminal is there to see it */
	bool	 is_shown;	/* something stands in the line */
	int64_t	 next_ms;	/* not shown again before */
	int64_t	 since_ms;	/* when the work began */
};

/* The terminal is that of errors: the output may go elsewhere. */
void	progress_init(struct progress *progress, FILE *err);

/* The work of this name has begun. */
void	progress_begin(struct progress *progress);

/* done of total (0: nobody knows) are done: "reading 40 % [####      ] 3 s
 * left". Costs next to nothing while it is too early to show it again. */
void	progress_show(struct progress *progress, const char *what,
	    uint64_t done, uint64_t total);

/* The same where nobody knows of how many: "sealing: 12000 rows". */
void	progress_count(struct progress *progress, const char *what,
	    uint64_t done);

/* Show this at once: nobody knows how long it takes. */
void	progress_now(struct progress *progress, const char *what);

/* Clear the line, for another text or at the end. */
void	progress_clear(struct progress *progress);

#endif
