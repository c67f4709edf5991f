/*
 * host.c - what "hostname -f" says, unless it is a stopgap.
 */
#include "config.h"

#include "edge/host.h"

#include <sys/socket.h>

#include <netdb.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define HOST_SIZE	256	/* bytes, with the NUL */

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

void
host_full_name(char *name, size_t size)
{
	const struct addrinfo	 hints = { .ai_flags = AI_CANONNAME,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo		*found = NULL;
	char			 host[HOST_SIZE] = "";

	name[0] = '\0';
	if (gethostname(host, sizeof(host) - 1) != 0)
		return;
	if (is_full(host) && strlen(host) < size) {
		strcpy(name, host);
		return;
	}
	if (getaddrinfo(host, NULL, &hints, &found) == 0 && found != NULL &&
	    found->ai_canonname != NULL && is_full(found->ai_canonname) &&
	    strlen(found->ai_canonname) < size)
		strcpy(name, found->ai_canonname);
	if (found != NULL)
		freeaddrinfo(found);
}
