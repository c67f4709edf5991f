/*
 * metric.h - the text format in which Prometheus reads metrics, by lines.
 */
#ifndef UMWS_METRIC_H
#define UMWS_METRIC_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The two lines before a metric's values; type: "counter", "gauge" or
 * "histogram".
 */
void	metric_head(struct buf *buf, const char *name, const char *type,
	    const char *help);

/*
 * A value line. label is what stands between the braces, or NULL: its value
 * must not need to be escaped.
 */
void	metric_value(struct buf *buf, const char *name, const char *label,
	    int64_t value);

/* A metric without labels: both of these. */
void	metric_gauge(struct buf *buf, const char *name, const char *help,
	    int64_t value);

/* A label's value between its quotes, with the escapes of the format. */
void	metric_quoted(struct buf *buf, const char *value);

/*
 * A histogram's value lines: times in microseconds, told in seconds.
 *
 * label   as of metric_value()
 * bounds  count of them, growing
 * within  how many were in each bucket alone; [count]: beyond the last bound
 */
void	metric_histogram(struct buf *buf, const char *name, const char *label,
	    const uint64_t *bounds_us, const uint64_t *within, size_t count,
	    uint64_t sum_us);

#endif
