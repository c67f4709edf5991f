/*
 * lookup.c - look up the addresses of a host's name by getaddrinfo_a(), one
 * name at a time.
 */
#include "config.h"

#include "edge/lookup.h"

#include <sys/socket.h>

#include <assert.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "edge/clock.h"

#define LOOKUPS_MAX	16	/* waited for at once */

struct lookup {
	struct gaicb	 request;	/* the C library's while it is busy */
	struct addrinfo	 hints;
	struct addrinfo	*numeric;	/* owned; NULL for a name */
	char		 name[];
};

struct lookup *
lookup_new(const char *name, int flags, const char **fault)
{
	size_t			 size = strlen(name) + 1;
	struct lookup	*lookup = calloc(1, sizeof(*lookup) + size);
	struct gaicb		*list[1];
	int			 error = EAI_MEMORY;

	*fault = NULL;
	if (lookup != NULL) {
		memcpy(lookup->name, name, size);
		lookup->hints.ai_socktype = SOCK_STREAM;
		lookup->hints.ai_flags = flags | AI_NUMERICHOST;
		if (getaddrinfo(name, NULL, &lookup->hints,
		    &lookup->numeric) == 0)
			return lookup;
		lookup->numeric = NULL;
		lookup->hints.ai_flags = flags;
		lookup->request.ar_name = lookup->name;
		lookup->request.ar_request = &lookup->hints;
		list[0] = &lookup->request;
		error = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
	}
	if (error == 0)
		return lookup;
	free(lookup);
	*fault = gai_strerror(error);
	return NULL;
}

bool
lookup_is_busy(const struct lookup *lookup)
{
	/* It takes the request as one to be changed, and changes nothing. */
	return lookup->numeric == NULL &&
	    gai_error((struct gaicb *)&lookup->request) == EAI_INPROGRESS;
}

void
lookup_free(struct lookup **lookup)
{
	if (*lookup == NULL)
		return;
	if ((*lookup)->numeric != NULL) {
		freeaddrinfo((*lookup)->numeric);
		free(*lookup);
	} else if (gai_cancel(&(*lookup)->request) != EAI_NOTCANCELED) {
		if ((*lookup)->request.ar_result != NULL)
			freeaddrinfo((*lookup)->request.ar_result);
		free(*lookup);
	}
	*lookup = NULL;
}

void
lookup_wait(struct lookup *const *lookups, size_t count,
    int64_t until_ms)
{
	const struct gaicb	*list[LOOKUPS_MAX];
	struct timespec		 left;
	int64_t			 left_ms;
	size_t			 i;
	int			 error, busy = 0;

	assert(count <= LOOKUPS_MAX);
	for (i = 0; i < count; i++)
		if (lookups[i] != NULL && lookup_is_busy(lookups[i]))
			list[busy++] = &lookups[i]->request;
	do {
		left_ms = until_ms - clock_ms();
		if (busy == 0 || left_ms <= 0)
			return;
		left.tv_sec = (time_t)(left_ms / 1000);
		left.tv_nsec = (long)(left_ms % 1000) * 1000000;
		error = gai_suspend(list, busy, &left);
	} while (error == EAI_INTR || error == EAI_AGAIN);
}

const struct addrinfo *
lookup_found(const struct lookup *lookup, const char **fault)
{
	int	error;

	*fault = NULL;
	if (lookup->numeric != NULL)
		return lookup->numeric;
	error = gai_error((struct gaicb *)&lookup->request);
	if (error == 0 && lookup->request.ar_result != NULL)
		return lookup->request.ar_result;
	*fault = error != 0 ? gai_strerror(error) : "its name has no address";
	return NULL;
}
