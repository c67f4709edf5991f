/*
 * guard.h - work in a child of its own, which tells what it finds in records of
 * one size and can be left alone when it hangs or dies.
 *
 * Not for a process with threads.
 */
#ifndef UMWS_GUARD_H
#define UMWS_GUARD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

#define GUARD_RECORD_MAX	4096	/* bytes: a write to a pipe is whole */

struct guard {
	pid_t	pid;		/* 0: none */
	int	fd;		/* what it tells */
};

/*
 * Fork, and let the child call work(context, fd), which tells each of its
 * records by guard_tell() and then ends; it never returns here.
 *
 * ST_OK, or ST_RETRY (logged): no process, no descriptor.
 */
enum status	guard_start(struct guard *guard,
		    void (*work)(void *context, int fd), void *context)
		    MUSTCHECK;

/* In the child. A parent that does not listen any more ends it. */
void		guard_tell(int fd, const void *record, size_t size);

/*
 * Wait for the next record until deadline_ms of clock_ms(). ST_OK; ST_RETRY:
 * none came in time; ST_FAIL: the child has ended without one.
 */
enum status	guard_hear(struct guard *guard, void *record, size_t size,
		    int64_t deadline_ms) MUSTCHECK;

/* Kill the child, if it still is there, and forget it. */
void		guard_stop(struct guard *guard);

#endif
