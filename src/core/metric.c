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

void
metric_quoted(struct buf *buf, const char *value)
{
	buf_puts(buf, "\"");
	for (; *value != '\0'; value++) {
		if (*value == '\n')
			buf_puts(buf, "\\n");
		else if (*value == '\\' || *value == '"')
			buf_printf(buf, "\\%c", *value);
		else
			buf_append(buf, value, 1);
	}
	buf_puts(buf, "\"");
}

/* Seconds as Prometheus writes them itself: "0.005", "1.0", "2.5". */
static void
write_bound(struct buf *buf, uint64_t us)
{
	uint64_t	part = us % 1000000;
	int		digits = 6;

	while (digits > 1 && part % 10 == 0) {
		part /= 10;
		digits--;
	}
	buf_printf(buf, "%" PRIu64 ".%0*" PRIu64, us / 1000000, digits, part);
}

void
metric_histogram(struct buf *buf, const char *name, const char *label,
    const uint64_t *bounds_us, const uint64_t *within, size_t count,
    uint64_t sum_us)
{
	const char	*own = label == NULL ? "" : label;
	const char	*comma = label == NULL ? "" : ",";
	const char	*open = label == NULL ? "" : "{";
	const char	*close = label == NULL ? "" : "}";
	uint64_t	 so_far = 0;
	size_t		 i;

	for (i = 0; i < count; i++) {
		so_far += within[i];
		buf_printf(buf, "%s_bucket{%s%sle=\"", name, own, comma);
		write_bound(buf, bounds_us[i]);
		buf_printf(buf, "\"} %" PRIu64 "\n", so_far);
	}
	so_far += within[count];
	buf_printf(buf, "%s_bucket{%s%sle=\"+Inf\"} %" PRIu64 "\n", name, own,
	    comma, so_far);
	buf_printf(buf, "%s_sum%s%s%s %" PRIu64 ".%06" PRIu64 "\n", name, open,
	    own, close, sum_us / 1000000, sum_us % 1000000);
	buf_printf(buf, "%s_count%s%s%s %" PRIu64 "\n", name, open, own,
	    close, so_far);
}
