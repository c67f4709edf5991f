/*
 * whole.c - write(2) in a loop.
 */
#include "config.h"

#include "base/whole.h"

#include <errno.h>
#include <unistd.h>

bool
whole_write(int fd, const char *bytes, size_t len)
{
	ssize_t	done;

	while (len > 0) {
		done = write(fd, bytes, len);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		bytes += done;
		len -= (size_t)done;
	}
	return true;
}
