/*
 * deliver-report.c - what of the queue waits for somebody to act: rows whose
 * key is missing, and rows that no mail can be made of.
 */
#include "config.h"

#include "app/deliver-report.h"

#include "base/buf.h"
#include "base/log.h"

/* Mails that nobody with our keys can open wait until somebody acts. */
static enum status
report_missing_keys(struct pass *pass)
{
	struct buf	names = BUF_INIT(OUTBOX_NAMES_MAX);
	enum status	st;

	st = outbox_missing_keys(pass->parts->outbox, &names);
	if (st == ST_OK && names.len > 0)
		pass->is_key_missing = true;
	if (pass->is_key_missing && !pass->parts->is_brief)
		log_err("mail-keys-missing", "keys", buf_text(&names), "todo",
		    "add them to mail_key: mails are waiting for them", NULL);
	buf_free(&names);
	return st;
}

/* Mails that a pass could not read are said at each one until they end. */
static enum status
report_unreadable(struct pass *pass)
{
	struct buf	ids = BUF_INIT(OUTBOX_NAMES_MAX);
	enum status	st;

	st = outbox_unreadable(pass->parts->outbox, &ids);
	if (st == ST_OK && ids.len > 0)
		pass->is_unreadable = true;
	if (pass->is_unreadable && !pass->parts->is_brief)
		log_err("mails-unreadable", "ids", buf_text(&ids), "todo",
		    "see their last error by umwsctl outbox list", NULL);
	buf_free(&ids);
	return st;
}

enum status
deliver_report(struct pass *pass)
{
	enum status	st;

	st = report_missing_keys(pass);
	return st == ST_OK ? report_unreadable(pass) : st;
}
