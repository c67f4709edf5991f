/*
 * textfile.c - write a file whole: a temporary one in the same folder, then
 * rename(2). It is not synced: what a crash loses is soon written anew.
 */
#include "config.h"

#include "edge/textfile.h"

#include <sys/stat.h>

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/whole.h"

#define TEXTFILE_MODE	(S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)

void
textfile_write(const char *path, const struct buf *text)
{
	char	beside[PATH_MAX];
	int	fd, len, fault = 0;

	len = snprintf(beside, sizeof(beside), "%s.XXXXXX", path);
	if (len < 0 || (size_t)len >= sizeof(beside)) {
		log_warn("metrics-not-written", "file", path, "reason",
		    strerror(ENAMETOOLONG), NULL);
		return;
	}
	fd = mkstemp(beside);
	if (fd < 0) {
		fault = errno;
	} else {
		if (!whole_write(fd, buf_text(text), text->len) ||
		    fchmod(fd, TEXTFILE_MODE) != 0)
			fault = errno;
		if (close(fd) != 0 && fault == 0)
			fault = errno;
		if (fault == 0 && rename(beside, path) != 0)
			fault = errno;
		if (fault != 0)
			(void)unlink(beside);
	}
	if (fault == 0)
		return;
	log_warn("metrics-not-written", "file", path, "reason",
	    strerror(fault), "todo", "let the mailer's user write into the "
	    "folder of metrics_file", NULL);
}
