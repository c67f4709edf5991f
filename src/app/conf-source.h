/*
 * conf-source.h - the files of a configuration: umws.conf, and those in the
 * directory umws.conf.d beside it. Private to conf.
 *
 * Of the directory those count whose names end in ".conf" and do not begin
 * with a dot, in the order of the names' bytes. It may be missing. Knows
 * nothing of keys.
 */
#ifndef UMWS_CONF_SOURCE_H
#define UMWS_CONF_SOURCE_H

#include <stddef.h>

#include "app/conf-report.h"
#include "base/status.h"

#define CONF_FILES_MAX		128	/* umws.conf among them */
#define CONF_FILE_BYTES_MAX	262144	/* of one file */

struct conf_source {
	char	*path;
	char	*text;		/* ends with a NUL */
	size_t	 len;		/* bytes of the text, without it */
	int	 fd;		/* of the file that was read; -1: closed */
};

struct conf_sources {
	struct conf_source	files[CONF_FILES_MAX];
	size_t			count;
};

/*
 * Read them all. path is umws.conf; it has to be there unless path is NULL,
 * which is CONF_DEFAULT_FILE. What is renamed or taken away meanwhile is read
 * as it is then.
 *
 * *sources must be empty (zero). A file that cannot be read, and a directory
 * that others may change, is reported; *sources has what could be read.
 */
void		conf_sources_read(const char *path, struct conf_report *report,
		    struct conf_sources *sources);

/*
 * Report a file that others may write, or, if a password stands in it, on
 * secret_line (0: none), one that is not kept like a secret key file.
 */
void		conf_source_check(const struct conf_source *source,
		    unsigned int secret_line, struct conf_report *report);

/* Wipe the texts and close the files; the paths stay. */
void		conf_sources_close(struct conf_sources *sources);

void		conf_sources_free(struct conf_sources *sources);

#endif
