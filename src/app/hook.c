/*
 * hook.c - tell a change to a program, or by edge/webhook to a web service.
 */
#include "config.h"

#include "app/hook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/secret.h"
#include "edge/keyfile.h"
#include "edge/smtp-exec.h"
#include "edge/webhook.h"

#define SECRET_SIZE	257	/* bytes of the file's first line, with NUL */

struct hook {
	const struct hook_options	*options;
	struct webhook			*web;	/* NULL: a program */
};

static enum status
new_web(const struct hook_options *options, struct webhook **web)
{
	char		secret[SECRET_SIZE];
	enum status	st;

	st = keyfile_read_line(options->secret_file, secret, sizeof(secret));
	if (st == ST_OK)
		st = webhook_new(&options->web, secret, web);
	WIPE(&secret);
	return st;
}

enum status
hook_new(const struct hook_options *options, struct hook **hook)
{
	const char	*fault;
	enum status	 st = ST_OK;

	*hook = calloc(1, sizeof(**hook));
	if (*hook == NULL) {
		log_err("no-memory", "for", "on_change", NULL);
		return ST_FAIL;
	}
	(*hook)->options = options;
	if (options->web.url[0] != '/') {
		st = new_web(options, &(*hook)->web);
	} else if ((fault = smtp_exec_fault(options->web.url)) != NULL) {
		log_err("on-change-refused", "program", options->web.url,
		    "reason", fault, "look-at", "on_change", NULL);
		st = ST_BAD;
	}
	if (st != ST_OK)
		hook_free(hook);
	return st;
}

void
hook_free(struct hook **hook)
{
	if (*hook == NULL)
		return;
	webhook_free(&(*hook)->web);
	free(*hook);
	*hook = NULL;
}

/* By sysexits.h: what is wrong with this one will be wrong the next time. */
static enum status
judge(int code)
{
	switch (code) {
	case EX_OK:
		return ST_OK;
	case EX_DATAERR:
	case EX_NOUSER:
		return ST_BAD;
	default:
		return ST_RETRY;
	}
}

static enum status
run(const struct hook *hook, const char *id, const char *fact,
    char reason[HOOK_REASON_SIZE])
{
	const struct smtp_exec	run = {
		.path = hook->options->web.url,
		.argument = id,
		.input = fact,
		.len = strlen(fact),
		.timeout_s = hook->options->web.timeout_s
	};
	struct smtp_exec_end	end = smtp_exec(&run);
	enum status		st = ST_RETRY;

	switch (end.how) {
	case SMTP_EXEC_EXITED:
		st = judge(end.number);
		if (st != ST_OK)
			(void)snprintf(reason, HOOK_REASON_SIZE,
			    "the program ended with %d", end.number);
		break;
	case SMTP_EXEC_KILLED:
		(void)snprintf(reason, HOOK_REASON_SIZE,
		    "the program was ended by signal %d", end.number);
		break;
	case SMTP_EXEC_LATE:
		(void)snprintf(reason, HOOK_REASON_SIZE,
		    "the program took longer than on_change_timeout, %u s",
		    run.timeout_s);
		break;
	case SMTP_EXEC_NOT_RUN:
		(void)snprintf(reason, HOOK_REASON_SIZE,
		    "the program could not be run: %s", strerror(end.number));
		break;
	}
	return st;
}

enum status
hook_tell(struct hook *hook, const char *id, const char *fact,
    char reason[HOOK_REASON_SIZE])
{
	*reason = '\0';
	return hook->web != NULL ?
	    webhook_post(hook->web, id, fact, reason) :
	    run(hook, id, fact, reason);
}
