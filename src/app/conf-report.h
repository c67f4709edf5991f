/*
 * conf-report.h - tell what is wrong with a configuration. Private to conf.
 */
#ifndef UMWS_CONF_REPORT_H
#define UMWS_CONF_REPORT_H

#include <stddef.h>

#include "app/conf.h"

/* Whoever hears it, and how much that was. */
struct conf_report {
	conf_on_fault	 on_fault;
	void		*context;
	size_t		 count;
};

/*
 * One fault, at a place (borrowed for the call); todo may be NULL. A reason
 * that is longer than CONF_REASON_SIZE is cut.
 */
void	conf_report_fault(struct conf_report *report,
	    const struct conf_place *place, const char *todo,
	    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The handler that logs the first fault, as an err line, and no other; its
 * context is the struct conf_report. */
void	conf_log_first(void *context, const struct conf_fault *fault);

#endif
