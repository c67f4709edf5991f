/*
 * lookup.h - the addresses of a host's name, by a deadline.
 *
 * getaddrinfo() takes as long as the resolver likes: 30 seconds and more while
 * no name server answers. So the C library's getaddrinfo_a() calls it in a
 * thread of its own, which blocks all signals, runs nothing of ours, and ends
 * with the lookup. A program that forks does so before the first of them.
 */
#ifndef UMWS_LOOKUP_H
#define UMWS_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct addrinfo;
struct lookup;

/*
 * Begin to look the name up; a numeric address is its own, at once.
 *
 * flags  of getaddrinfo(): 0, or AI_CANONNAME
 *
 * NULL, with why not in *fault (static), when there is no memory or no thread
 * to be had.
 */
struct lookup	*lookup_new(const char *name, int flags,
		    const char **fault);

/*
 * One that is still under way is left to itself, since nobody can stop it: its
 * few hundred bytes are never freed. So keep it, if the same name is going to
 * be wanted again.
 */
void	lookup_free(struct lookup **lookup);

/* Is it still under way? */
bool	lookup_is_busy(const struct lookup *lookup);

/* Wait until one of them (NULL: none) is not busy, or until_ms of clock_ms().
 * Returns at once when none is busy. */
void	lookup_wait(struct lookup *const *lookups, size_t count,
	    int64_t until_ms);

/* What was found, borrowed, one at least; or NULL and why in *fault (static).
 * Not while it is busy. */
const struct addrinfo	*lookup_found(const struct lookup *lookup,
			    const char **fault);

#endif
