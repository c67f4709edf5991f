/*
 * status.h - the result of a function that can fail: what its caller must do.
 *
 * Every function that can fail returns one of these and is MUSTCHECK; its
 * results go through trailing pointers, which are set even on failure: with
 * ST_DENIED a denial (core/refusal.h) or a reason, unless its header knows
 * one reason only.
 * Whoever hears the bad news from a library logs it, once, with detail;
 * callers pass the status up in silence.
 */
#ifndef UMWS_STATUS_H
#define UMWS_STATUS_H

#define MUSTCHECK	__attribute__((warn_unused_result))

enum status {
	ST_OK = 0,
	ST_BAD,		/* this item is wrong for good: bad XML, SMTP 550 */
	ST_DENIED,	/* in order, and not to be done: a reason says why */
	ST_BUSY,	/* nothing happened, and it may work at once or soon */
	ST_RETRY,	/* the same may work later: database away, SMTP 4yz */
	ST_UNKNOWN,	/* it may have happened: ask by its id */
	ST_FAIL		/* we are broken until somebody acts: bug, bad key */
};

#endif
