/*
 * actor.c - find out who has started umwsctl.
 */
#include "config.h"

#include "edge/actor.h"

#include <sys/types.h>

#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

#define UID_TEXT_SIZE	32		/* bytes of a number, and a newline */
#define PEOPLE_FROM	1000		/* Debian's first uid of a person */

/* A uid as text; false for what is none, and for "not set". */
static bool
read_uid(const char *text, uid_t *uid)
{
	uint64_t	number;

	if (text == NULL || !text_size(text, &number) ||
	    number >= UINT32_MAX)
		return false;
	*uid = (uid_t)number;
	return true;
}

static bool
session_uid(uid_t *uid)
{
	char	 text[UID_TEXT_SIZE] = "";
	FILE	*file = fopen("/proc/self/loginuid", "re");

	if (file == NULL)
		return false;
	if (fgets(text, sizeof(text), file) == NULL)
		text[0] = '\0';
	(void)fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return read_uid(text, uid);
}

void
actor_name(char name[ACTOR_SIZE])
{
	uid_t			 uid = geteuid();
	const struct passwd	*user;

	/* A person who sets SUDO_UID is still that person. */
	if (!session_uid(&uid) && uid < PEOPLE_FROM)
		(void)read_uid(getenv("SUDO_UID"), &uid);
	user = getpwuid(uid);
	if (user != NULL)
		(void)snprintf(name, ACTOR_SIZE, "%s", user->pw_name);
	else
		(void)snprintf(name, ACTOR_SIZE, "uid %lu",
		    (unsigned long)uid);
}
