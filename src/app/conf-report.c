/*
 * conf-report.c - one fault after the other, to whoever hears them, and the
 * line of the log that one is.
 */
#include "config.h"

#include "app/conf-report.h"

#include <stdarg.h>
#include <stdio.h>

#include "app/conf-value.h"
#include "base/log.h"

void
conf_report_fault(struct conf_report *report, const struct conf_place *place,
    const char *todo, const char *format, ...)
{
	char			reason[CONF_REASON_SIZE];
	const struct conf_fault	fault = { *place, reason, todo };
	va_list			ap;

	va_start(ap, format);
	(void)vsnprintf(reason, sizeof(reason), format, ap);
	va_end(ap);
	report->count++;
	report->on_fault(report->context, &fault);
}

void
conf_log_fault(void *context, const struct conf_fault *fault)
{
	char	number[LOG_NUMBER_SIZE];

	(void)context;
	log_err("configuration-refused", "file", fault->place.file, "line",
	    fault->place.line == 0 ? NULL : log_number(number,
	    fault->place.line), "variable", fault->place.variable, "reason",
	    fault->reason, "todo", fault->todo, NULL);
}

void
conf_log_first(void *context, const struct conf_fault *fault)
{
	const struct conf_report	*report = context;

	if (report->count == 1)
		conf_log_fault(context, fault);
}
