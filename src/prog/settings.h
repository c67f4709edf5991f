/*
 * settings.h - --check-config and --print-config of the programs that serve.
 */
#ifndef UMWS_SETTINGS_H
#define UMWS_SETTINGS_H

#include <stdbool.h>

#include "app/conf.h"

/* What the command line asks for besides the program's own work. */
struct settings_wish {
	bool	checks;
	bool	prints;
};

/*
 * Log whatever else of ours a start would refuse, without asking anybody on
 * the network: keys, say. EX_OK, or an exit code.
 */
typedef int	(*settings_check)(const struct conf *conf);

/*
 * Check the settings of file (NULL: the default one), all of them, and what
 * check looks at; or print what is in force; or both, if nothing is wrong.
 *
 * program, role  who asks
 *
 * Returns EX_OK; EX_CONFIG when something is wrong, of which each is a line of
 * the log; or another exit code.
 */
int	settings_answer(const char *program, enum conf_role role,
	    const char *file, const struct settings_wish *wish,
	    settings_check check);

#endif
