/*
 * listener.c - the sockets that the kernel lists as listening, held against
 * those that the process has open; and a port that is asked for and given back.
 */
#include "config.h"

#include "edge/listener.h"

#include <sys/socket.h>

#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE	512	/* bytes of a line of /proc/net/tcp */
#define LISTENING	0x0a	/* TCP_LISTEN, as that table has it */
#define NAME_SIZE	64	/* bytes of "socket:[123]" */

/* Has the process a descriptor that leads to this? */
static bool
has_open(pid_t pid, const char *name)
{
	char			 path[NAME_SIZE], target[NAME_SIZE];
	const struct dirent	*entry;
	ssize_t			 len;
	bool			 is_found = false;
	DIR			*fds;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)pid);
	fds = opendir(path);
	if (fds == NULL)
		return false;
	while (!is_found && (entry = readdir(fds)) != NULL) {
		len = readlinkat(dirfd(fds), entry->d_name, target,
		    sizeof(target) - 1);
		target[len < 0 ? 0 : len] = '\0';
		is_found = strcmp(target, name) == 0;
	}
	(void)closedir(fds);
	return is_found;
}

/* One of the kernel's tables, of IPv4 or IPv6. */
static bool
look_in(const char *table, pid_t pid, unsigned int port)
{
	char		line[LINE_SIZE], name[NAME_SIZE];
	unsigned int	local, state;
	unsigned long	inode;
	bool		is_found = false;
	FILE		*file = fopen(table, "re");

	if (file == NULL)
		return false;
	while (!is_found && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, " %*u: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x "
		    "%*x:%*x %*x:%*x %*x %*u %*u %lu", &local, &state,
		    &inode) != 3 || local != port || state != LISTENING)
			continue;
		(void)snprintf(name, sizeof(name), "socket:[%lu]", inode);
		is_found = has_open(pid, name);
	}
	(void)fclose(file);
	return is_found;
}

bool
listener_has_port(pid_t pid, unsigned int port)
{
	return look_in("/proc/net/tcp", pid, port) ||
	    look_in("/proc/net/tcp6", pid, port);
}

bool
listener_may_have_port(unsigned int port)
{
	struct sockaddr_in	address = { .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port) };
	int			fd, on = 1;
	bool			is_taken;

	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return true;
	/* Connections that have ended are no listener. */
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	is_taken = bind(fd, (const struct sockaddr *)&address,
	    sizeof(address)) != 0 && errno == EADDRINUSE;
	(void)close(fd);
	return !is_taken;
}
