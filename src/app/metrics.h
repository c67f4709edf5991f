/*
 * metrics.h - the scoreboard's counters in Prometheus' text format 0.0.4.
 */
#ifndef UMWS_METRICS_H
#define UMWS_METRICS_H

#include "base/buf.h"
#include "edge/scoreboard.h"

#define METRICS_CONTENT_TYPE	"text/plain; version=0.0.4; charset=utf-8"

/* Append all metrics. */
void	metrics_write(const struct scoreboard *board, struct buf *buf);

#endif
