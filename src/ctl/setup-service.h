/*
 * setup-service.h - systemd, where it runs; and who does. Private to setup.
 */
#ifndef UMWS_COMMAND_SETUP_SERVICE_H
#define UMWS_COMMAND_SETUP_SERVICE_H

#include "ctl/setup.h"

bool	setup_has_systemd(void);

/* systemctl VERB UNIT: EX_OK, or the exit code of what was said. */
int	setup_systemctl(const struct setup *setup, const char *verb,
	    const char *unit);

bool	setup_web_is_running(const struct setup *setup);

#endif
