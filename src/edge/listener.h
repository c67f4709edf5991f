/*
 * listener.h - who listens on a TCP port? As Linux tells in /proc; of another
 * user's processes only root is told.
 */
#ifndef UMWS_LISTENER_H
#define UMWS_LISTENER_H

#include <sys/types.h>

#include <stdbool.h>

/* On any address, with a socket that this process has open. */
bool	listener_has_port(pid_t pid, unsigned int port);

/* Could somebody who is to listen there, on all addresses of IPv4, do so now?
 * Only a port that is taken is said to be none. */
bool	listener_may_have_port(unsigned int port);

#endif
