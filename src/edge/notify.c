/*
 * notify.c - sd_notify(3), as far as a service needs it: one datagram for
 * each thing there is to say.
 */
#include "config.h"

#include "edge/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "edge/clock.h"

#define TEXT_SIZE	256	/* bytes of a datagram, with the NUL */
#define SEND_S		2	/* for a manager that does not read */

/* A path, or "@" and an abstract name. False: not an address of ours. */
static bool
set_address(struct notify *notify, const char *name)
{
	size_t	len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2 ||
	    len >= sizeof(notify->address.sun_path))
		return false;
	notify->address.sun_family = AF_UNIX;
	memcpy(notify->address.sun_path, name, len);
	notify->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
	    len);
	/* The length alone ends an abstract name, a NUL ends a path. */
	if (name[0] == '@')
		notify->address.sun_path[0] = '\0';
	else
		notify->len++;
	return true;
}

/* A variable that is a number and nothing else. */
static bool
number_of(const char *name, uint64_t *number)
{
	const char	*text = getenv(name), *end;

	return text != NULL && text_number(text, number, &end) && *end == '\0';
}

void
notify_open(struct notify *notify)
{
	const char	*name = getenv("NOTIFY_SOCKET");
	uint64_t	 pid, usec;

	*notify = (struct notify){ .len = 0 };
	if (name != NULL && !set_address(notify, name))
		log_warn("notify-failed", "socket", name, "reason",
		    "no address of a Unix socket", NULL);
	if (number_of("WATCHDOG_USEC", &usec) && usec < INT64_MAX &&
	    (getenv("WATCHDOG_PID") == NULL ||
	    (number_of("WATCHDOG_PID", &pid) && pid == (uint64_t)getpid())))
		notify->every_ms = usec == 0 ? 0 : (int64_t)usec / 2000 + 1;
	(void)unsetenv("NOTIFY_SOCKET");
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
}

static void
tell(const struct notify *notify, const char *text)
{
	const struct timeval	patience = { SEND_S, 0 };
	size_t			len = strlen(text);
	int			fd;

	if (notify->len == 0)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience,
		    sizeof(patience));
	if (fd < 0 || sendto(fd, text, len, MSG_NOSIGNAL,
	    (const struct sockaddr *)&notify->address, notify->len) !=
	    (ssize_t)len)
		log_warn("notify-failed", "reason", strerror(errno), NULL);
	if (fd >= 0)
		(void)close(fd);
}

void
notify_ready(const struct notify *notify, const char *status)
{
	char	text[TEXT_SIZE];

	(void)snprintf(text, sizeof(text), "READY=1\nSTATUS=%s\n", status);
	tell(notify, text);
}

void
notify_reloading(const struct notify *notify)
{
	char	text[TEXT_SIZE];

	/* The time tells the manager which of its orders this answers. */
	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%"
	    PRId64 "\nSTATUS=Reading the settings\n", clock_us());
	tell(notify, text);
}

void
notify_stopping(const struct notify *notify)
{
	tell(notify, "STOPPING=1\nSTATUS=Ending after the last answer\n");
}

void
notify_alive(struct notify *notify)
{
	int64_t	now_ms = clock_ms();

	if (notify->every_ms == 0 || now_ms < notify->alive_ms)
		return;
	notify->alive_ms = now_ms + notify->every_ms;
	tell(notify, "WATCHDOG=1\n");
}
