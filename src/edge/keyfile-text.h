/*
 * keyfile-text.h - the bytes of a key file, in and out. Private to
 * edge/keyfile.
 */
#ifndef UMWS_KEYFILE_TEXT_H
#define UMWS_KEYFILE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "core/keyring.h"
#include "edge/keyfile.h"

struct keyfile_text {
	size_t	len;
	char	bytes[KEYRING_FILE_MAX + 1];	/* one more: is it longer? */
};

/* The whole file, if it is kept as its kind asks for; or ST_BAD (logged). The
 * caller wipes it. */
enum status	keyfile_text(const char *path, enum keyfile_kind kind,
		    struct keyfile_text *text) MUSTCHECK;

/* All of text, and the file's mode whatever the umask, on the disk; errno. */
bool	keyfile_write(int fd, unsigned int mode, const char *text,
	    size_t len);

#endif
