/*
 * argument.c - take options off a command line, and tell of an argument what
 * holds no secret.
 */
#include "config.h"

#include "base/argument.h"

#include <stdio.h>
#include <string.h>

const char *
argument_tell(const char *arg, char about[ARGUMENT_SIZE])
{
	size_t	len = strspn(arg, "abcdefghijklmnopqrstuvwxyz-");

	if (len == 0 || (arg[len] != '\0' && strchr("=:/@ ", arg[len]) == NULL))
		return "(not shown)";
	(void)snprintf(about, ARGUMENT_SIZE, "%.*s", (int)len, arg);
	return about;
}

int
argument_option(const char *program, int argc, char *argv[],
    const struct option *known)
{
	const char	*arg;
	char		 about[ARGUMENT_SIZE];
	int		 at = optind, option;

	/* What getopt_long() will look at; its own words quote it whole. */
	while (at < argc && (argv[at][0] != '-' || argv[at][1] == '\0'))
		at++;
	arg = at < argc ? argv[at] : "";
	opterr = 0;
	option = getopt_long(argc, argv, "", known, NULL);
	if (option == '?')
		(void)fprintf(stderr, "%s: %s is no option, or its value is "
		    "missing or too much\n", program,
		    argument_tell(arg, about));
	return option;
}
