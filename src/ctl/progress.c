/*
 * progress.c - a line on a terminal, five times a second at most.
 */
#include "config.h"

#include "ctl/progress.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "edge/clock.h"

#define PAUSE_MS	200
#define BAR_WIDTH	30	/* columns */

void
progress_init(struct progress *progress, FILE *err)
{
	memset(progress, 0, sizeof(*progress));
	if (isatty(fileno(err)))
		progress->stream = err;
}

void
progress_begin(struct progress *progress)
{
	if (progress->stream == NULL)
		return;
	progress->since_ms = clock_ms();
	progress->next_ms = progress->since_ms + PAUSE_MS;
}

void
progress_show(struct progress *progress, const char *what, uint64_t done,
    uint64_t total)
{
	static const char	bar[] = "##############################";
	int64_t			now_ms;
	int			filled;

	if (progress->stream == NULL)
		return;
	now_ms = clock_ms();
	if (now_ms < progress->next_ms)
		return;
	progress->next_ms = now_ms + PAUSE_MS;
	progress->is_shown = true;
	if (total == 0 || done > total) {
		(void)fprintf(progress->stream, "\r\033[K%s", what);
	} else {
		filled = (int)(done * BAR_WIDTH / total);
		(void)fprintf(progress->stream, "\r\033[K%s %3d %% [%.*s%*s]",
		    what, (int)(done * 100 / total), filled, bar,
		    BAR_WIDTH - filled, "");
		if (done > 0)
			(void)fprintf(progress->stream, " %lld s left",
			    (long long)((double)(now_ms - progress->since_ms) *
			    (double)(total - done) / (double)done / 1000));
	}
	(void)fflush(progress->stream);
}

void
progress_count(struct progress *progress, const char *what, uint64_t done)
{
	char	text[64];

	if (progress->stream == NULL)
		return;
	(void)snprintf(text, sizeof(text), "%s: %" PRIu64 " rows", what,
	    done);
	progress_show(progress, text, 0, 0);
}

void
progress_now(struct progress *progress, const char *what)
{
	progress->next_ms = 0;
	progress_show(progress, what, 0, 0);
}

void
progress_clear(struct progress *progress)
{
	if (progress->stream == NULL || !progress->is_shown)
		return;
	(void)fputs("\r\033[K", progress->stream);
	(void)fflush(progress->stream);
	progress->is_shown = false;
}
