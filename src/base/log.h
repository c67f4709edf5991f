/*
 * log.h - one line per event on stderr: <priority>program[pid]: event k=v ...
 *
 * The prefix <3>, <4>, <6> is the syslog severity as systemd reads it
 * (sd-daemon(3)). Where stderr is the journal, which knows program and pid by
 * itself, the line begins "<priority>event". Values come as pairs of strings,
 * never through a format, and are escaped: whatever a peer sends, an event
 * stays one line.
 */
#ifndef UMWS_LOG_H
#define UMWS_LOG_H

#include <stdint.h>

#define LOG_NUMBER_SIZE	24	/* bytes for a 64-bit number and its NUL */

enum log_level {
	LOG_LEVEL_ERR = 3,	/* somebody must act */
	LOG_LEVEL_WARN = 4,	/* ours to watch */
	LOG_LEVEL_INFO = 6	/* one line per finished request */
};

/*
 * Write one event: its name, then pairs of key and value, then NULL. A pair
 * with a NULL value is left out. A line is cut at 1,000 bytes.
 *
 *	log_err("key-refused", "file", path, "reason", "mode", NULL);
 */
void	log_event(enum log_level level, const char *event, ...)
	    __attribute__((sentinel));

#define log_err(...)	log_event(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warn(...)	log_event(LOG_LEVEL_WARN, __VA_ARGS__)
#define log_info(...)	log_event(LOG_LEVEL_INFO, __VA_ARGS__)

#define LOG_PAIRS_MAX	32	/* pairs of one event that a listener gets */

/*
 * Let a listener have the events instead of stderr, until this is called with
 * NULL: for a program that tells in words of its own what others have met.
 * pairs are keys and values, without those that are NULL, and a NULL at their
 * end; borrowed.
 */
void	log_divert(void (*listener)(void *context, enum log_level level,
	    const char *event, const char *const *pairs), void *context);

/* An err line "system-failed" about this call, with errno's words. */
void	log_system(const char *call);

/* Write number in decimal to text and return text. */
const char	*log_number(char text[LOG_NUMBER_SIZE], int64_t number);

#endif
