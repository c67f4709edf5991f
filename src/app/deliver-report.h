/*
 * deliver-report.h - what stays wrong with the queue, whatever a pass does.
 * Private to deliver.
 */
#ifndef UMWS_DELIVER_REPORT_H
#define UMWS_DELIVER_REPORT_H

#include "app/deliver-mail.h"
#include "base/status.h"

/*
 * Find out, and say it unless the pass is brief: pass->is_key_missing and
 * is_unreadable are set. ST_OK, or as outbox_missing_keys().
 */
enum status	deliver_report(struct pass *pass) MUSTCHECK;

#endif
