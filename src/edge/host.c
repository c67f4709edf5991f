/*
 * host.c - find this host's full name, as "hostname -f" does. One without a
 * domain, or in .localdomain, does not count.
 */
#include "config.h"

#include "edge/host.h"

#include <sys/socket.h>

#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "edge/clock.h"
#include "edge/lookup.h"

#define HOST_SIZE	256	/* bytes, with the NUL */
#define LOOKUP_MS	2000	/* a name server that is near needs less */

/* At least two labels of letters, digits and '-', the last not a number. */
static bool
is_full(const char *name)
{
	static const char	local[] = ".localdomain";
	const char		*dot = strrchr(name, '.');
	size_t			 len = strlen(name);

	if (dot == NULL || dot == name || dot[1] == '\0' ||
	    strspn(dot + 1, "0123456789") == strlen(dot + 1))
		return false;
	if (len >= strlen(local) &&
	    strcasecmp(name + len - strlen(local), local) == 0)
		return false;
	return strstr(name, "..") == NULL && strspn(name,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789.-") == len;
}

/* What the resolver calls it, if it says so in time. */
static void
ask_resolver(const char *host, char *name, size_t size)
{
	const struct addrinfo	*found = NULL;
	const char		*fault;
	struct lookup		*lookup;

	lookup = lookup_new(host, AI_CANONNAME, &fault);
	if (lookup == NULL)
		return;
	lookup_wait(&lookup, 1, clock_ms() + LOOKUP_MS);
	if (!lookup_is_busy(lookup))
		found = lookup_found(lookup, &fault);
	if (found != NULL && found->ai_canonname != NULL &&
	    is_full(found->ai_canonname) && strlen(found->ai_canonname) < size)
		strcpy(name, found->ai_canonname);
	lookup_free(&lookup);
}

void
host_full_name(char *name, size_t size)
{
	char	host[HOST_SIZE] = "";

	name[0] = '\0';
	if (gethostname(host, sizeof(host) - 1) != 0)
		return;
	if (is_full(host) && strlen(host) < size)
		strcpy(name, host);
	else
		ask_resolver(host, name, size);
}
