/*
 * setup-auth.h - the ways in which users prove who they are. Private to setup.
 */
#ifndef UMWS_COMMAND_SETUP_AUTH_H
#define UMWS_COMMAND_SETUP_AUTH_H

#include "ctl/setup.h"

#define SETUP_NAMES	2	/* that --auth gives, of one way */

enum setup_name {
	SETUP_NAME_FILE,	/* read by the web server as root */
	SETUP_NAME_READ,	/* and by its processes, as www-data */
	SETUP_NAME_REALM
};

struct setup_way {
	const char	*name;		/* of --auth, and of the files */
	const char	*usage;		/* what follows the '=' */
	struct {
		const char	*nginx;	/* what stands in its place in the
					 * files of nginx; NULL: no more */
		const char	*apache;
		enum setup_name	 kind;
	}		 names[SETUP_NAMES];
};

/* The one that was told, or NULL. */
const struct setup_way	*setup_auth_way(const struct setup *setup);

/* The name of this index; false: there is none. */
bool	setup_auth_name(const struct setup *setup, size_t i,
	    char name[SETUP_PATH_SIZE]);

#endif
