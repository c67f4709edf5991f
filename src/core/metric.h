/*
 * metric.h - the text format in which Prometheus reads metrics, by lines.
 */
#ifndef UMWS_METRIC_H
#define UMWS_METRIC_H

#include <stdint.h>

#include "base/buf.h"

/* The two lines before a metric's values; type: "counter" or "gauge". */
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

#endif
