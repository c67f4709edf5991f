/*
 * metric.c - write lines of Prometheus' text format, version 0.0.4.
 */
#include "config.h"

#include "core/metric.h"

#include <inttypes.h>
#include <stddef.h>

void
metric_head(struct buf *buf, const char *name, const char *type,
    const char *help)
{
	buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    type);
}

void
metric_value(struct buf *buf, const char *name, const char *label,
    int64_t value)
{
	if (label == NULL)
		buf_printf(buf, "%s %" PRId64 "\n", name, value);
	else
		buf_printf(buf, "%s{%s} %" PRId64 "\n", name, label, value);
}

void
metric_gauge(struct buf *buf, const char *name, const char *help,
    int64_t value)
{
	metric_head(buf, name, "gauge", help);
	metric_value(buf, name, NULL, value);
}
