/*
 * host.h - the name that this host gives itself.
 */
#ifndef UMWS_HOST_H
#define UMWS_HOST_H

#include <stddef.h>

/*
 * The host's full name, which has a dot in it, or "" when it has none that
 * is one. May ask the resolver, and waits 2 seconds for it.
 */
void	host_full_name(char *name, size_t size);

#endif
