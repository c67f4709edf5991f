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
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE_SIZE	512	/* bytes of a line of /proc/net/tcp */
#define LISTENING	0x0a	/* TCP_LISTEN, as that table has it */
#define PORT_FIELD	1
#define STATE_FIELD	3
#define INODE_FIELD	9
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

/* proc(5): "sl local:port remote:port state ... inode", in hexadecimal. */
static bool
is_listening(char *line, unsigned long port, unsigned long *inode)
{
	const char	*word, *colon;
	char		*rest = NULL;
	size_t		 i;

	word = strtok_r(line, " ", &rest);
	for (i = 0; word != NULL && i < INODE_FIELD; i++) {
		colon = strrchr(word, ':');
		if ((i == PORT_FIELD && (colon == NULL ||
		    strtoul(colon + 1, NULL, 16) != port)) ||
		    (i == STATE_FIELD && strtoul(word, NULL, 16) != LISTENING))
			return false;
		word = strtok_r(NULL, " ", &rest);
	}
	if (word == NULL)
		return false;
	*inode = strtoul(word, NULL, 10);
	return true;
}

/* One of the kernel's tables, of IPv4 or IPv6. */
static bool
look_in(const char *table, pid_t pid, unsigned int port)
{
	char		line[LINE_SIZE], name[NAME_SIZE];
	unsigned long	inode;
	bool		is_found = false;
	FILE		*file = fopen(table, "re");

	if (file == NULL)
		return false;
	while (!is_found && fgets(line, sizeof(line), file) != NULL) {
		if (!is_listening(line, port, &inode))
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
