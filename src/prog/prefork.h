/*
 * prefork.h - the parent: keeps N children alive, passes signals on, and
 * replaces children one by one when the configuration changes.
 *
 * Holds no secret and no connection. Knows nothing of requests.
 */
#ifndef UMWS_PREFORK_H
#define UMWS_PREFORK_H

#include "app/conf.h"

/*
 * Serve listen_fd (non-blocking) until SIGTERM or SIGINT.
 *
 * conf_path  read again at SIGHUP; NULL: the default file
 * conf       taken over
 *
 * SIGTERM ends idle children at once and busy ones after their answer.
 * SIGHUP checks the new configuration first and keeps the old one when it
 * is refused; a new child is ready before an old one is told to stop.
 * Returns an exit code (sysexits.h).
 */
int	prefork_run(int listen_fd, const char *conf_path, struct conf *conf,
	    unsigned int workers);

#endif
